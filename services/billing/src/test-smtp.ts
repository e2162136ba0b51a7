import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface Received {
  readonly to: string
  readonly from: string
  /** The whole message as it came over the wire. */
  readonly raw: string
}

export interface TestSmtp {
  readonly url: string
  readonly received: readonly Received[]
  /** What it says to the next letters: at RCPT or at the end of DATA. undefined: takes them. */
  refuse(what?: { at: 'recipient' | 'data'; code: number; text: string }): void
  stop(): Promise<void>
}

/** A real SMTP server on loopback that refuses on command. */
export async function startSmtp(): Promise<TestSmtp> {
  const received: Received[] = []
  let refusal: Parameters<TestSmtp['refuse']>[0]
  const refused = (at: 'recipient' | 'data') =>
    refusal?.at === at ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refused('recipient')),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const error = refused('data')
        if (error) return done(error)
        const from = envelope.mailFrom === false ? '' : (envelope.mailFrom?.address ?? '')
        received.push({
          from,
          to: envelope.rcptTo[0]!.address,
          raw: Buffer.concat(chunks).toString('latin1'),
        })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuse: (what) => {
      refusal = what
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The attached PDF of a message. */
export function attachedPdf({ raw }: Received): Buffer {
  const part = raw.slice(raw.indexOf('Content-Type: application/pdf'))
  const body = part.slice(part.indexOf('\r\n\r\n') + 4)
  return Buffer.from(body.slice(0, body.indexOf('\r\n--')), 'base64')
}
