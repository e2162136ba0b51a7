import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PaymentApplied, PaymentRequestPaid, PaymentRequestSent, ReceiptRecorded } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { lineItem } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'
import { attachedPdf } from '../test-smtp.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

const documentsOf = async (patientId: string) =>
  (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body.documents

describe('a session with payment type online', () => {
  test('B-02 the invoice is issued without a review and goes out with a payment link; paid, it becomes receipt and payment', async () => {
    const visit = await desk.onlineVisit({ lineItems: [lineItem('90834', 15_000)] })
    const [invoice] = await documentsOf(visit.patientId)
    expect(invoice).toMatchObject({ kind: 'invoice', status: 'issued', totalCents: 15_000, delivery: null })
    expect(await desk.request(visit)).toMatchObject({ state: 'creating', amountCents: 15_000, url: null })

    await desk.turn()
    const open = await desk.request(visit)
    expect(open).toMatchObject({ state: 'open', email: 'queued', documentId: invoice.documentId })
    expect(open.url).toContain(desk.newestLink())
    const asked = desk.stripe.requests.find(({ call }) => call === 'POST /v1/payment_links')!
    expect(asked).toMatchObject({
      account: desk.accountId,
      idempotencyKey: `praxisbus-${open.paymentRequestId}-15000-1`,
    })
    // Neither who nor what for: the partner learns an invoice's number and an amount.
    expect(JSON.stringify(asked.form)).not.toMatch(/Byron|ada@|90834|F32/)
    expect((await desk.facts(PaymentRequestSent)).at(-1)).toMatchObject({
      key: open.paymentRequestId,
      data: { amountCents: 15_000, emailed: true, billingEncounterId: open.billingEncounterId },
    })

    await desk.sends(invoice.documentId)
    const letter = desk.smtp.received.at(-1)!
    expect(letter.to).toBe('ada@patients.test')
    expect(letter.raw.replaceAll('=\r\n', '')).toContain(open.url)
    expect(attachedPdf(letter).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await desk.request(visit)).email).toBe('sent')

    const [heard] = await desk.pays()
    expect([heard!.status, await heard!.json()]).toEqual([200, { received: true }])
    const paid = await desk.request(visit)
    expect(paid).toMatchObject({ state: 'paid', url: null })
    const [receiptId] = paid.receiptIds
    const receipt = (await desk.biller.get(`/v1/receipts/${receiptId}`)).body
    expect(receipt).toMatchObject({
      source: 'online',
      method: 'card',
      receivedCents: 15_000,
      appliedCents: 15_000,
      escrowCents: 0,
      appointmentId: visit.appointmentId,
    })
    expect(receipt.reference).toMatch(/^pi_/)
    expect((await desk.facts(ReceiptRecorded)).at(-1)!.key).toBe(receiptId)
    expect((await desk.facts(PaymentApplied)).at(-1)!.key).toBe(receiptId)
    expect((await desk.facts(PaymentRequestPaid)).at(-1)!.data).toMatchObject({
      receiptId,
      amountCents: 15_000,
    })
    const [document, paidInvoice] = await documentsOf(visit.patientId)
    expect(document).toMatchObject({ kind: 'receipt', receiptId, delivery: { status: 'queued' } })
    expect(paidInvoice).toMatchObject({ documentId: invoice.documentId, owedCents: 0 })
    expect(await desk.bill(visit)).toMatchObject({ status: 'posted', balanceCents: 0, needsReview: false })
    await desk.sends(document.documentId)
    expect(attachedPdf(desk.smtp.received.at(-1)!).subarray(0, 5).toString()).toBe('%PDF-')
  })

  test('B-02 a copay comes first: the link asks for the rest, and nothing where there is no rest', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.checkIn(visit, 4_000)
    await desk.complete(visit, { paymentType: 'online' })
    await desk.turn()
    expect(await desk.request(visit)).toMatchObject({ state: 'open', amountCents: 11_000 })
    await desk.pays()
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })

    const covered = desk.visit()
    await desk.register(covered.patientId)
    await desk.checkIn(covered, 15_000)
    await desk.complete(covered, { paymentType: 'online' })
    await desk.turn()
    expect(await desk.requests(covered)).toEqual([])
    const [invoice] = await documentsOf(covered.patientId)
    expect(invoice).toMatchObject({ status: 'issued', owedCents: 0, delivery: { status: 'queued' } })
  })

  test('B-02 without an address the link is shown; when the invoice is sent to one, it goes along', async () => {
    const visit = await desk.onlineVisit({}, null)
    await desk.turn()
    const open = await desk.request(visit)
    expect(open).toMatchObject({ state: 'open', email: null })
    expect(open.note).toContain('No address')
    expect((await desk.facts(PaymentRequestSent)).at(-1)!.data).toMatchObject({ emailed: false })
    await desk.biller.post(`/v1/documents/${open.documentId}/send`, { email: 'new@patients.test' })
    await desk.sends(open.documentId)
    const letter = desk.smtp.received.at(-1)!
    expect(letter.to).toBe('new@patients.test')
    expect(letter.raw.replaceAll('=\r\n', '')).toContain(open.url)
  })

  test('B-02 a session of nothing makes no link; one of a practice that was disconnected meanwhile waits for a review', async () => {
    const nothing = await desk.onlineVisit({ lineItems: [] })
    expect(await desk.requests(nothing)).toEqual([])
    await desk.owner.delete('/v1/payment-partner')
    const visit = await desk.onlineVisit()
    expect(await desk.requests(visit)).toEqual([])
    expect((await documentsOf(visit.patientId))[0]).toMatchObject({ kind: 'invoice', status: 'review' })
    await desk.owner.put('/v1/payment-partner', { accountId: desk.accountId })
  })

  test('B-02 session.completed delivered twice asks once', async () => {
    const visit = await desk.onlineVisit()
    await desk.complete(visit, { paymentType: 'online' })
    await desk.turn()
    expect(await desk.requests(visit)).toHaveLength(1)
    expect(await desk.linksOf(visit)).toHaveLength(1)
  })

  test('B-02 the link waits for the record of a patient that has not come yet', async () => {
    const visit = desk.visit()
    await desk.complete(visit, { paymentType: 'online' })
    await desk.turn()
    expect(await desk.request(visit)).toMatchObject({ state: 'creating' })
    await desk.register(visit.patientId)
    await desk.comesUp(visit)
    await desk.turn()
    expect(await desk.request(visit)).toMatchObject({ state: 'open', email: 'queued' })
  })
})

test('B-02 the ledger adds up after all of it', async () => {
  const { body } = await desk.biller.get('/v1/ledger/summary')
  expect(body.receivedCents).toBe(body.appliedCents + body.escrowCents)
  expect(await desk.count(sql`select from online_payment`)).toBe(2)
})
