import { createHash } from 'node:crypto'
import { rowsOf } from '../rows.ts'
import type { RawMessage } from '../whole-topic.ts'

/** Rows of each table as texts, sorted, without what is made up anew each time. */
export type Tables = Readonly<Record<string, readonly string[]>>

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const INSTANT = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::\d\d)?)/g
const ROUNDS = 6

/**
 * What depends on the order of arrival by right, also where each fact comes once: identities, transactions and the numbers
 * of documents; which of two facts opened a bill and brought a line, and so which of its versions posted the charges; what a receipt said was paid when it was issued.
 * Headers of outgoing facts carry traces, and the cause, which is whichever fact came last. Not all are out yet at the end.
 */
const BY_ARRIVAL: Readonly<Record<string, readonly string[]>> = {
  audit: ['id'],
  billing_encounter: ['source'],
  document: ['number', 'content'],
  entry: ['id'],
  journal: ['recorded_in'],
  line: ['source'],
  outbox: ['id', 'headers', 'published_at', 'sequence'],
}
const NUMBER = /(\\"number\\":\\")[A-Z]+-\d+/g
const OPENED_BY = /(\\"(?:source|cause)\\":\\")(?:session|encounter)(?=.*billing-encounter\.opened)/g
/** A session that opens a bill knows of no encounter. */
const OPENED_WITH = /(\\"encounterId\\":)(?:null|\\"[0-9a-f-]+\\")(?=.*billing-encounter\.opened)/g

/**
 * Everything in the database. What the messages name (ids, instants) stays as it is; ids that the service made get a name
 * that follows from the rows they stand in, and times of its own clock become one word.
 */
export async function readTables(adminUrl: string, told: readonly RawMessage[]): Promise<Tables> {
  const known = new Set<string>()
  for (const { key, headers, body } of told)
    for (const text of [key, body, ...Object.values(headers)]) {
      for (const [id] of text.matchAll(UUID)) known.add(id)
      for (const [instant] of text.matchAll(INSTANT)) known.add(epoch(instant))
    }
  const tables = await rawTables(adminUrl)
  return renamed(withoutClock(tables, known), known)
}

async function rawTables(adminUrl: string): Promise<Map<string, string[]>> {
  const names = await rowsOf<{ name: string }>(
    adminUrl,
    `select tablename as name from pg_tables where schemaname = 'public' and tablename not like '%migration%' order by 1`,
  )
  const tables = new Map<string, string[]>()
  for (const { name } of names) {
    const rows = await rowsOf<{ row: Record<string, unknown> }>(
      adminUrl,
      `select to_jsonb(each) as row from "${name}" as each`,
    )
    for (const { row } of rows) for (const column of BY_ARRIVAL[name] ?? []) delete row[column]
    tables.set(
      name,
      rows.map(({ row }) =>
        JSON.stringify(row)
          .replace(NUMBER, '$1by arrival')
          .replace(OPENED_BY, '$1by arrival')
          .replace(OPENED_WITH, '$1by arrival'),
      ),
    )
  }
  return tables
}

function withoutClock(tables: Map<string, string[]>, known: ReadonlySet<string>): Map<string, string[]> {
  const own = (instant: string) => (known.has(epoch(instant)) ? epoch(instant) : 'own clock')
  return new Map([...tables].map(([name, rows]) => [name, rows.map((row) => row.replace(INSTANT, own))]))
}

function epoch(instant: string): string {
  const iso = instant.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
  return `at ${Temporal.Instant.from(iso).epochNanoseconds / 1000n} µs`
}

/** Names each unknown id by all rows it stands in, with the names that the other ids there had the round before. */
function renamed(tables: Map<string, string[]>, known: ReadonlySet<string>): Tables {
  let names = new Map<string, string>()
  const written = (row: string, self?: string) =>
    row.replace(UUID, (id) => (known.has(id) ? id : id === self ? 'self' : (names.get(id) ?? 'new')))
  for (let round = 0; round < ROUNDS; round++) {
    const seen = new Map<string, string[]>()
    for (const [table, rows] of tables)
      for (const row of rows)
        for (const id of new Set([...row.matchAll(UUID)].map(([found]) => found)))
          if (!known.has(id)) seen.set(id, [...(seen.get(id) ?? []), `${table} ${written(row, id)}`])
    names = new Map([...seen].map(([id, rows]) => [id, `made-${hash(rows.sort().join('\n'))}`]))
  }
  return Object.fromEntries(
    [...tables].map(([table, rows]) => [table, rows.map((row) => written(row)).sort()]),
  )
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
