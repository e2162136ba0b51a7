import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type BillingDesk, openBillingDesk } from '../test-kit.ts'
import type { ReceiptsReport } from './receipts-report.ts'

let desk: BillingDesk
let owner: BillingDesk['biller']
let payerId: string
beforeAll(async () => {
  desk = await openBillingDesk()
  owner = await desk.as({ permissions: ['billing.read', 'receipt.write', 'receipt.modify'] })
  payerId = (await desk.biller.post('/v1/payers', { name: 'Second Health' })).body.payerId
})
afterAll(() => desk.close())

async function receive(amountCents: number): Promise<string> {
  const { status, body } = await owner.post('/v1/receipts', { payerId, amountCents, method: 'eft' })
  expect(status).toBe(201)
  return `/v1/receipts/${body.receiptId}`
}

test('B-12 B-15 the total counts each receipt that is listed: a remittance of denials, one corrected to nothing, a deleted one', async () => {
  await receive(100)
  await receive(0)
  const corrected = await receive(500)
  const { version } = (await owner.get(corrected)).body
  const denied = { payerId, amountCents: 0, method: 'eft', reason: 'all denied' }
  expect((await owner.put(corrected, denied, { ifMatch: version })).status).toBe(200)
  const deleted = await receive(0)
  expect((await owner.post(`${deleted}/delete`, { reason: 'twice' })).status).toBe(200)
  for (const [query, count] of [
    ['', 3],
    [`?payerId=${payerId}`, 3],
    ['?payerKind=patient', 0],
    ['?deleted=all', 4],
    ['?deleted=yes', 1],
  ] as const) {
    const { totals, receipts } = (await owner.get(`/v1/reports/receipts${query}`)).body as ReceiptsReport
    expect([query, receipts.length, totals.receipts]).toEqual([query, count, count])
  }
})
