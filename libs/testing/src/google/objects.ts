/** Resources as Calendar API v3 shows them, as far as they are asked for here. */
export interface EventTime {
  readonly date?: string
  readonly dateTime?: string
  readonly timeZone?: string
}

export interface GoogleEvent {
  readonly kind: 'calendar#event'
  readonly id: string
  readonly etag: string
  readonly status: 'confirmed' | 'tentative' | 'cancelled'
  readonly created?: string
  readonly updated?: string
  readonly summary?: string
  readonly description?: string
  readonly location?: string
  readonly start?: EventTime
  readonly end?: EventTime
  readonly transparency?: 'opaque' | 'transparent'
  readonly visibility?: 'default' | 'public' | 'private' | 'confidential'
  readonly eventType?: string
  readonly recurrence?: readonly string[]
  readonly recurringEventId?: string
  readonly originalStartTime?: EventTime
  readonly attendees?: readonly { readonly self?: boolean; readonly responseStatus?: string }[]
  readonly extendedProperties?: { readonly private?: Readonly<Record<string, string>> }
}

/** What a caller sends of one. null takes a field away (patch). */
export type EventBody = { [Name in keyof GoogleEvent]?: GoogleEvent[Name] | null }

/** The API's own words for what is wrong with a request. */
export class Refused extends Error {
  readonly status: number
  readonly reason: string
  readonly retryAfterSeconds: number | undefined
  constructor(status: number, reason: string, message: string, retryAfterSeconds?: number) {
    super(message)
    this.status = status
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export const errorBody = ({ status, reason, message }: Refused) => ({
  error: { code: status, message, errors: [{ domain: 'calendar', reason, message }] },
})

/** The instant that a start or end means; an all-day date begins at midnight of the calendar. */
export function instantOf(time: EventTime, calendarZone: string): Temporal.Instant {
  if (time.date) return Temporal.PlainDate.from(time.date).toZonedDateTime(calendarZone).toInstant()
  const text = time.dateTime!
  if (/(Z|[+-]\d\d:\d\d)$/.test(text)) return Temporal.Instant.from(text)
  return Temporal.PlainDateTime.from(text).toZonedDateTime(time.timeZone!).toInstant()
}

/** As it is answered: with the offset that the zone has at that instant. */
export function shown(time: EventTime, calendarZone: string): EventTime {
  if (time.date) return { date: time.date }
  const zone = time.timeZone ?? calendarZone
  const at = instantOf(time, calendarZone).toZonedDateTimeISO(zone)
  return { dateTime: at.toString({ timeZoneName: 'never', smallestUnit: 'second' }), timeZone: zone }
}

/** Start and end as the API takes them, or what is wrong with them. */
export function checkTimes(body: EventBody, calendarZone: string): void {
  const { start, end } = body
  if (!start || !end) throw new Refused(400, 'required', 'Missing start or end time.')
  if (Boolean(start.date) !== Boolean(end.date))
    throw new Refused(400, 'invalid', 'Start and end times must either both be date or both be dateTime.')
  for (const time of [start, end]) {
    if (time.date) continue
    const offset = /(Z|[+-]\d\d:\d\d)$/.test(time.dateTime ?? '')
    if (!time.dateTime || !(offset || time.timeZone))
      throw new Refused(400, 'required', 'Missing time zone definition for start or end time.')
  }
  const length = instantOf(end, calendarZone).since(instantOf(start, calendarZone)).total('seconds')
  if (length < 0 || (start.date && length === 0))
    throw new Refused(400, 'timeRangeEmpty', 'The specified time range is empty.')
}
