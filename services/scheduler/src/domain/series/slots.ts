import { keptTimes } from '../local-time.ts'
import { type DayNumber, dayOf, MINUTE_MS, wallOf, wallText } from '../recurrence/calendar.ts'
import { momentAt, occurrenceOn } from '../recurrence/instants.ts'
import type { RecurrenceRule } from '../recurrence/rule.ts'
import { occurrenceAt, occurrencesBefore, recurrence } from '../recurrence/seek.ts'

/** A series as its row has it: the rule, and the first occurrence's local times. */
export interface Series {
  readonly rule: RecurrenceRule
  /** Local minute, YYYY-MM-DDTHH:MM. */
  readonly start: string
  readonly end: string
  readonly timeZone: string
}

/** One place on the calendar that a series names. */
export interface Slot {
  /** Where the rule puts it; the clock may skip that time. */
  readonly occurrenceLocal: string
  readonly startLocal: string
  readonly endLocal: string
  readonly startFold: 'earlier' | 'later'
  readonly endFold: 'earlier' | 'later'
  readonly startsAt: string
  readonly endsAt: string
}

/** Appointments of a series are made so far ahead; a worker makes the rest as time goes by. */
export const MADE_AHEAD_DAYS = 731
/** As many as one command makes: a daily series and a year of its past. */
export const MOST_MADE = 1_100

export const startDay = (local: string): DayNumber => dayOf(wallOf(local))

/** Up to where the appointments of a series are made by now: two years ahead, or from its start where that is later. */
export function horizonOf(start: string, timeZone: string, now: Temporal.Instant): string {
  const today = now.toZonedDateTimeISO(timeZone).toPlainDateTime()
  const begins = Temporal.PlainDateTime.from(start)
  const from = Temporal.PlainDateTime.compare(begins, today) > 0 ? begins : today
  return from.add({ days: MADE_AHEAD_DAYS }).toString({ smallestUnit: 'minute' })
}

/** The places from one local time on and before another, in order, no more than `limit`. */
export function slotsBetween(series: Series, from: string, before: string, limit: number): Slot[] {
  const of = recurrence(series.rule, series.start)
  const wallMinutes = (wallOf(series.end) - wallOf(series.start)) / MINUTE_MS
  const session = { timeZone: series.timeZone, wallMinutes }
  const slots: Slot[] = []
  for (let number = occurrencesBefore(of, wallOf(from)); slots.length < limit; number++) {
    const wall = occurrenceAt(of, number)
    if (wall === undefined || wall >= wallOf(before)) break
    const { startMs, endMs } = occurrenceOn(of, session, number)!
    const start = momentAt(series.timeZone, startMs)
    const end = momentAt(series.timeZone, endMs)
    slots.push({
      occurrenceLocal: wallText(wall),
      ...keptTimes({ start, end }),
    })
  }
  return slots
}

/** Whether the rule names none from that local time on. */
export function endsBefore({ rule, start }: Series, local: string): boolean {
  const of = recurrence(rule, start)
  return occurrenceAt(of, occurrencesBefore(of, wallOf(local))) === undefined
}
