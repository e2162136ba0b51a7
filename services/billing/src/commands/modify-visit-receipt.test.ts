import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ReceiptModified } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, openBillingDesk, type Visit } from '../test-kit.ts'

let desk: BillingDesk
let clerk: BillingDesk['biller']
beforeAll(async () => {
  desk = await openBillingDesk()
  clerk = await desk.as({ permissions: ['billing.read', 'receipt.modify'] })
})
afterAll(() => desk.close())

const CORRECTION = { amountCents: 2_500, method: 'check', reason: 'It was not the patient’s' }
async function copay(): Promise<{ visit: Visit; correct: (payer: object) => ReturnType<typeof clerk.put> }> {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.checkIn(visit, 2_500)
  const { id, version } = await desk.database.read(desk.practiceId, (tx) =>
    tx.one<{ id: string; version: number }>(sql`
      select id, version from receipt where appointment_id = ${visit.appointmentId}`),
  )
  const correct = (payer: object) =>
    clerk.put(`/v1/receipts/${id}`, { ...CORRECTION, ...payer }, { ifMatch: version })
  return { visit, correct }
}

test.each(['insurer', 'agency'])(
  'B-14 a receipt of a visit is corrected to be the money of an %s, which waits for no visit',
  async (kind) => {
    const { visit, correct } = await copay()
    const { body: added } =
      kind === 'insurer'
        ? await desk.biller.post('/v1/payers', { name: `Payer ${newId()}` })
        : await desk.biller.post('/v1/collection-agencies', {
            name: `Agency ${newId()}`,
            feeBasisPoints: 2_500,
          })
    const { payerId = null, agencyId = null } = added
    const corrected = await correct({ payerId, agencyId })
    expect(corrected).toMatchObject({
      status: 200,
      body: { payerKind: kind, payerId, agencyId, patientId: null, appointmentId: null, escrowCents: 2_500 },
    })
    expect((await desk.facts(ReceiptModified)).at(-1)!.data).toMatchObject({ appointmentId: null })
    await desk.complete(visit)
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 15_000 })
  },
)

test('B-14 corrected to another patient it leaves a visit whose bill is not theirs, and stays with the one that is', async () => {
  const { visit, correct } = await copay()
  await desk.release(visit)
  const other = newId()
  await desk.register(other)
  const moved = await correct({ patientId: other })
  expect(moved.body).toMatchObject({ patientId: other, appointmentId: null, escrowCents: 2_500 })

  const same = await copay()
  const { patientId, appointmentId } = same.visit
  await desk.release(same.visit)
  expect((await same.correct({ patientId })).body).toMatchObject({ patientId, appointmentId })
  await desk.complete(same.visit)
  expect(await desk.bill(same.visit)).toMatchObject({ totalCents: 15_000, balanceCents: 12_500 })
})
