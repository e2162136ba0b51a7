import { DAY_MS, type DayNumber, dayNumber, dayOf, END_DAY, type WallMs, wallOf } from './calendar.ts'
import { type Pattern, patternOf } from './pattern.ts'
import type { RecurrenceRule } from './rule.ts'

/**
 * A rule from a start on, prepared for questions. Its occurrences are wall times, numbered from 0; a number stays with its
 * occurrence as long as rule and start do. Where the start is no day of the rule, number 0 is the first one after it.
 * Nothing is replayed: a question about a week thirty years away costs what one about the first week does.
 */
export interface Recurrence {
  readonly start: WallMs
  /** Neither until nor count. What the calendar of appointments holds ends with 2199 all the same. */
  readonly endless: boolean
  readonly pattern: Pattern
  /** Chosen days before the start, in its own week or month. */
  readonly skipped: number
  readonly timeOfDay: number
  readonly lastDay: DayNumber
  readonly most: number
}

/** `start` is a local minute, as in `2026-03-05T09:10`. */
export function recurrence(rule: RecurrenceRule, start: string): Recurrence {
  const wall = wallOf(start)
  const startDay = dayOf(wall)
  const pattern = patternOf(rule, startDay)
  return {
    start: wall,
    endless: rule.until === null && rule.count === null,
    pattern,
    skipped: pattern.before(startDay),
    timeOfDay: wall - startDay * DAY_MS,
    lastDay: rule.until === null ? END_DAY - 1 : Math.min(dayNumber(rule.until), END_DAY - 1),
    most: rule.count ?? Infinity,
  }
}

/** Of that number; undefined past the end. */
export function occurrenceAt(of: Recurrence, number: number): WallMs | undefined {
  if (number >= of.most) return undefined
  const day = of.pattern.at(number + of.skipped)
  return day <= of.lastDay ? day * DAY_MS + of.timeOfDay : undefined
}

/** How many come before that time: also the number of the first one that does not. */
export function occurrencesBefore(of: Recurrence, wall: WallMs): number {
  const day = Math.ceil((wall - of.timeOfDay) / DAY_MS)
  return Math.min(of.most, Math.max(0, of.pattern.before(Math.min(day, of.lastDay + 1)) - of.skipped))
}

/** In ascending order, from the first that is not before `from` to the last before `to`, and no more than `limit`. */
export function occurrencesBetween(of: Recurrence, from: WallMs, to: WallMs, limit: number): WallMs[] {
  const found: WallMs[] = []
  for (let number = occurrencesBefore(of, from); found.length < limit; number++) {
    const wall = occurrenceAt(of, number)
    if (wall === undefined || wall >= to) break
    found.push(wall)
  }
  return found
}

/** The next ones after that time; an occurrence at that very time is not among them. */
export function nextOccurrences(of: Recurrence, after: WallMs, limit: number): WallMs[] {
  return occurrencesBetween(of, after + 1, Infinity, limit)
}

/** The number of the occurrence at exactly that wall time; undefined where there is none. */
export function occurrenceIndex(of: Recurrence, wall: WallMs): number | undefined {
  const number = occurrencesBefore(of, wall)
  return occurrenceAt(of, number) === wall ? number : undefined
}

/** Infinity without an end. */
export function occurrenceCount(of: Recurrence): number {
  return of.endless ? Infinity : occurrencesBefore(of, Infinity)
}

/** Undefined where there is no end, or none at all. */
export function lastOccurrence(of: Recurrence): WallMs | undefined {
  const count = occurrenceCount(of)
  return count === Infinity || count === 0 ? undefined : occurrenceAt(of, count - 1)
}
