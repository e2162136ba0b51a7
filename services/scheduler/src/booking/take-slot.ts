import type { Refusal, Tx } from '@praxisbus/runtime'
import { openTimes, type Span } from '../domain/booking/open-times.ts'
import { notOffered } from '../domain/booking/request.ts'
import { type Busy, blockedTimes, hoursAllow, isBlocked, widestBufferMs } from '../domain/booking/slots.ts'
import { DAY_MS, dayOf, MINUTE_MS } from '../domain/recurrence/calendar.ts'
import { instantOf, wallAt, zoneOf } from '../domain/recurrence/zone.ts'
import { lockPractitioners } from '../lookups.ts'
import type { Offering } from './offering.ts'
import { hoursDuring } from './rows.ts'
import { alternativesFrom } from './search.ts'
import { takenDuring } from './taken.ts'

type Code = 'outside_hours' | 'not_a_slot' | 'slot_taken'

/**
 * The practitioner who is to have the slot, locked until the transaction ends. Whoever writes into a calendar locks its practitioner
 * first (staff's scheduling too), so of two that want one slot the second waits here, and then sees the first. Several are locked in
 * the order of their ids, so that nobody waits in a circle. Of several that are free it is the one with the least to do that day.
 * Refuses with what is free instead.
 */
export async function takeSlot(tx: Tx, offering: Offering, startMs: number): Promise<string | Refusal<Code>> {
  const { rules, service } = offering
  const lengthMs = service.lengthMinutes * MINUTE_MS
  const open = await openAt(tx, offering, { fromMs: startMs, toMs: startMs + lengthMs })
  if (typeof open === 'string') return refusal(tx, offering, startMs, open)
  const active = (await lockPractitioners(tx, open)).flatMap(({ id, active }) => (active ? [id] : []))
  const day = dayAround(startMs, lengthMs + widestBufferMs(rules), offering.timeZone)
  const busy = await takenDuring(tx, active, day, offering.now)
  const free = active.filter((id) => !isBlocked(blockedTimes(busy.get(id) ?? [], rules), startMs, lengthMs))
  if (free.length === 0) return refusal(tx, offering, startMs, 'taken')
  const load = (id: string) => (busy.get(id) ?? []).reduce((sum, span) => sum + during(span, day), 0)
  return free.reduce((least, id) => (load(id) < load(least) ? id : least))
}

/** Who has a slot beginning then by their hours; or why nobody has. */
async function openAt(tx: Tx, { rules, service, practitioners, timeZone }: Offering, span: Span) {
  const hours = await hoursDuring(tx, [...practitioners.keys()], span)
  const how = {
    stepMs: rules.slotStepMinutes * MINUTE_MS,
    lengthMs: service.lengthMinutes * MINUTE_MS,
  }
  const found = [...practitioners.keys()].map((id) => {
    const own = hours.get(id)
    const open = own ? openTimes(own, zoneOf(timeZone), span) : []
    return { id, allowed: hoursAllow(open, span.fromMs, how) }
  })
  const open = found.filter(({ allowed }) => allowed === 'yes').map(({ id }) => id)
  if (open.length > 0) return open
  return found.some(({ allowed }) => allowed === 'step') ? 'step' : 'hours'
}

async function refusal(tx: Tx, offering: Offering, startMs: number, why: 'hours' | 'step' | 'taken') {
  const startsAt = Temporal.Instant.fromEpochMilliseconds(startMs).toString()
  return notOffered(why, startsAt, await alternativesFrom(tx, offering, startMs))
}

/** The local day of a start, and as much around the slot as can block it. */
function dayAround(startMs: number, reachMs: number, timeZone: string): Span {
  const zone = zoneOf(timeZone)
  const midnight = dayOf(wallAt(zone, startMs)) * DAY_MS
  return {
    fromMs: Math.min(instantOf(zone, midnight), startMs - reachMs),
    toMs: Math.max(instantOf(zone, midnight + DAY_MS), startMs + reachMs),
  }
}

function during(busy: Busy, day: Span): number {
  return Math.min(busy.toMs, day.toMs) - Math.max(busy.fromMs, day.fromMs)
}
