import type { Database, Tx } from '../db.ts'
import type { Log } from '../log.ts'
import { sql } from '../sql.ts'
import { startWorker, type Worker } from '../worker.ts'

const HOUR_MS = 3_600_000
/**
 * Rows of one transaction: some 50 ms. All at once, a table that takes longer than the 15 s of a statement would never be pruned
 * again, and grow on.
 */
export const STEP_ROWS = 5_000
/** Of each table: ten million rows an hour, far more than come in. The rest waits for the next hour. */
const STEPS_AN_HOUR = 2_000

/**
 * Removes delivery bookkeeping that nobody can need any more, once an hour. The inbox outlives every message of a topic
 * that deletes (90 days): after that the same event can only come from a compacted topic, whose readers compare versions.
 */
export function startPruning(relay: Database, log: Log): Worker {
  return startWorker({
    log,
    failing: 'old delivery bookkeeping was not removed',
    everyMs: HOUR_MS,
    look: async (stopping) => {
      await prune(relay, stopping)
    },
  })
}

/** Returns how many rows went. One table that fails does not keep the others from it. */
export async function prune(relay: Database, stopping?: AbortSignal): Promise<number> {
  const faults: unknown[] = []
  let sum = 0
  for (const table of [pruneOutbox, pruneInbox, pruneAnswers]) {
    sum += await table(relay, stopping).catch((fault: unknown) => {
      faults.push(fault)
      return 0
    })
  }
  if (faults.length > 0) throw faults[0]
  return sum
}

/** `next` undefined: nothing is left that is old enough. */
interface Step<Place> {
  readonly removed: number
  readonly next?: Place
}

/** Step after step, each its own transaction. */
async function walk<Place>(
  relay: Database,
  stopping: AbortSignal | undefined,
  from: Place,
  step: (tx: Tx, place: Place) => Promise<Step<Place>>,
): Promise<number> {
  let sum = 0
  let place: Place | undefined = from
  for (let steps = 0; place !== undefined && steps < STEPS_AN_HOUR && !stopping?.aborted; steps++) {
    const at: Place = place
    const { removed, next } = await relay.plain((tx) => step(tx, at))
    sum += removed
    place = next
  }
  return sum
}

/**
 * By id, which grows as rows are recorded, so that commands keep no further index. What is unsent is passed over, and the walk ends
 * where rows are recorded too late to have been sent long ago.
 */
function pruneOutbox(relay: Database, stopping?: AbortSignal): Promise<number> {
  return walk(relay, stopping, 0, async (tx, above) => {
    const { last, old } = await tx.one<{ last: number | null; old: boolean | null }>(sql`
      select max(id) as last, min(recorded_at) < clock_timestamp() - interval '30 days' as old
        from (select id, recorded_at from outbox where id > ${above} order by id limit ${STEP_ROWS}) as step`)
    if (last === null || !old) return { removed: 0 }
    const removed = await tx.run(sql`
      delete from outbox
       where id > ${above} and id <= ${last} and published_at < clock_timestamp() - interval '30 days'`)
    return { removed, next: last }
  })
}

const NO_UUID = '00000000-0000-0000-0000-000000000000'

/**
 * By event id: UUIDv7 begins with the time, and nothing is taken before it was made. A fact of a compacted topic may have been
 * made long before it was taken here; it is passed over. (A BRIN index on `received_at` goes blind as freed pages fill with new rows.)
 */
function pruneInbox(relay: Database, stopping?: AbortSignal): Promise<number> {
  return walk(relay, stopping, { consumer: '', above: NO_UUID }, async (tx, { consumer, above }) => {
    const step = await tx.maybe<{ last: string }>(sql`
      select event_id as last
        from (select event_id from inbox
               where consumer = ${consumer} and event_id > ${above} and event_id < (select uuidv7(interval '-120 days'))
               order by event_id limit ${STEP_ROWS}) as step
       order by event_id desc limit 1`)
    if (!step) return nextConsumer(tx, consumer)
    const removed = await tx.run(sql`
      delete from inbox
       where consumer = ${consumer} and event_id > ${above} and event_id <= ${step.last}
         and received_at < clock_timestamp() - interval '120 days'`)
    return { removed, next: { consumer, above: step.last } }
  })
}

/** There is one, unless a service was renamed. */
async function nextConsumer(tx: Tx, after: string) {
  const next = await tx.maybe<{ consumer: string }>(
    sql`select consumer from inbox where consumer > ${after} order by consumer limit 1`,
  )
  return { removed: 0, next: next && { consumer: next.consumer, above: NO_UUID } }
}

/** By the index on `created_at`: keys are the callers' own words. */
function pruneAnswers(relay: Database, stopping?: AbortSignal): Promise<number> {
  return walk(relay, stopping, true as const, async (tx) => {
    // Rows are never updated, so their places hold.
    const removed = await tx.run(sql`
      delete from idempotency where ctid = any (array(
        select ctid from idempotency where created_at < clock_timestamp() - interval '30 days'
         order by created_at limit ${STEP_ROWS}))`)
    return { removed, next: removed === STEP_ROWS ? true : undefined }
  })
}
