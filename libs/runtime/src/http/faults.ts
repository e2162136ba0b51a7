import type { ErrorRequestHandler } from 'express'
import { DatabaseUnavailable, sqlState } from '../db.ts'
import type { Log } from '../log.ts'
import { AuthError, SignInUnavailable } from '../principal.ts'
import { currentTrace } from '../trace.ts'
import { TooBusy } from '../turns.ts'
import { invalidInput } from './input.ts'
import { notUtf8 } from './json.ts'
import { HttpFault, PROBLEM_JSON, type Problem, problem } from './problem.ts'

/** The last handler: whatever was thrown becomes a problem that says nothing of the inside. */
export function problems(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const { found, headers } = asProblem(error)
    if (found.status >= 500) log.error({ err: error }, 'request failed')
    if (response.headersSent) return void response.destroy()
    response.status(found.status).set(headers).set('content-type', PROBLEM_JSON)
    response.end(JSON.stringify({ ...found, traceId: currentTrace().traceId }))
  }
}

const NOTHING_CHANGED = 'Send it again with the same Idempotency-Key in a moment: a key has one effect.'

function asProblem(error: unknown): { found: Problem; headers: Record<string, string> } {
  if (error instanceof HttpFault) return { found: error.problem, headers: { ...error.headers } }
  if (error instanceof AuthError) {
    const headers: Record<string, string> =
      error.kind === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}
    return {
      found: problem(error.kind === 'unauthenticated' ? 401 : 403, error.kind, error.message, error.next),
      headers,
    }
  }
  if (error instanceof SignInUnavailable) {
    return {
      found: problem(
        503,
        'sign_in_unavailable',
        'The sign-in cannot be asked just now, so your token cannot be checked.',
        NOTHING_CHANGED,
      ),
      headers: { 'retry-after': '1' },
    }
  }
  if (error instanceof DatabaseUnavailable) {
    return {
      found: problem(
        503,
        'unavailable',
        'The database of this service cannot be reached just now.',
        NOTHING_CHANGED,
      ),
      headers: { 'retry-after': '1' },
    }
  }
  if ((error as Error)?.name === 'RpcUnavailable') {
    return {
      found: problem(
        503,
        'peer_unavailable',
        'Another service that has to be asked cannot be reached just now. Nothing was changed.',
        NOTHING_CHANGED,
      ),
      headers: { 'retry-after': '1' },
    }
  }
  const { type, status } = error as { type?: string; status?: number }
  if (type === 'entity.parse.failed')
    return { found: invalidInput([{ field: 'body', detail: 'is not valid JSON' }]).problem, headers: {} }
  if (type === 'entity.too.large') {
    return {
      found: problem(413, 'too_large', 'The body is larger than this takes.', 'Send less at once.', {
        errors: [{ field: 'body', detail: 'is too large' }],
      }),
      headers: {},
    }
  }
  if (type === 'charset.unsupported') return { found: notUtf8().problem, headers: {} }
  if (type === 'encoding.unsupported') {
    return {
      found: problem(
        415,
        'unsupported_media_type',
        'The body is compressed in a way that is not taken.',
        'Send it as it is, or compressed with gzip.',
        { errors: [{ field: 'Content-Encoding', detail: 'is not taken here' }] },
      ),
      headers: {},
    }
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return {
      found: problem(status, 'bad_request', 'The request cannot be read.', 'Check its encoding and length.'),
      headers: {},
    }
  }
  if (error instanceof TooBusy) {
    return {
      found: problem(503, 'busy', 'More is asked of this service than it can do just now.', NOTHING_CHANGED),
      headers: { 'retry-after': '1' },
    }
  }
  if (sqlState(error) === '55P03') {
    return {
      found: problem(503, 'busy', 'Somebody else is changing the same record.', NOTHING_CHANGED),
      headers: { 'retry-after': '1' },
    }
  }
  return {
    found: problem(
      500,
      'fault',
      'Something went wrong in this service.',
      'Send it again with the same Idempotency-Key; if it stays, tell the operator the traceId.',
    ),
    headers: {},
  }
}
