import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PaymentApplied } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
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

describe('insurance posting', () => {
  test('B-15 primary: 100 billed, 80 allowed, 64 paid, CO-45 20; PR-2 16 goes on to the secondary, who pays it', async () => {
    const claim = await desk.claim(both)
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
    const receiptId = await desk.check(desk.first, 6_400)
    const answer = await desk.post(receiptId, [{ chargeId: claim.chargeId, ...PRIMARY }])
    expect(answer).toMatchObject({
      status: 201,
      body: {
        escrowCents: 0,
        leftWithPayerCents: 0,
        version: 2,
        lines: [
          {
            paidCents: 6_400,
            allowedCents: 8_000,
            postAs: 'primary',
            moved: [{ payerId: desk.second, amountCents: 1_600 }],
            balanceCents: 1_600,
            leftWithPayerCents: 0,
          },
        ],
      },
    })
    expect(await desk.owed(claim)).toEqual({ second: 1_600 })
    expect(await desk.receipt(receiptId)).toMatchObject({ appliedCents: 6_400, escrowCents: 0 })
    expect((await desk.facts(PaymentApplied)).at(-1)).toMatchObject({
      key: receiptId,
      sequence: 2,
      data: {
        payerId: desk.first,
        escrowCents: 0,
        applications: [{ amountCents: 6_400, shares: [{ payerId: desk.second, balanceCents: 1_600 }] }],
      },
    })
    // As secondary remittances say it: OA-23 is what the primary did, and CO-45 repeats its contract.
    const second = await desk.check(desk.second, 1_600)
    const paid = await desk.post(second, [
      { chargeId: claim.chargeId, paidCents: 1_600, adjustments: ['OA-23:8400'] },
    ])
    expect(paid.body.lines).toMatchObject([
      { postAs: 'secondary', adjustments: [{ reason: '23', note: true }], balanceCents: 0 },
    ])
    expect(await desk.line(claim)).toMatchObject({
      balanceCents: 0,
      shares: [],
      adjusted: [{ code: 'CO-45', amountCents: 2_000 }],
      insurance: [
        { payerId: desk.first, paidCents: 6_400, allowedCents: 8_000 },
        { payerId: desk.second, paidCents: 1_600 },
      ],
    })
  })

  test('B-15 patient responsibility goes to the patient where no coverage is left, or as the biller says', async () => {
    const alone = await desk.claim()
    const receiptId = await desk.check(desk.first, 12_800)
    await desk.post(receiptId, [{ chargeId: alone.chargeId, ...PRIMARY }])
    expect(await desk.owed(alone)).toEqual({ patient: 1_600 })
    const claim = await desk.claim(both)
    await desk.post(receiptId, [{ chargeId: claim.chargeId, ...PRIMARY, nextPayer: 'patient' }])
    expect(await desk.owed(claim)).toEqual({ patient: 1_600 })
    const kept = await desk.claim(both)
    const zero = await desk.check(desk.first, 0)
    await desk.post(zero, [
      { chargeId: kept.chargeId, paidCents: 0, adjustments: ['PR-1:10000'], nextPayer: desk.first },
    ])
    expect(await desk.owed(kept)).toEqual({ first: 10_000 })
    const stranger = await desk.payer(`Stranger ${newId()}`)
    expect(
      await desk.post(receiptId, [{ chargeId: kept.chargeId, paidCents: 0, nextPayer: stranger }]),
    ).toMatchObject({ status: 422, ...problem('not_covered', 'lines.0.nextPayer') })
  })

  test('B-15 denials come on a receipt of nothing: PR-204 is the patient’s, CO-29 is written off, CO-16 noted stays with the payer', async () => {
    const [patients, late, incomplete] = [await desk.claim(), await desk.claim(), await desk.claim()]
    const receiptId = await desk.check(desk.first, 0)
    const answer = await desk.post(receiptId, [
      { chargeId: patients.chargeId, paidCents: 0, adjustments: ['PR-204:10000'] },
      { chargeId: late.chargeId, paidCents: 0, adjustments: ['CO-29:10000'] },
      { chargeId: incomplete.chargeId, paidCents: 0, adjustments: ['CO-16:10000!'] },
    ])
    expect(answer).toMatchObject({ status: 201, body: { escrowCents: 0, leftWithPayerCents: 10_000 } })
    expect(await desk.owed(patients)).toEqual({ patient: 10_000 })
    expect(await desk.owed(late)).toEqual({})
    expect(await desk.owed(incomplete)).toEqual({ first: 10_000 })
    expect((await desk.line(incomplete)).insurance).toMatchObject([
      { paidCents: 0, adjustments: [{ reason: '16', note: true }], removed: false },
    ])
    // The receipt holds nothing, and yet it cannot go while its denials stand.
    expect(await desk.biller.post(`/v1/receipts/${receiptId}/delete`, { reason: 'twice' })).toMatchObject(
      problem('payment_applied'),
    )
    const removed = await desk.biller.post(`/v1/payments/${answer.body.paymentId}/remove`, {})
    expect(removed.status).toBe(200)
    for (const claim of [patients, late, incomplete]) {
      expect(await desk.owed(claim)).toEqual({ first: 10_000 })
      expect((await desk.line(claim)).insurance).toMatchObject([{ removed: true }])
    }
    expect((await desk.biller.post(`/v1/payments/${answer.body.paymentId}/remove`, {})).status).toBe(409)
    expect((await desk.biller.post(`/v1/receipts/${receiptId}/delete`, { reason: 'twice' })).status).toBe(200)
  })

  test('B-15 secondary before the primary: its money comes off what the primary owes, and the primary closes the charge', async () => {
    const claim = await desk.claim(both)
    await desk.post(await desk.check(desk.second, 1_600), [{ chargeId: claim.chargeId, paidCents: 1_600 }])
    expect(await desk.owed(claim)).toEqual({ first: 8_400 })
    const answer = await desk.post(await desk.check(desk.first, 6_400), [
      { chargeId: claim.chargeId, ...PRIMARY },
    ])
    expect(answer.body.lines).toMatchObject([{ moved: [], balanceCents: 0 }])
    const less = await desk.claim(both)
    await desk.post(await desk.check(desk.second, 1_000), [
      { chargeId: less.chargeId, paidCents: 1_000, adjustments: ['PR-2:600'] },
    ])
    // What the secondary leaves is known; the primary is still to say what it pays.
    expect(await desk.owed(less)).toEqual({ first: 9_000 })
    await desk.post(await desk.check(desk.first, 6_400), [{ chargeId: less.chargeId, ...PRIMARY }])
    expect(await desk.owed(less)).toEqual({ patient: 600 })
  })

  test('B-15 secondary like a primary: after the primary’s deductible its own CO-45 posts, which else is a note', async () => {
    const lines = { paidCents: 6_400, adjustments: ['CO-45:2000', 'PR-2:1600'] }
    for (const [postAs, owed] of [
      ['primary', { patient: 1_600 }],
      [undefined, { second: 2_000, patient: 1_600 }],
    ] as const) {
      const claim = await desk.claim(both)
      const denied = await desk.check(desk.first, 0)
      await desk.post(denied, [{ chargeId: claim.chargeId, paidCents: 0, adjustments: ['PR-1:10000'] }])
      expect(await desk.owed(claim)).toEqual({ second: 10_000 })
      const receiptId = await desk.check(desk.second, 6_400)
      const answer = await desk.post(receiptId, [{ chargeId: claim.chargeId, ...lines, postAs }])
      expect(await desk.owed(claim)).toEqual(owed)
      expect(answer.body.leftWithPayerCents).toBe(postAs ? 0 : 2_000)
    }
  })

  test('B-15 an insurer pays what was billed to the patient', async () => {
    const claim = await desk.claim([])
    await desk.cover(claim.patientId, [desk.first])
    expect(await desk.owed(claim)).toEqual({ patient: 10_000 })
    await desk.post(await desk.check(desk.first, 6_400), [{ chargeId: claim.chargeId, ...PRIMARY }])
    expect(await desk.owed(claim)).toEqual({ patient: 1_600 })
  })

  test('B-15 underpayment stays with the payer, and the answer says so; interest is a negative adjustment', async () => {
    const claim = await desk.claim()
    const receiptId = await desk.check(desk.first, 20_000)
    const answer = await desk.post(receiptId, [
      { chargeId: claim.chargeId, paidCents: 5_000, allowedCents: 8_000, adjustments: ['CO-45:2000'] },
    ])
    expect(answer.body).toMatchObject({
      leftWithPayerCents: 3_000,
      lines: [{ leftWithPayerCents: 3_000, balanceCents: 3_000 }],
    })
    await desk.post(receiptId, [{ chargeId: claim.chargeId, paidCents: 3_100, adjustments: ['CO-225:-100'] }])
    expect(await desk.line(claim)).toMatchObject({
      balanceCents: 0,
      adjusted: [
        { code: 'CO-225', amountCents: -100 },
        { code: 'CO-45', amountCents: 2_000 },
      ],
    })
  })

  test('B-15 overpayment is refused with what is owed; the rest of the money stays in escrow and can be refunded', async () => {
    const claim = await desk.claim()
    const receiptId = await desk.check(desk.first, 12_000)
    const over = await desk.post(receiptId, [
      { chargeId: claim.chargeId, paidCents: 9_000, adjustments: ['CO-45:1500'] },
    ])
    expect(over).toMatchObject({ status: 422, ...problem('over_charge', 'lines.0') })
    await desk.post(receiptId, [{ chargeId: claim.chargeId, paidCents: 8_000, adjustments: ['CO-45:2000'] }])
    const again = await desk.post(receiptId, [{ chargeId: claim.chargeId, paidCents: 4_000 }])
    expect(again).toMatchObject({ status: 422, ...problem('over_balance', 'lines.0.paidCents') })
    expect(again.body).toMatchObject({ balanceCents: 0, surplusCents: 4_000, patientPaidCents: 0 })
    expect(await desk.receipt(receiptId)).toMatchObject({ appliedCents: 8_000, escrowCents: 4_000 })
    const refund = { amountCents: 4_000, method: 'check', reason: 'paid twice' }
    expect((await desk.biller.post(`/v1/receipts/${receiptId}/refunds`, refund)).body.escrowCents).toBe(0)
  })

  test('B-15 the patient paid first: what the insurer leaves less than that goes back into their escrow, when asked', async () => {
    const claim = await desk.claim(both)
    const copays = [
      await desk.copay(claim.patientId, claim.chargeId, 1_000),
      await desk.copay(claim.patientId, claim.chargeId, 2_000),
    ]
    expect(await desk.owed(claim)).toEqual({ first: 7_000 })
    const receiptId = await desk.check(desk.first, 6_400)
    const line = { chargeId: claim.chargeId, ...PRIMARY, nextPayer: 'patient' }
    const refused = await desk.post(receiptId, [line])
    expect(refused).toMatchObject({ status: 422, ...problem('over_balance') })
    expect(refused.body).toMatchObject({ surplusCents: 1_400, patientPaidCents: 3_000 })
    const answer = await desk.post(receiptId, [{ ...line, freePatientMoney: true }])
    expect(answer).toMatchObject({
      status: 201,
      body: {
        freed: [{ receiptId: copays[1], chargeId: claim.chargeId, amountCents: 1_400 }],
        lines: [{ balanceCents: 0 }],
      },
    })
    expect(await desk.receipt(copays[0]!)).toMatchObject({ escrowCents: 0, version: 2 })
    expect(await desk.receipt(copays[1]!)).toMatchObject({
      appliedCents: 600,
      escrowCents: 1_400,
      version: 4,
    })
    const facts = (await desk.facts()).filter((fact) => fact.key === copays[1])
    expect(facts.map(({ topic, sequence }) => [topic, sequence])).toEqual([
      ['receipt.recorded', 1],
      ['payment.applied', 2],
      ['payment.removed', 3],
      ['payment.applied', 4],
    ])
    expect(facts.at(-1)!.data.escrowCents).toBe(1_400)
  })
})
