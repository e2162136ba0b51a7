import type { Database } from '../db.ts'
import type { Log } from '../log.ts'
import { sql } from '../sql.ts'
import { startWorker, type Worker } from '../worker.ts'

const HOUR_MS = 3_600_000

/**
 * Removes delivery bookkeeping that nobody can need any more, once an hour. The inbox outlives every message of a topic
 * that deletes (90 days): after that the same event can only come from a compacted topic, whose readers compare versions.
 */
export function startPruning(relay: Database, log: Log): Worker {
  return startWorker({
    log,
    failing: 'old delivery bookkeeping was not removed',
    everyMs: HOUR_MS,
    look: () => prune(relay),
  })
}

/** Returns how many rows went. */
export function prune(relay: Database): Promise<number> {
  return relay.plain(async (tx) => {
    const published = await tx.run(
      sql`delete from outbox where published_at < clock_timestamp() - interval '30 days'`,
    )
    const taken = await tx.run(
      sql`delete from inbox where received_at < clock_timestamp() - interval '120 days'`,
    )
    const answers = await tx.run(
      sql`delete from idempotency where created_at < clock_timestamp() - interval '30 days'`,
    )
    return published + taken + answers
  })
}
