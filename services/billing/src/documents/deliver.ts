import { type Database, type Log, sql, startWorker, type Tx, type Worker } from '@praxisbus/runtime'
import type { Letter, Mailer } from '@praxisbus/runtime/mail.ts'
import { afterFailure, type SendFailure, shownError } from '../domain/delivery.ts'
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

/**
 * The sender of documents (B-03). It finds what is due with the relay's login, which sees nothing but ids, and works on
 * each as the application of its practice. Several processes share the work by `skip locked`.
 */
export function startDelivering(settings: {
  readonly database: Database
  /** With the relay's login. */
  readonly relay: Database
  readonly mailer: Mailer
  readonly log: Log
}): Worker {
  const { database, relay, mailer, log } = settings
  const worker = startWorker({
    log,
    failing: 'emails wait: the database cannot be asked',
    everyMs: LOOK_MS,
    look: async (stopping) => {
      for (const due of await findDue(relay)) {
        if (stopping.aborted) return
        await deliver(database, mailer, due)
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

/** The attempt is counted before it is made, so that a letter which kills the process counts too. */
export async function deliver(database: Database, mailer: Mailer, due: Due): Promise<void> {
  const claimed = await database.write(due.practiceId, (tx) => claim(tx, due))
  if (!claimed) return
  const { letter, attempts } = claimed
  const failure = 'to' in letter ? await mailer.send(letter) : letter
  await database.write(due.practiceId, (tx) => settle(tx, due, attempts, failure))
}

async function claim(tx: Tx, { practiceId, id }: Due) {
  const row = await tx.maybe<{ documentId: string; address: string; messageId: string }>(sql`
    select document_id, address, message_id from document_delivery
     where practice_id = ${practiceId} and id = ${id} and status = 'queued' and next_attempt_at <= clock_timestamp()
       for update skip locked`)
  if (!row) return undefined
  const { attempts } = await tx.one<{ attempts: number }>(sql`
    update document_delivery
       set attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     where practice_id = ${practiceId} and id = ${id} returning attempts`)
  return { attempts, letter: await letterOf(tx, practiceId, row) }
}

async function letterOf(
  tx: Tx,
  practiceId: string,
  row: { documentId: string; address: string; messageId: string },
): Promise<Letter | SendFailure> {
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
