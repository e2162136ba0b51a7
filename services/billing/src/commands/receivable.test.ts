import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AdjustmentUndone, BalanceTransferred, ChargeAdjusted } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type Claim, type InsuranceDesk, openInsuranceDesk, problem } from '../test-insurance.ts'

let desk: InsuranceDesk
let both: [string, string]
beforeAll(async () => {
  desk = await openInsuranceDesk()
  both = [desk.first, desk.second]
})
afterAll(() => desk.close())

const transfer = (from: string, to: string, claims: readonly Claim[], more: object = {}) =>
  desk.biller.post('/v1/charges/transfer', {
    from,
    to,
    charges: claims.map(({ chargeId }) => ({ chargeId, ...more })),
  })
const writeOff = (claim: Claim, body: object) =>
  desk.biller.post(`/v1/charges/${claim.chargeId}/adjustments`, body)
const cancel = (claim: Claim) => desk.biller.post(`/v1/billing-encounters/${claim.billingEncounterId}/cancel`)

describe('moving A/R', () => {
  test('B-15 a session that was billed to the patient goes to the insurer, and a denied charge on to the patient', async () => {
    const claim = await desk.claim([])
    await desk.cover(claim.patientId, [desk.first])
    const answer = await transfer('patient', desk.first, [claim])
    expect(answer).toMatchObject({ status: 200, body: { amountCents: 10_000 } })
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
    await transfer(desk.first, 'patient', [claim], { amountCents: 2_500 })
    expect(await desk.owed(claim)).toEqual({ patient: 2_500, first: 7_500 })
    expect((await desk.line(claim)).transfers).toMatchObject([
      { fromPayerId: null, toPayerId: desk.first, amountCents: 10_000 },
      { fromPayerId: desk.first, toPayerId: null, amountCents: 2_500 },
    ])
    expect((await desk.facts(BalanceTransferred)).at(-1)).toMatchObject({
      key: claim.chargeId,
      sequence: 3,
      data: { patientId: claim.patientId, transfers: [{ amountCents: 2_500 }], shares: [{}, {}] },
    })
  })

  test('B-15 refuses by field: no coverage, nothing owed, more than owed, two patients, a stale look', async () => {
    const claim = await desk.claim(both)
    const other = await desk.claim(both)
    const stranger = await desk.payer(`Stranger ${newId()}`)
    for (const [expected, answer] of [
      [problem(422, 'not_covered', 'to'), transfer(desk.first, stranger, [claim])],
      [problem(422, 'same_payer', 'to'), transfer(desk.first, desk.first, [claim])],
      [problem(422, 'over_share', 'charges.0.chargeId'), transfer('patient', desk.second, [claim])],
      [
        problem(422, 'over_share', 'charges.0.amountCents'),
        transfer(desk.first, 'patient', [claim], { amountCents: 10_001 }),
      ],
      [
        problem(422, 'several_patients', 'charges.1.chargeId'),
        transfer(desk.first, 'patient', [claim, other]),
      ],
      [
        problem(422, 'charge_named_twice', 'charges.1.chargeId'),
        transfer(desk.first, 'patient', [claim, claim]),
      ],
      [
        problem(409, 'stale_line', 'charges.0.expectedBalanceCents'),
        transfer(desk.first, 'patient', [claim], { expectedBalanceCents: 1 }),
      ],
      [
        problem(422, 'unknown_charge', 'charges.0.chargeId'),
        transfer(desk.first, 'patient', [{ ...claim, chargeId: newId() }]),
      ],
    ] as const)
      expect(await answer).toMatchObject(expected)
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
  })

  test('B-05 a bill whose A/R was moved is cancelled: it goes back first; paid or written off, it is not', async () => {
    const claim = await desk.claim(both)
    await transfer(desk.first, desk.second, [claim], { amountCents: 4_000 })
    await transfer(desk.first, 'patient', [claim], { amountCents: 1_000 })
    const before = (await desk.biller.get('/v1/ledger/summary')).body
    expect((await cancel(claim)).body.status).toBe('cancelled')
    const after = (await desk.biller.get('/v1/ledger/summary')).body
    expect(after.receivableCents).toBe(before.receivableCents - 10_000)
    expect(await transfer(desk.first, 'patient', [claim])).toMatchObject(problem(409, 'charge_reversed'))

    const adjusted = await desk.claim()
    const { adjustmentId } = (await writeOff(adjusted, { group: 'PI', reason: '45', amountCents: 100 })).body
    expect(await cancel(adjusted)).toMatchObject({
      ...problem(409, 'adjusted'),
      body: { adjustments: [{ adjustmentId }] },
    })
    await desk.biller.post(`/v1/adjustments/${adjustmentId}/undo`, {})
    expect((await cancel(adjusted)).status).toBe(200)

    const denied = await desk.claim()
    const receiptId = await desk.check(desk.first, 0)
    const { paymentId } = (await desk.post(receiptId, [{ chargeId: denied.chargeId, paidCents: 0 }])).body
    expect(await cancel(denied)).toMatchObject(problem(409, 'payment_applied'))
    await desk.biller.post(`/v1/payments/${paymentId}/remove`, {})
    expect((await cancel(denied)).status).toBe(200)
  })
})

test('B-15 an invoice asks the patient for what the patient owes, not for what insurers owe or was written off', async () => {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.complete(visit)
  const bill = await desk.bill(visit)
  const claim = { ...visit, ...bill, chargeId: bill.lines[0]!.chargeId! }
  await desk.cover(visit.patientId, [desk.first])
  const due = async () => {
    const { documents } = (await desk.biller.get(`/v1/documents?patientId=${visit.patientId}`)).body
    return (await desk.biller.get(`/v1/documents/${documents[0].documentId}`)).body.content
  }
  expect(await due()).toMatchObject({ totalCents: 15_000, balanceCents: 15_000 })
  await transfer('patient', desk.first, [claim])
  expect(await due()).toMatchObject({ withInsurersCents: 15_000, balanceCents: 0 })
  const lines = [{ chargeId: claim.chargeId, paidCents: 9_000, adjustments: ['CO-45:4000', 'PR-2:2000'] }]
  await desk.post(await desk.check(desk.first, 9_000), lines)
  expect(await due()).toMatchObject({
    paidCents: 9_000,
    adjustedCents: 4_000,
    withInsurersCents: 0,
    balanceCents: 2_000,
  })
})

describe('writing off without a receipt', () => {
  test('B-15 by reason or by the practice’s own code, undone once', async () => {
    const claim = await desk.claim()
    await desk.biller.post('/v1/write-off-codes', { code: 'SMALL', description: 'Small balance' })
    const answer = await writeOff(claim, { code: 'SMALL', amountCents: 300, note: 'under a dollar' })
    expect(answer).toMatchObject({
      status: 201,
      body: { code: 'OWN-SMALL', payerId: desk.first, shares: [{ balanceCents: 9_700 }], version: 2 },
    })
    expect((await desk.facts(ChargeAdjusted)).at(-1)).toMatchObject({
      key: claim.chargeId,
      sequence: 2,
      data: { code: 'OWN-SMALL', amountCents: 300, note: 'under a dollar' },
    })
    const undo = () => desk.biller.post(`/v1/adjustments/${answer.body.adjustmentId}/undo`, {})
    expect((await Promise.all([undo(), undo()])).map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
    expect(await desk.line(claim)).toMatchObject({
      adjusted: [],
      writeOffs: [{ code: 'OWN-SMALL', note: 'under a dollar', undone: true }],
    })
    expect((await desk.facts(AdjustmentUndone)).at(-1)!.sequence).toBe(3)
    await transfer(desk.first, 'patient', [claim], { amountCents: 1_000 })
    expect(await writeOff(claim, { group: 'CO', reason: '45', amountCents: 1 })).toMatchObject(
      problem(422, 'several_owe', 'from'),
    )
    await writeOff(claim, { group: 'CO', reason: '45', amountCents: 1_000, from: 'patient' })
    expect(await desk.owed(claim)).toEqual({ first: 9_000 })
    for (const [expected, body] of [
      [problem(422, 'over_share', 'amountCents'), { group: 'CO', reason: '45', amountCents: 9_001 }],
      [problem(422, 'unknown_reason', 'reason'), { group: 'CO', reason: '42', amountCents: 1 }],
      [problem(422, 'patient_responsibility', 'group'), { group: 'PR', reason: '1', amountCents: 1 }],
      [problem(422, 'unknown_code', 'code'), { code: 'NONE', amountCents: 1 }],
      [problem(422, 'one_code', 'code'), { code: 'SMALL', group: 'CO', reason: '45', amountCents: 1 }],
    ] as const)
      expect(await writeOff(claim, body)).toMatchObject(expected)
    expect((await writeOff({ ...claim, chargeId: newId() }, { code: 'SMALL', amountCents: 1 })).status).toBe(
      404,
    )
    expect((await desk.biller.post(`/v1/adjustments/${newId()}/undo`, {})).status).toBe(404)
    expect((await desk.frontDesk.post(`/v1/charges/${claim.chargeId}/adjustments`, {})).status).toBe(403)
  })

  test('B-15 a payment is removed only after the write-off of what it left', async () => {
    const claim = await desk.claim()
    const receiptId = await desk.check(desk.first, 6_400)
    const { paymentId } = (
      await desk.post(receiptId, [
        { chargeId: claim.chargeId, paidCents: 6_400, adjustments: ['CO-45:2000', 'PR-2:1600'] },
      ])
    ).body
    await desk.biller.post('/v1/write-off-codes', { code: 'KIND', description: 'Hardship' })
    const { adjustmentId } = (await writeOff(claim, { code: 'KIND', amountCents: 1_600 })).body
    const remove = () => desk.biller.post(`/v1/payments/${paymentId}/remove`, {})
    expect(await remove()).toMatchObject({
      ...problem(409, 'later_postings'),
      body: { postings: [{ kind: 'adjustment', id: adjustmentId, amountCents: 1_600 }] },
    })
    await desk.biller.post(`/v1/adjustments/${adjustmentId}/undo`, {})
    expect((await remove()).status).toBe(200)
  })
})
