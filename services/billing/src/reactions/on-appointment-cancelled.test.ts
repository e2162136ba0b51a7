import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  AppointmentCancelled,
  AppointmentRestored,
  BillingEncounterOpened,
  ChargesPosted,
} from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk, paid, procedure, type Visit } from '../test-kit.ts'

const FEE = 7_500
let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const onCalendar = ({ appointmentId, patientId, practitionerId }: Visit) => ({
  appointmentId,
  patientId,
  practitionerId,
  locationId: null,
  roomId: null,
  placeOfService: '11',
  serviceDate: '2026-03-02',
  start: '2026-03-02T09:00',
  end: '2026-03-02T09:50',
  timeZone: 'America/Chicago',
  startsAt: '2026-03-02T15:00:00Z',
  endsAt: '2026-03-02T15:50:00Z',
})
/** In the evening of the visit's day in Chicago, on the next in UTC. */
const cancel = (visit: Visit, feeCents = FEE, { version = 3, times = 2, kind = 'no-show' as const } = {}) =>
  desk.react(AppointmentCancelled, {
    subject: visit.appointmentId,
    version,
    times,
    data: { ...onCalendar(visit), cancelledAt: '2026-03-03T02:00:00Z', kind, feeCents },
  })
const restore = (visit: Visit, version: number) =>
  desk.react(AppointmentRestored, {
    subject: visit.appointmentId,
    version,
    times: 2,
    data: { ...onCalendar(visit), restoredAt: '2026-03-03T03:00:00Z' },
  })
const invoicesOf = async ({ patientId }: Visit) =>
  (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body.documents
const post = (path: string) => desk.biller.post(path)
const billsOf = ({ appointmentId }: Visit) =>
  desk.count(sql`select from billing_encounter where appointment_id = ${appointmentId}`)
async function known(): Promise<Visit> {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  return visit
}

describe('the fee of a cancelled appointment', () => {
  test('S-20 becomes one posted charge that the patient owes, with an invoice to review, however often it is told', async () => {
    const visit = await known()
    await cancel(visit)
    await cancel(visit)
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      status: 'posted',
      source: 'cancellation',
      serviceDate: '2026-03-02',
      placeOfService: '11',
      appointmentCancelled: 'no-show',
      needsReview: false,
      totalCents: FEE,
      balanceCents: FEE,
    })
    expect(bill.lines).toMatchObject([
      { code: 'NOSHOW', description: 'No-show fee', units: 1, chargedCents: FEE, source: 'cancellation' },
    ])
    const [invoice, ...more] = await invoicesOf(visit)
    expect(more).toEqual([])
    expect(invoice).toMatchObject({ kind: 'invoice', status: 'review', totalCents: FEE })
    expect((await desk.facts(ChargesPosted)).at(-1)!.data).toMatchObject({
      totalCents: FEE,
      batchDate: '2026-03-02',
      charges: [{ code: 'NOSHOW', amountCents: FEE }],
    })
    expect((await desk.facts(BillingEncounterOpened)).at(-1)!.data).toMatchObject({
      source: 'session',
      cause: 'cancellation',
    })
    const owed = await desk.database.read(desk.practiceId, (tx) =>
      tx.many(sql`
        select account.payer_id, account.balance_cents from account
         where kind = 'receivable' and charge_id = ${bill.lines[0]!.chargeId}`),
    )
    expect(owed).toEqual([{ payerId: null, balanceCents: FEE }])
  })

  test('S-20 without a fee nothing is billed', async () => {
    const visit = await known()
    await cancel(visit, 0)
    expect(await billsOf(visit)).toBe(0)
  })

  test.each([
    ['before', true],
    ['after', false],
  ])('S-20 B-10 a copay that came %s the fee goes onto it; the rest stays in escrow', async (_, first) => {
    const visit = await known()
    if (first) await desk.checkIn(visit, 10_000)
    await cancel(visit, FEE, { version: 4 })
    if (!first) await desk.checkIn(visit, 10_000)
    expect(await desk.bill(visit)).toMatchObject({ totalCents: FEE, balanceCents: 0 })
    const receipt = await desk.database.read(desk.practiceId, (tx) =>
      tx.one<{ id: string }>(sql`select id from receipt where appointment_id = ${visit.appointmentId}`),
    )
    expect((await desk.biller.get(`/v1/receipts/${receipt.id}`)).body).toMatchObject({
      receivedCents: 10_000,
      appliedCents: FEE,
      escrowCents: 2_500,
    })
  })

  test('S-20 B-05 its bill is cancelled like any other: not while a copay is applied, freely after', async () => {
    const visit = await known()
    await desk.checkIn(visit, 2_500)
    await cancel(visit, FEE, { version: 4 })
    const { billingEncounterId } = await desk.bill(visit)
    const refused = await post(`/v1/billing-encounters/${billingEncounterId}/cancel`)
    expect(refused.status).toBe(409)
    expect(refused.body.type).toContain('payment_applied')
    await post(`/v1/payments/${refused.body.payments[0].paymentId}/remove`)
    const done = await post(`/v1/billing-encounters/${billingEncounterId}/cancel`)
    expect(done.body).toMatchObject({ status: 'cancelled', balanceCents: 0 })
    expect(await invoicesOf(visit)).toMatchObject([{ kind: 'invoice', status: 'void' }])
  })

  test('S-20 B-06 lines of a note that came first stay as they are, to be reviewed beside the fee', async () => {
    const visit = await known()
    await desk.service('90834', 15_000)
    await desk.release(visit)
    await cancel(visit)
    expect(await desk.bill(visit)).toMatchObject({ needsReview: true, totalCents: FEE })
  })
})

describe('what comes for a visit that was cancelled', () => {
  test('S-20 B-06 a note released later waits for a biller beside the fee; nothing of it is charged', async () => {
    const visit = await known()
    await cancel(visit)
    await desk.release(visit, { procedures: [procedure('90834')] })
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      status: 'posted',
      appointmentCancelled: 'no-show',
      needsReview: true,
      totalCents: FEE,
    })
    expect(bill.lines.map(({ code, chargedCents }) => [code, chargedCents])).toEqual([
      ['NOSHOW', FEE],
      ['90834', null],
    ])
    expect(await billsOf(visit)).toBe(1)
  })

  test('S-20 a fee on a bill that was cancelled does not bring its services back', async () => {
    const visit = await known()
    await desk.release(visit)
    const { billingEncounterId } = await desk.bill(visit)
    await post(`/v1/billing-encounters/${billingEncounterId}/cancel`)
    await cancel(visit)
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({ status: 'posted', needsReview: false, totalCents: FEE })
    expect(bill.lines.map(({ code }) => code)).toEqual(['NOSHOW'])
  })

  test.each([
    ['in order', true],
    ['before the restoring is told', false],
  ])(
    'S-20 restored and completed after the fee was taken back, %s: the session is billed, the fee is gone',
    async (_, inOrder) => {
      const visit = await known()
      await cancel(visit)
      const { billingEncounterId } = await desk.bill(visit)
      await post(`/v1/billing-encounters/${billingEncounterId}/cancel`)
      if (inOrder) await restore(visit, 4)
      await desk.complete(visit, paid(15_000))
      if (!inOrder) await restore(visit, 4)
      const bill = await desk.bill(visit)
      expect(bill).toMatchObject({
        status: 'posted',
        appointmentCancelled: null,
        needsReview: false,
        totalCents: 15_000,
        balanceCents: 0,
      })
      expect(bill.lines.map(({ code }) => code)).toEqual(['90834'])
    },
  )

  test('S-20 cancelled, restored and cancelled again asks the second fee once; the first fact again asks nothing', async () => {
    const visit = await known()
    await cancel(visit, 0, { version: 3 })
    await restore(visit, 4)
    await cancel(visit, 5_000, { version: 5 })
    await cancel(visit, FEE, { version: 3 })
    await restore(visit, 4)
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({ totalCents: 5_000, appointmentCancelled: 'no-show' })
    expect(bill.lines).toHaveLength(1)
  })

  test('S-20 a completed session whose fee still stands is billed beside it: no charge disappears by itself', async () => {
    const visit = await known()
    await cancel(visit)
    await desk.complete(visit, { lineItems: [lineItem('90834', 15_000)] })
    expect(await desk.bill(visit)).toMatchObject({
      totalCents: 15_000 + FEE,
      needsReview: false,
      appointmentCancelled: null,
    })
  })

  test('S-20 fee, copay and note of one visit at once meet in one bill', async () => {
    for (let round = 0; round < 5; round++) {
      const visit = await known()
      await Promise.all([
        cancel(visit, FEE, { times: 1 }),
        desk.checkIn(visit, 1_000),
        desk.release(visit),
        cancel(visit, FEE, { times: 1 }),
      ])
      expect(await billsOf(visit)).toBe(1)
      expect(await desk.bill(visit)).toMatchObject({ totalCents: FEE, balanceCents: FEE - 1_000 })
    }
  })
})
