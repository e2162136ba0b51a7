import { isDeepStrictEqual } from 'node:util'
import { isRefusal } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { Warning } from '../appointment-answers.ts'
import { timesOf } from '../appointment-details.ts'
import type { LockedRecord } from '../appointment-rows.ts'
import { type Change, timesAsked } from '../domain/change.ts'
import { wallOf } from '../domain/recurrence/calendar.ts'
import { checkEnd, checkStart } from '../domain/recurrence/check.ts'
import type { RecurrenceRule } from '../domain/recurrence/rule.ts'
import { occurrencesBefore, recurrence as recurrenceFrom } from '../domain/recurrence/seek.ts'
import { ruleFrom } from '../domain/series/shift.ts'
import { endsBefore, horizonOf, type Series, type Slot } from '../domain/series/slots.ts'
import { placesFrom } from './make.ts'
import type { SeriesRecord } from './rows.ts'

/** Where a change of this and all future occurrences leads. */
export interface Goal extends Series {
  /** Another time or other days: what goes on is a series of its own. */
  readonly split: boolean
  /** Undefined: each occurrence stays where it is. */
  readonly places: readonly Slot[] | undefined
  readonly madeBefore: string
  readonly finished: boolean
  readonly warnings: readonly Warning[]
}

/**
 * The series as it goes on from an occurrence. Only details: all stay where they are. Only another end: the same series ends
 * later or earlier. Anything else begins another series at the new time, with the old one's rule moved along where none is given.
 */
export function goalOf(
  anchor: LockedRecord,
  series: SeriesRecord | undefined,
  { change, recurrence }: { readonly change: Change; readonly recurrence?: RecurrenceRule | undefined },
  practice: PracticeAnswer,
  now: Temporal.Instant,
) {
  const asked = timesAsked(anchor, change)
  if (series && !asked && !recurrence) {
    return { ...series, split: false, places: undefined, warnings: [] } satisfies Goal
  }
  if (series && !asked && recurrence && sameDays(series.rule, recurrence)) {
    return otherEnd(anchor, series, recurrence, now)
  }
  const times = timesOf(asked ?? asIs(anchor), practice)
  if (isRefusal(times)) return times
  const { start, end } = asked ?? asIs(anchor)
  const rule = recurrence ?? ruleFrom(series!, anchor.occurrenceLocal!, start)
  const wrong = checkStart(rule, start) ?? checkEnd(start, end)
  if (wrong) return wrong
  const { timeZone } = times
  const goesOn = { rule, start, end, timeZone }
  const madeBefore = horizonOf(start, timeZone, now)
  const places = placesFrom(goesOn, start, madeBefore, times)
  if (!Array.isArray(places)) return places
  const finished = endsBefore(goesOn, madeBefore)
  return { ...goesOn, split: true, places, madeBefore, finished, warnings: times.warnings } satisfies Goal
}

const asIs = ({ startLocal, endLocal, timeZone, startFold, endFold }: LockedRecord) => ({
  start: startLocal,
  end: endLocal,
  timeZone,
  ambiguousTime: startFold,
  endAmbiguousTime: endFold,
})

/** Rules that differ in their end at most. */
function sameDays(a: RecurrenceRule, b: RecurrenceRule): boolean {
  const endless = { until: null, count: null }
  return isDeepStrictEqual({ ...a, ...endless }, { ...b, ...endless })
}

function otherEnd(anchor: LockedRecord, series: SeriesRecord, asked: RecurrenceRule, now: Temporal.Instant) {
  const from = anchor.occurrenceLocal!
  const wrong = checkStart(asked, from)
  if (wrong) return wrong
  const earlier = occurrencesBefore(recurrenceFrom(series.rule, series.start), wallOf(from))
  const rule = asked.count === null ? asked : { ...asked, count: earlier + asked.count }
  const goesOn = { ...series, rule }
  const horizon = horizonOf(from, series.timeZone, now)
  const madeBefore = [horizon, series.madeBefore].toSorted()[1]!
  const places = placesFrom(goesOn, from, madeBefore)
  if (!Array.isArray(places)) return places
  const finished = endsBefore(goesOn, madeBefore)
  return { ...goesOn, split: false, places, madeBefore, finished, warnings: [] } satisfies Goal
}
