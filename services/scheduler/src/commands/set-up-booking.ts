import {
  type CommandContext,
  isRefusal,
  json,
  type Refusal,
  refuse,
  sql,
  staleWrite,
  type Tx,
} from '@praxisbus/runtime'
import { findRules } from '../booking/rows.ts'
import type { BookingSettingsAnswer } from '../booking-answers.ts'
import type { BookingSettings } from '../domain/booking/settings.ts'

type Code = 'service_not_available' | 'practitioner_not_available' | 'location_not_available'

/**
 * S-18, S-24: says how the practice takes bookings online, or replaces what it said. What stands booked stays. Refuses a service,
 * practitioner or location that is unknown or inactive, naming it, and `version_required` and `stale` as PUT /v1/practice does.
 */
export async function setUpBooking(
  ctx: CommandContext,
  settings: BookingSettings,
): Promise<BookingSettingsAnswer | Refusal<Code | 'version_required' | 'stale'>> {
  const current = await findRules(ctx.tx, { lock: true })
  if (current && ctx.ifMatch === undefined) return versionRequired()
  const stale = staleWrite(ctx, current?.version ?? 0)
  if (stale) return stale
  const unknown = await findUnknown(ctx.tx, settings)
  if (isRefusal(unknown)) return unknown
  const version = (current?.version ?? 0) + 1
  const { practiceId } = ctx.principal
  const { enabled, bufferBeforeMinutes, bufferAfterMinutes, slotStepMinutes } = settings
  const { earliestNoticeMinutes, furthestDays, mostPending, offerMinutes } = settings
  const written = await ctx.tx.run(sql`
    insert into booking_settings (practice_id, enabled, buffer_before_minutes, buffer_after_minutes, slot_step_minutes,
                                  earliest_notice_minutes, furthest_days, most_pending, offer_minutes, version)
    values (${practiceId}, ${enabled}, ${bufferBeforeMinutes}, ${bufferAfterMinutes}, ${slotStepMinutes},
            ${earliestNoticeMinutes}, ${furthestDays}, ${mostPending}, ${offerMinutes}, ${version})
    on conflict (practice_id) do update
       set enabled = excluded.enabled, buffer_before_minutes = excluded.buffer_before_minutes,
           buffer_after_minutes = excluded.buffer_after_minutes, slot_step_minutes = excluded.slot_step_minutes,
           earliest_notice_minutes = excluded.earliest_notice_minutes, furthest_days = excluded.furthest_days,
           most_pending = excluded.most_pending, offer_minutes = excluded.offer_minutes, version = excluded.version
     where booking_settings.version < excluded.version`)
  // Two made them at the same moment; the other was first.
  if (written === 0) return versionRequired()
  await replaceServices(ctx.tx, settings)
  ctx.audit('booking-settings', practiceId, current ? 'change' : 'set up')
  return { ...settings, version }
}

async function replaceServices(tx: Tx, { services }: BookingSettings): Promise<void> {
  await tx.run(sql`delete from booking_service where true`)
  await tx.run(sql`
    insert into booking_service (practice_id, service_id, practitioner_id, location_id)
    select current_practice(), service_id, practitioner_id, location_id
      from jsonb_to_recordset(${json(offers(services))}) as offer (service_id uuid, practitioner_id uuid, location_id uuid)`)
}

function offers(services: BookingSettings['services']) {
  return services.flatMap(({ serviceId, practitionerIds, locationId }) =>
    practitionerIds.map((practitionerId) => ({
      service_id: serviceId,
      practitioner_id: practitionerId,
      location_id: locationId,
    })),
  )
}

/** The first record that cannot be offered. */
async function findUnknown(tx: Tx, { services }: BookingSettings): Promise<Refusal<Code> | undefined> {
  const known = await tx.one<{ services: string[]; practitioners: string[]; locations: string[] }>(sql`
    select (select coalesce(jsonb_agg(service_id), '[]') from service_replica where active
                and service_id = any(${services.map(({ serviceId }) => serviceId)}::uuid[])) as services,
           (select coalesce(jsonb_agg(id), '[]') from practitioner where active
                and id = any(${services.flatMap(({ practitionerIds }) => practitionerIds)}::uuid[])) as practitioners,
           (select coalesce(jsonb_agg(id), '[]') from location where active
                and id = any(${services.map(({ locationId }) => locationId)}::uuid[])) as locations`)
  for (const [index, { serviceId, practitionerIds, locationId }] of services.entries()) {
    const at = `services.${index}`
    if (!known.services.includes(serviceId))
      return notAvailable('service_not_available', `${at}.serviceId`, 'service', serviceId)
    const stranger = practitionerIds.findIndex((id) => !known.practitioners.includes(id))
    const field = `${at}.practitionerIds.${stranger}`
    if (stranger >= 0)
      return notAvailable('practitioner_not_available', field, 'practitioner', practitionerIds[stranger]!)
    if (locationId !== null && !known.locations.includes(locationId))
      return notAvailable('location_not_available', `${at}.locationId`, 'location', locationId)
  }
  return undefined
}

function notAvailable(code: Code, field: string, record: string, id: string): Refusal<Code> {
  return refuse(code, {
    field,
    detail: `The practice has no active ${record} ${id}.`,
    next: `Choose an active ${record} of the practice.`,
  })
}

function versionRequired(): Refusal<'version_required'> {
  return refuse('version_required', {
    field: 'If-Match',
    detail: 'Online booking is already set up, and a change needs to know which version you edited.',
    next: 'Read it with GET /v1/booking/settings and send its ETag in If-Match.',
  })
}
