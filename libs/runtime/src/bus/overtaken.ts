import type pg from 'pg'
import type { Publisher } from './publisher.ts'
import { BATCH_ROWS, fit, type UnsentRow } from './unsent.ts'

/**
 * A request of a former leader may still be on its way when the next one leads, and arrive behind newer versions. Readers drop
 * it by event id; but a compacted topic keeps the last message of a key, and who reads it later would find an old state. So
 * the newest versions of the keys that it may carry go out once more, when it must have arrived or died.
 */
export interface Overtaken {
  /**
   * Does so when it is time, once; call it with nothing on its way. `unmarked`: ids that Kafka has and that are not marked yet.
   * false: Kafka did not take it; call again.
   */
  sayAgain(publisher: Publisher, unmarked: readonly string[]): Promise<boolean>
}

/** A request lives for 10 s (kafka.ts), then its connection is closed. */
export const REQUEST_GONE_MS = 15_000
/** What one leader can have on its way, sent but not marked included. */
const DOUBTFUL_ROWS = 2 * BATCH_ROWS

export async function openOvertaken(
  client: pg.Client,
  compactedTopics: readonly string[],
  afterMs: number,
): Promise<Overtaken> {
  const { rows: keys } = await client.query<{ topic: string; key: string }>(
    `select distinct topic, key
       from (select topic, key from outbox where published_at is null order by id limit ${DOUBTFUL_ROWS}) as oldest
      where topic = any($1)`,
    [compactedTopics],
  )
  const atMs = performance.now() + afterMs
  let said = keys.length === 0
  return {
    sayAgain: async (publisher, unmarked) => {
      if (said || performance.now() < atMs) return true
      // What is not out yet keeps its turn: a version never goes before an older one that nobody has seen.
      const { rows } = await client.query<UnsentRow>(
        `select newest.* from unnest($1::text[], $2::text[]) as doubtful (topic, key), lateral (
           select id, topic, key, headers, body from outbox
            where topic = doubtful.topic and key = doubtful.key and (published_at is not null or id = any($3::bigint[]))
            order by sequence desc, id desc limit 1) as newest`,
        [keys.map(({ topic }) => topic), keys.map(({ key }) => key), unmarked],
      )
      for (let batch = fit(rows), rest = rows; batch.length > 0; batch = fit(rest)) {
        if (!(await publisher.publish(batch))) return false
        rest = rest.slice(batch.length)
      }
      said = true
      return true
    },
  }
}
