import { keptTimes } from '../local-time.ts'
import { DAY_MS, dayOf, wallText } from '../recurrence/calendar.ts'
import { momentAt } from '../recurrence/instants.ts'
import { clockAt, instantOf, wallAt, zoneOf } from '../recurrence/zone.ts'
import type { Series, Slot } from '../series/slots.ts'
import type { Moment, Note, ReadEvent, What } from './reading.ts'

/** One appointment to be made by itself, or in the place of an occurrence. */
export interface Single extends Omit<Slot, 'occurrenceLocal'> {
  readonly timeZone: string
  readonly what: What
}

/** A year and a bit: what lasts longer is no event of a calendar. */
export const MOST_PIECES = 400

/**
 * Appointments last a day at most, so what lasts longer is one for each local day. A whole day stays whole, also where the clock
 * makes it 23 or 25 hours. Undefined: more than MOST_PIECES.
 */
export function piecesOf(startMs: number, endMs: number, timeZone: string, what: What): Single[] | undefined {
  if (endMs - startMs > MOST_PIECES * DAY_MS) return undefined
  const zone = zoneOf(timeZone)
  const pieces: Single[] = []
  let from = startMs
  while (from < endMs) {
    const midnight = instantOf(zone, (dayOf(wallAt(zone, from)) + 1) * DAY_MS)
    const to = endMs - startMs <= DAY_MS ? endMs : Math.min(endMs, midnight)
    pieces.push({ ...timesOf(timeZone, from, to), timeZone, what })
    from = to
  }
  return pieces
}

function timesOf(timeZone: string, startMs: number, endMs: number): Omit<Slot, 'occurrenceLocal'> {
  return keptTimes({ start: momentAt(timeZone, startMs), end: momentAt(timeZone, endMs) })
}

export const splitNote = (pieces: readonly unknown[]): Note[] =>
  pieces.length > 1
    ? [
        {
          code: 'split_by_day',
          detail: `It lasts longer than a day; it became ${pieces.length} events, one for each day.`,
        },
      ]
    : []

/** S-08: what was decided about a time that the clock skips or shows twice. */
export function clockNotes({ allDay, how, wall, timeZone, ms }: Moment): Note[] {
  if (allDay || how === 'utc' || how === 'described') return []
  const clock = clockAt(zoneOf(timeZone), wall)
  if (clock === 'once') return []
  const shown = wallText(wall)
  return clock === 'skipped'
    ? [
        {
          code: 'skipped_local_time',
          property: 'DTSTART',
          detail: `${shown} does not exist in ${timeZone}: the clock is set forward over it. It became ${wallText(wallAt(zoneOf(timeZone), ms))}.`,
        },
      ]
    : [
        {
          code: 'doubled_local_time',
          property: 'DTSTART',
          detail: `${shown} happens twice in ${timeZone}; the first one was taken.`,
        },
      ]
}

/** What was decided about the start of a series. */
export function seriesNotes({ start }: ReadEvent, series: Series): Note[] {
  const notes: Note[] = []
  if (series.start !== wallText(start.wall))
    notes.push({
      code: 'start_outside_rule',
      property: 'DTSTART',
      detail: `Its start is none of the times that its rule names; the series starts ${series.start}.`,
    })
  if (start.how === 'utc')
    notes.push({
      code: 'utc_series',
      property: 'DTSTART',
      detail: 'It repeats at a time of UTC, so it does not follow the clock changes of any place.',
    })
  return notes
}
