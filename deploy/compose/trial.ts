/**
 * What a person needs to try Praxisbus out in containers, and nobody in production: sign-in with the password `dev`, a mail server
 * that delivers nothing, and a door to Kafka for programs on the host. PRAXISBUS_TRIAL=0 leaves it out.
 */
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'
import { z } from 'zod'
import { startIssuer } from '../local/issuer-server.ts'
import { startMail } from '../local/mail.ts'
import { openPractice } from '../local/practice/folder.ts'
import { issuerUsers } from '../local/sign-in.ts'

const EVERYWHERE = '0.0.0.0'

const settings = z
  .object({
    /** As people reach it, and as it stands in their tokens. */
    ISSUER_URL: z.url(),
    ISSUER_COOKIE_KEY: z.string().min(12),
    /** For the issuer's key, and for emails as files. */
    FOLDER: z.string().default('/var/lib/praxisbus'),
    ISSUER_PORT: z.coerce.number().int().default(4100),
    SMTP_PORT: z.coerce.number().int().default(4125),
    KAFKA_PORT: z.coerce.number().int().default(4192),
    /** The listener of Kafka that tells clients the door's address. */
    KAFKA_LISTENER: z.string().default('kafka:9094'),
  })
  .parse(process.env)

/** Passes connections on as they are: Kafka itself stays on a network that nothing outside reaches. */
function openDoor(port: number, to: string): void {
  const [host, targetPort] = to.split(':')
  createServer({ allowHalfOpen: true }, (outside) => {
    const inside = connect({ host, port: Number(targetPort), allowHalfOpen: true })
    // What one side has said goes on to its end; a fault of one is the end of both.
    const done = (fault: Error | null | undefined) => {
      if (!fault) return
      outside.destroy()
      inside.destroy()
    }
    pipeline(outside, inside, done)
    pipeline(inside, outside, done)
  }).listen(port, EVERYWHERE)
}

openDoor(settings.KAFKA_PORT, settings.KAFKA_LISTENER)
await startMail(settings.SMTP_PORT, `${settings.FOLDER}/mail`, EVERYWHERE)
await startIssuer({
  url: settings.ISSUER_URL,
  host: EVERYWHERE,
  port: settings.ISSUER_PORT,
  keysFile: `${settings.FOLDER}/issuer-key.json`,
  cookieKey: settings.ISSUER_COOKIE_KEY,
  users: issuerUsers(openPractice()),
})
process.once('SIGTERM', () => process.exit(0))
process.stdout.write(
  `For trying things out, never for patient data: sign-in at ${settings.ISSUER_URL}, password dev\n`,
)
