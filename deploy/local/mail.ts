import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

export interface MailServer {
  readonly url: string
  stop(): Promise<void>
}

/** Takes every email and delivers none: each becomes a file `<time>-<to>.eml` in the folder. */
export async function startMail(port: number, folder: string, host = '127.0.0.1'): Promise<MailServer> {
  mkdirSync(folder, { recursive: true })
  let count = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      buffer(stream).then((content) => {
        const to = session.envelope.rcptTo.map((address) => address.address).join(',')
        const time = Temporal.Now.instant().toString({ smallestUnit: 'second' }).replaceAll(':', '')
        const name = `${time}-${String(++count).padStart(3, '0')}-${to.replaceAll(/[^\w.@,+-]/g, '_').slice(0, 120)}.eml`
        writeFileSync(join(folder, name), content)
        done()
      }, done)
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
  server.on('error', () => undefined) // a client that hung up is no concern of ours
  return {
    url: `smtp://${host}:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
