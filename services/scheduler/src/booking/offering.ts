import { type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { type BookingPeriod, bookingPeriod } from '../domain/booking/request.ts'
import type { CatalogueService } from '../lookups.ts'
import { findRules, type RulesRow } from './rows.ts'

/** A service that can be booked online, by whom, and when. */
export interface Offering {
  readonly rules: RulesRow
  readonly service: CatalogueService & { readonly lengthMinutes: number }
  /** Where its appointments take place, by practitioner. In the order of their ids. */
  readonly practitioners: ReadonlyMap<string, string | null>
  readonly period: BookingPeriod
  readonly timeZone: string
  /** When this was so. */
  readonly now: Temporal.Instant
}

export interface WantedService {
  readonly serviceId: string
  /** `any`: whoever offers it. */
  readonly practitionerId: string
}

/** Refuses `booking_off`, `service_not_offered` (by nobody, or not by that practitioner). */
export async function findOffering(
  tx: Tx,
  { serviceId, practitionerId }: WantedService,
  { timeZone }: PracticeAnswer,
  now: Temporal.Instant,
): Promise<Offering | Refusal<'booking_off' | 'service_not_offered'>> {
  const [rules, service, offered] = await Promise.all([
    findRules(tx),
    findService(tx, serviceId),
    findOffered(tx, serviceId),
  ])
  if (!rules?.enabled) {
    return refuse('booking_off', {
      detail: 'The practice does not take bookings online.',
      next: 'Ask the practice for an appointment. (Staff turn it on with PUT /v1/booking/settings.)',
    })
  }
  if (!service || offered.length === 0) return notOffered('serviceId', `The service ${serviceId}`)
  const wanted = offered.filter((row) => practitionerId === 'any' || row.practitionerId === practitionerId)
  if (wanted.length === 0)
    return notOffered('practitionerId', `With the practitioner ${practitionerId}, this service`)
  return {
    rules,
    service,
    practitioners: new Map(wanted.map((row) => [row.practitionerId, row.locationId])),
    period: bookingPeriod(rules, timeZone, now),
    timeZone,
    now,
  }
}

/** An active one; none that is longer than an appointment may be. */
export function findService(tx: Tx, serviceId: string) {
  return tx.maybe<Offering['service']>(sql`
    select service_id, code, description, amount_cents, active, length_minutes from service_replica
     where service_id = ${serviceId} and active and length_minutes between 1 and 1440`)
}

/** Who offers the service online, in the order of their ids. */
export function findOffered(tx: Tx, serviceId: string) {
  return tx.many<{ practitionerId: string; locationId: string | null }>(sql`
    select practitioner_id, booking_service.location_id
      from booking_service join practitioner on practitioner.id = practitioner_id
     where service_id = ${serviceId} and practitioner.active order by practitioner_id`)
}

function notOffered(field: 'serviceId' | 'practitionerId', what: string) {
  return refuse('service_not_offered', {
    field,
    detail: `${what} cannot be booked online.`,
    next: 'Choose from the services of GET /v1/booking/offer.',
  })
}
