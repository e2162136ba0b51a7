import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BillingEncounterCancelled, PaymentRemoved } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import type { BillingEncounter } from '../queries/get-billing-encounter.ts'
import { type BillingDesk, openBillingDesk, paid } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const pathOf = (bill: BillingEncounter) => `/v1/billing-encounters/${bill.billingEncounterId}`

describe('cancelling a bill', () => {
  test('B-05 S-16 is refused while a payment is applied and says to remove it; then charges are reversed', async () => {
    const visit = desk.visit()
    await desk.complete(visit, paid(15_000))
    const bill = await desk.bill(visit)
    const refused = await desk.biller.post(`${pathOf(bill)}/cancel`)
    expect(refused.body).toMatchObject({ status: 409, type: 'urn:praxisbus:problem:payment_applied' })
    expect(refused.body.next).toContain('/remove')
    const [{ paymentId, receiptId }] = refused.body.payments
    const removed = await desk.biller.post(`/v1/payments/${paymentId}/remove`, {})
    expect(removed.body).toMatchObject({ escrowCents: 15_000, applications: [{ amountCents: 15_000 }] })
    expect((await desk.facts(PaymentRemoved)).at(-1)).toMatchObject({
      key: receiptId,
      data: { escrowCents: 15_000 },
    })
    const cancelled = await desk.biller.post(`${pathOf(bill)}/cancel`)
    expect(cancelled.body).toMatchObject({ status: 'cancelled', totalCents: 0, needsReview: false })
    expect((await desk.facts(BillingEncounterCancelled)).at(-1)!.data).toMatchObject({
      reversedChargeIds: [bill.lines[0]!.chargeId],
    })
    const unanswered = sql`select from journal where corrects_journal_id is null and kind in ('charge', 'payment')
      and not exists (select from journal as back where back.corrects_journal_id = journal.id)
      and exists (select from charge where charge.journal_id = journal.id and charge.line_id = ${bill.lines[0]!.lineId})`
    expect(await desk.count(unanswered)).toBe(0)
    expect((await desk.biller.post(`${pathOf(bill)}/cancel`)).status).toBe(409)
    expect((await desk.biller.post(`/v1/payments/${paymentId}/remove`, {})).body.type).toContain('removed')
  })

  test('B-05 the invoice of a cancelled bill is void and keeps what it said', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.complete(visit)
    await desk.biller.post(`${pathOf(await desk.bill(visit))}/cancel`)
    const [invoice] = (await desk.biller.get(`/v1/documents?patientId=${visit.patientId}`)).body.documents
    expect(invoice.status).toBe('void')
    const read = await desk.biller.get(`/v1/documents/${invoice.documentId}`)
    expect(read.body).toMatchObject({ totalCents: 15_000, content: { balanceCents: 15_000 } })
    expect((await desk.biller.post(`/v1/documents/${invoice.documentId}/send`, {})).body.type).toContain(
      'void',
    )
  })

  test('B-05 a cancel raced by a payment: one wins, and no payment is left on a reversed charge', async () => {
    for (let round = 0; round < 8; round++) {
      const visit = desk.visit()
      await desk.register(visit.patientId)
      await desk.complete(visit)
      const bill = await desk.bill(visit)
      const receipt = await desk.frontDesk.post('/v1/receipts', {
        patientId: visit.patientId,
        amountCents: 15_000,
        method: 'cash',
      })
      const applications = [{ chargeId: bill.lines[0]!.chargeId, amountCents: 15_000 }]
      const [cancel, payment] = await Promise.all([
        desk.biller.post(`${pathOf(bill)}/cancel`),
        desk.biller.post(`/v1/receipts/${receipt.body.receiptId}/payments`, { applications }),
      ])
      expect([cancel.status, payment.status]).toEqual(cancel.status === 200 ? [200, 409] : [409, 201])
    }
  })

  test('B-06 what comes for a cancelled bill opens it again, unsigned', async () => {
    const visit = desk.visit()
    await desk.complete(visit)
    await desk.biller.post(`${pathOf(await desk.bill(visit))}/cancel`)
    await desk.release(visit)
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      status: 'unsigned',
      needsReview: true,
      lines: [{ code: '90834', chargeId: null }],
    })
    expect((await desk.biller.post(`${pathOf(bill)}/sign`)).body).toMatchObject({ totalCents: 15_000 })
  })
})
