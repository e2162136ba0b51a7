import { z } from 'zod'
import { type Content, titleOf } from './content.ts'

const time = z.object({
  date: z.iso.date().nullish(),
  dateTime: z.string().nullish(),
  timeZone: z.string().nullish(),
})

/** An event as Calendar API v3 gives it, as far as it is looked at. Of a deleted one only id and status are certain. */
export const googleEvent = z.object({
  id: z.string().min(1).max(1_024),
  etag: z.string().nullish(),
  status: z.string().nullish(),
  updated: z.string().nullish(),
  summary: z.string().nullish(),
  start: time.nullish(),
  end: time.nullish(),
  transparency: z.string().nullish(),
  visibility: z.string().nullish(),
  eventType: z.string().nullish(),
  recurrence: z.array(z.string()).nullish(),
  recurringEventId: z.string().nullish(),
  attendees: z
    .array(z.object({ self: z.boolean().nullish(), responseStatus: z.string().nullish() }))
    .nullish(),
  extendedProperties: z.object({ private: z.record(z.string(), z.string()).nullish() }).nullish(),
})
export type GoogleEvent = z.output<typeof googleEvent>

/** Written on each event of ours, for the eyes of programs only. */
export const OWN_INSTANCE = 'praxisbusInstance'
export const OWN_PRACTICE = 'praxisbusPractice'
export const OWN_APPOINTMENT = 'praxisbusAppointment'

/** An event of a Google calendar as it concerns us. */
export interface SeenEvent {
  readonly eventId: string
  readonly etag: string | null
  readonly updatedAt: string | null
  readonly recurring: boolean
  readonly recurringEventId: string | null
  readonly marks: Readonly<Record<string, string>>
  /** null: deleted, or nothing that takes its owner's time: declined, a place of work, a birthday. */
  readonly content: Content | null
  /** What staff may read of it. */
  readonly shownTitle: string
}

const NOT_TIME = ['workingLocation', 'birthday']

/** Starts round down and ends up to the minute, since appointments have minutes; what has no length lasts one. */
export function seenEvent(event: GoogleEvent, calendarZone: string): SeenEvent {
  const { id, etag, updated, summary, visibility, recurrence, recurringEventId, extendedProperties } = event
  const isPrivate = visibility === 'private' || visibility === 'confidential'
  return {
    eventId: id,
    etag: etag ?? null,
    updatedAt: updated ?? null,
    recurring: (recurrence?.length ?? 0) > 0,
    recurringEventId: recurringEventId ?? null,
    marks: extendedProperties?.private ?? {},
    content: takesTime(event) ? contentSeen(event, calendarZone) : null,
    shownTitle: isPrivate ? titleOf(undefined) : titleOf(summary ?? undefined),
  }
}

function takesTime({ status, eventType, attendees }: GoogleEvent): boolean {
  if (status === 'cancelled' || NOT_TIME.includes(eventType ?? '')) return false
  return !attendees?.some(({ self, responseStatus }) => self && responseStatus === 'declined')
}

function contentSeen(event: GoogleEvent, calendarZone: string): Content | null {
  if (!event.start || !event.end) return null
  const timeZone = zoneOf(event.start.timeZone ?? undefined, calendarZone)
  const start = instantOf(event.start, calendarZone)?.round({ smallestUnit: 'minute', roundingMode: 'floor' })
  const end = instantOf(event.end, calendarZone)?.round({ smallestUnit: 'minute', roundingMode: 'ceil' })
  if (!start || !end) return null
  const later = Temporal.Instant.compare(end, start) > 0 ? end : start.add({ minutes: 1 })
  return {
    startsAt: start.toString(),
    endsAt: later.toString(),
    timeZone,
    summary: titleOf(event.summary ?? undefined),
    transparency: event.transparency === 'transparent' ? 'transparent' : 'opaque',
  }
}

type Time = NonNullable<GoogleEvent['start']>

/** An all-day date begins at midnight of the calendar. */
function instantOf({ date, dateTime, timeZone }: Time, calendarZone: string): Temporal.Instant | undefined {
  try {
    if (date) return Temporal.PlainDate.from(date).toZonedDateTime(calendarZone).toInstant()
    if (!dateTime) return undefined
    if (/(Z|[+-]\d\d:?\d\d)$/i.test(dateTime)) return Temporal.Instant.from(dateTime)
    return Temporal.PlainDateTime.from(dateTime)
      .toZonedDateTime(zoneOf(timeZone ?? undefined, calendarZone))
      .toInstant()
  } catch (error) {
    if ((error as Error).name === 'RangeError') return undefined
    throw error
  }
}

function zoneOf(zone: string | undefined, calendarZone: string): string {
  try {
    if (zone && !/^[+-]/.test(zone)) return new Temporal.ZonedDateTime(0n, zone).timeZoneId
  } catch (error) {
    if ((error as Error).name !== 'RangeError') throw error
  }
  return calendarZone
}
