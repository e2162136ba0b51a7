import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Sql, Tx } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'
import { currentContent } from './compose.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

/** A bill of $100.00 that its insurer owes, and the insurer's answer: $80.00 paid, $20.00 are the patient's. */
async function answered() {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  const { payerId } = (await desk.biller.post('/v1/payers', { name: 'Harbor Health' })).body
  const coverages = [{ payerId, memberId: 'M1' }]
  await desk.biller.put(`/v1/patients/${visit.patientId}/coverages`, { coverages }, { ifMatch: 1 })
  await desk.complete(visit, { lineItems: [lineItem('90834', 10_000)] })
  const { billingEncounterId, lines } = await desk.bill(visit)
  const chargeId = lines[0]!.chargeId!
  const moved = { from: 'patient', to: payerId, charges: [{ chargeId }] }
  expect((await desk.biller.post('/v1/charges/transfer', moved)).status).toBe(200)
  const check = { payerId, amountCents: 8_000, method: 'eft' }
  const { receiptId } = (await desk.biller.post('/v1/receipts', check)).body
  const adjustments = [{ group: 'PR', reason: '3', amountCents: 2_000 }]
  const answer = [{ chargeId, paidCents: 8_000, adjustments, nextPayer: 'patient' }]
  const post = () => desk.biller.post(`/v1/receipts/${receiptId}/insurance-payments`, { lines: answer })
  return { billingEncounterId, post }
}

/** The transaction in which `meanwhile` happens to be committed elsewhere before its statement of this number. */
function interrupted(tx: Tx, before: number, meanwhile: () => Promise<unknown>): Tx {
  let asked = 0
  return new Proxy(tx, {
    get: (target, name: 'one' | 'many' | 'maybe') =>
      ['one', 'many', 'maybe'].includes(name)
        ? async (query: Sql) => {
            if (asked++ === before) await meanwhile()
            return target[name](query)
          }
        : target[name],
  })
}

test('B-03 B-20 what an invoice says is of one moment, whenever an insurer posts while it is read', async () => {
  for (const before of [0, 1, 2, 3, 4]) {
    const { billingEncounterId, post } = await answered()
    const bill = { billingEncounterId, receiptId: null }
    const content = await desk.database.write(desk.practiceId, (tx) =>
      currentContent(interrupted(tx, before, post), desk.practiceId, bill),
    )
    const { paidCents, withInsurersCents, balanceCents } = content
    expect([
      { paidCents: 0, withInsurersCents: 10_000, balanceCents: 0 },
      { paidCents: 8_000, withInsurersCents: 0, balanceCents: 2_000 },
    ]).toContainEqual({ paidCents, withInsurersCents, balanceCents })
    if (before === 0) expect(balanceCents).toBe(2_000)
  }
})
