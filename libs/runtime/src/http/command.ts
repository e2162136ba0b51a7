import type { Response } from 'express'
import { insertEvents, openOutbox } from '../bus/outbox.ts'
import type { CommandContext, QueryContext } from '../context.ts'
import type { Database, WriteOptions } from '../db.ts'
import { newId } from '../ids.ts'
import type { Principal } from '../principal.ts'
import { isRefusal, type Refusal } from '../refusal.ts'
import { type Sql, sql } from '../sql.ts'
import { currentTrace } from '../trace.ts'
import { callerGone, earlierAnswer, onceOnly, saveAnswer } from './idempotency.ts'
import { problemOfRefusal } from './problem.ts'
import { BinaryAnswer, type CommandRoute, type QueryRoute } from './route.ts'
import { openKeyTurns } from './same-key.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON text, or a file. */
  readonly body: string | Uint8Array
}

export interface CommandRequest {
  readonly route: Pick<CommandRoute, 'run' | 'status' | 'refusals'>
  readonly principal: Principal
  readonly input: unknown
  readonly ifMatch?: number
  /** Key and hash of the whole request, where the caller sent a key. */
  readonly idempotency?: { readonly key: string; readonly requestHash: Buffer }
  /** Whether nobody waits for the answer any more. */
  readonly gone?: () => boolean
}

const inKeyTurn = openKeyTurns()

/**
 * Runs a command: the saved answer of an earlier request with the same key, or its effect, its facts, its audit entries
 * and its answer in one transaction. A refusal keeps nothing but the answer.
 */
export function runCommand(
  database: Database,
  request: CommandRequest,
  onFacts: () => void,
): Promise<Answer> {
  const { principal, idempotency, gone } = request
  if (!idempotency) return runOnce(database, request, onFacts)
  return inKeyTurn([principal.practiceId, principal.userId, idempotency.key].join('\n'), async (waited) => {
    // Whoever repeats a request and gives up leaves the one before it running: one effect is what they asked for.
    if (waited && gone?.()) throw callerGone()
    // Cheaper than to run the command up to its first statement, which may be the slow one.
    const answer = waited ? await earlierAnswer(database, principal, idempotency) : undefined
    return answer ?? runOnce(database, request, onFacts)
  })
}

async function runOnce(database: Database, request: CommandRequest, onFacts: () => void): Promise<Answer> {
  const { route, principal, idempotency } = request
  const practiceId = principal.practiceId
  const once = idempotency && onceOnly(principal, idempotency)
  let facts = 0
  let refused: Refusal | undefined
  const answer = await database.write(
    practiceId,
    async (tx): Promise<Answer | Refusal> => {
      facts = 0
      const now = Temporal.Now.instant()
      const outbox = openOutbox(practiceId, now)
      const audits: AuditEntry[] = []
      const ctx: CommandContext = {
        tx,
        principal,
        now,
        newId,
        record: outbox.record,
        ifMatch: request.ifMatch,
        audit: (recordType, recordId, action) => audits.push({ recordType, recordId, action }),
      }
      const result = await route.run(ctx, request.input as never)
      if (isRefusal(result)) {
        refused = result
        return result
      }
      const fresh = answerOf(result, route.status)
      facts = outbox.events.length
      if (facts > 0) tx.later(insertEvents(outbox.events))
      if (audits.length > 0) tx.later(insertAudit(principal, audits))
      if (idempotency) tx.later(saveAnswer(principal, idempotency, fresh))
      return fresh
    },
    once,
  )
  if (facts > 0) onFacts()
  if (!isRefusal(answer)) return answer
  return keepRefusal(database, request, refusalAnswer(refused!, route.refusals), once)
}

/** A refusal is an answer too: the same key gets it again, although the state may have changed since. */
function keepRefusal(
  database: Database,
  { principal, idempotency }: CommandRequest,
  refusal: Answer,
  once: WriteOptions<Answer> | undefined,
): Promise<Answer> {
  if (!idempotency) return Promise.resolve(refusal)
  return database.write(
    principal.practiceId,
    async (tx) => {
      tx.later(saveAnswer(principal, idempotency, refusal))
      return refusal
    },
    once,
  )
}

export async function runQuery(
  database: Database,
  route: QueryRoute,
  principal: Principal,
  input: unknown,
): Promise<Answer> {
  return read(database, principal, async (ctx) => {
    const result = await route.run(ctx, input as never)
    return isRefusal(result) ? refusalAnswer(result, route.refusals) : answerOf(result, 200)
  })
}

/** Reads as a person, leaving an audit entry for each record that `work` notes. Shared by HTTP and gRPC. */
export function read<T>(
  database: Database,
  principal: Principal,
  work: (ctx: QueryContext) => Promise<T>,
): Promise<T> {
  return database.read(principal.practiceId, async (tx) => {
    const audits: AuditEntry[] = []
    const result = await work({
      tx,
      principal,
      now: Temporal.Now.instant(),
      audit: (recordType, recordId) => audits.push({ recordType, recordId, action: 'read' }),
      shown: (recordType, id, query) => tx.many(noted(principal, recordType, id, query)),
    })
    if (audits.length > 0) tx.later(insertAudit(principal, audits))
    return result
  })
}

function noted({ practiceId, userId }: Principal, recordType: string, id: Sql, query: Sql): Sql {
  return sql`
    with shown as (${query}), noted as (
      insert into audit (practice_id, user_id, action, record_type, record_id, trace_id)
      select ${practiceId}, ${userId}, 'read', ${recordType}, ${id}::text, ${currentTrace().traceId} from shown)
    select * from shown`
}

interface AuditEntry {
  readonly recordType: string
  readonly recordId: string
  readonly action: string
}

export function insertAudit(
  principal: Pick<Principal, 'practiceId' | 'userId'>,
  entries: readonly AuditEntry[],
): Sql {
  const [entry, ...more] = entries
  // By far the most frequent, and half the work for PostgreSQL.
  if (entry && more.length === 0)
    return sql`
      insert into audit (practice_id, user_id, action, record_type, record_id, trace_id)
      values (${principal.practiceId}, ${principal.userId}, ${entry.action}, ${entry.recordType}, ${entry.recordId},
              ${currentTrace().traceId})`
  return sql`
    insert into audit (practice_id, user_id, action, record_type, record_id, trace_id)
    select ${principal.practiceId}, ${principal.userId}, action, record_type, record_id, ${currentTrace().traceId}
      from unnest(${entries.map((entry) => entry.action)}::text[], ${entries.map((entry) => entry.recordType)}::text[],
                  ${entries.map((entry) => entry.recordId)}::text[]) as entry (action, record_type, record_id)`
}

function answerOf(result: unknown, status: number): Answer {
  if (result instanceof BinaryAnswer) {
    const headers: Record<string, string> = {
      'content-type': result.contentType,
      'cache-control': 'private, no-store',
    }
    if (result.fileName)
      headers['content-disposition'] = `inline; filename="${result.fileName.replace(/[^\w.-]/g, '_')}"`
    return { status, headers, body: result.bytes }
  }
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const version = (result as { version?: unknown } | undefined)?.version
  if (typeof version === 'number') headers.etag = `"${version}"`
  return { status, headers, body: JSON.stringify(result ?? {}) }
}

export function refusalAnswer(refusal: Refusal, statuses: Readonly<Record<string, number>>): Answer {
  const status = refusal.refused === 'stale' ? 412 : statuses[refusal.refused]
  if (status === undefined) throw new Error(`refusal ${refusal.refused} has no status`)
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problemOfRefusal(refusal, status)),
  }
}

export function sendAnswer(response: Response, answer: Answer): void {
  response.status(answer.status).set(answer.headers)
  response.end(answer.body)
}
