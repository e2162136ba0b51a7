import type { LocalMoment } from '../local-time.ts'
import { MINUTE_MS, type WallMs, wallText } from './calendar.ts'
import { occurrenceAt, occurrencesBefore, type Recurrence } from './seek.ts'
import { instantOf, wallAt, type Zone, zoneOf } from './zone.ts'

export interface Occurrence {
  /** From 0; it stays with the occurrence as long as rule and start do. */
  readonly number: number
  /** When the rule says it starts; the clock may skip that time. */
  readonly wall: WallMs
  /** Milliseconds since 1970 in UTC, as for the end. */
  readonly startMs: number
  readonly endMs: number
}

export interface Session {
  readonly timeZone: string
  /** From its local start to its local end, as on a day without a clock change. */
  readonly wallMinutes: number
}

/**
 * The occurrences that start from one instant on and before another, in order, no more than `limit`. Start and end keep
 * their local times over every clock change, each resolved by itself as for a single appointment (S-08, S-13). Where the
 * start moves past the end, because the clock skips it, the session keeps its length instead.
 */
export function instantsBetween(
  of: Recurrence,
  { timeZone, wallMinutes }: Session,
  fromMs: number,
  toMs: number,
  limit: number,
): Occurrence[] {
  const zone = zoneOf(timeZone)
  const lengthMs = wallMinutes * MINUTE_MS
  const found: Occurrence[] = []
  for (let number = occurrencesBefore(of, fromMs + zone.least); found.length < limit; number++) {
    const wall = occurrenceAt(of, number)
    if (wall === undefined) break
    const startMs = instantOf(zone, wall)
    // Days are in order, and no gap is longer than a day: no later one can be earlier than this.
    if (startMs >= toMs) break
    if (startMs >= fromMs) found.push({ number, wall, startMs, endMs: endOf(zone, wall, startMs, lengthMs) })
  }
  return found
}

/** One occurrence by its wall time. */
export function occurrenceOn(
  of: Recurrence,
  { timeZone, wallMinutes }: Session,
  number: number,
): Occurrence | undefined {
  const wall = occurrenceAt(of, number)
  if (wall === undefined) return undefined
  const zone = zoneOf(timeZone)
  const startMs = instantOf(zone, wall)
  return { number, wall, startMs, endMs: endOf(zone, wall, startMs, wallMinutes * MINUTE_MS) }
}

function endOf(zone: Zone, wall: WallMs, startMs: number, lengthMs: number): number {
  const endMs = instantOf(zone, wall + lengthMs)
  return endMs > startMs ? endMs : startMs + lengthMs
}

/** What the clock shows at an instant, in the form in which appointments keep it. */
export function momentAt(timeZone: string, instantMs: number): LocalMoment {
  const zone = zoneOf(timeZone)
  const wall = wallAt(zone, instantMs)
  return {
    local: wallText(wall),
    fold: instantOf(zone, wall) === instantMs ? 'earlier' : 'later',
    instant: Temporal.Instant.fromEpochMilliseconds(instantMs),
  }
}
