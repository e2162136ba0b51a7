import { isRefusal, type QueryContext, sql } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { findRules } from '../booking/rows.ts'
import type { BookingSettingsAnswer, OpeningHoursAnswer } from '../booking-answers.ts'
import type { OpeningHours } from '../domain/booking/hours.ts'
import { bookingSettings } from '../domain/booking/settings.ts'
import { notFound } from '../lookups.ts'
import { getPractitioner } from './practitioners.ts'

/** S-18: how the practice takes bookings online; what it never said is off. */
export async function getBookingSettings(
  ctx: QueryContext,
  _input: object,
  practice: PracticeAnswer,
): Promise<BookingSettingsAnswer> {
  const [rules, services] = await Promise.all([
    findRules(ctx.tx),
    ctx.tx.many<BookingSettingsAnswer['services'][number]>(sql`
      select service_id, location_id, jsonb_agg(practitioner_id order by practitioner_id) as practitioner_ids
        from booking_service group by service_id, location_id order by service_id`),
  ])
  ctx.audit('booking-settings', practice.practiceId)
  return rules ? { ...rules, services } : { ...bookingSettings.parse({ enabled: false }), version: 0 }
}

/** S-18: when a practitioner takes bookings. */
export async function getOpeningHours(ctx: QueryContext, { practitionerId }: { practitionerId: string }) {
  const practitioner = await getPractitioner(ctx, { practitionerId })
  if (isRefusal(practitioner)) return notFound('practitioner', practitionerId)
  const hours = await ctx.tx.maybe<OpeningHours & { version: number }>(sql`
    select weekly, version,
           (select coalesce(jsonb_agg(jsonb_build_object('date', day, 'closed', closed, 'extra', extra) order by day), '[]')
              from opening_exception where practitioner_id = ${practitionerId}) as exceptions
      from opening_hours where practitioner_id = ${practitionerId}`)
  const answer: OpeningHoursAnswer = {
    practitionerId,
    ...(hours ?? { weekly: [], exceptions: [], version: 0 }),
  }
  return answer
}

interface OfferRow {
  readonly serviceId: string
  readonly description: string
  readonly lengthMinutes: number
  readonly practitioners: { practitionerId: string; name: string; credentials: string | null }[]
}

/** S-18: what can be booked online, and with whom: what a patient's page shows first. Empty while booking is off. */
export async function getBookingOffer(ctx: QueryContext, _input: object, { timeZone }: PracticeAnswer) {
  const services = await ctx.tx.many<OfferRow>(sql`
    select service_id, description, length_minutes,
           jsonb_agg(jsonb_build_object('practitionerId', practitioner.id, 'name', practitioner.name,
                     'credentials', credentials) order by practitioner.name, practitioner.id) as practitioners
      from booking_service
      join service_replica using (practice_id, service_id)
      join practitioner on practitioner.practice_id = booking_service.practice_id and practitioner.id = practitioner_id
     where service_replica.active and practitioner.active and length_minutes between 1 and 1440
       and exists (select from booking_settings where enabled)
     group by service_id, description, length_minutes order by description, service_id`)
  ctx.audit('booking', 'offer')
  return { timeZone, services }
}
