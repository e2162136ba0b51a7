import type { Tx } from '@praxisbus/runtime'
import { openTimes, type Span } from '../domain/booking/open-times.ts'
import { blockedTimes, slotStarts, widestBufferMs } from '../domain/booking/slots.ts'
import { DAY_MS, MINUTE_MS, wallText } from '../domain/recurrence/calendar.ts'
import { wallAt, zoneOf } from '../domain/recurrence/zone.ts'
import type { Offering } from './offering.ts'
import { hoursDuring } from './rows.ts'
import { takenDuring } from './taken.ts'

/** A time that can be booked, and with whom. */
export interface Slot {
  readonly startsAt: string
  readonly endsAt: string
  /** By the clock of the practice. */
  readonly start: string
  readonly end: string
  readonly practitionerIds: readonly string[]
}

const WEEK_MS = 7 * DAY_MS
/** So many alternatives are named, from so many days. */
const ALTERNATIVES = 5
const ALTERNATIVE_DAYS = 28

/**
 * The first slots of that time, in order, no more than `limit`. It is looked through a week at a time, so that who wants a few
 * does not wait for all; what is read is as much as lies in the weeks that are looked at.
 */
export async function findSlots(
  tx: Tx,
  offering: Offering,
  { fromMs, toMs }: Span,
  limit: number,
): Promise<Slot[]> {
  const found: Slot[] = []
  const end = Math.min(toMs, offering.period.toMs)
  for (let from = Math.max(fromMs, offering.period.fromMs); from < end; from += WEEK_MS) {
    found.push(...(await slotsDuring(tx, offering, { fromMs: from, toMs: Math.min(from + WEEK_MS, end) })))
    if (found.length >= limit) break
  }
  return found.slice(0, limit)
}

/** The next free slots from an instant on: what a caller is shown whose own was refused. */
export function alternativesFrom(tx: Tx, offering: Offering, fromMs: number): Promise<Slot[]> {
  // A start beyond the last day has its alternatives before it.
  const from = Math.min(fromMs, offering.period.toMs - WEEK_MS)
  return findSlots(tx, offering, { fromMs: from, toMs: from + ALTERNATIVE_DAYS * DAY_MS }, ALTERNATIVES)
}

async function slotsDuring(tx: Tx, offering: Offering, span: Span): Promise<Slot[]> {
  const { rules, service, practitioners, timeZone } = offering
  const ids = [...practitioners.keys()]
  const lengthMs = service.lengthMinutes * MINUTE_MS
  const bufferMs = widestBufferMs(rules)
  const whole = { fromMs: span.fromMs, toMs: span.toMs + lengthMs }
  const [hours, taken] = await Promise.all([
    hoursDuring(tx, ids, whole),
    takenDuring(tx, ids, { fromMs: span.fromMs - bufferMs, toMs: whole.toMs + bufferMs }, offering.now),
  ])
  const zone = zoneOf(timeZone)
  const free = new Map<number, string[]>()
  for (const id of ids) {
    const own = hours.get(id)
    if (!own) continue
    const blocked = blockedTimes(taken.get(id) ?? [], rules)
    const how = { ...span, stepMs: rules.slotStepMinutes * MINUTE_MS, lengthMs }
    for (const start of slotStarts(openTimes(own, zone, whole), blocked, how)) {
      const others = free.get(start)
      if (others) others.push(id)
      else free.set(start, [id])
    }
  }
  const ascending = [...free].sort(([a], [b]) => a - b)
  return ascending.map(([startMs, practitionerIds]) => ({
    ...slotTimes(startMs, lengthMs, timeZone),
    practitionerIds,
  }))
}

export function slotTimes(startMs: number, lengthMs: number, timeZone: string) {
  const zone = zoneOf(timeZone)
  const text = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString()
  const wall = (ms: number) => wallText(wallAt(zone, ms))
  const endMs = startMs + lengthMs
  return { startsAt: text(startMs), endsAt: text(endMs), start: wall(startMs), end: wall(endMs) }
}
