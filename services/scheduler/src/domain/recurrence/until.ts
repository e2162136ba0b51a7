import type { Refusal } from '@praxisbus/runtime/refusal.ts'
import { DAY_MS, type WallMs, wallText } from './calendar.ts'
import { malformed } from './parts.ts'
import { instantOf, wallAt, zoneOf } from './zone.ts'

/** What `date` takes; 9999 in a rule of others means no more than our last day does. */
const FIRST = '1850-01-01'
const LAST = '2199-12-31'

/** UNTIL for a local date: in UTC where DTSTART has a zone (RFC 5545 3.3.10), else local time. */
export function untilText(date: string, timeZone: string | null): string {
  if (timeZone === null) return `${date.replaceAll('-', '')}T235959`
  // Not 23:59:59 by the wall: some zones set the clock forward at that time.
  const nextDay = Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(timeZone)
  return `${nextDay.toInstant().subtract({ seconds: 1 }).toString().replaceAll(/[-:]/g, '')}`
}

/**
 * The last local date on which there may be an occurrence, by UNTIL as others write it: a date, a local time, or an instant. All
 * of them include their own day, date or instant.
 */
export function untilDate(
  text: string,
  start: string,
  timeZone: string | null,
): string | Refusal<'rule_malformed'> {
  const [, year, month, day, time = '', utc] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})(Z?))?$/.exec(text)!
  const at = readTime(`${year}-${month}-${day}`, time)
  if (at === undefined) return malformed('UNTIL', 'is not a time of the calendar')
  const timeOfDay = Temporal.PlainTime.from(start).since('00:00').total('milliseconds')
  const last =
    utc && timeZone !== null ? lastUntil(at, timeOfDay, timeZone) : Math.floor((at - timeOfDay) / DAY_MS)
  const date = wallText((time === '' ? Math.floor(at / DAY_MS) : last) * DAY_MS).slice(0, 10)
  return date < FIRST ? FIRST : date > LAST ? LAST : date
}

function readTime(date: string, time: string): WallMs | undefined {
  try {
    const [hour, minute, second] = [time.slice(0, 2), time.slice(2, 4), time.slice(4)].map(Number) as [
      number,
      number,
      number,
    ]
    // A leap second is the last one of its minute.
    const clock = { hour, minute, second: Math.min(second, 59) }
    const wall = Temporal.PlainDate.from(date).toPlainDateTime(
      Temporal.PlainTime.from(clock, { overflow: 'reject' }),
    )
    return wall.toZonedDateTime('UTC').epochMilliseconds
  } catch (error) {
    if ((error as Error).name === 'RangeError') return undefined
    throw error
  }
}

/** The last day whose occurrence, at that time of day, is no later than the instant. */
function lastUntil(instantMs: number, timeOfDay: number, timeZone: string): number {
  const zone = zoneOf(timeZone)
  let day = Math.floor(wallAt(zone, instantMs) / DAY_MS) + 1
  // Skipped times may be a day later than they say, no more.
  while (instantOf(zone, day * DAY_MS + timeOfDay) > instantMs) day--
  return day
}
