import {
  type Database,
  DatabaseUnavailable,
  type Log,
  sql,
  sqlState,
  startWorker,
  type Tx,
  type Worker,
} from '@praxisbus/runtime'
import type { Letter, Mailer } from '@praxisbus/runtime/mail.ts'
import { TooBusy } from '@praxisbus/runtime/turns.ts'
import { afterFailure, MAX_ATTEMPTS, type SendFailure, shownError } from '../domain/delivery.ts'
import { documentNumber } from '../domain/document.ts'
import { partiesOf } from './compose.ts'
import { printDocument } from './print.ts'

const LOOK_MS = 1_000
const AT_ONCE = 20
/**
 * How long a claimed email is left to whoever claimed it: longer than the mailer's timeouts together. A process that dies
 * after sending and before writing it down leaves the row queued; it goes out again then, with the same Message-ID.
 */
const LEASE_SECONDS = 120

interface Due {
  readonly practiceId: string
  readonly id: string
}

interface Sender {
  readonly database: Database
  readonly mailer: Mailer
  readonly log: Log
}

/**
 * The sender of documents (B-03). It finds what is due with the relay's login, which sees nothing but ids, and works on
 * each as the application of its practice. Several processes share the work by `skip locked`.
 */
export function startDelivering(
  settings: Sender & {
    /** With the relay's login. */
    readonly relay: Database
  },
): Worker {
  const { relay, mailer, log } = settings
  const worker = startWorker({
    log,
    failing: 'emails wait: the database cannot be asked',
    everyMs: LOOK_MS,
    look: async (stopping) => {
      for (const due of await findDue(relay)) {
        if (stopping.aborted) return
        await deliver(settings, due)
      }
    },
  })
  return {
    stop: async () => {
      await worker.stop()
      mailer.close()
    },
  }
}

function findDue(relay: Database): Promise<Due[]> {
  return relay.plain((tx) =>
    tx.many<Due>(sql`
      select practice_id, id from document_delivery
       where status = 'queued' and next_attempt_at <= clock_timestamp() order by next_attempt_at limit ${AT_ONCE}`),
  )
}

/**
 * The attempt is counted, and that is committed, before the letter is drawn and sent: one that cannot be drawn, or that kills the
 * process, counts too and is not the first again a second later, in front of those of all practices.
 */
export async function deliver({ database, mailer, log }: Sender, due: Due): Promise<void> {
  const claimed = await database.write(due.practiceId, (tx) => claim(tx, due))
  if (!claimed) return
  const drawn = await draw(database, due, claimed).catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable || error instanceof TooBusy) throw error
    log.error({ err: error, deliveryId: due.id }, 'an email cannot be drawn')
    return undrawn(error)
  })
  const failure = 'to' in drawn ? await mailer.send(drawn) : drawn
  await database.write(due.practiceId, (tx) => settle(tx, due, claimed.attempts, failure))
}

interface Claimed {
  readonly documentId: string
  readonly address: string
  readonly messageId: string
  readonly attempts: number
}

function claim(tx: Tx, { practiceId, id }: Due): Promise<Claimed | undefined> {
  return tx.maybe<Claimed>(sql`
    update document_delivery
       set attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     where practice_id = ${practiceId} and id = (
       select id from document_delivery
        where practice_id = ${practiceId} and id = ${id} and status = 'queued' and next_attempt_at <= clock_timestamp()
          for update skip locked)
    returning document_id, address, message_id, attempts`)
}

async function draw(
  database: Database,
  { practiceId }: Due,
  claimed: Claimed,
): Promise<Letter | SendFailure> {
  if (claimed.attempts > MAX_ATTEMPTS)
    return {
      permanent: true,
      message: 'Each time the sender ended before it could say what became of the email.',
    }
  return database.write(practiceId, (tx) => letterOf(tx, practiceId, claimed))
}

/** What is drawn is written down, so it fails the same way again; what the database refuses may pass. */
function undrawn(error: unknown): SendFailure {
  const { message, cause } = error instanceof Error ? error : new Error(String(error))
  const passes = (sqlState(error) ?? sqlState(cause)) !== undefined
  return {
    permanent: !passes,
    message: `The document cannot be drawn (${message}). Correct what it is about, then send it again or issue it anew.`,
  }
}

async function letterOf(tx: Tx, practiceId: string, row: Claimed): Promise<Letter | SendFailure> {
  const printed = await printDocument(tx, practiceId, row.documentId)
  if (!printed)
    return { permanent: false, message: 'The patient’s or the practice’s record has not arrived yet.' }
  const { document, bytes } = printed
  if (document.status === 'void')
    return {
      permanent: true,
      message:
        'The document is void: its bill or receipt was taken back or changed, or a newer one took its place.',
    }
  // What goes out first is what the document is from now on.
  await tx.run(sql`
    update document set pdf = coalesce(pdf, ${bytes}) where practice_id = ${practiceId} and id = ${row.documentId}`)
  const parties = await partiesOf(tx, practiceId, document)
  const practice = parties?.practiceName ?? 'your practice'
  const number = documentNumber(document.kind, document.number)
  const what = document.kind
  return {
    to: row.address,
    messageId: row.messageId,
    subject: `Your ${what} ${number} from ${practice}`,
    // Email is read on the way: what was done, for whom and for how much stands in the attached file alone.
    text: `Hello,\n\nattached is your ${what} ${number} from ${practice}.\n\n${await linkText(tx, practiceId, document.id)}Thank you.\n`,
    attachments: [{ name: `${what}-${number}.pdf`, type: 'application/pdf', bytes }],
  }
}

/** Where the invoice can be paid online, as things are when the letter goes out (B-02). */
async function linkText(tx: Tx, practiceId: string, documentId: string): Promise<string> {
  const request = await tx.maybe<{ linkUrl: string }>(sql`
    select link_url from payment_request
     where practice_id = ${practiceId} and document_id = ${documentId} and state = 'open'`)
  return request ? `You can pay it online here:\n${request.linkUrl}\n\n` : ''
}

function settle(
  tx: Tx,
  { practiceId, id }: Due,
  attempts: number,
  failure: SendFailure | undefined,
): Promise<number> {
  const own = sql`practice_id = ${practiceId} and id = ${id} and status = 'queued' and attempts = ${attempts}`
  if (!failure)
    return tx.run(sql`
      update document_delivery set status = 'sent', sent_at = clock_timestamp(), last_error = null where ${own}`)
  const after = afterFailure(attempts, failure)
  const waitSeconds = after.status === 'queued' ? after.waitSeconds : 0
  return tx.run(sql`
    update document_delivery
       set status = ${after.status}, last_error = ${shownError(failure.message)},
           next_attempt_at = clock_timestamp() + make_interval(secs => ${waitSeconds})
     where ${own}`)
}
