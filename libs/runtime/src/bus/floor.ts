import type pg from 'pg'

/**
 * An id up to which nothing unsent lies and nothing can come to lie any more, so that reading may begin behind it. Without
 * it each read passes every row that was sent since the oldest snapshot of the database, for instance that of a backup:
 * 0.6 µs each, after an hour of 200 events a second half a second for each read.
 *
 * That the highest id sent is n does not make n such an id: a transaction that drew a lower one may still be running. But
 * whoever drew an id before n was drawn has held a lock on the table since before then, and until its end. So: note who
 * holds such a lock after n was seen; when none of them is left, all ids up to n are decided; if a read that begins after
 * that finds nothing up to n, n is the new floor. (The sequence hands ids out one by one, without a cache per session.)
 */
export interface Floor {
  /** Where to begin reading. Now and then 0: rows that an operator unmarked are found too. */
  beginAt(): number
  /** What a read that began at `beginAt` found, once all that was sent before has arrived. */
  found(first: number | undefined): void
  /** Asks the database, seldom, how far the floor may rise. */
  raise(highestSent: number): Promise<void>
}

const RAISE_EVERY_MS = 1_000
const WHOLE_EVERY_MS = 5_000
/** Reading the whole may take a twentieth of the time. */
const WHOLE_SHARE = 20

export function openFloor(client: pg.Client): Floor {
  let floor = 0
  let candidate: { id: number; writers: Set<string> } | undefined
  let askedAtMs = performance.now()
  let wholeAtMs = performance.now()
  let begunMs = 0
  let whole = true

  const writers = async () => {
    const { rows } = await client.query<{ virtualtransaction: string }>({
      name: 'outbox-writers',
      text: `select virtualtransaction from pg_locks
              where locktype = 'relation' and relation = 'outbox'::regclass and mode = 'RowExclusiveLock'
                and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()`,
    })
    return new Set(rows.map((row) => row.virtualtransaction))
  }

  return {
    beginAt: () => {
      begunMs = performance.now()
      whole = floor === 0 || begunMs >= wholeAtMs
      return whole ? 0 : floor
    },
    found: (first = Number.POSITIVE_INFINITY) => {
      const nowMs = performance.now()
      if (whole) wholeAtMs = nowMs + Math.max(WHOLE_EVERY_MS, WHOLE_SHARE * (nowMs - begunMs))
      if (first <= floor) {
        floor = 0
        candidate = undefined
      }
      if (candidate?.writers.size !== 0) return
      if (first > candidate.id) floor = candidate.id
      candidate = undefined
    },
    raise: async (highestSent) => {
      if (performance.now() - askedAtMs < RAISE_EVERY_MS) return
      askedAtMs = performance.now()
      if (!candidate && highestSent <= floor) return
      const now = await writers()
      candidate = candidate
        ? { id: candidate.id, writers: candidate.writers.intersection(now) }
        : { id: highestSent, writers: now }
    },
  }
}
