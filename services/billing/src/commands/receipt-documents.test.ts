import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DocumentIssued, DocumentIssuedV2 } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
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

const copayOf = async ({ appointmentId }: Visit): Promise<string> => {
  const { receipts } = (await desk.biller.get(`/v1/visits/${appointmentId}`)).body
  return receipts[0].receiptId
}
const issue = (receiptId: string, body: object = {}, api = desk.frontDesk) =>
  api.post(`/v1/receipts/${receiptId}/document`, body)

test('B-03 B-10 the front desk makes the receipt of a copay before there is a bill, and has it emailed', async () => {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.checkIn(visit, 2_500)
  const receiptId = await copayOf(visit)
  const { status, body } = await issue(receiptId, { email: 'ada@patients.test' })
  expect(status).toBe(201)
  expect(body).toMatchObject({
    kind: 'receipt',
    status: 'issued',
    receiptId,
    billingEncounterId: null,
    totalCents: 2_500,
    delivery: { status: 'queued', address: 'ada@patients.test' },
    content: { serviceDate: null, lines: [], received: { amountCents: 2_500, escrowCents: 2_500 } },
  })
  const before = desk.smtp.received.length
  await desk.turn(body.documentId)
  expect(desk.smtp.received.slice(before)).toMatchObject([{ to: 'ada@patients.test' }])
  const pdf = await desk.biller.get(`/v1/documents/${body.documentId}/pdf`)
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  const about = ({ data }: { data: { documentId?: unknown } }) => data.documentId === body.documentId
  expect((await desk.facts(DocumentIssuedV2)).filter(about)).toMatchObject([
    { data: { kind: 'receipt', billingEncounterId: null, totalCents: 2_500 } },
  ])
  expect((await desk.facts(DocumentIssued)).filter(about)).toEqual([])
  expect((await issue(receiptId)).body).toMatchObject({
    status: 409,
    type: 'urn:praxisbus:problem:already_issued',
    documentId: body.documentId,
  })
})

test('B-03 a receipt is about the bill of its visit, or the one bill that it pays', async () => {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.checkIn(visit, 2_500)
  const receiptId = await copayOf(visit)
  await desk.complete(visit)
  const bill = await desk.bill(visit)
  const { billingEncounterId } = bill
  expect((await issue(receiptId)).body).toMatchObject({
    billingEncounterId,
    content: { serviceDate: '2026-03-02', paidCents: 2_500, balanceCents: 12_500 },
  })
  const money = { patientId: visit.patientId, amountCents: 500, method: 'check' }
  const [paying, waiting] = [
    (await desk.frontDesk.post('/v1/receipts', money)).body.receiptId,
    (await desk.frontDesk.post('/v1/receipts', money)).body.receiptId,
  ]
  const applications = [{ chargeId: bill.lines[0]!.chargeId, amountCents: 500 }]
  await desk.biller.post(`/v1/receipts/${paying}/payments`, { applications })
  expect((await issue(paying)).body).toMatchObject({ billingEncounterId, content: { paidCents: 3_000 } })
  expect((await issue(waiting)).body).toMatchObject({ billingEncounterId: null, totalCents: 500 })
})

test('B-03 two who ask for one receipt document at once make one', async () => {
  const patientId = newId()
  await desk.register(patientId)
  const money = { patientId, amountCents: 500, method: 'cash' }
  for (let round = 0; round < 4; round++) {
    const { receiptId } = (await desk.frontDesk.post('/v1/receipts', money)).body
    const answers = await Promise.all([issue(receiptId), issue(receiptId), issue(receiptId)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  }
})

test('B-14 B-03 after a correction, also of the patient, the new receipt document is made like the first', async () => {
  const patientId = newId()
  const other = newId()
  await desk.register(patientId)
  await desk.register(other)
  const money = { patientId, amountCents: 5_000, method: 'check', reference: null }
  const { receiptId } = (await desk.frontDesk.post('/v1/receipts', money)).body
  const first = (await issue(receiptId)).body
  const right = { ...money, patientId: other, amountCents: 6_000, reason: 'another patient paid' }
  expect((await modifier.put(`/v1/receipts/${receiptId}`, right, { ifMatch: 1 })).status).toBe(200)
  expect(await receiptDocuments({ patientId })).toMatchObject([{ number: first.number, status: 'void' }])
  expect((await issue(receiptId)).body).toMatchObject({
    patientId: other,
    totalCents: 6_000,
    status: 'issued',
  })
})

test('B-03 refused: an insurer’s money, a deleted receipt, one of nobody, and without the permission', async () => {
  const { payerId } = (await desk.biller.post('/v1/payers', { name: 'Harbor Health' })).body
  const check = { payerId, amountCents: 5_000, method: 'eft' }
  const insurers = (await desk.biller.post('/v1/receipts', check)).body.receiptId
  expect((await issue(insurers)).body).toMatchObject({
    status: 422,
    type: 'urn:praxisbus:problem:not_a_patients',
  })
  const patientId = newId()
  await desk.register(patientId)
  const { receiptId } = (
    await desk.frontDesk.post('/v1/receipts', { patientId, amountCents: 5_000, method: 'cash' })
  ).body
  const reader = await desk.as({ permissions: ['billing.read', 'billing.post'] })
  expect((await issue(receiptId, {}, reader)).status).toBe(403)
  await modifier.post(`/v1/receipts/${receiptId}/delete`, { reason: 'declined' })
  expect((await issue(receiptId)).body.type).toBe('urn:praxisbus:problem:receipt_deleted')
  expect((await issue(newId())).status).toBe(404)
})
