import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk, type Visit } from '../test-kit.ts'

let desk: BillingDesk
let patientId: string
beforeAll(async () => {
  desk = await openBillingDesk()
  patientId = newId()
  await desk.register(patientId)
})
afterAll(() => desk.close())

const batch = async (batchDate: string): Promise<string> =>
  (await desk.biller.post('/v1/reference-batches', { name: `Batch of ${batchDate}`, batchDate })).body.batchId
async function done(path: string, body: object) {
  const answer = await desk.biller.post(path, body)
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
const receive = async (amountCents: number, batchId: string): Promise<string> =>
  (await done('/v1/receipts', { patientId, amountCents, method: 'check', batchId })).receiptId
async function charge(amount: number, visit: Visit = desk.visit()): Promise<string> {
  await desk.complete(visit, { lineItems: [lineItem('90834', amount)] })
  return (await desk.bill(visit)).lines[0]!.chargeId!
}
const apply = async (
  receiptId: string,
  amountCents: number,
  batchId: string,
  chargeId?: string,
): Promise<string> =>
  (
    await done(`/v1/receipts/${receiptId}/payments`, {
      batchId,
      applications: [{ chargeId: chargeId ?? (await charge(amountCents)), amountCents }],
    })
  ).paymentId
const MONTH_ENDS: Record<string, string> = { '04': '30', '05': '31', '06': '30', '07': '31' }
const monthOf = (month: string) => `from=${month}-01&to=${month}-${MONTH_ENDS[month.slice(5)]}`
const ask = async (report: string, query: string) => {
  const answer = await desk.biller.get(`/v1/reports/${report}?${query}`)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
/** What each report says of a month, and the reasons for the difference. */
async function figures(month: string) {
  const tie = await ask('tie-out', monthOf(month))
  expect(tie).toMatchObject({ tiesOut: true, explainedCents: tie.differenceCents })
  expect(tie.receiptsCents).toBe(
    tie.paymentsCents + tie.disbursedCents + tie.refundedCents + tie.escrowChangeCents,
  )
  const { totals } = await ask('receipts', monthOf(month))
  const payments = await ask('payments', monthOf(month))
  expect(payments.totals.paymentsCents).toBe(tie.paymentsCents)
  expect(totals.receivedCents).toBe(tie.receiptsCents)
  return {
    receipts: tie.receiptsCents,
    payments: tie.paymentsCents,
    difference: tie.differenceCents,
    why: Object.fromEntries(
      tie.reasons.map((one: { reason: string; amountCents: number }) => [one.reason, one.amountCents]),
    ),
  }
}

describe('receipts against payments', () => {
  test('B-12 B-08 B-09 a receipt of May 30, payments posted in June into the batch of May 30: May ties out, June is empty', async () => {
    const may30 = await batch('2026-05-30')
    const receipt = await receive(30_000, may30)
    await apply(receipt, 20_000, may30)
    await apply(receipt, 10_000, may30)
    expect(await figures('2026-05')).toEqual({ receipts: 30_000, payments: 30_000, difference: 0, why: {} })
    expect(await figures('2026-06')).toEqual({ receipts: 0, payments: 0, difference: 0, why: {} })
    expect(await ask('receipts', monthOf('2026-05'))).toMatchObject({
      totals: { receipts: 1, receivedCents: 30_000, appliedCents: 30_000, escrowCents: 0 },
    })
    // They were posted after May all the same, which is what "recorded" says.
    const [payment] = (await ask('payments', monthOf('2026-05'))).payments
    expect(payment).toMatchObject({
      batchDate: '2026-05-30',
      receiptBatchDate: '2026-05-30',
      kind: 'applied',
    })
    expect(payment.recordedAt > '2026-06-01').toBe(true)
  })

  test('B-12 B-08 B-09 the same payments in a batch of June: neither month ties out, and each says why', async () => {
    const receipt = await receive(30_000, await batch('2025-05-30'))
    const june3 = await batch('2025-06-03')
    await apply(receipt, 20_000, june3)
    await apply(receipt, 10_000, june3)
    expect(await figures('2025-05')).toEqual({
      receipts: 30_000,
      payments: 0,
      difference: 30_000,
      why: { 'in-escrow': 30_000 },
    })
    expect(await figures('2025-06')).toEqual({
      receipts: 0,
      payments: 30_000,
      difference: -30_000,
      why: { 'received-before': -30_000 },
    })
    const june = await ask('tie-out', monthOf('2025-06'))
    expect(june.receipts).toEqual([
      expect.objectContaining({
        receiptId: receipt,
        batchDate: '2025-05-30',
        patientId,
        patientName: 'Ada Byron',
        receivedCents: 0,
        appliedCents: 30_000,
        lines: [{ reason: 'received-before', code: null, system: null, amountCents: -30_000 }],
      }),
    ])
    expect((await ask('payments', monthOf('2025-06'))).byBatch).toMatchObject([
      { batchDate: '2025-06-03', appliedCents: 30_000, removedCents: 0, paymentsCents: 30_000 },
    ])
    expect(await ask('tie-out', 'from=2025-05-01&to=2025-06-30')).toMatchObject({
      receiptsCents: 30_000,
      paymentsCents: 30_000,
      differenceCents: 0,
      reasons: [],
      receipts: [],
    })
  })

  test('B-12 B-11 B-13 disbursements, refunds, escrow that is left and corrected receipts are told apart', async () => {
    const may = await batch('2024-05-30')
    const june = await batch('2024-06-10')
    const receipt = await receive(50_000, may)
    await apply(receipt, 11_000, may)
    await done(`/v1/receipts/${receipt}/disbursements`, {
      code: 'O',
      system: 'OldPM',
      amountCents: 7_000,
      batchId: may,
    })
    await done(`/v1/receipts/${receipt}/disbursements`, { code: 'E', amountCents: 500, batchId: june })
    await done(`/v1/receipts/${receipt}/refunds`, {
      amountCents: 2_000,
      method: 'check',
      reason: 'overpaid',
      batchId: may,
    })
    const undone = await done(`/v1/receipts/${receipt}/refunds`, {
      amountCents: 3_000,
      method: 'check',
      reason: 'twice',
      batchId: may,
    })
    const { refundId } = undone.refunds.find((one: { amountCents: number }) => one.amountCents === 3_000)
    await done(`/v1/refunds/${refundId}/undo`, { batchId: june })
    await done(`/v1/receipts/${await receive(999, may)}/delete`, { reason: 'entered twice' })
    await apply(receipt, 4_000, june)
    expect(await figures('2024-05')).toEqual({
      receipts: 50_000,
      payments: 11_000,
      difference: 39_000,
      why: { disbursed: 7_000, refunded: 5_000, 'in-escrow': 27_000 },
    })
    expect(await ask('tie-out', monthOf('2024-05'))).toMatchObject({
      recordedCents: 50_999,
      takenBackCents: 999,
      escrowChangeCents: 27_000,
    })
    // Of the receipt of May only what was applied makes a difference in June.
    expect(await figures('2024-06')).toEqual({
      receipts: 0,
      payments: 4_000,
      difference: -4_000,
      why: { 'received-before': -4_000 },
    })
    const [tied] = (await ask('tie-out', monthOf('2024-05'))).receipts
    expect(tied.lines).toEqual([
      { reason: 'disbursed', code: 'O', system: 'OldPM', amountCents: 7_000 },
      { reason: 'in-escrow', code: null, system: null, amountCents: 27_000 },
      { reason: 'refunded', code: null, system: null, amountCents: 5_000 },
    ])
  })

  test('B-12 B-13 B-05 removed payments, reversed encounters, deleted receipts and payments dated before their receipt', async () => {
    const april = await batch('2023-04-20')
    const may = await batch('2023-05-20')
    const june = await batch('2023-06-20')
    const removed = await receive(1_000, april)
    const removal = await apply(removed, 1_000, april)
    const visit = desk.visit()
    const reversed = await receive(2_000, april)
    const reversal = await apply(reversed, 2_000, april, await charge(2_000, visit))
    const deleted = await receive(4_000, april)
    const gone = await apply(deleted, 4_000, april)
    const early = await receive(8_000, june)
    await apply(early, 8_000, may)
    // Applied and taken back within one month: as if it had never been.
    const within = await receive(16_000, april)
    await done(`/v1/payments/${await apply(within, 16_000, may)}/remove`, { batchId: may })
    for (const paymentId of [removal, reversal, gone])
      await done(`/v1/payments/${paymentId}/remove`, { batchId: may })
    await done(`/v1/billing-encounters/${(await desk.bill(visit)).billingEncounterId}/cancel`, {})
    await done(`/v1/receipts/${deleted}/delete`, { reason: 'another practice’s check' })
    expect(await figures('2023-04')).toEqual({
      receipts: 19_000,
      payments: 7_000,
      difference: 12_000,
      why: { 'in-escrow': 16_000, 'receipt-deleted': -4_000 },
    })
    expect(await figures('2023-05')).toEqual({
      receipts: 0,
      payments: 1_000,
      difference: -1_000,
      why: { 'payment-removed': 5_000, 'encounter-reversed': 2_000, 'received-after': -8_000 },
    })
    expect(await figures('2023-06')).toEqual({
      receipts: 8_000,
      payments: 0,
      difference: 8_000,
      why: { 'posted-before': 8_000 },
    })
  })

  test('B-12 as a file: a line for each reason of each receipt; what is asked wrongly is refused, what was read is noted', async () => {
    const { body } = await desk.biller.get(`/v1/reports/tie-out.csv?${monthOf('2024-05')}`)
    const lines = (body as string).split('\r\n')
    expect(lines).toHaveLength(5)
    expect(lines[0]).toBe(
      'Reason,Amount,Code,Other system,Receipt,Batch date of receipt,Source,Patient,Payer,Reference,Received in range,Applied in range',
    )
    expect(lines[1]).toMatch(
      /^disbursed,70\.00,O,OldPM,[0-9a-f-]{36},2024-05-30,desk,Ada Byron,,,500\.00,110\.00$/,
    )
    const payments = await desk.biller.get(`/v1/reports/payments.csv?${monthOf('2023-05')}`)
    expect((payments.body as string).split('\r\n')).toHaveLength(8)
    expect(payments.body).toContain('2023-05-20,removed,-160.00,')
    for (const [query, field] of [
      ['to=2024-05-31', 'from'],
      ['from=2024-05-31&to=2024-05-01', 'to'],
      [`${monthOf('2024-05')}&after=2024-05-01T00:00:00.000000Z_${newId()}`, 'after'],
      [`${monthOf('2024-05')}&after=x`, 'after'],
    ] as const)
      expect(await desk.biller.get(`/v1/reports/tie-out?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field }] },
      })
    expect(
      await desk.count(
        sql`select from audit where record_type = 'tie-out' and record_id = 'csv from=2024-05-01 to=2024-05-31'`,
      ),
    ).toBe(1)
    const clerk = await desk.as({ permissions: ['receipt.write'] })
    expect((await clerk.get(`/v1/reports/tie-out?${monthOf('2024-05')}`)).status).toBe(403)
  })
})
