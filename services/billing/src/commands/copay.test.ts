import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { AppointmentCheckedIn, AppointmentDeleted } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk, type Visit } from '../test-kit.ts'

let desk: BillingDesk
let owner: BillingDesk['biller']
let visit: Visit
beforeEach(async () => {
  desk = await openBillingDesk()
  owner = await desk.as({ permissions: ['billing.read', 'billing.post', 'receipt.refund', 'period.close'] })
  visit = desk.visit()
  await desk.register(visit.patientId)
})
afterEach(() => desk.close())

const checkIn = (amountCents: number, checkedInAt: string, { appointmentId, patientId }: Visit = visit) =>
  desk.react(AppointmentCheckedIn, {
    subject: newId(),
    version: 2,
    data: { appointmentId, patientId, checkedInAt, copay: { amountCents, method: 'cash', reference: null } },
  })
const ofVisit = async ({ appointmentId }: Visit = visit) =>
  (await owner.get(`/v1/visits/${appointmentId}`)).body
const receipt = async (id: string) => (await owner.get(`/v1/receipts/${id}`)).body
const refund = (id: string, amountCents: number) =>
  owner.post(`/v1/receipts/${id}/refunds`, { amountCents, method: 'cash', reason: 'rest of the copay' })
const pay = (id: string, chargeId: string, amountCents: number, batchId: string | null = null) =>
  owner.post(`/v1/receipts/${id}/payments`, { applications: [{ chargeId, amountCents }], batchId })
const batch = async (batchDate: string) =>
  (await owner.post('/v1/reference-batches', { name: batchDate, batchDate })).body.batchId
/** What was applied under dates up to a day: what a report through that day shows as payments. */
const appliedThrough = async (day: string) =>
  (
    await desk.database.read(desk.practiceId, (tx) =>
      tx.one<{ cents: number }>(sql`
        select coalesce(-sum(entry.amount_cents), 0)::bigint as cents
          from entry join account on account.id = entry.account_id join journal on journal.id = entry.journal_id
         where account.kind = 'receivable' and journal.kind in ('payment', 'payment-removal')
           and journal.effective_date <= ${day}`),
    )
  ).cents

test('B-10 several copays of one visit are applied oldest first when its charge posts; the rest of the last one is refunded', async () => {
  expect((await owner.get(`/v1/visits/${visit.appointmentId}`)).status).toBe(404)
  await checkIn(5_000, '2026-05-30T15:00:00Z')
  await checkIn(12_000, '2026-05-30T15:05:00Z')
  expect(await ofVisit()).toMatchObject({ billStatus: 'none', escrowCents: 17_000, billingEncounterId: null })
  await desk.complete(visit, { completedAt: '2026-05-30T17:00:00Z' })
  const { receipts, ...bill } = await ofVisit()
  expect(bill).toMatchObject({ billStatus: 'posted', appliedCents: 15_000, escrowCents: 2_000 })
  expect(receipts).toMatchObject([
    { receivedCents: 5_000, escrowCents: 0, source: 'check-in' },
    { receivedCents: 12_000, escrowCents: 2_000 },
  ])
  const { receiptId } = receipts[1]
  expect((await refund(receiptId, 2_001)).status).toBe(422)
  expect((await refund(receiptId, 2_000)).body).toMatchObject({
    receivedCents: 12_000,
    appliedCents: 10_000,
    refundedCents: 2_000,
    escrowCents: 0,
  })
})

test('B-10 a copay of May whose visit is charged in June: the original batch while May is open, so it reports in May', async () => {
  await checkIn(4_000, '2026-05-30T15:00:00Z')
  const [{ receiptId }] = (await ofVisit()).receipts
  const other = desk.visit()
  await desk.complete(other, { completedAt: '2026-06-02T16:00:00Z', serviceDate: '2026-06-02' })
  const { chargeId } = (await desk.bill(other)).lines[0]!
  const { batchId } = await receipt(receiptId)
  expect((await pay(receiptId, chargeId!, 4_000, batchId)).body).toMatchObject({ batchDate: '2026-05-30' })
  expect([await appliedThrough('2026-05-31'), await appliedThrough('2026-06-30')]).toEqual([4_000, 4_000])
})

test('B-10 B-09 a copay of a closed May: its batch refuses and says to use a new one; from that it reports in June, and the copay in May', async () => {
  await checkIn(4_000, '2026-05-30T15:00:00Z')
  const [{ receiptId }] = (await ofVisit()).receipts
  const other = desk.visit()
  await desk.complete(other, { completedAt: '2026-06-02T16:00:00Z', serviceDate: '2026-06-02' })
  const { chargeId } = (await desk.bill(other)).lines[0]!
  await owner.post('/v1/reporting-periods', { endsOn: '2026-05-31' })
  const { batchId, batchDate } = await receipt(receiptId)
  expect(batchDate).toBe('2026-05-30')
  expect(await pay(receiptId, chargeId!, 4_000, batchId)).toMatchObject({
    status: 409,
    body: {
      type: 'urn:praxisbus:problem:period_closed',
      next: expect.stringContaining('new reference batch'),
    },
  })
  const june = await batch('2026-06-03')
  expect((await pay(receiptId, chargeId!, 4_000, june)).body).toMatchObject({
    batchDate: '2026-06-03',
    escrowCents: 0,
  })
  expect([await appliedThrough('2026-05-31'), await appliedThrough('2026-06-30')]).toEqual([0, 4_000])
  expect(await receipt(receiptId)).toMatchObject({
    batchDate: '2026-05-30',
    receivedCents: 4_000,
    appliedCents: 4_000,
  })
})

test('B-10 B-09 a charge that posts after its copay’s month was closed takes the copay by itself, in an open period', async () => {
  await checkIn(4_000, '2026-05-30T15:00:00Z')
  await owner.post('/v1/reporting-periods', { endsOn: '2026-05-31' })
  await desk.complete(visit, { completedAt: '2026-05-30T17:00:00Z', serviceDate: '2026-05-30' })
  expect(await ofVisit()).toMatchObject({ chargedCents: 15_000, appliedCents: 4_000, escrowCents: 0 })
  expect([await appliedThrough('2026-05-31'), await appliedThrough('9999-12-31')]).toEqual([0, 4_000])
})

test('B-10 the copay of an appointment that is moved follows it to the new day', async () => {
  await checkIn(3_000, '2026-03-02T15:00:00Z')
  await desk.complete(visit, {
    serviceDate: '2026-04-09',
    startsAt: '2026-04-09T15:00:00Z',
    completedAt: '2026-04-09T16:00:00Z',
  })
  expect(await ofVisit()).toMatchObject({ appliedCents: 3_000, escrowCents: 0 })
  expect(await appliedThrough('2026-04-08')).toBe(0)
})

test('B-10 the copay of an appointment that is off the calendar stays in escrow, is shown, goes onto another charge, and is refunded', async () => {
  await checkIn(3_000, '2026-03-02T15:00:00Z')
  await desk.react(AppointmentDeleted, {
    subject: visit.appointmentId,
    version: 3,
    data: {
      appointmentId: visit.appointmentId,
      patientId: visit.patientId,
      deletedAt: '2026-03-02T16:00:00Z',
    },
  })
  const held = await ofVisit()
  expect(held).toMatchObject({ appointmentDeleted: true, billStatus: 'none', escrowCents: 3_000 })
  const { receiptId } = held.receipts[0]
  const next = { ...desk.visit(), patientId: visit.patientId }
  await desk.complete(next, { lineItems: [lineItem('90834', 1_000)] })
  expect((await desk.bill(next)).balanceCents).toBe(1_000)
  expect((await pay(receiptId, (await desk.bill(next)).lines[0]!.chargeId!, 1_000)).status).toBe(201)
  expect((await refund(receiptId, 2_000)).body).toMatchObject({
    appliedCents: 1_000,
    refundedCents: 2_000,
    escrowCents: 0,
  })
  expect(await ofVisit()).toMatchObject({
    escrowCents: 0,
    receipts: [{ receivedCents: 3_000, escrowCents: 0 }],
  })
})

test('B-10 money with the visit of another patient is refused, and where their bill comes later it stays in escrow', async () => {
  const [own, other] = [desk.visit(), desk.visit()]
  for (const { patientId } of [own, other]) await desk.register(patientId)
  const clerk = await desk.as({ permissions: ['receipt.write'] })
  const record = (appointmentId: string) =>
    clerk.post('/v1/receipts', {
      patientId: own.patientId,
      amountCents: 4_000,
      method: 'cash',
      appointmentId,
    })
  const early = await record(other.appointmentId)
  expect(early.status).toBe(201)
  await desk.complete(other)
  expect(await ofVisit(other)).toMatchObject({ billStatus: 'posted', appliedCents: 0 })
  expect(await receipt(early.body.receiptId)).toMatchObject({ escrowCents: 4_000 })
  const late = await record(other.appointmentId)
  expect([late.status, late.body.errors[0].field]).toEqual([422, 'appointmentId'])
  expect(late.body.next).toContain('leave appointmentId out')
})
