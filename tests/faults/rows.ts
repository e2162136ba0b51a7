import pg from 'pg'

/** A busy machine may take seconds for a connection; only a server that hangs takes longer. */
const PATIENCE_MS = 30_000

/** Rows of one statement, on a connection of its own, as the superuser sees them. */
export async function rowsOf<Row>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(text, [...values])).rows as Row[]
  } finally {
    await client.end()
  }
}

/** The same database, with a name by which PostgreSQL can say whose connection one is. */
export function named(url: string, name: string): string {
  const other = new URL(url)
  other.searchParams.set('application_name', name)
  return other.href
}
