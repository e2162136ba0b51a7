import type { Database } from '../db.ts'
import { isUuid } from '../ids.ts'
import { json, type Sql, sql } from '../sql.ts'
import type { Delivered } from './inbox.ts'

/** A message that waits for an operator, with what is needed to try it again. */
export interface ParkedMessage extends Delivered {
  readonly id: number
  readonly consumer: string
  readonly error: string
  readonly attempts: number
  readonly parkedAt: string
}

/** With the waits between them (50, 100, 200, 400 ms) a poison message holds up its partition for less than a second. */
export const MAX_ATTEMPTS = 5

export const parkedColumns = sql`id, consumer, topic, partition, "offset", key, headers, body, error, attempts, parked_at`

/**
 * Parks a message, unless it was only meant to wait behind others of its key and these have gone meanwhile; then it
 * answers false and the message is to be applied as usual. The lock settles the race with a retry of that key. What `waits`
 * needs no operator: it is tried again by itself, in its order.
 */
export function park(
  relay: Database,
  consumer: string,
  message: Delivered,
  fault: { error: string; attempts: number; waits?: boolean } | 'behind-parked',
): Promise<boolean> {
  return relay.plain(async (tx) => {
    await tx.many(sql`select pg_advisory_xact_lock(${keyLock(consumer, message)})`)
    if (fault === 'behind-parked') {
      const ahead = await tx.maybe(
        sql`select 1 from parked where consumer = ${consumer} and topic = ${message.topic} and key = ${message.key} limit 1`,
      )
      if (!ahead) return false
    }
    const {
      error,
      attempts,
      waits = false,
    } = fault === 'behind-parked' ? { error: 'waits behind a parked message of its key', attempts: 0 } : fault
    const { ce_practiceid: practiceId, ce_id: eventId } = message.headers
    await tx.run(sql`
      insert into parked (practice_id, consumer, topic, partition, "offset", key, event_id, headers, body, error, attempts, waits)
      values (${isUuid(practiceId) ? practiceId : null}, ${consumer}, ${message.topic}, ${message.partition}, ${message.offset},
              ${message.key}, ${isUuid(eventId) ? eventId : null}, ${json(message.headers)}, ${message.body}, ${errorText(error)}, ${attempts}, ${waits})
      on conflict do nothing`)
    return true
  })
}

/** Whoever parks or tries again a message of a key holds this. */
export function keyLock(consumer: string, { topic, key }: Pick<Delivered, 'topic' | 'key'>): Sql {
  return sql`hashtextextended(${`${consumer}\n${topic}\n${key}`}, 0)`
}

export function listParked(relay: Database): Promise<ParkedMessage[]> {
  return relay.plain((tx) => tx.many<ParkedMessage>(sql`select ${parkedColumns} from parked order by id`))
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

/** As PostgreSQL can keep it. */
export function errorText(error: unknown): string {
  return String(error).replaceAll('\0', '\ufffd')
}

/** Of a message that waits for no fault of its own. */
export function waitingText(error: unknown): string {
  return errorText(`waits and is tried again by itself: ${error}`)
}
