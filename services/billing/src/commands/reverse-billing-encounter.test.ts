import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BillingEncounterReversed, ROLES } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { computeSeal } from '../postings/seal.ts'
import type { BillingEncounter } from '../queries/get-billing-encounter.ts'
import { type BillingDesk, lineItem, openBillingDesk, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const pathOf = (bill: BillingEncounter) => `/v1/billing-encounters/${bill.billingEncounterId}`
const reverse = (bill: BillingEncounter, more: object = {}, options = {}) =>
  desk.biller.post(`${pathOf(bill)}/reverse`, { reason: 'wrong service', ...more }, options)
const summary = async () => (await desk.biller.get('/v1/ledger/summary')).body
const receipt = async (id: string) => (await desk.biller.get(`/v1/receipts/${id}`)).body
const documents = async ({ patientId }: Visit) =>
  (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body.documents

async function completed(session: Parameters<BillingDesk['complete']>[1] = {}) {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.complete(visit, session)
  return { visit, bill: await desk.bill(visit) }
}
async function received(visit: Visit, amountCents: number, chargeIds: readonly string[], each: number) {
  const body = { patientId: visit.patientId, amountCents, method: 'check' }
  const { receiptId } = (await desk.frontDesk.post('/v1/receipts', body)).body
  const applications = chargeIds.map((chargeId) => ({ chargeId, amountCents: each }))
  const applied = await desk.biller.post(`/v1/receipts/${receiptId}/payments`, { applications })
  return { receiptId, paymentId: applied.body.paymentId as string }
}

describe('reversing a posted bill', () => {
  test('B-05 B-13 a bill without payments is taken back, edited and signed again; the old charge stays readable', async () => {
    const { visit, bill } = await completed({
      lineItems: [lineItem('90834', 15_000, { discountCents: 1_000 })],
    })
    const before = await summary()
    const { body, status } = await reverse(bill)
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'unsigned', needsReview: true, totalCents: 0, balanceCents: 0 })
    expect(body.lines).toMatchObject([
      { lineId: bill.lines[0]!.lineId, chargeId: null, unitAmountCents: 15_000 },
    ])
    const today = Temporal.Now.zonedDateTimeISO('America/Chicago').toPlainDate().toString()
    expect(body.reversedCharges).toMatchObject([
      {
        chargeId: bill.lines[0]!.chargeId,
        chargedCents: 14_000,
        batchDate: '2026-03-02',
        reversalBatchDate: today,
        reversedBy: 'user-1',
        reversedAt: expect.any(String),
        reason: 'wrong service',
      },
    ])
    const after = await summary()
    expect(after).toMatchObject({
      chargedCents: before.chargedCents - 15_000,
      discountCents: before.discountCents - 1_000,
      receivableCents: before.receivableCents - 14_000,
      entries: before.entries + 3,
    })
    expect((await desk.facts(BillingEncounterReversed)).at(-1)).toMatchObject({
      key: bill.billingEncounterId,
      sequence: body.version,
      data: { reason: 'wrong service', reversedChargeIds: [bill.lines[0]!.chargeId], returnedPayments: [] },
    })
    const lines = [
      {
        lineId: bill.lines[0]!.lineId,
        code: '90837',
        description: 'Longer',
        units: 1,
        unitAmountCents: 18_000,
      },
    ]
    expect(
      (await desk.biller.put(`${pathOf(bill)}/lines`, { lines }, { ifMatch: body.version })).status,
    ).toBe(200)
    const signed = (await desk.biller.post(`${pathOf(bill)}/sign`)).body
    expect(signed).toMatchObject({
      status: 'posted',
      needsReview: false,
      totalCents: 18_000,
      balanceCents: 18_000,
    })
    expect(signed.reversedCharges).toHaveLength(1)
    const [invoice, old] = await documents(visit)
    expect(invoice).toMatchObject({ kind: 'invoice', status: 'review', totalCents: 18_000 })
    expect(old).toMatchObject({ kind: 'invoice', status: 'void', totalCents: 14_000 })
    expect(invoice.number).not.toBe(old.number)
    await desk.biller.post(`${pathOf(bill)}/cancel`)
    expect((await desk.bill(visit)).reversedCharges).toMatchObject([
      {},
      { chargedCents: 18_000, reason: null },
    ])
  })

  test('B-13 payments are listed in the refusal, and go back into escrow with who may; a copay is applied again by itself (B-10)', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.checkIn(visit, 2_500)
    await desk.complete(visit)
    const bill = await desk.bill(visit)
    const check = await received(visit, 6_000, [bill.lines[0]!.chargeId!], 5_000)
    const refused = await reverse(bill)
    expect(refused.body).toMatchObject({ status: 409, type: 'urn:praxisbus:problem:payment_applied' })
    expect(refused.body.payments).toMatchObject([{ amountCents: 2_500 }, { amountCents: 5_000, ...check }])
    expect(refused.body.next).toContain('returnPayments')
    const clerk = await desk.as({ permissions: ROLES.biller!.filter((one) => one !== 'payment.return') })
    expect(await clerk.post(`${pathOf(bill)}/reverse`, { reason: 'x', returnPayments: true })).toMatchObject({
      status: 403,
      body: { errors: [{ field: 'returnPayments' }] },
    })
    expect((await desk.bill(visit)).balanceCents).toBe(7_500)

    const copayId = refused.body.payments[0].receiptId
    expect((await reverse(bill, { returnPayments: true })).status).toBe(200)
    expect(await receipt(copayId)).toMatchObject({ appliedCents: 0, escrowCents: 2_500 })
    expect(await receipt(check.receiptId)).toMatchObject({ appliedCents: 0, escrowCents: 6_000 })
    expect((await desk.facts(BillingEncounterReversed)).at(-1)!.data.returnedPayments).toHaveLength(2)
    const signed = (await desk.biller.post(`${pathOf(bill)}/sign`)).body
    expect(signed).toMatchObject({ totalCents: 15_000, balanceCents: 12_500 })
    expect(await receipt(copayId)).toMatchObject({ appliedCents: 2_500, escrowCents: 0 })
    expect(await receipt(check.receiptId)).toMatchObject({ appliedCents: 0, escrowCents: 6_000 })
  })

  test('B-13 of a payment over two bills only the part on this one goes back', async () => {
    const one = await completed()
    const other = await completed()
    const chargeIds = [one, other].map(({ bill }) => bill.lines[0]!.chargeId!)
    const { receiptId } = await received(one.visit, 9_000, chargeIds, 4_000)
    expect((await reverse(one.bill, { returnPayments: true })).status).toBe(200)
    expect(await receipt(receiptId)).toMatchObject({
      receivedCents: 9_000,
      appliedCents: 4_000,
      escrowCents: 5_000,
    })
    expect((await desk.bill(other.visit)).balanceCents).toBe(11_000)
  })

  test('B-13 what is not posted, cancelled, unknown or seen in an older version is refused; a reason is required', async () => {
    const visit = desk.visit()
    await desk.release(visit)
    const unsigned = await desk.bill(visit)
    expect((await reverse(unsigned)).body.type).toContain('not_posted')
    await desk.biller.post(`${pathOf(unsigned)}/cancel`)
    expect((await reverse(unsigned)).body.type).toContain('cancelled')
    const { bill } = await completed()
    expect((await reverse(bill, {}, { ifMatch: bill.version - 1 })).status).toBe(412)
    expect((await reverse(bill, { reason: ' ' })).body.errors[0].field).toBe('reason')
    expect((await reverse(bill, { batchId: newId() })).body.errors[0].field).toBe('batchId')
    expect((await reverse({ ...bill, billingEncounterId: newId() })).status).toBe(404)
    expect((await desk.frontDesk.post(`${pathOf(bill)}/reverse`, { reason: 'x' })).status).toBe(403)
  })

  test('B-13 raced by a payment and by another reversal: one wins, and no payment is left on a reversed charge', async () => {
    for (let round = 0; round < 5; round++) {
      const { visit, bill } = await completed()
      const body = { patientId: visit.patientId, amountCents: 15_000, method: 'cash' }
      const { receiptId } = (await desk.frontDesk.post('/v1/receipts', body)).body
      const applications = [{ chargeId: bill.lines[0]!.chargeId, amountCents: 15_000 }]
      const [first, second, payment] = await Promise.all([
        reverse(bill),
        reverse(bill),
        desk.biller.post(`/v1/receipts/${receiptId}/payments`, { applications }),
      ])
      const reversals = [first, second].map(({ status }) => status).sort()
      expect([reversals, payment.status]).toEqual(
        payment.status === 201 ? [[409, 409], 201] : [[200, 409], 409],
      )
      expect((await receipt(receiptId)).escrowCents).toBe(payment.status === 201 ? 0 : 15_000)
    }
  })

  test('B-09 B-13 a charge of a closed period is reversed in an open one: what May said stays, the month of the reversal shows it', async () => {
    const { bill } = await completed({ completedAt: '2026-05-30T16:00:00Z', serviceDate: '2026-05-30' })
    const owner = await desk.as({ permissions: ['billing.read', 'billing.post', 'period.close'] })
    const may = (await owner.post('/v1/reference-batches', { name: 'May', batchDate: '2026-05-30' })).body
    const closed = (await owner.post('/v1/reporting-periods', { endsOn: '2026-05-31' })).body
    expect(await reverse(bill, { batchId: may.batchId })).toMatchObject({
      status: 409,
      body: { type: 'urn:praxisbus:problem:period_closed', errors: [{ field: 'batchId' }] },
    })
    const june = (await owner.post('/v1/reference-batches', { name: 'June', batchDate: '2026-06-02' })).body
    expect((await reverse(bill, { batchId: june.batchId })).body.reversedCharges).toMatchObject([
      { batchDate: '2026-05-30', reversalBatchDate: '2026-06-02' },
    ])
    const owedAsOf = (day: string) =>
      desk.database.read(desk.practiceId, (tx) =>
        tx.one<{ cents: number }>(sql`
          select coalesce(sum(entry.amount_cents), 0)::bigint as cents
            from entry join account on account.id = entry.account_id join journal on journal.id = entry.journal_id
            join charge on charge.id = account.charge_id
           where account.kind = 'receivable' and charge.billing_encounter_id = ${bill.billingEncounterId}
             and journal.effective_date <= ${day}`),
      )
    expect([(await owedAsOf('2026-05-31')).cents, (await owedAsOf('2026-06-30')).cents]).toEqual([15_000, 0])
    const again = await desk.database.read(desk.practiceId, (tx) =>
      computeSeal(tx, desk.practiceId, { startsOn: null, endsOn: '2026-05-31', previousSeal: null }),
    )
    expect(again).toEqual({ seal: closed.seal, journals: closed.journals, entries: closed.entries })
  })
})
