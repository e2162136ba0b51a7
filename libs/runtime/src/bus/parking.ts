import { type Database, DatabaseUnavailable, type Tx } from '../db.ts'
import { isUuid } from '../ids.ts'
import { json, sql } from '../sql.ts'
import type { Delivered, Inbox } from './inbox.ts'

/** A message that waits for an operator, with what is needed to try it again. */
export interface ParkedMessage extends Delivered {
  readonly id: number
  readonly consumer: string
  readonly error: string
  readonly attempts: number
  readonly parkedAt: string
}

const columns = sql`id, consumer, topic, partition, "offset", key, headers, body, error, attempts, parked_at`

/**
 * Parks a message, unless it was only meant to wait behind others of its key and these have gone meanwhile; then it
 * answers false and the message is to be applied as usual. The lock settles the race with a retry of that key.
 */
export function park(
  relay: Database,
  consumer: string,
  message: Delivered,
  fault: { error: string; attempts: number } | 'behind-parked',
): Promise<boolean> {
  return relay.plain(async (tx) => {
    await lockKey(tx, consumer, message)
    if (fault === 'behind-parked') {
      const ahead = await tx.maybe(
        sql`select 1 from parked where consumer = ${consumer} and topic = ${message.topic} and key = ${message.key} limit 1`,
      )
      if (!ahead) return false
    }
    const { error, attempts } =
      fault === 'behind-parked' ? { error: 'waits behind a parked message of its key', attempts: 0 } : fault
    const { ce_practiceid: practiceId, ce_id: eventId } = message.headers
    await tx.run(sql`
      insert into parked (practice_id, consumer, topic, partition, "offset", key, event_id, headers, body, error, attempts)
      values (${isUuid(practiceId) ? practiceId : null}, ${consumer}, ${message.topic}, ${message.partition}, ${message.offset},
              ${message.key}, ${isUuid(eventId) ? eventId : null}, ${json(message.headers)}, ${message.body}, ${errorText(error)}, ${attempts})
      on conflict do nothing`)
    return true
  })
}

function lockKey(
  tx: Tx,
  consumer: string,
  { topic, key }: Pick<Delivered, 'topic' | 'key'>,
): Promise<unknown> {
  return tx.many(sql`select pg_advisory_xact_lock(hashtextextended(${`${consumer}\n${topic}\n${key}`}, 0))`)
}

export function listParked(relay: Database): Promise<ParkedMessage[]> {
  return relay.plain((tx) => tx.many<ParkedMessage>(sql`select ${columns} from parked order by id`))
}

export async function countParked(relay: Database): Promise<number> {
  return (await relay.plain((tx) => tx.one<{ count: number }>(sql`select count(*) as count from parked`)))
    .count
}

/** Asks the running service to try the parked messages again: all, or those of one key. Returns how many it will try. */
export function requestRetry(relay: Database, key?: string): Promise<number> {
  return relay.plain((tx) =>
    tx.run(
      sql`update parked set retry_requested_at = clock_timestamp() where ${key ?? null}::text is null or key = ${key ?? null}`,
    ),
  )
}

/** Gives up on one parked message. Those behind it stay until they are retried. */
export function drop(relay: Database, id: number): Promise<number> {
  return relay.plain((tx) => tx.run(sql`delete from parked where id = ${id}`))
}

/**
 * Tries the messages that an operator asked for, each key in its order, until one of the key fails again. The readers
 * of all processes look for requests; which of them serves one is settled by the key's lock.
 */
export async function retryParked(relay: Database, inbox: Inbox): Promise<void> {
  const keys = await relay.plain((tx) =>
    tx.many<Pick<Delivered, 'topic' | 'key'> & { consumer: string }>(
      sql`select distinct consumer, topic, key from parked where retry_requested_at is not null`,
    ),
  )
  for (const { consumer, topic, key } of keys) {
    while (await retryOldest(relay, inbox, consumer, { topic, key })) {
      // the next of the same key
    }
  }
}

/**
 * The row is deleted under the key's lock while the effect is made in a transaction of its own. The lock is held around
 * both: a crash in between leaves the row, and its second try finds the event already taken. The request is taken back
 * before the attempt and renewed after it: a message that kills the process is not tried by every process that follows.
 */
async function retryOldest(
  relay: Database,
  inbox: Inbox,
  consumer: string,
  of: Pick<Delivered, 'topic' | 'key'>,
): Promise<boolean> {
  return relay.plain(async (tx) => {
    await lockKey(tx, consumer, of)
    const ofKey = sql`consumer = ${consumer} and topic = ${of.topic} and key = ${of.key}`
    const oldest = await tx.maybe<ParkedMessage & { requested: boolean }>(
      sql`select ${columns}, retry_requested_at is not null as requested from parked where ${ofKey} order by id limit 1`,
    )
    // Whoever had the lock before may have taken the request back, and died of the message.
    if (!oldest?.requested) return false
    const renew = sql`update parked set retry_requested_at = clock_timestamp() where ${ofKey}`
    await relay.plain(async (own) => {
      await own.run(sql`update parked set retry_requested_at = null where ${ofKey}`)
      await own.run(sql`update parked set attempts = attempts + 1 where id = ${oldest.id}`)
    })
    try {
      await inbox.apply([oldest], { evenIfParked: true })
    } catch (error) {
      if (error instanceof DatabaseUnavailable) {
        await relay.plain((own) => own.run(renew)).catch(() => undefined)
        throw error
      }
      await tx.run(sql`update parked set error = ${errorText(error)} where id = ${oldest.id}`)
      return false
    }
    await tx.run(sql`delete from parked where id = ${oldest.id}`)
    await tx.run(renew)
    return true
  })
}

/** As PostgreSQL can keep it. */
function errorText(error: unknown): string {
  return String(error).replaceAll('\0', '\ufffd')
}
