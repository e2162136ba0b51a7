import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Claim, type InsuranceDesk, openInsuranceDesk, problem } from '../test-insurance.ts'

let desk: InsuranceDesk
beforeAll(async () => {
  desk = await openInsuranceDesk()
})
afterAll(() => desk.close())

const reverse = ({ billingEncounterId }: Claim) =>
  desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/reverse`, {
    reason: 'wrong service',
    returnPayments: true,
  })
const transfer = ({ chargeId }: Claim, from: string, to: string, amountCents: number | null = null) =>
  desk.biller.post('/v1/charges/transfer', { from, to, charges: [{ chargeId, amountCents }] })
describe('reversing a bill that insurers paid on', () => {
  test('B-13 B-15 what an answer made the patient’s and a person moved on since goes back with it, and so does what was paid of that', async () => {
    const claim = await desk.claim([desk.first, desk.second])
    const [first, second] = [await desk.check(desk.first, 6_400), await desk.check(desk.second, 1_000)]
    const adjustments = ['CO-45:2000', 'PR-2:1600']
    await desk.post(first, [
      { chargeId: claim.chargeId, paidCents: 6_400, adjustments, nextPayer: 'patient' },
    ])
    await transfer(claim, 'patient', desk.second)
    await desk.post(second, [{ chargeId: claim.chargeId, paidCents: 1_000 }])
    expect(await desk.owed(claim)).toEqual({ second: 600 })
    expect(await reverse(claim)).toMatchObject({ status: 200, body: { status: 'unsigned', balanceCents: 0 } })
    expect(await desk.receipt(first)).toMatchObject({ appliedCents: 0, escrowCents: 6_400 })
    expect(await desk.receipt(second)).toMatchObject({ appliedCents: 0, escrowCents: 1_000 })
    const signed = await desk.biller.post(`/v1/billing-encounters/${claim.billingEncounterId}/sign`)
    expect(signed.body).toMatchObject({ totalCents: 10_000, balanceCents: 10_000 })
  })

  test('B-13 B-15 refused while what a take-back on it brought is spent, naming what is missing; then it goes', async () => {
    const claim = await desk.claim()
    await desk.post(await desk.check(desk.first, 6_400), [{ chargeId: claim.chargeId, paidCents: 6_400 }])
    const netted = await desk.check(desk.first, 0)
    await desk.post(netted, [{ chargeId: claim.chargeId, paidCents: -6_400 }])
    const refund = { amountCents: 1_400, method: 'check', reason: 'asked for' }
    const { refunds } = (await desk.biller.post(`/v1/receipts/${netted}/refunds`, refund)).body
    const refused = await reverse(claim)
    expect(refused).toMatchObject({ ...problem(409, 'later_postings') })
    expect(refused.body).toMatchObject({ receiptId: netted, shortCents: 1_400 })
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
    await desk.biller.post(`/v1/refunds/${refunds[0].refundId}/undo`, {})
    expect((await reverse(claim)).status).toBe(200)
    expect(await desk.receipt(netted)).toMatchObject({ appliedCents: 0, escrowCents: 0 })
  })
})
