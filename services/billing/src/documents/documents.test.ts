import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Mailer } from '@praxisbus/runtime/mail.ts'
import { openBillingDesk, paid } from '../test-kit.ts'
import { type MailDesk, openMailDesk } from '../test-mail.ts'
import { attachedPdf } from '../test-smtp.ts'

let desk: MailDesk
beforeAll(async () => {
  desk = await openMailDesk()
})
beforeEach(() => desk.smtp.refuse())
afterAll(() => desk.close())

describe('receipt documents', () => {
  test('B-03 a receipt is emailed with the PDF that the page shows, and its state says so', async () => {
    const { visit, document } = await desk.paidVisit()
    await desk.turn(document.documentId)
    const letter = desk.smtp.received.at(-1)!
    expect(letter).toMatchObject({ to: 'ada@patients.test', from: 'billing@fern.test' })
    expect(letter.raw).toContain(`Message-ID: <${document.documentId}.1@fern.test>`)
    const pdf = await desk.biller.get(`/v1/documents/${document.documentId}/pdf`)
    expect(pdf.headers.get('content-type')).toBe('application/pdf')
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
    expect(attachedPdf(letter).equals(pdf.body)).toBe(true)
    expect(letter.raw).not.toContain('Byron')
    expect((await desk.documentOf(visit.patientId)).delivery).toMatchObject({
      status: 'sent',
      attempts: 1,
      lastError: null,
      nextAttemptAt: null,
      note: null,
    })
  })

  test('B-20 a name in any script goes into the PDF, and what was sent stays the same bytes after a change of name', async () => {
    const { visit, document } = await desk.paidVisit('Łukasz Müller-Иванов Ελένη שלום 山田')
    const path = `/v1/documents/${document.documentId}/pdf`
    const drawn = (await desk.biller.get(path)).body
    expect((await desk.biller.get(path)).body.equals(drawn)).toBe(true)
    await desk.turn(document.documentId)
    await desk.register(visit.patientId, { name: 'Somebody Else' })
    expect((await desk.biller.get(path)).body.equals(drawn)).toBe(true)
  })

  test('B-03 a server that is busy is tried again later, and the last error is shown meanwhile', async () => {
    const { visit, document } = await desk.paidVisit()
    desk.smtp.refuse({ at: 'data', code: 451, text: 'try later' })
    await desk.turn(document.documentId)
    const waiting = (await desk.documentOf(visit.patientId)).delivery
    expect(waiting).toMatchObject({ status: 'queued', attempts: 1 })
    expect(waiting.lastError).toContain('try later')
    const seconds = (Date.parse(waiting.nextAttemptAt) - Date.now()) / 1_000
    expect(seconds).toBeGreaterThan(20)
    expect(seconds).toBeLessThanOrEqual(31)
    await desk.turn(document.documentId)
    expect((await desk.documentOf(visit.patientId)).delivery.attempts).toBe(1)
    desk.smtp.refuse()
    await desk.comeDue(document.documentId)
    await desk.turn(document.documentId)
    expect((await desk.documentOf(visit.patientId)).delivery).toMatchObject({
      status: 'sent',
      attempts: 2,
      lastError: null,
    })
  })

  test('B-03 an address the server will not have ends the delivery; a person sends it to another', async () => {
    const { visit, document } = await desk.paidVisit()
    desk.smtp.refuse({ at: 'recipient', code: 550, text: 'no such mailbox' })
    await desk.turn(document.documentId)
    const failed = (await desk.documentOf(visit.patientId)).delivery
    expect(failed).toMatchObject({ status: 'failed', attempts: 1 })
    expect(failed.lastError).toContain('no such mailbox')
    desk.smtp.refuse()
    const again = await desk.biller.post(`/v1/documents/${document.documentId}/send`, {
      email: 'new@patients.test',
    })
    expect(again.body.delivery).toMatchObject({ status: 'queued', address: 'new@patients.test' })
    await desk.turn(document.documentId)
    expect(desk.smtp.received.at(-1)).toMatchObject({ to: 'new@patients.test' })
    expect(desk.smtp.received.at(-1)!.raw).toContain(`<${document.documentId}.2@fern.test>`)
  })

  test('B-03 two senders at one email: one sends it', async () => {
    const { document } = await desk.paidVisit()
    const before = desk.smtp.received.length
    await Promise.all([1, 2, 3, 4].map(() => desk.turn(document.documentId)))
    expect(desk.smtp.received.length).toBe(before + 1)
  })

  test('B-03 a sender that dies after sending repeats the same message, under the same id, when its claim runs out', async () => {
    const { document } = await desk.paidVisit()
    const dying: Mailer = {
      send: async (letter) => {
        await desk.mailer.send(letter)
        throw new Error('killed')
      },
      close: () => undefined,
    }
    await expect(desk.turn(document.documentId, dying)).rejects.toThrow('killed')
    const sent = desk.smtp.received.length
    await desk.turn(document.documentId)
    expect(desk.smtp.received.length).toBe(sent)
    await desk.comeDue(document.documentId)
    await desk.turn(document.documentId)
    const [first, second] = desk.smtp.received.slice(-2)
    expect(attachedPdf(first!).equals(attachedPdf(second!))).toBe(true)
    const ids = [first!, second!].map(({ raw }) => /Message-ID: (.*)\r/.exec(raw)![1])
    expect(ids[0]).toBe(ids[1])
  })

  test('B-03 an email waits for the record of a patient that has not come yet', async () => {
    const visit = desk.visit()
    await desk.complete(visit, paid(15_000))
    const document = await desk.documentOf(visit.patientId)
    await desk.turn(document.documentId)
    const { delivery } = await desk.documentOf(visit.patientId)
    expect(delivery).toMatchObject({ status: 'queued', attempts: 1 })
    expect(delivery.lastError).toContain('has not arrived')
    expect((await desk.biller.get(`/v1/documents/${document.documentId}/pdf`)).status).toBe(409)
    await desk.register(visit.patientId)
    await desk.comeDue(document.documentId)
    await desk.turn(document.documentId)
    expect((await desk.documentOf(visit.patientId)).delivery.status).toBe('sent')
  })
})

test('B-03 without a mail server an email stays queued, and the document says so', async () => {
  const quiet = await openBillingDesk({ mailServer: false })
  try {
    const visit = quiet.visit()
    await quiet.register(visit.patientId)
    await quiet.complete(visit, paid(15_000))
    const list = await quiet.biller.get(`/v1/documents?patientId=${visit.patientId}`)
    expect(list.body.documents[0].delivery).toMatchObject({ status: 'queued', attempts: 0 })
    expect(list.body.documents[0].delivery.note).toContain('SMTP_URL')
  } finally {
    await quiet.close()
  }
})
