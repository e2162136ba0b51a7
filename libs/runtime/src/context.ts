import type { EventContract } from '@praxisbus/contracts'
import type { Tx } from './db.ts'
import type { Principal } from './principal.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Sql } from './sql.ts'

/** What a fact says besides its data. */
export interface FactOf<Data> {
  /** Id of the aggregate: becomes the key, so its facts stay in order. Lock its row before recording. */
  readonly subject: string
  /** The aggregate's version after this change. */
  readonly version: number
  readonly data: Data
}

export type RecordFact = <Data>(contract: EventContract<Data>, fact: FactOf<NoInfer<Data>>) => void

export interface QueryContext {
  readonly tx: Tx
  readonly principal: Principal
  readonly now: Temporal.Instant
  /** Notes in the audit trail that a record was read. */
  audit(recordType: string, recordId: string): void
  /**
   * The rows of records, each noted in the audit trail by the same statement, under the id that the column `id` of the query
   * has: one round trip where `tx.many` and `audit` take two. For what is shown as it was found, all of it.
   */
  shown<Row>(recordType: string, id: Sql, query: Sql): Promise<Row[]>
}

export interface CommandContext {
  readonly tx: Tx
  readonly principal: Principal
  readonly now: Temporal.Instant
  readonly newId: () => string
  /** Publishes a fact if and only if this transaction commits. */
  readonly record: RecordFact
  /** Notes in the audit trail what was done to which record. */
  audit(recordType: string, recordId: string, action: string): void
  /** The version the caller last saw (If-Match), where they said so. */
  readonly ifMatch?: number
}

export interface ReactionContext {
  readonly tx: Tx
  readonly practiceId: string
  readonly now: Temporal.Instant
  readonly newId: () => string
  readonly record: RecordFact
  readonly event: {
    readonly id: string
    readonly subject: string
    readonly version: number
    readonly time: string
  }
}

/** Refuses a write by somebody who has not seen the newest version. */
export function staleWrite(
  ctx: Pick<CommandContext, 'ifMatch'>,
  currentVersion: number,
): Refusal<'stale'> | undefined {
  if (ctx.ifMatch === undefined || ctx.ifMatch === currentVersion) return undefined
  return refuse('stale', {
    field: 'If-Match',
    detail: `The record is at version ${currentVersion}; you edited version ${ctx.ifMatch}.`,
    next: 'Read it again, take over what the other person changed, and send your change with the new ETag.',
    extra: { currentVersion },
  })
}
