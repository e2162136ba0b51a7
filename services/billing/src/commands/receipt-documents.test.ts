import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Visit } from '../test-kit.ts'
import { type MailDesk, openMailDesk } from '../test-mail.ts'

let desk: MailDesk
let modifier: MailDesk['biller']
beforeAll(async () => {
  desk = await openMailDesk()
  modifier = await desk.as({
    permissions: ['billing.read', 'billing.post', 'receipt.write', 'receipt.modify'],
  })
})
afterAll(() => desk.close())

const receiptDocuments = async ({ patientId }: Pick<Visit, 'patientId'>) => {
  const { documents } = (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body
  return documents.filter((document: { kind: string }) => document.kind === 'receipt')
}

/** $150.00 of a session that was paid at once, with its receipt document, back in escrow. */
async function freed() {
  const { visit } = await desk.paidVisit()
  const [document] = await receiptDocuments(visit)
  const path = `/v1/receipts/${document.receiptId}`
  const { payments } = (await modifier.get(path)).body
  await modifier.post(`/v1/payments/${payments[0].paymentId}/remove`, {})
  const receipt = (await modifier.get(path)).body
  const { patientId, method, reference, depositDate, batchId } = receipt
  const same = { patientId, method, reference, depositDate, batchId, amountCents: 15_000, reason: 'mistyped' }
  const modify = async (change: object) =>
    modifier.put(path, { ...same, ...change }, { ifMatch: (await modifier.get(path)).body.version })
  return { visit, document, path, modify }
}

test('B-14 B-03 the document of a deleted receipt is void: it is not sent again, and one that waits is not emailed', async () => {
  const { visit, document, path } = await freed()
  expect(document).toMatchObject({ status: 'issued', delivery: { status: 'queued' } })
  expect((await modifier.post(`${path}/delete`, { reason: 'declined' })).status).toBe(200)
  const [voided] = await receiptDocuments(visit)
  expect(voided).toMatchObject({ number: document.number, status: 'void', version: document.version + 1 })
  const before = desk.smtp.received.length
  await desk.turn(document.documentId)
  expect(desk.smtp.received.length).toBe(before)
  const kept = (await desk.biller.get(`/v1/documents/${document.documentId}`)).body
  expect(kept.content.received).toMatchObject({ amountCents: 15_000 })
  expect(kept.delivery).toMatchObject({ status: 'failed', lastError: expect.stringContaining('void') })
  const again = await desk.biller.post(`/v1/documents/${document.documentId}/send`, { email: 'a@b.test' })
  expect(again.body).toMatchObject({ status: 409, type: 'urn:praxisbus:problem:void' })
})

test('B-14 B-03 a corrected amount, method or reference voids the receipt document; another batch leaves it', async () => {
  for (const change of [{ amountCents: 12_000 }, { method: 'cash' }, { reference: null }]) {
    const { visit, document, modify } = await freed()
    expect((await modify(change)).status).toBe(200)
    expect(await receiptDocuments(visit)).toMatchObject([{ number: document.number, status: 'void' }])
  }
  const { visit, modify } = await freed()
  const batch = { name: 'Corrections', batchDate: '2026-03-05' }
  const { batchId } = (await modifier.post('/v1/reference-batches', batch)).body
  expect((await modify({ batchId })).status).toBe(200)
  expect(await receiptDocuments(visit)).toMatchObject([{ status: 'issued' }])
})
