import { DAY_MS, type DayNumber, dayNumber, dayOf, MINUTE_MS, weekdayOf } from '../recurrence/calendar.ts'
import { lastAtMost } from '../recurrence/search.ts'
import { wallAt, type Zone } from '../recurrence/zone.ts'
import { type DayRange, minuteOf, type OpeningHours } from './hours.ts'

/** Milliseconds since 1970 in UTC; the end does not belong to it. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** A stretch of opening hours. Slots start at whole steps from `stepsFromMs`, which may lie before it. */
export interface OpenTime extends Span {
  readonly stepsFromMs: number
}

/** No zone is further ahead of UTC, or behind it. */
const MOST_OFFSET_MS = 15 * 60 * MINUTE_MS

/** Opening hours, prepared for looking up days. */
export interface Hours {
  /** By weekday, 0 is Monday. */
  readonly weekly: readonly (readonly MinuteRange[])[]
  readonly exceptions: ReadonlyMap<
    DayNumber,
    { readonly closed: boolean; readonly extra: readonly MinuteRange[] }
  >
}

interface MinuteRange {
  readonly fromMinute: number
  readonly toMinute: number
}

export function hoursOf({ weekly, exceptions }: OpeningHours): Hours {
  const days: MinuteRange[][] = Array.from({ length: 7 }, () => [])
  for (const range of weekly) days[range.weekday - 1]!.push(minutesOf(range))
  return {
    weekly: days,
    exceptions: new Map(
      exceptions.map(({ date, closed, extra }) => [dayNumber(date), { closed, extra: extra.map(minutesOf) }]),
    ),
  }
}

/**
 * When there are opening hours in that time: each instant at which the clock shows a time within the hours of its day. So an
 * hour that the clock skips is never open, and one that it shows twice is open both times where the hours hold it (S-08).
 * In order of their beginning.
 */
export function openTimes(hours: Hours, zone: Zone, { fromMs, toMs }: Span): OpenTime[] {
  const found: OpenTime[] = []
  const lastDay = dayOf(wallAt(zone, toMs)) + 1
  for (let day = dayOf(wallAt(zone, fromMs)) - 1; day <= lastDay; day++)
    for (const range of rangesOn(hours, day)) found.push(...instantsOf(range, day, zone))
  return found
    .filter((open) => open.fromMs < toMs && open.toMs > fromMs)
    .sort((a, b) => a.fromMs - b.fromMs || a.stepsFromMs - b.stepsFromMs)
}

function rangesOn({ weekly, exceptions }: Hours, day: DayNumber): readonly MinuteRange[] {
  const usual = weekly[weekdayOf(day)]!
  const exception = exceptions.get(day)
  if (!exception) return usual
  return exception.closed ? exception.extra : [...usual, ...exception.extra]
}

/** A range of a day is one stretch, unless the clock changes within it. */
function instantsOf({ fromMinute, toMinute }: MinuteRange, day: DayNumber, zone: Zone): OpenTime[] {
  const fromWall = day * DAY_MS + fromMinute * MINUTE_MS
  const toWall = day * DAY_MS + toMinute * MINUTE_MS
  const pieces: OpenTime[] = []
  for (let place = lastAtMost(zone.instants, fromWall - MOST_OFFSET_MS); ; place++) {
    const begins = zone.instants[place]
    if (begins === undefined || begins >= toWall + MOST_OFFSET_MS) return pieces
    const offset = zone.offsets[place]!
    const stepsFromMs = fromWall - offset
    const fromMs = Math.max(stepsFromMs, begins)
    const toMs = Math.min(toWall - offset, zone.instants[place + 1] ?? Infinity)
    if (fromMs < toMs) pieces.push({ fromMs, toMs, stepsFromMs })
  }
}

/** Times that touch or overlap, as one. Both in order of their beginning. */
export function merged(spans: readonly Span[]): Span[] {
  const found: { fromMs: number; toMs: number }[] = []
  for (const { fromMs, toMs } of spans) {
    const last = found.at(-1)
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs)
    else found.push({ fromMs, toMs })
  }
  return found
}

function minutesOf({ from, to }: DayRange): MinuteRange {
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) }
}
