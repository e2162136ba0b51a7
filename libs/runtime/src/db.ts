import pg from 'pg'
import { watchPool } from './db-watch.ts'
import { isUuid } from './ids.ts'
import { isRefusal } from './refusal.ts'
import type { Sql } from './sql.ts'
import { openTurns } from './turns.ts'

/** A transaction bound to one practice. Column names come back in camelCase; the content of json columns is untouched. */
export interface Tx {
  many<Row>(query: Sql): Promise<Row[]>
  /** Throws unless there is exactly one row. */
  one<Row>(query: Sql): Promise<Row>
  /** Throws where there is more than one row. */
  maybe<Row>(query: Sql): Promise<Row | undefined>
  /** The number of rows written. */
  run(query: Sql): Promise<number>
  /** Gives way to another practice within this transaction: for batches of messages only. */
  actFor(practiceId: string): Promise<void>
}

export interface Database {
  /** Commits what `work` did, unless it throws or returns a refusal: then nothing is kept. */
  write<T>(practiceId: string, work: (tx: Tx) => Promise<T>, options?: WriteOptions): Promise<T>
  /** The same for reading; what it writes to the audit trail does not wait for the disk. */
  read<T>(practiceId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Without a practice: sees no practice's rows. For delivery bookkeeping. */
  plain<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface WriteOptions {
  /** Transactions with the same number run one after another. */
  readonly lock?: bigint
}

/** PostgreSQL cannot be reached or is going down. The outcome of a commit under way is not known. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('The database cannot be reached', { cause })
  }
}

// Money is bigint in SQL and a number here; beyond 2^53 it would silently lose cents, so that is a fault.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a safe integer`)
  return value
})
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)
pg.types.setTypeParser(pg.types.builtins.TIMESTAMP, (text) => text.replace(' ', 'T'))
// The session runs in UTC, so every timestamptz ends in +00.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z'))

export const POOL_SIZE = 20
const CONNECT_TIMEOUT_MS = 1_500
/** A burst of requests waits for a connection rather than being told that the database is away. */
const MAX_WAITING = 5_000
const MAX_WAIT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 15_000
const LOCK_TIMEOUT_MS = 10_000
/** Past every bound of the server: for an answer that was lost on the way while the server lives. */
const ANSWER_TIMEOUT_MS = 25_000
const ATTEMPTS_ON_CONFLICT = 5

/** Among them, what frees the locks of a client that the network swallowed: in 11 s instead of a minute or two hours. */
const SESSION = Object.entries({
  timezone: 'UTC',
  statement_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: 60_000,
  client_connection_check_interval: 2_000,
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 2,
  tcp_keepalives_count: 3,
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')

export function openDatabase(
  url: string,
  options: { max?: number; onError?: (error: Error) => void } = {},
): Database {
  const max = options.max ?? POOL_SIZE
  const pool = new pg.Pool({
    connectionString: url,
    max: max + 1, // one past the turns, for `ping`
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    options: SESSION,
  })
  pool.on('error', (error) => options.onError?.(error))
  // In front of the pool, whose own time-out cannot tell a database that is away from one that is busy.
  const inTurn = openTurns(max, MAX_WAITING, MAX_WAIT_MS)
  const watch = watchPool(pool, url, (cause) => new DatabaseUnavailable(cause))
  const run = <T>(opening: string, work: (tx: Tx) => Promise<T>) =>
    inTurn(() => watch.during(() => transaction(pool, opening, work)))
  return {
    write: async (practiceId, work, { lock } = {}) => {
      const opening = begin(practiceId, lock === undefined ? '' : `; select pg_advisory_xact_lock(${lock})`)
      return retried(() => run(opening, work))
    },
    read: async (practiceId, work) => run(begin(practiceId, '; set local synchronous_commit = off'), work),
    plain: (work) => run('begin', work),
    // Past the queue: a busy service is a ready one.
    ping: async () => {
      await watch.during(() => transaction(pool, 'begin', async () => undefined))
    },
    close: async () => {
      watch.close()
      await pool.end()
    },
  }
}

/** One round trip for all three. The id is checked to be a UUID because `set local` takes no parameters. */
function begin(practiceId: string, more: string): string {
  if (!isUuid(practiceId)) throw new TypeError('A transaction needs the id of a practice')
  return `begin; set local app.practice = '${practiceId}'${more}`
}

async function transaction<T>(pool: pg.Pool, opening: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new DatabaseUnavailable(error)
  })
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query(opening)
    const result = await work(bind(client))
    await client.query(isRefusal(result) ? 'rollback' : 'commit')
    return result
  } catch (error) {
    if (isConnectionFault(error)) broken = error as Error
    else
      await client.query('rollback').catch((cause: Error) => {
        broken = cause
      })
    throw broken ? new DatabaseUnavailable(error) : error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

function bind(client: pg.PoolClient): Tx {
  // pg takes `name` only as a string; a statement without one is not prepared.
  const ask = async (query: Sql) =>
    client.query(
      query.name
        ? { name: query.name, text: query.text, values: [...query.values] }
        : { text: query.text, values: [...query.values] },
    )
  const rows = async <Row>(query: Sql): Promise<Row[]> =>
    (await ask(query)).rows.map((row) => camelCased(row) as Row)
  return {
    many: rows,
    async one<Row>(query: Sql) {
      const found = await rows<Row>(query)
      if (found.length !== 1) throw new Error(`expected one row, got ${found.length}`)
      return found[0]!
    },
    async maybe<Row>(query: Sql) {
      const found = await rows<Row>(query)
      if (found.length > 1) throw new Error(`expected at most one row, got ${found.length}`)
      return found[0]
    },
    run: async (query) => (await ask(query)).rowCount ?? 0,
    actFor: async (practiceId) => {
      if (!isUuid(practiceId)) throw new TypeError('A transaction needs the id of a practice')
      await client.query(`set local app.practice = '${practiceId}'`)
    },
  }
}

const camelNames = new Map<string, string>()

function camelCased(row: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const name in row) {
    let camel = camelNames.get(name)
    if (camel === undefined) {
      camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
      camelNames.set(name, camel)
    }
    result[camel] = row[name]
  }
  return result
}

/** Serialization failures and deadlocks are nobody's fault: the transaction is run again from its beginning. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await attempt()
    } catch (error) {
      const code = sqlState(error)
      if ((code !== '40001' && code !== '40P01') || round === ATTEMPTS_ON_CONFLICT) throw error
    }
  }
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/** Classes 08 (connection), 57P (shutdown), 53300 (too many connections), and everything that is not PostgreSQL speaking. */
function isConnectionFault(error: unknown): boolean {
  const code = sqlState(error)
  if (code) return code.startsWith('08') || code.startsWith('57P') || code === '53300'
  const { code: osCode, message } = error as { code?: string; message?: string }
  if (osCode && /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENETUNREACH)/.test(osCode)) return true
  return /Connection terminated|connection timeout|Query read timeout|Client has encountered a connection error|not queryable/i.test(
    message ?? '',
  )
}
