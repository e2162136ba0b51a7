import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { Calendar } from './calendar.ts'
import { Channels } from './channels.ts'
import { type Listings, listEvents } from './list.ts'
import { OAuth } from './oauth.ts'
import { errorBody, Refused } from './objects.ts'
import { callOf, type GoogleCall, type GoogleTrouble, type Troubles, takeTrouble } from './trouble.ts'

export type { EventBody, GoogleEvent } from './objects.ts'
export type { GoogleCall, GoogleTrouble } from './trouble.ts'

export interface GoogleRequest {
  readonly call: GoogleCall
  readonly calendarId: string | undefined
  readonly query: Readonly<Record<string, string>>
  /** As it came, with everything that left the other side. */
  readonly body: string
  readonly ifMatch: string | undefined
}

/**
 * Speaks Calendar API v3 and Google's token endpoint as far as a two-way sync needs them, and behaves as the documentation says:
 * sync tokens, pages, etags, client-chosen ids, cancelled items, instances of recurring events, push channels. It fails on command.
 */
export interface GoogleServer {
  /** Base of the API: what `https://www.googleapis.com/calendar/v3` is outside. */
  readonly url: string
  /** Base of the token endpoint: what `https://oauth2.googleapis.com` is outside. */
  readonly oauthUrl: string
  readonly oauth: OAuth
  readonly channels: Channels
  /** Every request, in order. */
  readonly requests: GoogleRequest[]
  /** The calendar with this id; made where it is not there. `primary` is the first. */
  calendar(id: string, timeZone?: string): Calendar
  /** The calendar is deleted as a whole. */
  forget(id: string): void
  /** In place of the troubles so far. */
  trouble(...troubles: GoogleTrouble[]): void
  /** Sets the clock that `updated` is taken from ahead or back. */
  shiftClock(by: Temporal.DurationLike): void
  stop(): Promise<void>
}

interface State {
  readonly calendars: Map<string, Calendar>
  readonly oauth: OAuth
  readonly channels: Channels
  readonly requests: GoogleRequest[]
  readonly listings: Listings
  readonly held: Set<ServerResponse>
  troubles: Troubles
  url: string
}

export async function startGoogle(options: { port?: number } = {}): Promise<GoogleServer> {
  const state: State = {
    calendars: new Map(),
    oauth: new OAuth('client.apps.example', 'client-secret'),
    channels: new Channels(),
    requests: [],
    listings: new Map(),
    held: new Set(),
    troubles: [],
    url: '',
  }
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: Error) => response.destroy(error))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  state.url = `${base}/calendar/v3`
  let shift = Temporal.Duration.from({ seconds: 0 })
  const now = () => Temporal.Now.instant().add(shift)
  return {
    url: state.url,
    oauthUrl: base,
    oauth: state.oauth,
    channels: state.channels,
    requests: state.requests,
    calendar: (id, timeZone = 'America/Chicago') => {
      const found = state.calendars.get(id)
      if (found) return found
      const calendar = new Calendar(id, timeZone, now)
      calendar.onChange = () => state.channels.changed(id)
      state.calendars.set(id, calendar)
      return calendar
    },
    forget: (id) => void state.calendars.delete(id),
    trouble: (...list) => {
      state.troubles = list.map((trouble) => ({
        trouble,
        left: trouble.times ?? 1,
        spared: trouble.after ?? 0,
      }))
    },
    shiftClock: (by) => {
      shift = Temporal.Duration.from(by)
    },
    stop: async () => {
      for (const response of state.held) response.destroy()
      server.closeAllConnections()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
}

const SLOW_MS = 250

/** One request: what goes wrong, who asks, the work. */
async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = new URL(request.url!, 'http://google')
  const body = await text(request)
  const path = asked.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  const ifMatch = request.headers['if-match']
  const call = callOf(request.method!, path)
  const calendarId = path[2] === 'calendars' ? path[3] : undefined
  state.requests.push({ call, calendarId, query: Object.fromEntries(asked.searchParams), body, ifMatch })
  const trouble = takeTrouble(state.troubles, call)
  if (trouble?.how === 'drop') return void request.socket.destroy()
  if (trouble?.how === 'hang') return void state.held.add(response)
  if (trouble?.how === 'slow') await delay(SLOW_MS)
  const outcome = perform(state, { call, path, query: asked.searchParams, body, ifMatch }, request, trouble)
  if (trouble?.how === 'drop-after') return void request.socket.destroy()
  if (trouble?.how === 'hang-after') return void state.held.add(response)
  const { status, answered, headers } = outcome
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
  response.end(answered === undefined ? undefined : JSON.stringify(answered))
}

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

function perform(
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

function authorize({ oauth }: State, { call, body }: Call): Outcome {
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
