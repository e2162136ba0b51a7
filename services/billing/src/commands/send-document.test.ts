import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { DocumentIssued } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { procedure } from '../test-kit.ts'
import { type MailDesk, openMailDesk } from '../test-mail.ts'

let desk: MailDesk
beforeAll(async () => {
  desk = await openMailDesk()
})
beforeEach(() => desk.smtp.refuse())
afterAll(() => desk.close())

describe('invoices', () => {
  test('B-03 an invoice waits for review, shows what is owed now, and is sent when a person says so', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.complete(visit)
    await desk.checkIn(visit, 2_500)
    const invoice = await desk.documentOf(visit.patientId)
    expect(invoice).toMatchObject({
      status: 'review',
      delivery: null,
      content: { paidCents: 2_500, balanceCents: 12_500 },
    })
    const sent = await desk.biller.post(`/v1/documents/${invoice.documentId}/send`, {})
    expect(sent.body).toMatchObject({
      status: 'issued',
      version: 2,
      delivery: { status: 'queued', address: 'ada@patients.test' },
    })
    expect((await desk.facts(DocumentIssued)).at(-1)).toMatchObject({
      sequence: 2,
      data: { status: 'issued' },
    })
    const again = await desk.biller.post(`/v1/documents/${invoice.documentId}/send`, {})
    expect(again.body).toMatchObject({ status: 409, type: 'urn:praxisbus:problem:already_queued' })
    await desk.turn(invoice.documentId)
    expect(desk.smtp.received.at(-1)!.raw).toContain('Your invoice INV-')
    // What was issued is not rewritten by what is paid later.
    await desk.checkIn(visit, 1_000)
    expect((await desk.documentOf(visit.patientId)).content).toMatchObject({ balanceCents: 12_500 })
  })

  test('B-03 without an address it is refused, naming the field; one may be given', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId, { email: null })
    await desk.complete(visit)
    const { documentId } = await desk.documentOf(visit.patientId)
    const path = `/v1/documents/${documentId}/send`
    expect((await desk.biller.post(path, {})).body).toMatchObject({
      status: 422,
      errors: [{ field: 'email' }],
    })
    expect((await desk.biller.post(path, { email: 'not an address' })).status).toBe(400)
    expect((await desk.biller.post(path, { email: 'a@b.test\r\nBcc: c@d.test' })).status).toBe(400)
    expect((await desk.biller.post(path, { email: 'son@patients.test' })).status).toBe(200)
  })

  test('B-03 two who send one invoice at once queue one email', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.complete(visit)
    const { documentId } = await desk.documentOf(visit.patientId)
    const answers = await Promise.all(
      [1, 2, 3].map(() => desk.biller.post(`/v1/documents/${documentId}/send`, {})),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409])
  })

  test('B-05 an invoice whose bill is cancelled before the email goes out is not sent', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.complete(visit)
    const { documentId, billingEncounterId } = await desk.documentOf(visit.patientId)
    await desk.biller.post(`/v1/documents/${documentId}/send`, {})
    await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/cancel`)
    const before = desk.smtp.received.length
    await desk.turn(documentId)
    expect(desk.smtp.received.length).toBe(before)
    const { delivery } = await desk.documentOf(visit.patientId)
    expect(delivery).toMatchObject({ status: 'failed', attempts: 1 })
    expect(delivery.lastError).toContain('void')
  })

  test('B-03 an invoice in review follows what the biller signs later', async () => {
    const visit = desk.visit()
    await desk.service('96127', 700)
    await desk.complete(visit)
    await desk.release(visit, { procedures: [procedure('90834'), procedure('96127')] })
    const { documentId, billingEncounterId, totalCents } = await desk.documentOf(visit.patientId)
    await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/sign`)
    const list = await desk.biller.get(`/v1/documents?patientId=${visit.patientId}`)
    expect(list.body.documents).toMatchObject([{ documentId, totalCents: totalCents + 700 }])
  })

  test('P-06 documents are read with the permission, by their practice', async () => {
    const { document } = await desk.paidVisit()
    const path = `/v1/documents/${document.documentId}`
    const clinician = await desk.as({ permissions: ['encounter.read'] })
    expect((await clinician.get(path)).status).toBe(403)
    const elsewhere = await desk.as({ permissions: ['billing.read', 'billing.post'], practiceIds: [newId()] })
    expect((await elsewhere.get(path)).status).toBe(404)
    expect((await elsewhere.get(`${path}/pdf`)).status).toBe(404)
    expect((await elsewhere.post(`${path}/send`, {})).status).toBe(404)
  })
})
