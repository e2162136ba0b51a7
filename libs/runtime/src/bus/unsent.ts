import type pg from 'pg'
import type { OutgoingMessage } from './kafka.ts'

/** What of an outbox row goes to Kafka, and its place in the table. */
export interface UnsentRow extends OutgoingMessage {
  readonly id: string
}

export const BATCH_ROWS = 500
/** Stays below the 1 MiB that a broker takes as one record batch, whatever the keys' partitions. */
const BATCH_BYTES = 900_000

export interface Taken {
  /** The oldest unsent rows, as many as go into one request. */
  readonly rows: readonly UnsentRow[]
  /** There are others behind them. */
  readonly more: boolean
}

const markAll = 'update outbox set published_at = clock_timestamp() where id = any($1::bigint[])'
const oldestBut = (above: string, skipped: string) =>
  `select id, topic, key, headers, body from outbox
    where published_at is null and id > ${above} and id <> all(${skipped}::bigint[]) order by id limit ${BATCH_ROWS}`

/**
 * Reads the oldest unsent rows but those that are on their way, and marks in the same round trip those that Kafka has
 * acknowledged. `above` is a floor (floor.ts), never the id sent last: ids commit out of order, and rows would be lost.
 */
export async function takeUnsent(
  client: pg.Client,
  wanted: { above: number; acknowledged: readonly string[]; onTheirWay: readonly string[] },
): Promise<Taken> {
  const { above, acknowledged, onTheirWay } = wanted
  const { rows } = await client.query<UnsentRow>(
    acknowledged.length === 0
      ? { name: 'unsent', text: oldestBut('$1', '$2'), values: [above, arrayOf(onTheirWay)] }
      : {
          name: 'mark-and-unsent',
          text: `with marked as (${markAll}) ${oldestBut('$2', '$3')}`,
          // What this very statement marks it still sees as it was before.
          values: [arrayOf(acknowledged), above, arrayOf([...acknowledged, ...onTheirWay])],
        },
  )
  const fitting = fit(rows)
  return { rows: fitting, more: fitting.length < rows.length || rows.length === BATCH_ROWS }
}

export async function mark(client: pg.Client, acknowledged: readonly string[]): Promise<void> {
  if (acknowledged.length > 0) await client.query({ text: markAll, values: [arrayOf(acknowledged)] })
}

/** pg would escape each number as if it were text from outside. */
const arrayOf = (ids: readonly string[]) => `{${ids.join()}}`

/** As many of the first rows as go into one request; at least one. */
export function fit(rows: readonly UnsentRow[]): readonly UnsentRow[] {
  let bytes = 0
  const end = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(row.body) + 1_024
    return index > 0 && bytes > BATCH_BYTES
  })
  return end === -1 ? rows : rows.slice(0, end)
}

export async function lagOf(client: pg.Client): Promise<{ rows: number; seconds: number }> {
  const { rows } = await client.query<{ count: string; age: string | null }>(
    'select count(*) as count, extract(epoch from clock_timestamp() - min(recorded_at)) as age from outbox where published_at is null',
  )
  return { rows: Number(rows[0]!.count), seconds: Number(rows[0]!.age ?? 0) }
}
