import { type Mailer, openMailer } from '@praxisbus/runtime/mail.ts'
import type { SendFailure } from '../domain/message-sending.ts'
import type { Channel } from '../domain/reminders.ts'

/** Something to be sent to a patient, over whichever channel. */
export interface Outgoing {
  /** The same at each attempt: it becomes the Message-ID of an email, and the key under which a provider sends once. */
  readonly id: string
  readonly channel: Channel
  readonly to: string
  /** Of an email. */
  readonly subject: string
  readonly text: string
  readonly attachment?: { readonly name: string; readonly type: string; readonly bytes: Uint8Array }
}

export interface Taken {
  /** The provider's own name for it, for questions to them. */
  readonly reference: string | null
}

/** The way to patients over one channel. Whether it reaches them is not ours to know, only whether it was taken. */
export interface Carrier {
  send(outgoing: Outgoing): Promise<Taken | SendFailure>
  close(): void
}

export type Carriers = { readonly [Name in Channel]?: Carrier }

export function isFailure(outcome: Taken | SendFailure): outcome is SendFailure {
  return 'permanent' in outcome
}

/** Some servers look long at a message before they answer; giving up leaves open whether it was sent. */
const SILENCE_MS = 60_000

export function openEmail(settings: { url: string; from: string; silenceMs?: number }): Carrier {
  const mailer: Mailer = openMailer({ silenceMs: SILENCE_MS, ...settings })
  const domain = /@([^>\s]+)>?\s*$/.exec(settings.from)![1]
  return {
    send: async ({ id, to, subject, text, attachment }) => {
      const messageId = `<${id}@${domain}>`
      const attachments = attachment ? [attachment] : []
      return (await mailer.send({ to, subject, text, messageId, attachments })) ?? { reference: null }
    },
    close: () => mailer.close(),
  }
}
