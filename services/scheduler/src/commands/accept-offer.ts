import { WaitlistAccepted } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql, type Tx } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { tellScheduled } from '../appointment-facts.ts'
import { insertAppointments } from '../appointment-rows.ts'
import { bookedRecord } from '../booking/record.ts'
import { MINUTE_MS } from '../domain/recurrence/calendar.ts'
import { mayAnswerOffer } from '../domain/waitlist.ts'
import { type CatalogueService, lockPractitioner, notFound } from '../lookups.ts'
import { planReminders } from '../messages/plan.ts'
import { closeOffer, toldOf } from '../waitlist/end-offer.ts'
import { lookAgain } from '../waitlist/freed.ts'
import { findOffer, type LockedOffer, lockEntry, lockOffer } from '../waitlist/rows.ts'

/**
 * S-24: a patient who waited accepts what they were offered: it is scheduled at once. The offer kept the time from online booking;
 * where staff have put something on it meanwhile, which they were warned of, both stand. Refuses `not_found`, `offer_over`,
 * `offer_lapsed`, and a practitioner who has gone.
 */
export async function acceptOffer(
  ctx: CommandContext,
  { offerId }: { offerId: string },
  { timeZone }: PracticeAnswer,
) {
  const { tx } = ctx
  const seen = await findOffer(tx, offerId, ctx.now)
  if (!seen) return notFound('offer', offerId)
  // Whoever else puts something on this time at this moment comes before, or sees it.
  const practitioner = await lockPractitioner(tx, seen.practitionerId)
  const entry = (await lockEntry(tx, seen.waitlistEntryId))!
  const offer = (await lockOffer(tx, offerId))!
  const wrong = mayAnswerOffer(offer, ctx.now)
  if (wrong) return wrong
  if (isRefusal(practitioner)) return practitioner
  const record = await bookedRecord(ctx, {
    ...{ patientId: entry.patientId, practitionerId: offer.practitionerId, timeZone },
    ...(await serviceOf(tx, entry.serviceId, offer)),
    startMs: Temporal.Instant.from(offer.startsAt).epochMilliseconds,
  })
  await insertAppointments(tx, [record])
  tellScheduled(ctx, record)
  await planReminders(ctx, record.appointmentId)
  const { appointmentId } = record
  await closeOffer(tx, offer, entry, {
    ...{ status: 'accepted', by: ctx.principal.userId, at: ctx.now },
    ...{ entry: 'booked', appointmentId },
  })
  const version = entry.version + 1
  const data = { ...toldOf(offer, entry, timeZone), appointmentId }
  ctx.record(WaitlistAccepted, { subject: entry.waitlistEntryId, version, data })
  ctx.audit('waitlist-entry', entry.waitlistEntryId, 'accept offer')
  // What is left of the freed time may do for somebody else.
  await lookAgain(tx, offer.freedId, ctx.now)
  return (await findOffer(tx, offerId, ctx.now))!
}

/** The service as the catalogue has it now, for as long as was offered; also one that was retired meanwhile. */
async function serviceOf(tx: Tx, serviceId: string, { practitionerId, startsAt, endsAt }: LockedOffer) {
  const { locationId, ...service } = await tx.one<CatalogueService & { locationId: string | null }>(sql`
    select service.service_id, code, description, amount_cents, active, location_id
      from service_replica as service
      left join booking_service as offered
        on offered.service_id = service.service_id and offered.practitioner_id = ${practitionerId}
     where service.service_id = ${serviceId}`)
  const lengthMs =
    Temporal.Instant.from(endsAt).epochMilliseconds - Temporal.Instant.from(startsAt).epochMilliseconds
  return { service: { ...service, lengthMinutes: lengthMs / MINUTE_MS }, locationId }
}
