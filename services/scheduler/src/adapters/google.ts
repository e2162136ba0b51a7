import { z } from 'zod'
import { googleEvent } from '../domain/google/seen.ts'
import { type GoogleFailure, isGoogleFailure } from '../domain/google/waiting.ts'
import type { GoogleSettings } from '../google/settings.ts'
import type { Account, EventPage, GoogleCalendar, Listed, OwnEvent } from './google-calendar.ts'
import { type Asked, googleRequests, unreadable } from './google-request.ts'

const TIMEOUT_MS = 10_000
const PAGE = 250

const calendarAnswer = z.object({ id: z.string(), timeZone: z.string() })
const channelAnswer = z.object({ resourceId: z.string(), expiration: z.coerce.number() })
const pageAnswer = z.object({
  items: z.array(z.unknown()).default([]),
  timeZone: z.string().default('UTC'),
  nextPageToken: z.string().optional(),
  nextSyncToken: z.string().optional(),
})

/**
 * Google's Calendar API v3 by `fetch`: ten requests, each with a bound and without attempts of its own, because the worker's are
 * counted and written down. Why not Google's client: docs/decisions/0016-google-calendar.md.
 */
export function openGoogle(
  settings: Pick<GoogleSettings, 'clientId' | 'clientSecret' | 'calendarUrl' | 'oauthUrl'>,
  timeoutMs = TIMEOUT_MS,
): GoogleCalendar {
  const { grant, ask, revoke } = googleRequests(settings, timeoutMs)
  const read = async <Shape extends z.ZodType>(
    { refreshToken }: Account,
    asked: Asked,
    shape: Shape,
  ): Promise<z.output<Shape> | GoogleFailure> => {
    const answer = await ask(refreshToken, asked)
    if (isGoogleFailure(answer)) return answer
    const parsed = shape.safeParse(answer)
    return parsed.success ? parsed.data : unreadable()
  }
  return {
    redeem: async (code, redirectUri) => {
      const granted = await grant({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
      if (isGoogleFailure(granted)) return granted
      const { refresh_token: refreshToken } = granted
      // Google gives it with the first consent only, unless it is asked for with prompt=consent.
      return refreshToken
        ? { refreshToken }
        : {
            failed: 'refused',
            message: 'Google gave no refresh token; ask with access_type=offline and prompt=consent.',
          }
    },
    calendar: async (account) => {
      const path = `/calendars/${encodeURIComponent(account.calendarId)}`
      const found = await read(account, { method: 'GET', path }, calendarAnswer)
      return isGoogleFailure(found) ? found : { calendarId: found.id, timeZone: found.timeZone }
    },
    list: async (account, of, pageToken) => {
      const asked = { method: 'GET', path: eventsOf(account), query: { ...queryOf(of), pageToken } } as const
      const page = await read(account, asked, pageAnswer)
      return isGoogleFailure(page) ? page : pageOf(page)
    },
    get: (account, eventId) =>
      read(account, { method: 'GET', path: eventsOf(account, eventId) }, googleEvent),
    insert: (account, event) => {
      const body = { id: event.eventId, ...bodyOf(event), reminders: { useDefault: true } }
      return read(account, { method: 'POST', path: eventsOf(account), body }, googleEvent)
    },
    update: (account, event, ifMatch) => {
      const path = eventsOf(account, event.eventId)
      return read(account, { method: 'PATCH', path, body: bodyOf(event), ifMatch }, googleEvent)
    },
    remove: async (account, eventId, ifMatch) => {
      const asked = { method: 'DELETE', path: eventsOf(account, eventId), ifMatch } as const
      const answer = await ask(account.refreshToken, asked)
      return isGoogleFailure(answer) ? answer : 'removed'
    },
    watch: async (account, { id, token, address }) => {
      const body = { id, type: 'web_hook', token, address }
      const asked = { method: 'POST', path: `${eventsOf(account)}/watch`, body } as const
      const made = await read(account, asked, channelAnswer)
      if (isGoogleFailure(made)) return made
      const expiresAt = Temporal.Instant.fromEpochMilliseconds(made.expiration).toString()
      return { resourceId: made.resourceId, expiresAt }
    },
    unwatch: async ({ refreshToken }, body) => {
      const answer = await ask(refreshToken, { method: 'POST', path: '/channels/stop', body })
      return isGoogleFailure(answer) && answer.failed !== 'gone' ? answer : 'stopped'
    },
    revoke,
  }
}

function eventsOf({ calendarId }: Account, eventId?: string): string {
  const events = `/calendars/${encodeURIComponent(calendarId)}/events`
  return eventId === undefined ? events : `${events}/${encodeURIComponent(eventId)}`
}

/** Whatever goes with a sync token has to be the same each time; the window must not come with it. */
function queryOf(of: Listed): Record<string, string> {
  const same = { singleEvents: 'true', maxResults: String(PAGE) }
  return 'syncToken' in of
    ? { ...same, syncToken: of.syncToken }
    : { ...same, timeMin: of.startsAt, timeMax: of.endsAt }
}

/** An event that cannot be read is left out and counted: it must not keep the others out. */
function pageOf({ items, timeZone, nextPageToken, nextSyncToken }: z.output<typeof pageAnswer>): EventPage {
  const read = items.map((item) => googleEvent.safeParse(item))
  const events = read.flatMap(({ data }) => (data ? [data] : []))
  return { events, unreadable: items.length - events.length, timeZone, nextPageToken, nextSyncToken }
}

/** All that Google is told of an appointment; what its owner adds there stays. An empty recurrence takes off one that was put on there. */
function bodyOf({ content, marks }: OwnEvent) {
  const { startsAt, endsAt, timeZone, summary, transparency } = content
  return {
    status: 'confirmed',
    summary,
    start: { dateTime: startsAt, timeZone },
    end: { dateTime: endsAt, timeZone },
    transparency,
    recurrence: [],
    extendedProperties: { private: marks },
  }
}
