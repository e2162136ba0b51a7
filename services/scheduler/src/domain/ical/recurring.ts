import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { DAY_MS, wallOf, wallText } from '../recurrence/calendar.ts'
import { occurrenceCount, occurrencesBefore, recurrence } from '../recurrence/seek.ts'
import { type ReadRule, readRule } from '../recurrence/text.ts'
import { wallAt, zoneOf } from '../recurrence/zone.ts'
import { endsBefore, horizonOf, type Series, type Slot, slotsBetween } from '../series/slots.ts'
import { all } from './components.ts'
import { isSkip, readMoment, type Skip, skip } from './event.ts'
import { datesOf, extraDates, type Span } from './extra-dates.ts'
import { MOST_PIECES, piecesOf, type Single, seriesNotes, splitNote } from './pieces.ts'
import { finder, type Place } from './places.ts'
import type { Moment, Note, ReadEvent, Reading, What } from './reading.ts'
import { claim, NO_ROOM, singlesOf, zoneFor } from './singles.ts'

/** As many as one series makes: sixteen years of every day. */
export const MOST_OCCURRENCES = 8_000
/** What no series can say becomes single events up to here. */
export const MOST_SINGLES = 366

export interface PlannedSeries extends Series {
  readonly what: What
  readonly madeBefore: string
  readonly finished: boolean
  readonly slots: readonly Slot[]
  /** By occurrenceLocal: taken out of the series. */
  readonly gone: ReadonlySet<string>
  readonly moved: ReadonlyMap<string, { readonly by: ReadEvent; readonly single: Single }>
}

export interface Planned {
  readonly series?: PlannedSeries
  readonly singles: readonly Single[]
  /** Exceptions that became single events: those whose occurrence is not in the series. */
  readonly apart: ReadonlyMap<ReadEvent, readonly Single[] | Skip>
  readonly notes: readonly Note[]
}

export interface Exceptions {
  readonly changed: readonly ReadEvent[]
  readonly cancelled: readonly Moment[]
}

/** An event and its exceptions: what takes place, by our own rules (S-13), or why it cannot be carried. */
export function planEvent(
  master: ReadEvent,
  exceptions: Exceptions,
  reading: Reading,
  now: Temporal.Instant,
): Planned | Skip {
  const rules = [
    ...new Set(all(master.component, 'RRULE').map(({ value }) => value.trim().toUpperCase())),
  ].filter(Boolean)
  if (all(master.component, 'EXRULE').length > 0)
    return skip('exception_rule', 'EXRULE takes out occurrences by a rule, which a series cannot do.')
  const dates = datesOf(master.component, 'EXDATE', reading)
  if (isSkip(dates)) return dates
  const excluded = dates.map((date) => readMoment(date, reading))
  const extra = extraDates(master, reading)
  if (isSkip(extra)) return extra
  const parts: Parts = {
    master,
    exceptions,
    reading,
    extra,
    excluded: excluded.filter((one): one is Moment => !isSkip(one)),
    notes: excluded
      .filter(isSkip)
      .map(({ detail }) => ({ code: 'exdate_not_read', property: 'EXDATE', detail })),
  }
  if (rules.length === 0) return singly(parts, [{ startMs: master.start.ms, endMs: master.endMs }])
  const { start } = master
  if (start.how === 'described')
    return skip(
      'unknown_time_zone',
      'Its zone is described in the file alone; a series needs a zone of the IANA database.',
    )
  const read = rules.map((rule) =>
    readRule(rule, {
      start: wallText(start.wall),
      timeZone: start.allDay || start.how === 'floating' ? null : start.timeZone,
    }),
  )
  const wrong = read.find((one) => isRefusal(one))
  if (isRefusal(wrong)) return skip(wrong.refused, wrong.detail)
  const series = (read as ReadRule[]).map(
    ({ rule, start: from }): Series => ({
      rule,
      start: from,
      end: wallText(wallOf(from) + clockLength(master)),
      timeZone: start.timeZone,
    }),
  )
  if (series.length > 1) return asSingles(parts, series, 'several_rules', 'It repeats by several rules')
  return clockLength(master) > DAY_MS
    ? asSingles(parts, series, 'longer_than_a_day', 'Each time it lasts longer than a day')
    : asSeries(parts, series[0]!, now)
}

/** By the clock, as on any other day; where it is set back in between and so shows an end before the start, what it really lasts. */
function clockLength({ start, endWall, endMs }: ReadEvent): number {
  return endWall > start.wall ? endWall - start.wall : endMs - start.ms
}

interface Parts {
  readonly master: ReadEvent
  readonly exceptions: Exceptions
  readonly reading: Reading
  readonly extra: readonly Span[]
  readonly excluded: readonly Moment[]
  readonly notes: readonly Note[]
}

const THE_END = '2200-01-01T00:00'

function asSingles(parts: Parts, series: readonly Series[], code: string, why: string): Planned | Skip {
  const count = series.reduce((sum, { rule, start }) => sum + occurrenceCount(recurrence(rule, start)), 0)
  if (count > MOST_SINGLES)
    return skip(
      code,
      `${why}, which a series cannot do; with more than ${MOST_SINGLES} occurrences it is not taken apart either.`,
    )
  const spans = series.flatMap((one) => slotsBetween(one, one.start, THE_END, MOST_SINGLES))
  const planned = singly(
    parts,
    spans.map(({ startsAt, endsAt }) => ({ startMs: msOf(startsAt), endMs: msOf(endsAt) })),
  )
  if (isSkip(planned)) return planned
  const note = {
    code,
    property: 'RRULE',
    detail: `${why}, which a series cannot do: it became single events.`,
  }
  return { ...planned, notes: [...planned.notes, note] }
}

const msOf = (instant: string) => Temporal.Instant.from(instant).epochMilliseconds

/** Without a series: each occurrence by itself. */
function singly(parts: Parts, own: readonly Span[]): Planned | Skip {
  const { master, exceptions, reading, extra } = parts
  const timeZone = zoneFor(master.start, reading)
  const spans = new Map([...own, ...extra].map((span) => [span.startMs, span]))
  const places = [...spans.values()].map(
    (span): Place<Span> => ({ at: span, ms: span.startMs, wall: wallAt(zoneOf(timeZone), span.startMs) }),
  )
  const find = finder(places, master.start.allDay)
  const { out, lost, moved, apart } = settle(find, parts)
  const left = places.filter(({ at }) => !out.has(at) && !moved.has(at))
  const singles: Single[] = []
  if (!claim(reading, left.length)) return NO_ROOM
  for (const { at } of left) {
    const pieces = piecesOf(at.startMs, at.endMs, timeZone, master.what)
    if (!pieces || singles.length + pieces.length > MOST_PIECES)
      return skip('too_long', `It would become more than ${MOST_PIECES} events of a day each.`)
    singles.push(...pieces)
  }
  if (singles.length === 0 && exceptions.changed.length === 0)
    return skip('nothing_left', 'All of its occurrences are taken out or cancelled.')
  for (const [, by] of moved) apart.set(by, singlesOf(by, reading))
  return { singles, apart, notes: [...parts.notes, ...lost, ...splitNote(left.length === 1 ? singles : [])] }
}

function asSeries(parts: Parts, series: Series, now: Temporal.Instant): Planned | Skip {
  const { master, exceptions, reading, extra } = parts
  const zone = zoneOf(series.timeZone)
  const wallsOut = [
    ...parts.excluded,
    ...exceptions.cancelled,
    ...exceptions.changed.map(({ recurrenceId }) => recurrenceId!),
  ].map(({ ms }) => wallText(wallAt(zone, ms) + DAY_MS))
  // An exception needs the appointment that it is about, however far ahead.
  const madeBefore = [horizonOf(series.start, series.timeZone, now), ...wallsOut].toSorted().at(-1)!
  const count = occurrencesBefore(recurrence(series.rule, series.start), wallOf(madeBefore))
  if (count > MOST_OCCURRENCES)
    return skip(
      'series_too_long',
      `It has more than ${MOST_OCCURRENCES} occurrences up to ${madeBefore.slice(0, 10)}.`,
    )
  if (!claim(reading, count)) return NO_ROOM
  const slots = slotsBetween(series, series.start, madeBefore, MOST_OCCURRENCES)
  const places = slots.map(
    (slot): Place<Slot> => ({ at: slot, ms: msOf(slot.startsAt), wall: wallOf(slot.occurrenceLocal) }),
  )
  const find = finder(places, master.start.allDay)
  const { out, lost, moved: by, apart } = settle(find, parts)
  const gone = new Set([...out].map(({ occurrenceLocal }) => occurrenceLocal))
  const moved = new Map<string, { by: ReadEvent; single: Single }>()
  for (const [{ occurrenceLocal }, change] of by) {
    const singles = singlesOf(change, reading)
    if (!isSkip(singles) && singles.length === 1)
      moved.set(occurrenceLocal, { by: change, single: singles[0]! })
    else {
      gone.add(occurrenceLocal)
      apart.set(change, singles)
    }
  }
  const finished = endsBefore(series, madeBefore)
  const takenOut = new Set(parts.excluded.map(({ ms }) => ms))
  const singles = extra
    .filter((span) => !find.exactly(span.startMs) && !takenOut.has(span.startMs))
    .flatMap((span) => piecesOf(span.startMs, span.endMs, series.timeZone, master.what) ?? [])
  if (finished && gone.size === slots.length && singles.length + apart.size === 0)
    return skip('nothing_left', 'All of its occurrences are taken out or cancelled.')
  const notes = [...parts.notes, ...lost, ...seriesNotes(master, series)]
  return {
    series: { ...series, what: master.what, madeBefore, finished, slots, gone, moved },
    singles,
    apart,
    notes,
  }
}

/** Which occurrences are taken out, which are changed, and which exceptions are about none. */
function settle<At>(find: ReturnType<typeof finder<At>>, { exceptions, excluded, reading }: Parts) {
  const out = new Set<At>()
  const moved = new Map<At, ReadEvent>()
  const apart = new Map<ReadEvent, Single[] | Skip>()
  const lost: Note[] = []
  for (const change of exceptions.changed) {
    const at = find(change.recurrenceId!)
    if (at !== undefined && !moved.has(at)) moved.set(at, change)
    else apart.set(change, singlesOf(change, reading))
  }
  for (const moment of [...excluded, ...exceptions.cancelled]) {
    const at = find(moment)
    if (at === undefined)
      lost.push({
        code: 'exdate_without_occurrence',
        property: 'EXDATE',
        detail: `There is no occurrence at ${wallText(moment.wall)} to be taken out.`,
      })
    else if (!moved.has(at)) out.add(at)
  }
  return { out, lost, moved, apart }
}
