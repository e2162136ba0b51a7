import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { MINUTE_MS, wallOf } from '../recurrence/calendar.ts'
import { lastAtMost } from '../recurrence/search.ts'
import { occurrencesBetween, recurrence } from '../recurrence/seek.ts'
import { readRule } from '../recurrence/text.ts'
import { wallAt, type Zone } from '../recurrence/zone.ts'
import { all, type Component, first } from './components.ts'
import { readOffset, readWhen } from './values.ts'

interface Onset {
  readonly instant: number
  /** From then on, milliseconds ahead of UTC. */
  readonly offset: number
  readonly before: number
}

const MOST_OBSERVANCES = 300
const MOST_ONSETS = 5_000
/** The first year of ours; rules that began earlier (Outlook: 1601) are followed from here on. */
const FIRST = '1970'

/** A zone as a file describes it (RFC 5545 3.6.5); undefined where the description cannot be followed. */
export function readVtimezone(described: Component): Zone | undefined {
  const observances = described.children.filter(({ name }) => name === 'STANDARD' || name === 'DAYLIGHT')
  if (described.unclosed || observances.length === 0 || observances.length > MOST_OBSERVANCES)
    return undefined
  const onsets: Onset[] = []
  for (const observance of observances) {
    const read = onsetsOf(observance)
    if (!read || onsets.length + read.length > MOST_ONSETS) return undefined
    onsets.push(...read)
  }
  return zoneFrom(onsets.toSorted((a, b) => a.instant - b.instant))
}

function onsetsOf(observance: Component): Onset[] | undefined {
  const [from, to] = ['TZOFFSETFROM', 'TZOFFSETTO'].map((name) =>
    readOffset(first(observance, name)?.value ?? ''),
  )
  const start = readWhen(first(observance, 'DTSTART')?.value ?? '')
  if (from === undefined || to === undefined || start?.form !== 'time') return undefined
  const onset = (wall: number): Onset => ({
    instant: wall - from * MINUTE_MS,
    offset: to * MINUTE_MS,
    before: from * MINUTE_MS,
  })
  const walls = [wallOf(start.local)]
  for (const date of all(observance, 'RDATE').flatMap(({ value }) => value.split(','))) {
    const when = readWhen(date)
    if (when?.form !== 'time') return undefined
    walls.push(wallOf(when.local))
  }
  for (const { value } of all(observance, 'RRULE')) {
    const early = start.local < FIRST
    // The day of the start is there in every year but 29 February.
    const begin = early
      ? `${FIRST}${start.local.slice(4, 16).replace('-02-29', '-02-28')}`
      : start.local.slice(0, 16)
    const read = readRule(value.replace(/(UNTIL=\d{8}T\d{6})Z/i, '$1'), { start: begin, timeZone: null })
    if (isRefusal(read)) {
      if (read.refused === 'rule_without_occurrence') continue
      return undefined
    }
    walls.push(...occurrencesBetween(recurrence(read.rule, read.start), -Infinity, Infinity, MOST_ONSETS))
  }
  return walls.map(onset)
}

function zoneFrom(onsets: readonly Onset[]): Zone {
  const beginning = onsets[0]!
  const instants = [-Infinity]
  const offsets = [beginning.before]
  const walls = [-Infinity]
  for (const { instant, offset } of onsets) {
    const before = offsets.at(-1)!
    if (offset === before) continue
    instants.push(instant)
    offsets.push(offset)
    walls.push(instant + Math.max(before, offset))
  }
  return { instants, offsets, walls, least: Math.min(...offsets) }
}

/** Whether both show the same time from one instant to another. */
export function sameBetween(a: Zone, b: Zone, fromMs: number, toMs: number): boolean {
  const within = (zone: Zone) =>
    zone.instants.slice(lastAtMost(zone.instants, fromMs)).filter((at) => at >= fromMs && at < toMs)
  return [fromMs, ...within(a), ...within(b)].every((at) => wallAt(a, at) === wallAt(b, at))
}

/** Milliseconds ahead of UTC, where that never changes. */
export function fixedOffset(zone: Zone): number | undefined {
  return zone.offsets.length === 1 ? zone.offsets[0] : undefined
}
