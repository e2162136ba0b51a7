import { createTransport } from 'nodemailer'
import type { SendFailure } from '../domain/delivery.ts'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** With its angle brackets. */
  readonly messageId: string
  readonly attachment: { readonly name: string; readonly bytes: Uint8Array }
}

export interface Mailer {
  /** undefined: the mail server took it. Whether it reaches the inbox is not ours to know. */
  send(letter: Letter): Promise<SendFailure | undefined>
  close(): void
}

const CONNECT_MS = 10_000
const SOCKET_MS = 20_000

/** Email through any SMTP server: `smtp://user:password@host:587`, `smtps://…`. */
export function openMailer(settings: { url: string; from: string }): Mailer {
  const transport = createTransport(
    {
      url: settings.url,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SOCKET_MS,
      // The address and the file's content are data: nothing in them may name a file or a URL to read.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: settings.from },
  )
  return {
    send: async ({ to, subject, text, messageId, attachment }) => {
      try {
        await transport.sendMail({
          to: { name: '', address: to },
          subject,
          text,
          messageId,
          attachments: [
            {
              filename: attachment.name,
              content: Buffer.from(attachment.bytes),
              contentType: 'application/pdf',
            },
          ],
        })
        return undefined
      } catch (error) {
        return asFailure(error)
      }
    },
    close: () => transport.close(),
  }
}

/**
 * A 5xx about this address or this message stays a no (RFC 5321, 4.2.1); everything else, a refused login too, may be
 * cured by whoever runs the server, so it is tried again.
 */
function asFailure(error: unknown): SendFailure {
  const { message, code, responseCode } = error as { message: string; code?: string; responseCode?: number }
  const aboutTheLetter = code === 'EENVELOPE' || code === 'EMESSAGE'
  return { message, permanent: aboutTheLetter && (responseCode === undefined || responseCode >= 500) }
}
