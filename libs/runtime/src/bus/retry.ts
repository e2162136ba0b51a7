import { type Database, DatabaseUnavailable, type Tx } from '../db.ts'
import { type Sql, sql } from '../sql.ts'
import { isBusy } from '../sql-fault.ts'
import { MalformedEvent } from './cloud-event.ts'
import type { Delivered, Inbox } from './inbox.ts'
import {
  errorText,
  keyLock,
  MAX_ATTEMPTS,
  type ParkedMessage,
  parkedColumns,
  waitingText,
} from './parking.ts'

interface Key extends Pick<Delivered, 'topic' | 'key'> {
  readonly consumer: string
}

/** Short: whoever holds the lock may do so for hours, and others wait for their turn. */
const LOCK_WAIT_MS = 500
/** Then other housekeeping has its turn. */
const ROUND_MS = 5_000

/**
 * Tries the parked messages that an operator asked for, and those that wait for no fault of theirs; each key in its order, until one
 * of the key fails again. The readers of all processes look; which of them serves a key is settled by the key's lock.
 */
export async function retryParked(relay: Database, inbox: Inbox, stopping?: AbortSignal): Promise<void> {
  const keys = await relay.plain((tx) =>
    // At random, so that no key waits behind one that is held up for long.
    tx.many<Key & { requested: boolean }>(
      sql`select consumer, topic, key, bool_or(retry_requested_at is not null) as requested from parked
           where retry_requested_at is not null or waits
           group by consumer, topic, key order by requested desc, random()`,
    ),
  )
  const beganMs = performance.now()
  for (const { requested, ...of } of keys) {
    if (!requested && performance.now() - beganMs > ROUND_MS) return
    while (!stopping?.aborted && (await retryOldest(relay, inbox, of, requested))) {
      // the next of the same key
    }
  }
}

/**
 * The row is deleted under the key's lock while the effect is made in a transaction of its own. The lock is held around
 * both: a crash in between leaves the row, and its second try finds the event already taken. A request is taken back
 * before the attempt and renewed after it: a message that kills the process is not tried by every process that follows.
 * What waits is tried as often as when it was delivered. true: it is done, and the next of the key may follow.
 */
function retryOldest(relay: Database, inbox: Inbox, of: Key, requested: boolean): Promise<boolean> {
  return relay.plain(async (tx) => {
    if (!(await haveKey(tx, of, requested))) return false
    const ofKey = sql`consumer = ${of.consumer} and topic = ${of.topic} and key = ${of.key}`
    const oldest = await tx.maybe<Oldest>(
      sql`select ${parkedColumns}, waits, retry_requested_at is not null as requested from parked where ${ofKey} order by id limit 1`,
    )
    // Whoever had the lock before may have taken the request back, and died of the message.
    if (!oldest?.requested && !oldest?.waits) return false
    /** From now on the key waits for an operator, unless it goes on by itself. */
    const failed = async (error: unknown, waitsOn = false) => {
      if (!waitsOn)
        await tx.run(sql`update parked set waits = false, retry_requested_at = null where ${ofKey}`)
      await tx.run(sql`update parked set error = ${errorText(error)} where id = ${oldest.id}`)
      return false
    }
    if (oldest.waits && oldest.attempts >= MAX_ATTEMPTS)
      return failed(`the process ended ${oldest.attempts} times while it handled this message`)
    await relay.plain(async (own) => {
      await own.run(sql`update parked set retry_requested_at = null where ${ofKey}`)
      await own.run(sql`update parked set attempts = attempts + 1 where id = ${oldest.id}`)
    })
    const renew = oldest.waits ? sql`waits = true` : sql`retry_requested_at = clock_timestamp()`
    try {
      await inbox.apply([oldest], { evenIfParked: true, lockWaitMs: LOCK_WAIT_MS })
    } catch (error) {
      if (error instanceof DatabaseUnavailable || isBusy(error)) {
        await relay.plain((own) => notCounted(own, oldest, renew, error)).catch(() => undefined)
        if (error instanceof DatabaseUnavailable) throw error
        return false
      }
      return failed(
        error,
        oldest.waits && oldest.attempts + 1 < MAX_ATTEMPTS && !(error instanceof MalformedEvent),
      )
    }
    await tx.run(sql`delete from parked where id = ${oldest.id}`)
    await tx.run(sql`update parked set ${renew} where ${ofKey}`)
    return true
  })
}

interface Oldest extends ParkedMessage {
  readonly waits: boolean
  readonly requested: boolean
}

/** For what waits by itself, whoever has the key is enough. */
async function haveKey(tx: Tx, of: Key, requested: boolean): Promise<boolean> {
  const lock = keyLock(of.consumer, of)
  if (!requested)
    return (await tx.one<{ ours: boolean }>(sql`select pg_try_advisory_xact_lock(${lock}) as ours`)).ours
  await tx.many(sql`select pg_advisory_xact_lock(${lock})`)
  return true
}

/** It was not the message's fault, so the attempt does not count, and the next comes by itself. */
async function notCounted(
  own: Tx,
  { id, waits, attempts }: Oldest,
  renew: Sql,
  error: unknown,
): Promise<void> {
  await own.run(
    sql`update parked set attempts = ${waits ? 0 : attempts}, ${renew}, error = ${waitingText(error)} where id = ${id}`,
  )
}
