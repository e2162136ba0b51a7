import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { Calendar } from './calendar.ts'
import { type GoogleRequest, perform, type State } from './calls.ts'
import { Channels } from './channels.ts'
import { keep, readKept } from './keep.ts'
import { OAuth } from './oauth.ts'
import { callOf, type GoogleCall, type GoogleTrouble, takeTrouble } from './trouble.ts'

export type { GoogleRequest } from './calls.ts'
export type { EventBody, GoogleEvent } from './objects.ts'
export type { GoogleCall, GoogleTrouble } from './trouble.ts'

/**
 * Speaks Calendar API v3 and Google's sign-in as far as a two-way sync needs them, and behaves as the documentation says:
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

export interface GoogleOptions {
  readonly port?: number
  readonly clientId?: string
  readonly clientSecret?: string
  /** Calendars and consents are kept here, and are there again at the next start. */
  readonly file?: string
}

/** Asked for hours on end it would remember requests without end. */
const MOST_REQUESTS = 10_000

export async function startGoogle(options: GoogleOptions = {}): Promise<GoogleServer> {
  const { clientId = 'client.apps.example', clientSecret = 'client-secret', file } = options
  const kept = file === undefined ? undefined : readKept(file)
  const state: State = {
    calendars: new Map(),
    oauth: new OAuth(clientId, clientSecret, kept?.refreshTokens),
    channels: new Channels(),
    requests: [],
    listings: new Map(),
    held: new Set(),
    troubles: [],
    url: '',
  }
  const server = createServer((request, response) => {
    answer(state, request, response, file).catch((error: Error) => response.destroy(error))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  state.url = `${base}/calendar/v3`
  let shift = Temporal.Duration.from({ seconds: 0 })
  const now = () => Temporal.Now.instant().add(shift)
  const add = (calendar: Calendar) => {
    calendar.onChange = () => state.channels.changed(calendar.id)
    state.calendars.set(calendar.id, calendar)
    return calendar
  }
  for (const { id, timeZone, ...content } of kept?.calendars ?? [])
    add(new Calendar(id, timeZone, now)).restore(content)
  return {
    url: state.url,
    oauthUrl: base,
    oauth: state.oauth,
    channels: state.channels,
    requests: state.requests,
    calendar: (id, timeZone = 'America/Chicago') =>
      state.calendars.get(id) ?? add(new Calendar(id, timeZone, now)),
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
async function answer(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  file: string | undefined,
): Promise<void> {
  const asked = new URL(request.url!, 'http://google')
  const body = await text(request)
  const path = asked.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  const ifMatch = request.headers['if-match']
  const call = callOf(request.method!, path)
  const calendarId = path[2] === 'calendars' ? path[3] : undefined
  if (state.requests.length >= MOST_REQUESTS) state.requests.shift()
  state.requests.push({ call, calendarId, query: Object.fromEntries(asked.searchParams), body, ifMatch })
  const trouble = takeTrouble(state.troubles, call)
  if (trouble?.how === 'drop') return void request.socket.destroy()
  if (trouble?.how === 'hang') return void state.held.add(response)
  if (trouble?.how === 'slow') await delay(SLOW_MS)
  const outcome = perform(state, { call, path, query: asked.searchParams, body, ifMatch }, request, trouble)
  if (file !== undefined && changes(request, call)) keep(state, file)
  if (trouble?.how === 'drop-after') return void request.socket.destroy()
  if (trouble?.how === 'hang-after') return void state.held.add(response)
  const { status, answered, headers } = outcome
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
  response.end(answered === undefined ? undefined : JSON.stringify(answered))
}

const changes = ({ method }: IncomingMessage, call: GoogleCall) => method !== 'GET' || call === 'oauth.auth'
