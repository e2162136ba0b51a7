import pg from 'pg'
import { sessionOptions } from './db-session.ts'
import { watchPool } from './db-watch.ts'
import { isUuid } from './ids.ts'
import { Line, type Opening } from './line.ts'
import { isRefusal } from './refusal.ts'
import { type Sql, sql } from './sql.ts'
import { DatabaseUnavailable, isPassing } from './sql-fault.ts'
import { type Load, openTurns } from './turns.ts'

export { DatabaseUnavailable, sqlState } from './sql-fault.ts'

/** A transaction bound to one practice. Column names come back in camelCase; the content of json columns is untouched. */
export interface Tx {
  many<Row>(query: Sql): Promise<Row[]>
  /** Throws unless there is exactly one row. */
  one<Row>(query: Sql): Promise<Row>
  /** Throws where there is more than one row. */
  maybe<Row>(query: Sql): Promise<Row | undefined>
  /** The number of rows written. */
  run(query: Sql): Promise<number>
  /**
   * Travels with the next statement, or with the commit, and costs no round trip of its own. Nothing comes back; what it fails
   * with, the statement or the commit fails with.
   */
  later(query: Sql): void
  /** Gives way to another practice within this transaction: for batches of messages only. */
  actFor(practiceId: string): Promise<void>
}

export interface Database {
  /** Commits what `work` did, unless it throws or returns a refusal: then nothing is kept. */
  write<T>(practiceId: string, work: (tx: Tx) => Promise<T>, options?: WriteOptions<T>): Promise<T>
  /**
   * For reading, without begin and commit: a statement, with those asked side by side and what travels with them, is a
   * transaction of its own. (Each has its own view of the data in a longer one too; what is missing is locks that outlast it.)
   * What is written to the audit trail is committed before the answer, without a wait for the disk.
   */
  read<T>(practiceId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** For reading several statements as of one instant: what must add up over them. */
  snapshot<T>(practiceId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Without a practice: sees no practice's rows. For delivery bookkeeping. */
  plain<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  ping(): Promise<void>
  /** Transactions under way, and those that wait for a connection. */
  load(): Load
  close(): Promise<void>
}

export interface WriteOptions<T> {
  /** Transactions with the same number run one after another. */
  readonly lock?: bigint
  /**
   * Asked under the lock, in one round trip with the first statement of `work`. Where it finds a row, `answer` of it is the
   * outcome: nothing of `work` is kept, and its statements throw.
   */
  readonly earlier?: { readonly query: Sql; answer(row: never): T }
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
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) =>
  text.endsWith('+00') ? `${text.slice(0, -3).replace(' ', 'T')}Z` : text,
)

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

const SESSION = sessionOptions({
  timezone: 'UTC',
  statement_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: 60_000,
})

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
  // A session may be ended in the very moment in which it is handed out, when neither the pool nor a transaction listens;
  // an error that nobody hears ends the process. Whoever asks next finds the client broken.
  pool.on('connect', (client) => client.on('error', () => undefined))
  // In front of the pool, whose own time-out cannot tell a database that is away from one that is busy.
  const inTurn = openTurns(max, MAX_WAITING, MAX_WAIT_MS)
  const watch = watchPool(pool, url, (cause) => new DatabaseUnavailable(cause))
  const line = async (opening: Opening): Promise<Line> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable(error)
    })
    return new Line(client, opening)
  }
  const run = <T>(opening: Opening, work: (tx: Tx) => Promise<T>, answer?: (row: never) => T) =>
    watch.during(async () => transaction(await line(opening), work, answer))
  return {
    write: async (practiceId, work, { lock, earlier } = {}) => {
      const statements = [BEGIN, setPractice(practiceId)]
      if (lock !== undefined) statements.push(sql`select pg_advisory_xact_lock(${String(lock)}::bigint)`)
      const opening = { statements, guard: earlier?.query }
      return retried(() => inTurn(() => run(opening, work, earlier?.answer)))
    },
    read: async (practiceId, work) => {
      const opening = { statements: [setPracticeToRead(practiceId)], each: true }
      return retried(() => inTurn(() => run(opening, work)))
    },
    snapshot: async (practiceId, work) =>
      inTurn(() => run({ statements: [BEGIN_SNAPSHOT, setPractice(practiceId)] }, work)),
    plain: (work) => inTurn(() => run({ statements: [BEGIN] }, work)),
    // Past the queue: a busy service is a ready one.
    ping: async () => {
      await run({ statements: [], each: true }, (tx) => tx.run(sql`select`))
    },
    load: inTurn.load,
    close: async () => {
      watch.close()
      await pool.end()
    },
  }
}

const BEGIN = sql`begin`
const BEGIN_SNAPSHOT = sql`begin isolation level repeatable read, read only`

function setPractice(practiceId: string): Sql {
  mustBeUuid(practiceId)
  return sql`select set_config('app.practice', ${practiceId}, true)`
}

/** What it writes to the audit trail does not wait for the disk. */
function setPracticeToRead(practiceId: string): Sql {
  mustBeUuid(practiceId)
  return sql`select set_config('app.practice', ${practiceId}, true), set_config('synchronous_commit', 'off', true)`
}

function mustBeUuid(practiceId: string): void {
  if (!isUuid(practiceId)) throw new TypeError('A transaction needs the id of a practice')
}

async function transaction<T>(
  line: Line,
  work: (tx: Tx) => Promise<T>,
  answer?: (row: never) => T,
): Promise<T> {
  try {
    const outcome = await settled(work, line)
    const row = answer && (await line.found())
    if (row) {
      await line.rollback()
      return answer(row as never)
    }
    const result = outcome()
    await (isRefusal(result) ? line.rollback() : line.commit())
    return result
  } catch (error) {
    throw await undone(line, error)
  } finally {
    line.release()
  }
}

/** What `work` came to, as a value: it may have failed because its outcome stands already. */
function settled<T>(work: (tx: Tx) => Promise<T>, line: Line): Promise<() => T> {
  return work(bind(line)).then(
    (result) => () => result,
    (error: unknown) => () => {
      throw error
    },
  )
}

async function undone(line: Line, error: unknown): Promise<unknown> {
  await line.rollback()
  return line.lost ? new DatabaseUnavailable(error) : error
}

function bind(line: Line): Tx {
  const rows = async <Row>(query: Sql): Promise<Row[]> => (await line.ask(query, true)).rows as Row[]
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
    run: async (query) => (await line.ask(query, false)).count,
    later: (query) => line.later(query),
    actFor: async (practiceId) => line.later(setPractice(practiceId)),
  }
}

/** The transaction is run again from its beginning where that helps, and it is nobody's fault. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isPassing(error) || round === ATTEMPTS_ON_CONFLICT) throw error
    }
  }
}
