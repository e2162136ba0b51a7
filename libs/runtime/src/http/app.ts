import { PERMISSIONS } from '@praxisbus/contracts'
import express, { type Express, type Request, type RequestHandler } from 'express'
import type { Authenticate } from '../auth.ts'
import type { Database } from '../db.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { AuthError, may, type Principal } from '../principal.ts'
import { inTrace, traceFrom } from '../trace.ts'
import { runQuery, sendAnswer } from './command.ts'
import { problems } from './faults.ts'
import { readIdempotency, readIfMatch, readInput } from './input.ts'
import { refuseDoubtfulJson } from './json.ts'
import { showing } from './page.ts'
import { runPrepared } from './prepare.ts'
import { HttpFault, problem } from './problem.ts'
import type { CommandRoute, QueryRoute, Route } from './route.ts'
import { hearing } from './webhook.ts'

export interface HttpSettings {
  readonly routes: readonly Route[]
  readonly database: Database
  /** With the relay's login: for webhooks, to find whose record a message is about. */
  readonly relayDatabase: Database
  readonly authenticate: Authenticate
  readonly log: Log
  readonly metrics: Metrics
  readonly onFacts: () => void
  /** Throws HttpFault (429) where a user asks too often. */
  readonly limit: (principal: Principal, cost?: number) => Promise<void>
  /** How many reverse proxies stand in front (none): whose address counts for pages without a sign-in. */
  readonly trustedProxies?: number
  /** Pages that everybody may see: health, metrics, API description. */
  readonly open: express.Router
}

const MAX_JSON_BYTES = 1024 * 1024

/** Throws where a route declares neither a known permission nor a verification: the service then does not start (mission P-06). */
export function openHttp(settings: HttpSettings): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  // 0: the header is ignored, whoever sends it. A number and not `true`: then callers could name any address themselves.
  app.set('trust proxy', settings.trustedProxies ?? 0)
  app.use((request, response, next) => {
    const trace = traceFrom(request.get('traceparent'))
    response.set({ traceparent: trace.traceparent, 'x-content-type-options': 'nosniff' })
    inTrace(trace, next)
  })
  app.use(settings.open)
  for (const route of settings.routes) {
    mustBeGuarded(route)
    const [method, path] = route.endpoint.split(' ') as [string, string]
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'
    app[verb](path, timed(settings.metrics, route), ...handlers(settings, route))
  }
  for (const [path, methods] of methodsByPath(settings.routes)) app.all(path, otherMethod(methods))
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

function mustBeGuarded(route: Route): void {
  if (route.kind === 'webhook') {
    if (typeof route.verify !== 'function')
      throw new Error(`route ${route.endpoint} declares no verification of its sender`)
  } else if (route.kind === 'page') {
    if (route.access !== 'link' || typeof route.find !== 'function')
      throw new Error(`route ${route.endpoint} does not say who may open it`)
  } else if (!PERMISSIONS.includes(route.permission))
    throw new Error(`route ${route.endpoint} declares no known permission`)
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { endpoint } of routes) {
    const [method, path] = endpoint.split(' ') as [string, string]
    found.set(path, [...(found.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])])
  }
  return found
}

/** The page is there, but not for this method. */
function otherMethod(methods: readonly string[]): RequestHandler {
  const allow = [...methods, 'OPTIONS'].join(', ')
  return (request, response) => {
    if (request.method === 'OPTIONS') return void response.status(204).set({ allow }).end()
    throw new HttpFault(
      problem(
        405,
        'method_not_allowed',
        `${request.path} does not take ${request.method}.`,
        `It takes ${allow}; see /docs.`,
      ),
      { allow },
    )
  }
}

function timed(metrics: Metrics, route: Route): RequestHandler {
  return (request, response, next) => {
    const end = metrics.httpSeconds.startTimer({
      method: request.method,
      route: route.endpoint.split(' ')[1]!,
    })
    // Whose caller went away before the answer was out: 200 is but what the status is before somebody sets one.
    response.on('close', () =>
      end({ status: response.writableFinished ? String(response.statusCode) : 'aborted' }),
    )
    next()
  }
}

function bodyParsers(route: CommandRoute | QueryRoute): RequestHandler[] {
  if (route.kind !== 'command') return []
  if (route.file) {
    const { types, maxBytes } = route.file
    return [mediaType(types), express.raw({ type: [...types], limit: maxBytes })]
  }
  return route.body
    ? [
        mediaType(['application/json']),
        express.json({ limit: MAX_JSON_BYTES, strict: true, verify: refuseDoubtfulJson }),
      ]
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

/**
 * Who asks is known before the body is read, so that a stranger cannot make a service read one. Where the body may name the
 * practice, what they may do there is known behind it.
 */
function handlers(settings: HttpSettings, route: Route): RequestHandler[] {
  if (route.kind === 'webhook') return hearing(settings, route)
  if (route.kind === 'page') return showing(settings, route)
  const admitting = admit(settings, route)
  const reading = [...placeTaker(route), ...bodyParsers(route)]
  const practiceInBody = route.kind === 'command' && route.practiceField !== undefined
  const before = practiceInBody ? [identify(settings), ...reading, admitting] : [admitting, ...reading]
  return [...before, answering(settings, route)]
}

function identify(settings: HttpSettings): RequestHandler {
  return async (request, _response, next) => {
    const authorization = request.get('authorization')
    await settings.authenticate({ authorization }).catch((error: unknown) => {
      // Somebody of ours, of whom only the body tells for which practice they ask.
      if (!(error instanceof AuthError && error.kind === 'forbidden')) throw error
    })
    next()
  }
}

/** The place is given back when nothing works on the file any more, or when its caller goes away before all of it came. */
function placeTaker(route: CommandRoute | QueryRoute): RequestHandler[] {
  const enter = route.kind === 'command' ? route.file?.enter : undefined
  if (!enter) return []
  return [
    (_request, response, next) => {
      const leave = enter()
      response.locals.leave = leave
      response.once('close', leave)
      next()
    },
  ]
}

function admit(settings: HttpSettings, route: CommandRoute | QueryRoute): RequestHandler {
  return async (request, response, next) => {
    const field = route.kind === 'command' ? route.practiceField : undefined
    const principal = await settings.authenticate({
      authorization: request.get('authorization'),
      practice: textOf(request.body, field) ?? request.get('praxisbus-practice'),
      practiceField: field,
    })
    if (!may(principal, route.permission)) {
      throw new AuthError(
        'forbidden',
        `This needs the permission ${route.permission}`,
        'Ask your administrator for it.',
      )
    }
    await settings.limit(principal)
    response.locals.principal = principal
    next()
  }
}

function textOf(body: unknown, field: string | undefined): string | undefined {
  const value = field === undefined ? undefined : (body as Record<string, unknown> | undefined)?.[field]
  return typeof value === 'string' ? value : undefined
}

function answering(settings: HttpSettings, route: CommandRoute | QueryRoute): RequestHandler {
  return async (request, response) => {
    const { principal, leave } = response.locals as { principal: Principal; leave?: () => void }
    if (leave) response.off('close', leave)
    try {
      const answer =
        route.kind === 'query'
          ? await runQuery(settings.database, route, principal, readInput(route, request))
          : await runPrepared(
              settings.database,
              { ...commandRequest(route, principal, request), gone: () => response.destroyed },
              settings.onFacts,
            )
      sendAnswer(response, answer)
    } finally {
      leave?.()
    }
  }
}

function commandRequest(route: CommandRoute, principal: Principal, request: Request) {
  const idempotency = readIdempotency(route, request)
  const ifMatch = readIfMatch(route, request.get('if-match'))
  return { route, principal, input: readInput(route, request), ifMatch, idempotency }
}
