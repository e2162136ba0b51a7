import { PERMISSIONS } from '@praxisbus/contracts'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import type { Authenticate } from '../auth.ts'
import { type Database, DatabaseUnavailable, sqlState } from '../db.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { AuthError, may, type Principal, SignInUnavailable } from '../principal.ts'
import { currentTrace, inTrace, traceFrom } from '../trace.ts'
import { type Answer, runCommand, runQuery } from './command.ts'
import { invalidInput, readIdempotency, readIfMatch, readInput } from './input.ts'
import { HttpFault, PROBLEM_JSON, type Problem, problem } from './problem.ts'
import type { CommandRoute, Route } from './route.ts'

export interface HttpSettings {
  readonly routes: readonly Route[]
  readonly database: Database
  readonly authenticate: Authenticate
  readonly log: Log
  readonly metrics: Metrics
  readonly onFacts: () => void
  /** Throws HttpFault (429) where a user asks too often. */
  readonly limit: (principal: Principal) => Promise<void>
  /** Pages that everybody may see: health, metrics, API description. */
  readonly open: express.Router
}

const MAX_JSON_BYTES = 1024 * 1024

/** Throws where a route declares no known permission: the service then does not start (mission P-06). */
export function openHttp(settings: HttpSettings): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use((request, response, next) => {
    const trace = traceFrom(request.get('traceparent'))
    response.set({ traceparent: trace.traceparent, 'x-content-type-options': 'nosniff' })
    inTrace(trace, next)
  })
  app.use(settings.open)
  for (const route of settings.routes) {
    if (!PERMISSIONS.includes(route.permission))
      throw new Error(`route ${route.endpoint} declares no known permission`)
    const [method, path] = route.endpoint.split(' ') as [string, string]
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'
    app[verb](path, timed(settings.metrics, route), ...bodyParsers(route), answering(settings, route))
  }
  app.use((request) => {
    throw new HttpFault(
      problem(
        404,
        'no_such_page',
        `There is nothing at ${request.method} ${request.path}.`,
        'See /docs for what this service answers.',
      ),
    )
  })
  app.use(problems(settings.log))
  return app
}

function timed(metrics: Metrics, route: Route): RequestHandler {
  return (request, response, next) => {
    const end = metrics.httpSeconds.startTimer({
      method: request.method,
      route: route.endpoint.split(' ')[1]!,
    })
    response.on('close', () => end({ status: String(response.statusCode) }))
    next()
  }
}

function bodyParsers(route: Route): RequestHandler[] {
  if (route.kind !== 'command') return []
  if (route.file) {
    const { types, maxBytes } = route.file
    return [mediaType(types), express.raw({ type: [...types], limit: maxBytes })]
  }
  return route.body
    ? [mediaType(['application/json']), express.json({ limit: MAX_JSON_BYTES, strict: true })]
    : []
}

function mediaType(types: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const hasBody =
      request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0
    if (hasBody && !request.is([...types])) {
      throw new HttpFault(
        problem(
          415,
          'unsupported_media_type',
          `This takes ${types.join(', ')}, not ${request.get('content-type') ?? 'a body without a type'}.`,
          'Send the body in one of these types, and name it in Content-Type.',
          { errors: [{ field: 'Content-Type', detail: 'is not taken here' }] },
        ),
      )
    }
    next()
  }
}

function answering(settings: HttpSettings, route: Route): RequestHandler {
  return async (request, response) => {
    const principal = await settings.authenticate({
      authorization: request.get('authorization'),
      practice: practiceOf(route, request),
    })
    if (!may(principal, route.permission)) {
      throw new AuthError(
        'forbidden',
        `This needs the permission ${route.permission}`,
        'Ask your administrator for it.',
      )
    }
    await settings.limit(principal)
    const answer =
      route.kind === 'query'
        ? await runQuery(settings.database, route, principal, readInput(route, request))
        : await runCommand(settings.database, commandRequest(route, principal, request), settings.onFacts)
    send(response, answer)
  }
}

function practiceOf(route: Route, request: Request): string | undefined {
  if (route.kind === 'command' && route.practiceField) {
    const value: unknown = request.body?.[route.practiceField]
    if (typeof value === 'string') return value
  }
  return request.get('praxisbus-practice')
}

function commandRequest(route: CommandRoute, principal: Principal, request: Request) {
  const idempotency = readIdempotency(route, request)
  const ifMatch = readIfMatch(route, request.get('if-match'))
  return { route, principal, input: readInput(route, request), ifMatch, idempotency }
}

function send(response: Response, answer: Answer): void {
  response.status(answer.status).set(answer.headers)
  response.end(answer.body)
}

function problems(log: Log): ErrorRequestHandler {
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
  if (status !== undefined && status >= 400 && status < 500) {
    return {
      found: problem(status, 'bad_request', 'The request cannot be read.', 'Check its encoding and length.'),
      headers: {},
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
