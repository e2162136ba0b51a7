import { DAY_MS, MINUTE_MS, type WallMs, wallOf } from '../recurrence/calendar.ts'
import { instantOf, wallAt, zoneOf } from '../recurrence/zone.ts'
import { type Component, first } from './components.ts'
import type { ContentLine } from './content.ts'
import { lostOf, whatOf } from './details.ts'
import { clockNotes } from './pieces.ts'
import type { Moment, Note, ReadEvent, Reading } from './reading.ts'
import { readDuration, readWhen } from './values.ts'

/** Why something is not carried. */
export interface Skip {
  readonly skip: string
  readonly detail: string
}
export const skip = (code: string, detail: string): Skip => ({ skip: code, detail })
export const isSkip = (value: unknown): value is Skip =>
  typeof value === 'object' && value !== null && 'skip' in value

const LONGEST_UID = 1_000

/** UID and RECURRENCE-ID: what an event goes by, also where it cannot be read any further. */
export function identityOf(component: Component, { digest }: Reading) {
  const given = first(component, 'UID')?.value.trim() ?? ''
  const said = component.properties
    .filter(({ name }) => name !== 'DTSTAMP')
    .map(({ name, value }) => `${name}:${value}`)
  const uid =
    given === '' || Buffer.byteLength(given) > LONGEST_UID
      ? `no-uid:${digest(given === '' ? said.join('\n') : given)}`
      : given
  const property = first(component, 'RECURRENCE-ID')
  const tzid = property?.params.get('TZID')?.[0]
  const recurrenceKey = property
    ? `${tzid ? `${tzid.slice(0, 100)}:` : ''}${property.value.trim().slice(0, 40)}`
    : ''
  return { uid, given, recurrenceKey }
}

export function readEvent(component: Component, reading: Reading): ReadEvent | Skip {
  if (component.unclosed)
    return skip('broken_event', `The event of line ${component.line} has no END:VEVENT.`)
  const started = first(component, 'DTSTART')
  if (!started) return skip('no_start', 'It has no DTSTART that can be read.')
  const start = readMoment(started, reading)
  if (isSkip(start)) return start
  const end = endOf(component, start, reading)
  if (isSkip(end)) return end
  const named = first(component, 'RECURRENCE-ID')
  const recurrenceId = named ? readMoment(named, reading) : null
  if (isSkip(recurrenceId)) return recurrenceId
  const { uid, given, recurrenceKey } = identityOf(component, reading)
  const { what, notes } = whatOf(component)
  return {
    uid,
    recurrenceId,
    recurrenceKey,
    sequence: sequenceOf(component),
    stamp: first(component, 'LAST-MODIFIED')?.value ?? first(component, 'DTSTAMP')?.value ?? '',
    line: component.line,
    component,
    start,
    ...end.times,
    what,
    notes: [
      ...(given === ''
        ? [
            {
              code: 'no_uid',
              property: 'UID',
              detail: 'It has no UID: sent again unchanged it is known by what it says.',
            },
          ]
        : []),
      ...timeNotes(start, started),
      ...clockNotes(start),
      ...end.notes,
      ...notes,
      ...lostOf(component),
    ],
  }
}

export function sequenceOf(component: Component): number {
  const value = first(component, 'SEQUENCE')?.value.trim() ?? ''
  return /^\d{1,9}$/.test(value) ? Number(value) : 0
}

export function readMoment(property: ContentLine, { timeZone, zone }: Reading): Moment | Skip {
  const { name, value, params } = property
  const when = readWhen(value)
  if (!when)
    return skip(
      'unreadable_time',
      `${name} of line ${property.line} is no time of the calendar: ${value.slice(0, 60)}`,
    )
  const year = Number((when.form === 'date' ? when.date : when.local).slice(0, 4))
  if (year < 1970 || year > 2199)
    return skip('year_out_of_range', `${name} lies in ${year}; the calendar has 1970 to 2199.`)
  const tzid = params.get('TZID')?.[0]
  if (when.form === 'date') {
    // RFC 5545 has no zone for a day; some calendars name one all the same.
    const named = tzid === undefined ? undefined : zone(tzid, year)
    const whose = named && 'timeZone' in named ? named.timeZone : timeZone
    return momentOf(true, wallOf(`${when.date}T00:00`), whose, 'floating')
  }
  const wall = Math.floor(wallOf(when.local) / MINUTE_MS) * MINUTE_MS
  if (when.utc) return momentOf(false, wall, 'UTC', 'utc')
  if (!tzid) return momentOf(false, wall, timeZone, 'floating')
  const found = zone(tzid, year)
  if (!found)
    return skip(
      'unknown_time_zone',
      `Nobody knows a time zone ${JSON.stringify(tzid.slice(0, 80))}, and the file does not describe it.`,
    )
  if ('timeZone' in found) return momentOf(false, wall, found.timeZone, 'zone')
  return momentOf(false, instantOf(found.described, wall), 'UTC', 'described')
}

function momentOf(allDay: boolean, wall: WallMs, timeZone: string, how: Moment['how']): Moment {
  return { allDay, wall, timeZone, ms: instantOf(zoneOf(timeZone), wall), how }
}

interface End {
  readonly times: Pick<ReadEvent, 'endWall' | 'endMs'>
  readonly notes: Note[]
}

/** By DTEND, else DURATION; else the day of a date (RFC 5545 3.6.1), and a minute for what has no length. */
function endOf(component: Component, start: Moment, reading: Reading): End | Skip {
  const zone = zoneOf(start.timeZone)
  const at = (endWall: WallMs, endMs = instantOf(zone, endWall), notes: Note[] = []): End => ({
    times: { endWall, endMs },
    notes,
  })
  const shortest = () =>
    start.allDay
      ? at(start.wall + DAY_MS)
      : at(start.wall + MINUTE_MS, start.ms + MINUTE_MS, [
          { code: 'no_length', detail: 'It has no length; here it lasts one minute.' },
        ])
  const ended = first(component, 'DTEND')
  if (ended) {
    const end = readMoment(ended, reading)
    if (isSkip(end)) return end
    if (end.allDay !== start.allDay)
      return skip('unreadable_time', 'Of DTSTART and DTEND one is a day and the other a time.')
    if (end.ms === start.ms) return shortest()
    if (end.ms < start.ms) return skip('end_before_start', 'It ends before it starts.')
    return at(end.timeZone === start.timeZone ? end.wall : wallAt(zone, end.ms), end.ms)
  }
  const lasting = first(component, 'DURATION')
  if (!lasting) return shortest()
  const length = readDuration(lasting.value)
  if (!length)
    return skip(
      'unreadable_time',
      `DURATION of line ${lasting.line} is no duration: ${lasting.value.slice(0, 60)}`,
    )
  const endMs =
    instantOf(zone, start.wall + length.days * DAY_MS) + Math.floor(length.seconds / 60) * MINUTE_MS
  if (endMs === start.ms) return shortest()
  if (endMs < start.ms) return skip('end_before_start', 'It ends before it starts.')
  if (start.allDay && length.seconds !== 0)
    return skip('unreadable_time', 'A day lasts whole days, its DURATION does not.')
  return at(wallAt(zone, endMs), endMs)
}

function timeNotes(start: Moment, { value }: ContentLine): Note[] {
  const notes: Note[] = []
  if (start.how === 'floating' && !start.allDay)
    notes.push({
      code: 'floating_time',
      property: 'DTSTART',
      detail: `Its time names no zone; ${start.timeZone} was taken.`,
    })
  if (start.how === 'described')
    notes.push({
      code: 'zone_converted',
      property: 'DTSTART',
      detail: 'Its zone is described in the file alone; the instant was kept.',
    })
  if (/T\d{4}(?!00)\d\d/.test(value))
    notes.push({
      code: 'seconds_cut',
      property: 'DTSTART',
      detail: 'Appointments start on the minute; the seconds were left out.',
    })
  return notes
}
