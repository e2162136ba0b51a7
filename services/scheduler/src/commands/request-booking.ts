import { BookingRequested } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, refuse, sql } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { AppointmentRecord } from '../appointment-rows.ts'
import { insertAppointments } from '../appointment-rows.ts'
import { findOffering } from '../booking/offering.ts'
import { bookedRecord } from '../booking/record.ts'
import { countPending, findRequest, toldOf } from '../booking/requests.ts'
import { alternativesFrom } from '../booking/search.ts'
import { takeSlot } from '../booking/take-slot.ts'
import { type BookingInput, judgeTimes, mayAskMore, withAlternatives } from '../domain/booking/request.ts'
import type { BookingRules } from '../domain/booking/settings.ts'
import { patientRecord } from '../domain/patient.ts'
import { findPatient } from '../lookups.ts'
import { moment } from '../moment.ts'
import { insertPatient } from './register-patient.ts'

/**
 * S-18: a patient asks for an offered slot; it is theirs until staff answer. Two never get one slot: see booking/take-slot.ts.
 * Refuses what is no offered slot, each for its reason and with the next free ones in `alternatives`; an unknown patient; and one who waits for as many answers as the practice allows.
 */
export async function requestBooking(ctx: CommandContext, input: BookingInput, practice: PracticeAnswer) {
  const offering = await findOffering(ctx.tx, input, practice, ctx.now)
  if (isRefusal(offering)) return offering
  const startMs = Temporal.Instant.from(input.startsAt).epochMilliseconds
  const wrong = judgeTimes(input, offering.service, offering.period)
  if (wrong) return withAlternatives(wrong, await alternativesFrom(ctx.tx, offering, startMs))
  const practitionerId = await takeSlot(ctx.tx, offering, startMs)
  if (isRefusal(practitionerId)) return practitionerId
  const patientId = await patientOf(ctx, input, offering.rules)
  if (isRefusal(patientId)) return patientId
  const record = await bookedRecord(ctx, {
    ...{ patientId, practitionerId, startMs },
    ...{ service: offering.service, timeZone: offering.timeZone },
    locationId: offering.practitioners.get(practitionerId)!,
  })
  await insertAppointments(ctx.tx, [record], 'pending')
  await insertRequest(ctx, input, record)
  const request = (await findRequest(ctx.tx, record.appointmentId, ctx.now))!
  ctx.record(BookingRequested, {
    subject: record.appointmentId,
    version: 1,
    data: { ...toldOf(request), requestedAt: moment(ctx.now) },
  })
  ctx.audit('appointment', record.appointmentId, 'request online')
  return request
}

/** Nobody who asks for patients may look them up, so a new one is registered as they say; staff may find them twice. */
async function patientOf(
  ctx: CommandContext,
  { patientId, newPatient }: BookingInput,
  { mostPending }: Pick<BookingRules, 'mostPending'>,
) {
  if (newPatient) return (await insertPatient(ctx, patientRecord.parse(newPatient))).patientId
  // Of two requests of one patient at once the second counts the first. The slot's practitioner is locked before, as staff do.
  const found = await findPatient(ctx.tx, patientId!, 'update')
  if (found) return mayAskMore(await countPending(ctx.tx, patientId!, ctx.now), mostPending) ?? patientId!
  return refuse('patient_not_available', {
    field: 'patientId',
    detail: `The practice has no patient ${patientId}.`,
    next: 'Send the id of a patient of the practice, or newPatient with a name and an email or phone.',
  })
}

async function insertRequest(ctx: CommandContext, input: BookingInput, record: AppointmentRecord) {
  await ctx.tx.run(sql`
    insert into booking_request (practice_id, appointment_id, service_id, any_practitioner, message, requested_at,
                                 requested_by, lapses_at)
    values (${ctx.principal.practiceId}, ${record.appointmentId}, ${input.serviceId}, ${input.practitionerId === 'any'},
            ${input.message}, ${moment(ctx.now)}, ${ctx.principal.userId}, ${record.startsAt})`)
}
