import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, type Principal } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk, paid, procedure, type Visit } from '../test-kit.ts'
import { encounterDependents } from './encounter-dependents.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.service('90834', 10_000)
})
afterAll(() => desk.close())

/** As the gRPC method asks; that it is asked over gRPC is tested with the process. */
const dependents = (
  { encounterId, appointmentId }: Partial<Visit> & { encounterId: string },
  practiceId = desk.practiceId,
) =>
  desk.database.read(practiceId, (tx) =>
    encounterDependents(
      {
        tx,
        principal: { practiceId } as Principal,
        now: Temporal.Now.instant(),
        audit: () => undefined,
        shown: () => Promise.reject(new Error('not used')),
      },
      { encounterId, appointmentId },
    ),
  )
const post = async (path: string, body: object = {}, ifMatch?: number) => {
  const answer = await desk.biller.post(path, body, { ifMatch })
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
const NOTHING = { billStatus: 'none', billingEncounterId: '', charges: [], payments: [], documents: [] }

describe('E-11 what in the books depends on a note', () => {
  test('E-11 nothing, of a visit that billing has not heard of; escrow, of one with a copay alone', async () => {
    const visit = desk.visit()
    expect(await dependents(visit)).toEqual({ ...NOTHING, escrowCents: 0, closedThrough: null })
    await desk.register(visit.patientId)
    await desk.checkIn(visit, 2_500)
    expect(await dependents(visit)).toEqual({ ...NOTHING, escrowCents: 2_500, closedThrough: null })
  })

  test('E-11 an unsigned bill has no charges yet', async () => {
    const visit = desk.visit()
    await desk.release(visit)
    const { billingEncounterId } = await desk.bill(visit)
    expect(await dependents(visit)).toMatchObject({ ...NOTHING, billStatus: 'unsigned', billingEncounterId })
  })

  test('E-11 charges that stand, payments that were not removed, and documents', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.complete(visit, {
      ...paid(9_000),
      lineItems: [lineItem('90834', 10_000, { discountCents: 500 })],
    })
    const bill = await desk.bill(visit)
    const chargeId = bill.lines[0]!.chargeId!
    const found = await dependents(visit)
    expect(found).toMatchObject({
      billStatus: 'posted',
      billingEncounterId: bill.billingEncounterId,
      charges: [
        {
          chargeId,
          code: '90834',
          units: 1,
          chargedCents: 9_500,
          balanceCents: 500,
          collectionsCents: 0,
          inClosedPeriod: false,
        },
      ],
      payments: [{ chargeId, payerKind: 'patient', amountCents: 9_000, inClosedPeriod: false }],
    })
    expect(found.documents.map(({ kind, number }) => [kind, number])).toEqual([
      ['invoice', expect.stringMatching(/-\d{6}$/)],
      ['receipt', expect.stringMatching(/-\d{6}$/)],
    ])
    await post(`/v1/payments/${found.payments[0]!.paymentId}/remove`, {})
    expect(await dependents(visit)).toMatchObject({ payments: [], escrowCents: 9_000 })
    const { version } = await desk.bill(visit)
    await post(`/v1/billing-encounters/${bill.billingEncounterId}/cancel`, {}, version)
    expect(await dependents(visit)).toMatchObject({ billStatus: 'cancelled', charges: [], payments: [] })
  })

  test('E-11 a free-standing encounter is found by its own id, and by nobody else’s', async () => {
    const visit = desk.visit()
    const alone = { encounterId: visit.encounterId }
    await desk.release(visit, { appointmentId: null, procedures: [procedure('90834')] })
    expect(await dependents(alone)).toMatchObject({ billStatus: 'unsigned', escrowCents: 0 })
    expect(await dependents({ encounterId: newId() })).toMatchObject(NOTHING)
    expect(await dependents(alone, newId())).toMatchObject(NOTHING)
  })

  test('E-11 says what lies in a closed period', async () => {
    const visit = desk.visit()
    await desk.release(visit, { procedures: [procedure('90834')] })
    const bill = await desk.bill(visit)
    const { batchId } = await post('/v1/reference-batches', { name: 'January', batchDate: '2025-01-15' })
    await post(`/v1/billing-encounters/${bill.billingEncounterId}/sign`, { batchId }, bill.version)
    const money = { patientId: visit.patientId, amountCents: 4_000, method: 'cash' }
    await desk.register(visit.patientId)
    const { receiptId } = await post('/v1/receipts', money)
    const chargeId = (await desk.bill(visit)).lines[0]!.chargeId!
    await post(`/v1/receipts/${receiptId}/payments`, { applications: [{ chargeId, amountCents: 4_000 }] })
    const owner = await desk.as({ permissions: ['period.close'] })
    expect((await owner.post('/v1/reporting-periods', { endsOn: '2025-01-31' })).status).toBeLessThan(300)
    expect(await dependents(visit)).toMatchObject({
      closedThrough: '2025-01-31',
      charges: [{ batchDate: '2025-01-15', inClosedPeriod: true, balanceCents: 6_000 }],
      payments: [{ inClosedPeriod: false }],
    })
  })
})
