import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type SmtpServer, startSmtp } from '@praxisbus/testing'
import { type Mailer, openMailer } from './mail.ts'

let smtp: SmtpServer
let mailer: Mailer
beforeAll(async () => {
  smtp = await startSmtp()
  mailer = openMailer({ url: smtp.url, from: 'desk@practice.test', silenceMs: 400 })
})
beforeEach(() => smtp.refuse())
afterAll(async () => {
  mailer.close()
  await smtp.stop()
})

const letter = (content = 'Hello\n') => ({
  to: 'ada@patients.test',
  subject: 'A letter',
  text: content,
  messageId: '<1@practice.test>',
  attachments: [{ name: 'a.txt', type: 'text/plain', bytes: Buffer.from('attached') }],
})

describe('S-10 B-03 a letter over SMTP', () => {
  test('S-10 B-03 reaches the server as it was written', async () => {
    expect(await mailer.send(letter())).toBeUndefined()
    const [received] = smtp.received
    expect(received).toMatchObject({ to: 'ada@patients.test', from: 'desk@practice.test' })
    expect(received!.raw).toContain('Message-ID: <1@practice.test>')
    expect(received!.raw).toContain(Buffer.from('attached').toString('base64'))
  })

  test.each([
    [{ at: 'recipient', code: 550, text: 'no such mailbox' }, true],
    [{ at: 'recipient', code: 450, text: 'busy mailbox' }, false],
    [{ at: 'data', code: 554, text: 'not this' }, true],
    [{ at: 'data', code: 451, text: 'try later' }, false],
  ] as const)(
    'S-10 B-03 what the server says no to (%j) has not arrived; for good: %s',
    async (trouble, permanent) => {
      smtp.refuse(trouble)
      const failure = await mailer.send(letter())
      expect(failure).toMatchObject({ permanent, mayHaveArrived: false })
      expect(failure!.message).toContain(trouble.text)
    },
  )

  test.each(['silence', 'hangUp'] as const)(
    'S-10 after the last byte, %s leaves open whether it was taken',
    async (at) => {
      smtp.refuse({ at, taken: true })
      expect(await mailer.send(letter())).toMatchObject({ permanent: false, mayHaveArrived: true })
    },
  )

  test('S-10 where nobody listens, nothing has arrived', async () => {
    const nobody = openMailer({ url: 'smtp://127.0.0.1:1', from: 'desk@practice.test' })
    expect(await nobody.send(letter())).toMatchObject({ permanent: false, mayHaveArrived: false })
    nobody.close()
  })
})
