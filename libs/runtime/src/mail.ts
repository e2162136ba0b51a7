import { Transform } from 'node:stream'
import { createTransport } from 'nodemailer'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** With its angle brackets. */
  readonly messageId: string
  readonly attachments?: readonly {
    readonly name: string
    /** Media type, for instance `application/pdf`. */
    readonly type: string
    readonly bytes: Uint8Array
  }[]
}

/** What the mail server, or the way to it, said. */
export interface MailFailure {
  /** Its own words, which may name the address: for those who may see it, and for no log. */
  readonly message: string
  /** The same without words, for instance `EENVELOPE 550`. */
  readonly code: string
  /** true: it will never take this message for this address, so asking again is of no use. */
  readonly permanent: boolean
  /** true: all of the message had gone out and no answer came back, so the server may have taken it all the same. */
  readonly mayHaveArrived: boolean
}

export interface Mailer {
  /** undefined: the mail server took it. Whether it reaches the inbox is not ours to know. */
  send(letter: Letter): Promise<MailFailure | undefined>
  close(): void
}

const CONNECT_MS = 10_000
const SOCKET_MS = 20_000

/** Email through any SMTP server: `smtp://user:password@host:587`, `smtps://…`. `silenceMs`: how long it may say nothing. */
export function openMailer(settings: { url: string; from: string; silenceMs?: number }): Mailer {
  const transport = createTransport(
    {
      url: settings.url,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: settings.silenceMs ?? SOCKET_MS,
      // The address and the file's content are data: nothing in them may name a file or a URL to read.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: settings.from },
  )
  /** Letters whose last byte went to the connection. Before that a server has taken nothing (RFC 5321, 4.1.1.4). */
  const whole = new WeakSet<object>()
  transport.use('stream', (mail, done) => {
    const letter = (mail.data as { letter?: object }).letter
    mail.message.transform(() => passing(() => letter && whole.add(letter)))
    done()
  })
  return {
    send: async (letter) => {
      const { to, subject, text, messageId, attachments = [] } = letter
      const files = attachments.map(({ name, type, bytes }) => ({
        filename: name,
        content: Buffer.from(bytes),
        contentType: type,
      }))
      const message = { to: { name: '', address: to }, subject, text, messageId, attachments: files, letter }
      try {
        await transport.sendMail(message)
        return undefined
      } catch (error) {
        return asFailure(error, whole.has(letter))
      } finally {
        whole.delete(letter)
      }
    },
    close: () => transport.close(),
  }
}

function passing(onEnd: () => void): Transform {
  return new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => {
      onEnd()
      done()
    },
  })
}

/**
 * A 5xx about this address or this message stays a no (RFC 5321, 4.2.1); everything else, a refused login too, may be
 * cured by whoever runs the server, so it is tried again.
 */
function asFailure(error: unknown, whole: boolean): MailFailure {
  const { message, code, responseCode } = error as { message: string; code?: string; responseCode?: number }
  const aboutTheLetter = code === 'EENVELOPE' || code === 'EMESSAGE'
  return {
    message,
    code: [code ?? 'ERROR', responseCode].filter((part) => part !== undefined).join(' '),
    permanent: aboutTheLetter && (responseCode === undefined || responseCode >= 500),
    mayHaveArrived: whole && responseCode === undefined,
  }
}
