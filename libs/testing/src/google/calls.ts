import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Calendar } from './calendar.ts'
import type { Channels } from './channels.ts'
import { type Listings, listEvents } from './list.ts'
import type { OAuth } from './oauth.ts'
import { errorBody, Refused } from './objects.ts'
import type { GoogleCall, GoogleTrouble, Troubles } from './trouble.ts'

export interface GoogleRequest {
  readonly call: GoogleCall
  readonly calendarId: string | undefined
  readonly query: Readonly<Record<string, string>>
  /** As it came, with everything that left the other side. */
  readonly body: string
  readonly ifMatch: string | undefined
}

/** What the server holds while it runs. */
export interface State {
  readonly calendars: Map<string, Calendar>
  readonly oauth: OAuth
  readonly channels: Channels
  readonly requests: GoogleRequest[]
  readonly listings: Listings
  readonly held: Set<ServerResponse>
  troubles: Troubles
  url: string
}

/** One request of the API or of the sign-in. */
interface Call {
  readonly call: GoogleCall
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly body: string
  readonly ifMatch: string | undefined
}

interface Outcome {
  readonly status: number
  readonly answered?: unknown
  readonly headers?: Record<string, string>
}

/** The work that a request asks for, or what is said of it. `trouble`: it goes wrong in that way. */
export function perform(
  state: State,
  call: Call,
  request: IncomingMessage,
  trouble: GoogleTrouble | undefined,
): Outcome {
  try {
    const refused = trouble && refusalOf(trouble)
    if (refused && trouble.how !== 'fault-after') throw refused
    const outcome = call.call.startsWith('oauth.')
      ? authorize(state, call)
      : work(state, call, request.headers.authorization)
    if (refused) throw refused
    return outcome
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const after = error.retryAfterSeconds
    const headers = after === undefined ? undefined : { 'retry-after': String(after) }
    return { status: error.status, answered: errorBody(error), headers }
  }
}

/** https://developers.google.com/workspace/calendar/api/guides/errors */
function refusalOf({ how, retryAfterSeconds }: GoogleTrouble): Refused | undefined {
  switch (how) {
    case 'rate-limit':
      return new Refused(403, 'rateLimitExceeded', 'Rate Limit Exceeded', retryAfterSeconds)
    case 'too-many':
      return new Refused(429, 'rateLimitExceeded', 'Rate Limit Exceeded', retryAfterSeconds)
    case 'fault':
    case 'fault-after':
      return new Refused(503, 'backendError', 'Backend Error', retryAfterSeconds)
    case 'unauthorized':
      return new Refused(401, 'authError', 'Invalid Credentials')
    case 'refused':
      return new Refused(400, 'invalid', 'Bad Request')
    default:
      return undefined
  }
}

function authorize({ oauth }: State, { call, query, body }: Call): Outcome {
  if (call === 'oauth.auth') {
    const { status, body: answered, location } = oauth.authorize(query)
    return { status, answered, headers: location === undefined ? undefined : { location } }
  }
  const form = new URLSearchParams(body)
  if (call === 'oauth.token') {
    const { status, body: answered } = oauth.token(form)
    return { status, answered }
  }
  if (oauth.revoke(form.get('token') ?? '')) return { status: 200, answered: {} }
  return { status: 400, answered: { error: 'invalid_token' } }
}

function work(state: State, { call, path, query, body, ifMatch }: Call, authorization?: string): Outcome {
  if (!state.oauth.allows(authorization)) throw new Refused(401, 'authError', 'Invalid Credentials')
  const sent = body === '' ? {} : JSON.parse(body)
  const ok = (answered: unknown): Outcome => ({ status: 200, answered })
  if (call === 'channels.stop') {
    state.channels.stop(sent)
    return { status: 204 }
  }
  if (call === 'calendarList.list')
    return ok({ kind: 'calendar#calendarList', items: [...state.calendars.values()].map(calendarEntry) })
  const calendar = calendarOf(state, path[3]!)
  const eventId = path[5]!
  switch (call) {
    case 'calendars.get':
      return ok(calendarEntry(calendar))
    case 'events.list':
      return ok(listEvents(calendar, query, state.listings))
    case 'events.get':
      return ok(calendar.get(eventId))
    case 'events.insert':
      return ok(calendar.insert(sent))
    case 'events.update':
      return ok(calendar.change(eventId, sent, 'update', ifMatch))
    case 'events.patch':
      return ok(calendar.change(eventId, sent, 'patch', ifMatch))
    case 'events.delete':
      calendar.delete(eventId, ifMatch)
      return { status: 204 }
    case 'events.watch':
      return ok(state.channels.watch(calendar.id, state.url, sent))
    default:
      throw new Refused(404, 'notFound', 'Not Found')
  }
}

function calendarOf(state: State, id: string): Calendar {
  const found = id === 'primary' ? state.calendars.values().next().value : state.calendars.get(id)
  if (!found) throw new Refused(404, 'notFound', 'Not Found')
  return found
}

const calendarEntry = ({ id, timeZone }: Calendar) => ({
  kind: 'calendar#calendar',
  id,
  summary: id,
  timeZone,
})
