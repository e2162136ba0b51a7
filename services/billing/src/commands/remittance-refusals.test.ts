import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { type InsuranceDesk, openInsuranceDesk } from '../test-insurance.ts'

let desk: InsuranceDesk
beforeAll(async () => {
  desk = await openInsuranceDesk()
})
afterAll(() => desk.close())

const problem = (type: string, field?: string) => ({
  body: { type: `urn:praxisbus:problem:${type}`, ...(field && { errors: [{ field }] }) },
})
describe('bad lines', () => {
  test('B-15 each names its field, all of them at once, and nothing is posted', async () => {
    const claim = await desk.claim()
    const other = await desk.claim()
    const receiptId = await desk.check(desk.first, 5_000)
    const line = { chargeId: claim.chargeId, paidCents: 100 }
    for (const [status, type, field, lines] of [
      [422, 'unknown_charge', 'lines.0.chargeId', [{ ...line, chargeId: newId() }]],
      [422, 'charge_named_twice', 'lines.1.chargeId', [line, line]],
      [
        422,
        'unknown_reason',
        'lines.0.adjustments.1.reason',
        [{ ...line, adjustments: ['CO-45:1', 'CO-9999:1'] }],
      ],
      [409, 'stale_line', 'lines.0.expectedBalanceCents', [{ ...line, expectedBalanceCents: 9_999 }]],
      [422, 'over_escrow', 'lines.1.paidCents', [line, { chargeId: other.chargeId, paidCents: 4_901 }]],
      [422, 'over_charge', 'lines.0', [{ ...line, paidCents: 0, adjustments: ['CO-45:-1'] }]],
    ] as const)
      expect(await desk.post(receiptId, lines)).toMatchObject({ status, ...problem(type, field) })
    for (const [field, wrong] of [
      ['lines.0.paidCents', { paidCents: 1.5 }],
      ['lines.0.paidCents', { paidCents: 2 ** 40 }],
      ['lines.0.allowedCents', { allowedCents: -1 }],
      ['lines.0.adjustments.0.group', { adjustments: [{ group: 'CR', reason: '45', amountCents: 1 }] }],
      ['lines.0.adjustments.0.amountCents', { adjustments: [{ group: 'CO', reason: '45', amountCents: 0 }] }],
    ] as const)
      expect(
        (
          await desk.biller.post(`/v1/receipts/${receiptId}/insurance-payments`, {
            lines: [{ ...line, ...wrong }],
          })
        ).body,
      ).toMatchObject({ status: 400, errors: [{ field }] })
    const many = await desk.post(receiptId, [
      { ...line, expectedBalanceCents: 1 },
      { chargeId: newId(), paidCents: 1 },
    ])
    expect(many.body).toMatchObject({
      refusedLines: 2,
      lines: [{ field: 'lines.0.expectedBalanceCents' }, { field: 'lines.1.chargeId' }],
    })
    expect(await desk.receipt(receiptId)).toMatchObject({ escrowCents: 5_000, version: 1, payments: [] })
    expect(await desk.owed(claim)).toEqual({ first: 10_000 })
  })

  test('B-15 only an insurer’s receipt has a remittance, and who posts needs the permission', async () => {
    const claim = await desk.claim()
    const body = { patientId: claim.patientId, amountCents: 100, method: 'cash' }
    const { receiptId } = (await desk.frontDesk.post('/v1/receipts', body)).body
    const lines = [{ chargeId: claim.chargeId, paidCents: 100 }]
    expect(await desk.post(receiptId, lines)).toMatchObject({ status: 422, ...problem('not_insurance') })
    expect((await desk.post(newId(), lines)).status).toBe(404)
    const path = `/v1/receipts/${receiptId}/insurance-payments`
    expect((await desk.frontDesk.post(path, { lines })).status).toBe(403)
    expect(await desk.post(await desk.check(desk.first, 100), lines, { batchId: newId() })).toMatchObject(
      problem('unknown_batch', 'batchId'),
    )
  })

  test('B-15 CARC numbers are known, also those that payers no longer send', async () => {
    const { reasons, groups } = (await desk.biller.get('/v1/adjustment-codes')).body
    expect(groups).toEqual(['CO', 'OA', 'PI', 'PR'])
    const known = new Map(
      reasons.map((one: { reason: string; retired: boolean }) => [one.reason, one.retired]),
    )
    expect(['45', '253', 'A1', 'B20', 'P12', '42', 'D23'].map((reason) => known.get(reason))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ])
    const claim = await desk.claim()
    const old = await desk.post(await desk.check(desk.first, 0), [
      { chargeId: claim.chargeId, paidCents: 0, adjustments: ['CO-42:8500'] },
    ])
    expect(old.status).toBe(201)
  })
})
