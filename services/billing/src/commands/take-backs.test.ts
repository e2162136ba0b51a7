import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PaymentRemoved } from '@praxisbus/contracts'
import { type InsuranceDesk, openInsuranceDesk } from '../test-insurance.ts'

let desk: InsuranceDesk
let both: [string, string]
beforeAll(async () => {
  desk = await openInsuranceDesk()
  both = [desk.first, desk.second]
})
afterAll(() => desk.close())

const problem = (type: string, field?: string) => ({
  body: { type: `urn:praxisbus:problem:${type}`, ...(field && { errors: [{ field }] }) },
})
const PRIMARY = { paidCents: 6_400, allowedCents: 8_000, adjustments: ['CO-45:2000', 'PR-2:1600'] } as const

describe('take-backs', () => {
  test('B-15 a take-back is netted in a later check: its money pays the other lines, and the payer owes the charge again', async () => {
    const claim = await desk.claim(both)
    await desk.post(await desk.check(desk.first, 6_400), [{ chargeId: claim.chargeId, ...PRIMARY }])
    const others = [await desk.claim(), await desk.claim()]
    // 64.00 + 64.00 - 64.00: the check is smaller than its positive lines.
    const receiptId = await desk.check(desk.first, 6_400)
    const answer = await desk.post(receiptId, [
      ...others.map(({ chargeId }) => ({ chargeId, ...PRIMARY })),
      { chargeId: claim.chargeId, paidCents: -6_400, adjustments: ['CO-45:-2000', 'PR-2:-1600'] },
    ])
    expect(answer).toMatchObject({ status: 201, body: { escrowCents: 0 } })
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
    expect((await desk.line(claim)).adjusted).toEqual([])
    expect(await desk.receipt(receiptId)).toMatchObject({ receivedCents: 6_400, appliedCents: 6_400 })
    // Decided anew: the secondary is asked again.
    const anew = await desk.post(await desk.check(desk.first, 5_000), [
      { chargeId: claim.chargeId, paidCents: 5_000, adjustments: ['CO-45:2000', 'PR-2:3000'] },
    ])
    expect(anew.status).toBe(201)
    expect(await desk.owed(claim)).toEqual({ second: 3_000 })
  })

  test('B-15 never more is taken back than the payer paid on the charge over all its receipts', async () => {
    const claim = await desk.claim()
    for (const paidCents of [3_000, 2_000])
      await desk.post(await desk.check(desk.first, paidCents), [{ chargeId: claim.chargeId, paidCents }])
    const receiptId = await desk.check(desk.first, 100)
    const back = (paidCents: number) => desk.post(receiptId, [{ chargeId: claim.chargeId, paidCents }])
    expect(await back(-5_001)).toMatchObject({
      status: 422,
      ...problem('over_take_back', 'lines.0.paidCents'),
    })
    expect((await back(-5_000)).body).toMatchObject({ escrowCents: 5_100 })
    expect((await back(-1)).body).toMatchObject({ paidByPayerCents: 0 })
    const other = await desk.check(desk.second, 100)
    expect(await desk.post(other, [{ chargeId: claim.chargeId, paidCents: -1 }])).toMatchObject(
      problem('over_take_back'),
    )
  })

  test('B-15 a take-back leaves what the patient has paid of it: then the payer owes the rest', async () => {
    const claim = await desk.claim()
    const receiptId = await desk.check(desk.first, 6_400)
    await desk.post(receiptId, [{ chargeId: claim.chargeId, ...PRIMARY }])
    await desk.copay(claim.patientId, claim.chargeId, 1_600)
    await desk.post(receiptId, [
      { chargeId: claim.chargeId, paidCents: -6_400, adjustments: ['CO-45:-2000', 'PR-2:-1600'] },
    ])
    expect(await desk.owed(claim)).toEqual({ first: 8_400 })
  })
})

describe('removing an insurance payment', () => {
  test('B-15 adjustments and moved A/R come back with it, for one charge or all', async () => {
    const claims = [await desk.claim(both), await desk.claim()]
    const receiptId = await desk.check(desk.first, 12_800)
    const { body } = await desk.post(
      receiptId,
      claims.map(({ chargeId }) => ({ chargeId, ...PRIMARY })),
    )
    const remove = (more: object = {}) => desk.biller.post(`/v1/payments/${body.paymentId}/remove`, more)
    expect(await remove({ chargeId: claims[0]!.chargeId })).toMatchObject({
      status: 200,
      body: { escrowCents: 6_400 },
    })
    expect(await desk.owed(claims[0]!)).toEqual({ first: 10_000 })
    expect(await desk.owed(claims[1]!)).toEqual({ patient: 1_600 })
    expect(await remove()).toMatchObject({ status: 200, body: { escrowCents: 12_800 } })
    expect(await desk.line(claims[1]!)).toMatchObject({ adjusted: [], shares: [{ balanceCents: 10_000 }] })
    expect((await desk.facts(PaymentRemoved)).at(-1)!.data).toMatchObject({ escrowCents: 12_800 })
  })

  test('B-15 what came after is named and undone first: a payment of the patient, a take-back, money spent', async () => {
    const claim = await desk.claim()
    const receiptId = await desk.check(desk.first, 6_400)
    const { paymentId } = (await desk.post(receiptId, [{ chargeId: claim.chargeId, ...PRIMARY }])).body
    const remove = (id: string) => desk.biller.post(`/v1/payments/${id}/remove`, {})
    const copay = await desk.copay(claim.patientId, claim.chargeId, 600)
    const refused = await remove(paymentId)
    expect(refused).toMatchObject({ status: 409, ...problem('later_postings') })
    const [later] = refused.body.postings
    expect(later).toMatchObject({ kind: 'payment', chargeId: claim.chargeId, amountCents: 600 })
    expect((await remove(later.id)).status).toBe(200)
    expect(await desk.receipt(copay)).toMatchObject({ escrowCents: 600 })

    const netted = await desk.check(desk.first, 0)
    const back = await desk.post(netted, [{ chargeId: claim.chargeId, paidCents: -1_000 }])
    expect((await remove(paymentId)).body.postings).toMatchObject([{ id: back.body.paymentId }])
    const other = await desk.claim()
    const spent = await desk.post(netted, [{ chargeId: other.chargeId, paidCents: 1_000 }])
    expect(await remove(back.body.paymentId)).toMatchObject({ status: 409, body: { shortCents: 1_000 } })
    for (const id of [spent.body.paymentId, back.body.paymentId, paymentId])
      expect((await remove(id)).status).toBe(200)
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
  })
})
