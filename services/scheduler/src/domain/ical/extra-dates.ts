import { DAY_MS, MINUTE_MS } from '../recurrence/calendar.ts'
import { instantOf, zoneOf } from '../recurrence/zone.ts'
import { all, type Component } from './components.ts'
import type { ContentLine } from './content.ts'
import { isSkip, readMoment, type Skip, skip } from './event.ts'
import type { ReadEvent, Reading } from './reading.ts'
import { readDuration } from './values.ts'

export interface Span {
  readonly startMs: number
  readonly endMs: number
}

const MOST = 366

/** RDATE: occurrences besides those of a rule, each as long as the event, or as its period says. */
export function extraDates(master: ReadEvent, reading: Reading): Span[] | Skip {
  const spans: Span[] = []
  const dates = datesOf(master.component, 'RDATE', reading)
  if (isSkip(dates)) return dates
  if (dates.length > MOST) return skip('too_many_dates', `RDATE names more than ${MOST} times.`)
  for (const property of dates) {
    const [from, until] = property.value.split('/') as [string, string?]
    const start = readMoment({ ...property, value: from }, reading)
    if (isSkip(start)) return start
    const endMs =
      until === undefined
        ? lasting(start.ms, master)
        : endOfPeriod(start.ms, until, { ...property, value: until }, reading)
    if (isSkip(endMs)) return endMs
    spans.push({ startMs: start.ms, endMs })
  }
  return spans
}

/** As long by the wall as the event is. */
function lasting(startMs: number, { start, endWall, endMs }: ReadEvent): number {
  if (!start.allDay) return startMs + endMs - start.ms
  const zone = zoneOf(start.timeZone)
  const days = Math.round((endWall - start.wall) / DAY_MS)
  return instantOf(zone, start.wall + Math.round((startMs - start.ms) / DAY_MS + days) * DAY_MS)
}

function endOfPeriod(
  startMs: number,
  until: string,
  property: Parameters<typeof readMoment>[0],
  reading: Reading,
): number | Skip {
  const length = readDuration(until)
  const end = length ? startMs + length.days * DAY_MS + length.seconds * 1000 : readMoment(property, reading)
  if (isSkip(end)) return end
  const endMs = Math.floor((typeof end === 'number' ? end : end.ms) / MINUTE_MS) * MINUTE_MS
  return endMs > startMs ? endMs : skip('end_before_start', 'A period of RDATE ends before it starts.')
}

const MOST_DATES = 2_000

/** The dates of EXDATE or RDATE, each as a property of its own. Refuses lists that only tire the reader. */
export function datesOf(component: Component, name: string, { room }: Reading): ContentLine[] | Skip {
  const dates = all(component, name).flatMap((property) =>
    property.value
      .split(',')
      .filter((value) => value.trim() !== '')
      .map((value) => ({ ...property, value })),
  )
  room.dates -= dates.length
  return dates.length > MOST_DATES || room.dates < 0
    ? skip(
        'too_many_dates',
        `${name} names more than ${MOST_DATES} times, or all the events of the file together too many.`,
      )
    : dates
}
