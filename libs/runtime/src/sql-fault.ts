import pg from 'pg'
import { TooBusy } from './turns.ts'

/** PostgreSQL cannot be reached or is going down. The outcome of a commit under way is not known. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('The database cannot be reached', { cause })
  }
}

/** A statement that was not executed, because one before it failed: `cause`. */
export class TransactionBroken extends Error {
  constructor(cause: unknown) {
    super('An earlier statement of this transaction failed', { cause })
  }
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/**
 * Nobody's fault, and gone when the transaction is run again from its beginning: a serialization failure, a deadlock, or a
 * prepared statement whose table was changed by a migration meanwhile.
 */
export function isPassing(error: unknown): boolean {
  const fault = error instanceof TransactionBroken ? error.cause : error
  const code = sqlState(fault)
  if (code === '0A000') return (fault as Error).message.startsWith('cached plan must not change result type')
  return code === '40001' || code === '40P01'
}

/** A lock that somebody holds (55P03), a statement that was cut short (57014), or a conflict: it concerns some records, for as long as others please. */
export function isHeldUp(error: unknown): boolean {
  const code = sqlState(error instanceof TransactionBroken ? error.cause : error)
  return code === '55P03' || code === '57014' || isPassing(error)
}

/** Not the fault of what was asked, and gone when it is asked later: held up, or a database without room or time (class 53). */
export function isBusy(error: unknown): boolean {
  const fault = error instanceof TransactionBroken ? error.cause : error
  return fault instanceof TooBusy || isHeldUp(error) || (sqlState(fault)?.startsWith('53') ?? false)
}

/** Classes 08 (connection), 57P (shutdown), 53300 (too many connections), and everything that is not PostgreSQL speaking. */
export function isConnectionFault(error: unknown): boolean {
  const code = sqlState(error)
  if (code) return code.startsWith('08') || code.startsWith('57P') || code === '53300'
  const { code: osCode, message } = error as { code?: string; message?: string }
  if (osCode && /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENETUNREACH)/.test(osCode)) return true
  return /Connection terminated|connection timeout|Query read timeout|Client has encountered a connection error|not queryable/i.test(
    message ?? '',
  )
}
