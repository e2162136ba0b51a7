import { DAY_MS, END_DAY, type WallMs } from './calendar.ts'
import { lastAtMost } from './search.ts'

/**
 * The clock changes of a zone from 1970 to 2199, read once from Temporal (a third of a millisecond). Resolving a wall time by
 * Temporal costs four microseconds, by this table some ten nanoseconds. Of each change: its instant, how far the clock is
 * ahead of UTC from then on, and the wall time from which that is so.
 */
export interface Zone {
  readonly instants: readonly number[]
  readonly offsets: readonly number[]
  readonly walls: readonly WallMs[]
  /** The clock is never further behind UTC than this. */
  readonly least: number
}

/** A wall time of 1970 may be an instant of 1969, and the other way round. */
const FROM = -2 * DAY_MS
const TO = (END_DAY + 2) * DAY_MS

/** By names as IANA spells them, so it holds no more than there are zones; other spellings are looked up each time. */
const known = new Map<string, Zone>()

/** Throws a RangeError for what is no zone (`knownTimeZone` refuses it before). */
export function zoneOf(timeZone: string): Zone {
  const found = known.get(timeZone)
  if (found) return found
  const beginning = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(timeZone)
  const spelled = known.get(beginning.timeZoneId)
  if (spelled) return spelled
  const zone = readZone(beginning)
  known.set(beginning.timeZoneId, zone)
  return zone
}

function readZone(beginning: Temporal.ZonedDateTime): Zone {
  const instants = [FROM]
  const offsets = [offsetOf(beginning)]
  const walls = [Number.NEGATIVE_INFINITY]
  let change = beginning.getTimeZoneTransition('next')
  while (change && change.epochMilliseconds < TO) {
    const before = offsets.at(-1)!
    const after = offsetOf(change)
    if (after !== before) {
      instants.push(change.epochMilliseconds)
      offsets.push(after)
      // What is skipped is read by the offset before, and so moves forward by the gap; of what is doubled the first is meant.
      walls.push(change.epochMilliseconds + Math.max(before, after))
    }
    change = change.getTimeZoneTransition('next')
  }
  return { instants, offsets, walls, least: Math.min(...offsets) }
}

const offsetOf = (at: Temporal.ZonedDateTime) => at.offsetNanoseconds / 1_000_000

/**
 * S-08, RFC 5545 (3.3.5): a time that the clock skips moves forward by the length of the gap, of one that it shows twice the
 * first is meant.
 */
export function instantOf(zone: Zone, wall: WallMs): number {
  return wall - zone.offsets[lastAtMost(zone.walls, wall)]!
}

/** What the clock shows at an instant. */
export function wallAt(zone: Zone, instantMs: number): WallMs {
  return instantMs + zone.offsets[lastAtMost(zone.instants, instantMs)]!
}

/** Whether the clock shows that time once, never or twice. */
export function clockAt(zone: Zone, wall: WallMs): 'once' | 'skipped' | 'doubled' {
  const place = lastAtMost(zone.walls, wall)
  const before = zone.offsets[place]!
  const after = zone.offsets[place + 1] ?? before
  const change = zone.instants[place + 1] ?? Infinity
  if (after > before && wall - before >= change) return 'skipped'
  return after < before && wall - after >= change ? 'doubled' : 'once'
}
