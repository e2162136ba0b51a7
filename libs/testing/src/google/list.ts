import { type Calendar, within } from './calendar.ts'
import { type GoogleEvent, instantOf, Refused } from './objects.ts'

/** https://developers.google.com/workspace/calendar/api/v3/reference/events/list, syncToken. */
const NOT_WITH_SYNC_TOKEN = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
]
const MOST_RESULTS = 2_500
const USUAL_RESULTS = 250

/** What a token says; opaque to callers. */
interface Since {
  readonly calendar: string
  readonly generation: number
  readonly change: number
  readonly singleEvents: boolean
  readonly timeMin?: string
  readonly timeMax?: string
}

interface Listing {
  readonly query: string
  readonly items: readonly GoogleEvent[]
  readonly size: number
  readonly nextSyncToken: string
}

/** Lists that are being read page by page. What is changed meanwhile is told by the sync token at their end. */
export type Listings = Map<string, { readonly listing: Listing; readonly from: number }>

export function listEvents(calendar: Calendar, query: URLSearchParams, listings: Listings): object {
  const pageToken = query.get('pageToken')
  const text = withoutPage(query)
  if (pageToken === null) return page(calendar, begin(calendar, query, text), 0, listings)
  const found = listings.get(pageToken)
  if (!found) throw new Refused(400, 'invalid', 'Invalid page token value.')
  if (found.listing.query !== text)
    throw new Refused(400, 'invalid', 'The page token is of another query than this one.')
  return page(calendar, found.listing, found.from, listings)
}

function page(calendar: Calendar, listing: Listing, from: number, listings: Listings): object {
  const to = from + listing.size
  const common = {
    kind: 'calendar#events',
    summary: calendar.id,
    timeZone: calendar.timeZone,
    items: listing.items.slice(from, to),
  }
  if (to >= listing.items.length) return { ...common, nextSyncToken: listing.nextSyncToken }
  const nextPageToken = Buffer.from(`page ${listings.size + 1}`).toString('base64url')
  listings.set(nextPageToken, { listing, from: to })
  return { ...common, nextPageToken }
}

function begin(calendar: Calendar, query: URLSearchParams, text: string): Listing {
  const since = sinceOf(calendar, query)
  const singleEvents = query.get('singleEvents') === 'true'
  if (since && since.singleEvents !== singleEvents)
    throw new Refused(400, 'invalid', 'Sync token was made for a list with other parameters.')
  const range = since ?? rangeOf(query)
  const size = Math.min(Number(query.get('maxResults') ?? USUAL_RESULTS), MOST_RESULTS)
  if (!Number.isInteger(size) || size < 1) throw new Refused(400, 'invalid', 'Invalid value for: maxResults')
  const until = range.timeMax ? Temporal.Instant.from(range.timeMax) : undefined
  const stored = singleEvents ? calendar.expanded(until) : calendar.stored()
  const items = stored
    .filter(({ change }) => !since || change > since.change)
    .map(({ event }) => event)
    .filter((event) => event.status !== 'cancelled' || since || query.get('showDeleted') === 'true')
    .filter((event) => event.status === 'cancelled' || within(event, calendar.timeZone, range))
    .map((event) => (event.status === 'cancelled' && !calendar.tellsDeleted ? bare(event) : event))
  if (query.get('orderBy') === 'startTime') sortByStart(items, calendar.timeZone, singleEvents)
  const { timeMin, timeMax } = range
  const { id, generation, changes: change } = calendar
  const next: Since = { calendar: id, generation, change, singleEvents, timeMin, timeMax }
  return { query: text, items, size, nextSyncToken: Buffer.from(JSON.stringify(next)).toString('base64url') }
}

/** "Deleted events are only guaranteed to have the id field populated", exceptions also which one they are. */
function bare({ kind, id, etag, status, recurringEventId, originalStartTime }: GoogleEvent): GoogleEvent {
  return { kind, id, etag, status, ...(recurringEventId ? { recurringEventId, originalStartTime } : {}) }
}

function sinceOf(calendar: Calendar, query: URLSearchParams): Since | undefined {
  const token = query.get('syncToken')
  if (token === null) return undefined
  const wrong = NOT_WITH_SYNC_TOKEN.find((name) => query.has(name))
  if (wrong !== undefined || query.get('showDeleted') === 'false')
    throw new Refused(400, 'badRequest', `Sync token cannot be used with ${wrong ?? 'showDeleted=false'}.`)
  const since = decoded(token)
  if (since?.calendar !== calendar.id || since.generation !== calendar.generation)
    throw new Refused(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.')
  return since
}

function decoded(token: string): Since | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    return undefined
  }
}

function rangeOf(query: URLSearchParams): { timeMin?: string; timeMax?: string } {
  const [timeMin, timeMax] = ['timeMin', 'timeMax'].map((name) => query.get(name) ?? undefined)
  for (const time of [timeMin, timeMax])
    if (time && !/T.*(Z|[+-]\d\d:\d\d)$/.test(time)) throw new Refused(400, 'badRequest', 'Bad Request')
  if (timeMin && timeMax && Temporal.Instant.compare(timeMin, timeMax) >= 0)
    throw new Refused(400, 'timeRangeEmpty', 'The specified time range is empty.')
  return { timeMin, timeMax }
}

function sortByStart(items: GoogleEvent[], zone: string, singleEvents: boolean): void {
  if (!singleEvents)
    throw new Refused(400, 'badRequest', 'The requested ordering is not available for the particular query.')
  items.sort((one, other) =>
    Temporal.Instant.compare(instantOf(one.start!, zone), instantOf(other.start!, zone)),
  )
}

function withoutPage(query: URLSearchParams): string {
  const rest = new URLSearchParams(query)
  rest.delete('pageToken')
  rest.sort()
  return rest.toString()
}
