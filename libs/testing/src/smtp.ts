import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface ReceivedEmail {
  readonly to: string
  readonly from: string
  /** The whole message as it came over the wire. */
  readonly raw: string
}

/** What the server does with the next letters, at RCPT or at the end of DATA. */
export type SmtpTrouble =
  | { readonly at: 'recipient' | 'data'; readonly code: number; readonly text: string }
  /** Takes the letter (or leaves it) and never answers; `hangUp` closes the connection instead. */
  | { readonly at: 'silence' | 'hangUp'; readonly taken: boolean }

export interface SmtpServer {
  readonly url: string
  readonly received: readonly ReceivedEmail[]
  /** undefined: takes them. */
  refuse(what?: SmtpTrouble): void
  stop(): Promise<void>
}

/** A real SMTP server on loopback that refuses, hangs and hangs up on command. `port`: the one of an earlier server that was stopped. */
export async function startSmtp({ port = 0 }: { port?: number } = {}): Promise<SmtpServer> {
  const received: ReceivedEmail[] = []
  let trouble: SmtpTrouble | undefined
  const refused = (at: 'recipient' | 'data') =>
    trouble?.at === at && 'code' in trouble
      ? Object.assign(new Error(trouble.text), { responseCode: trouble.code })
      : null
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, done) => done(refused('recipient')),
    onData: (stream, { envelope, id }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const error = refused('data')
        if (error) return done(error)
        const from = envelope.mailFrom === false ? '' : (envelope.mailFrom?.address ?? '')
        const raw = Buffer.concat(chunks).toString('latin1')
        if (!trouble || !('taken' in trouble) || trouble.taken)
          received.push({ from, to: envelope.rcptTo[0]!.address, raw })
        if (trouble?.at === 'silence') return
        if (trouble?.at === 'hangUp') return hangUp(server, id)
        done()
      })
    },
  })
  server.on('error', () => undefined) // a client that was killed is no concern of the test's server
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    refuse: (what) => {
      trouble = what
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Those that wait for an answer that never comes.
        for (const connection of server.connections) connection._socket.destroy()
      }),
  }
}

function hangUp({ connections }: SMTPServer, id: string): void {
  for (const connection of connections) if (connection.id === id) connection._socket.destroy()
}
