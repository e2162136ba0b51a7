import type pg from 'pg'
import type { Publisher } from './publisher.ts'
import { BATCH_ROWS, fit, type UnsentRow } from './unsent.ts'

/**
 * A request of a former leader may still be on its way when the next one leads, and arrive behind newer versions. Readers drop
 * it by event id; but a compacted topic keeps the last message of a key, and who reads it later would find an old state. So
 * the newest versions of the keys that it may carry go out once more, when it must have arrived or died.
 *
 * It carries rows that were unsent when it was sent. They are unsent still, or a leader in between has sent them since; then
 * they were marked within the life of a request.
 */
export interface Overtaken {
  /**
   * Does so when it is time, for some of the keys at each call, so that others need not wait; call it with nothing on its way.
   * `unmarked`: ids that Kafka has and that are not marked yet. false: Kafka did not take it; call again.
   */
  sayAgain(publisher: Publisher, unmarked: readonly string[]): Promise<boolean>
}

/** A request lives for 10 s (kafka.ts), then its connection is closed. */
export const REQUEST_GONE_MS = 15_000
/** What one leader can have on its way, sent but not marked included. */
const DOUBTFUL_ROWS = 2 * BATCH_ROWS
/** Of those that leaders in between have sent: 15 s of a practice's busiest hour many times over. Takes 10 ms to look at. */
const RECENT_ROWS = 10_000

export async function openOvertaken(
  client: pg.Client,
  compactedTopics: readonly string[],
  afterMs: number,
): Promise<Overtaken> {
  const { rows: keys } = await client.query<{ topic: string; key: string }>(
    `with unsent as (
       select topic, key from outbox where published_at is null order by id limit ${DOUBTFUL_ROWS}
     ), recent as (
       select topic, key, published_at from outbox where published_at is not null order by id desc limit ${RECENT_ROWS})
     select topic, key from unsent where topic = any($1)
      union
     select topic, key from recent
      where topic = any($1) and published_at > clock_timestamp() - $2 * interval '1 millisecond'`,
    [compactedTopics, afterMs],
  )
  const atMs = performance.now() + afterMs
  let left = keys
  return {
    sayAgain: async (publisher, unmarked) => {
      if (left.length === 0 || performance.now() < atMs) return true
      const some = left.slice(0, BATCH_ROWS)
      // What is not out yet keeps its turn: a version never goes before an older one that nobody has seen.
      const { rows } = await client.query<UnsentRow>(
        `select newest.* from unnest($1::text[], $2::text[]) as doubtful (topic, key), lateral (
           select id, topic, key, headers, body from outbox
            where topic = doubtful.topic and key = doubtful.key and (published_at is not null or id = any($3::bigint[]))
            order by sequence desc, id desc limit 1) as newest`,
        [some.map(({ topic }) => topic), some.map(({ key }) => key), unmarked],
      )
      for (let batch = fit(rows), rest = rows; batch.length > 0; batch = fit(rest)) {
        if (!(await publisher.publish(batch))) return false
        rest = rest.slice(batch.length)
      }
      left = left.slice(BATCH_ROWS)
      return true
    },
  }
}
