import type pg from 'pg'
import { BATCH_ROWS } from './unsent.ts'

/**
 * A request of a former leader may still be on its way when the next one leads, and arrive behind newer versions. Readers drop
 * it by event id; but a compacted topic keeps the last message of a key, and who reads it later would find an old state. So
 * the newest versions of the keys that it may carry go out once more, when it must have arrived or died.
 */
export interface Overtaken {
  /** Does so when it is time; before and after, nothing. */
  sayAgain(): Promise<void>
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
    sayAgain: async () => {
      if (said || performance.now() < atMs) return
      // Behind whatever is unsent now: rows go out by id, so newer versions still come last.
      await client.query(
        `update outbox set published_at = null
          where published_at is not null and id in (
            select newest.id from unnest($1::text[], $2::text[]) as doubtful (topic, key), lateral (
              select id from outbox where topic = doubtful.topic and key = doubtful.key order by sequence desc, id desc limit 1) as newest)`,
        [keys.map(({ topic }) => topic), keys.map(({ key }) => key)],
      )
      said = true
    },
  }
}
