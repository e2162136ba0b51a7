import { sql, type Tx } from '@praxisbus/runtime'
import type { OpeningHours } from '../domain/booking/hours.ts'
import { type Hours, hoursOf, type Span } from '../domain/booking/open-times.ts'
import type { BookingRules } from '../domain/booking/settings.ts'
import type { Busy } from '../domain/booking/slots.ts'
import { DAY_MS } from '../domain/recurrence/calendar.ts'

export type RulesRow = BookingRules & { readonly version: number }

/** How this practice takes bookings; undefined: it never said. */
export function findRules(tx: Tx, { lock = false } = {}): Promise<RulesRow | undefined> {
  return tx.maybe<RulesRow>(sql`
    select enabled, buffer_before_minutes, buffer_after_minutes, slot_step_minutes, earliest_notice_minutes, furthest_days,
           most_pending, offer_minutes, version
      from booking_settings where practice_id = current_practice()${lock ? sql` for update` : sql``}`)
}

/** The opening hours of these practitioners, with the exceptions of the days that the span touches. */
export async function hoursDuring(
  tx: Tx,
  practitionerIds: readonly string[],
  { fromMs, toMs }: Span,
): Promise<ReadonlyMap<string, Hours>> {
  const rows = await tx.many<{ practitionerId: string } & OpeningHours>(sql`
    select practitioner_id, weekly,
           (select coalesce(jsonb_agg(jsonb_build_object('date', day, 'closed', closed, 'extra', extra)), '[]')
              from opening_exception as exception
             where exception.practitioner_id = hours.practitioner_id
               and day between ${dateBefore(fromMs)}::date and ${dateAfter(toMs)}::date) as exceptions
      from opening_hours as hours where practitioner_id = any(${practitionerIds}::uuid[])`)
  return new Map(rows.map(({ practitionerId, ...hours }) => [practitionerId, hoursOf(hours)]))
}

/** Whatever the zone, the local day is within a day of the one in UTC. */
const dateBefore = (ms: number) => dateOf(ms - DAY_MS)
const dateAfter = (ms: number) => dateOf(ms + DAY_MS)
const dateOf = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString().slice(0, 10)

/**
 * What keeps these practitioners from being booked in that time: appointments, Busy events (not Free ones, S-07), and requests
 * that wait for an answer. One range of the index on practitioner and start for each of them, of the span and the day before it,
 * since nothing lasts longer than 26 hours; so years of history cost nothing.
 */
export async function busyDuring(
  tx: Tx,
  practitionerIds: readonly string[],
  span: Span,
): Promise<ReadonlyMap<string, readonly Busy[]>> {
  const rows = await tx.many<Busy & { practitionerId: string }>(busyRows(practitionerIds, span))
  return Map.groupBy(rows, ({ practitionerId }) => practitionerId)
}

export function busyRows(practitionerIds: readonly string[], { fromMs, toMs }: Span) {
  const [from, to] = [instantText(fromMs), instantText(toMs)]
  return sql`
    select practitioner_id, (extract(epoch from starts_at) * 1000)::bigint as from_ms,
           (extract(epoch from ends_at) * 1000)::bigint as to_ms, patient_id is not null as visit
      from appointment
     where practitioner_id = any(${practitionerIds}::uuid[])
       and starts_at > ${from}::timestamptz - interval '26 hours' and starts_at < ${to} and ends_at > ${from}
       and status not in ('cancelled', 'declined', 'deleted') and show_as = 'busy'`
}

const instantText = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString()
