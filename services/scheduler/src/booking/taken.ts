import type { Tx } from '@praxisbus/runtime'
import type { Span } from '../domain/booking/open-times.ts'
import type { Busy } from '../domain/booking/slots.ts'
import { heldDuring } from '../waitlist/freed.ts'
import { busyDuring } from './rows.ts'

/** What keeps these practitioners from being booked online: what is on their calendar, and what is held for the waitlist (S-24). */
export async function takenDuring(
  tx: Tx,
  practitionerIds: readonly string[],
  span: Span,
  now: Temporal.Instant,
): Promise<ReadonlyMap<string, readonly Busy[]>> {
  const [busy, held] = await Promise.all([
    busyDuring(tx, practitionerIds, span),
    heldDuring(tx, practitionerIds, span, now),
  ])
  if (held.length === 0) return busy
  const all = new Map(busy)
  for (const { practitionerId, ...time } of held)
    all.set(practitionerId, [...(all.get(practitionerId) ?? []), time])
  return all
}
