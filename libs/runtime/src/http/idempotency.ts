import { createHash } from 'node:crypto'
import type { Database, WriteOptions } from '../db.ts'
import type { Principal } from '../principal.ts'
import { json, type Sql, sql } from '../sql.ts'
import type { Answer } from './command.ts'
import { HttpFault, problem } from './problem.ts'

interface Key {
  readonly key: string
  readonly requestHash: Buffer
}

type Saved = Answer & { requestHash: Buffer }

/** Requests with the same key wait for each other, also those of other replicas, and those that come later get the answer of the first. */
export function onceOnly(principal: Principal, { key, requestHash }: Key): WriteOptions<Answer> {
  return {
    lock: lockNumber(principal.practiceId, principal.userId, key),
    earlier: {
      query: savedUnder(principal, key),
      answer: (saved: Saved) => savedAnswer(saved, requestHash),
    },
  }
}

/** Of a request with the same key that has come to its end. */
export async function earlierAnswer(
  database: Database,
  principal: Principal,
  { key, requestHash }: Key,
): Promise<Answer | undefined> {
  const saved = await database.read(principal.practiceId, (tx) => tx.maybe<Saved>(savedUnder(principal, key)))
  return saved && savedAnswer(saved, requestHash)
}

function savedUnder({ practiceId, userId }: Principal, key: string): Sql {
  return sql`
    select request_hash, status, headers, body from idempotency
     where practice_id = ${practiceId} and user_id = ${userId} and key = ${key}`
}

function savedAnswer(saved: Saved, requestHash: Buffer): Answer {
  if (saved.requestHash.equals(requestHash)) {
    const headers = { ...saved.headers, 'idempotency-replayed': 'true' }
    return { status: saved.status, headers, body: saved.body }
  }
  const other = problem(
    422,
    'idempotency_key_reused',
    'This Idempotency-Key was used before with another request.',
    'Send a new key for a new intention; repeat a request with exactly the same path and body.',
    { errors: [{ field: 'Idempotency-Key', detail: 'used before with another request' }] },
  )
  return {
    status: 422,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(other),
  }
}

export function saveAnswer(principal: Principal, { key, requestHash }: Key, answer: Answer): Sql {
  if (typeof answer.body !== 'string') throw new Error('a command answers JSON')
  return sql`
    insert into idempotency (practice_id, user_id, key, request_hash, status, headers, body)
    values (${principal.practiceId}, ${principal.userId}, ${key}, ${requestHash}, ${answer.status}, ${json(answer.headers)}, ${answer.body})`
}

/** A 64-bit number for pg_advisory_xact_lock: requests with the same key wait for each other. */
function lockNumber(...parts: string[]): bigint {
  return createHash('sha256').update(parts.join('\n')).digest().readBigInt64BE()
}

export function callerGone(): HttpFault {
  return new HttpFault(
    problem(
      408,
      'caller_gone',
      'The connection was closed before the request had its turn.',
      'Send it again with the same Idempotency-Key: a key has one effect.',
    ),
  )
}
