import { type CommandContext, isRefusal } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { Warning } from '../appointment-answers.ts'
import { chooseServices, findOrRegister, findPlace, timesOf } from '../appointment-details.ts'
import { tellScheduled } from '../appointment-facts.ts'
import { type AppointmentRecord, insertAppointments } from '../appointment-rows.ts'
import { findAppointment } from '../appointment-view.ts'
import { keptTimes } from '../domain/local-time.ts'
import { modifiersFor } from '../domain/modifiers.ts'
import { checkEnd, checkStart } from '../domain/recurrence/check.ts'
import { type AppointmentInput, isBillable } from '../domain/schedule.ts'
import { confirmIfAsked } from '../messages/ask-confirmation.ts'
import { planReminders } from '../messages/plan.ts'
import { overlapWarnings } from '../overlaps.ts'
import { beginSeries, clockWarnings } from '../series/make.ts'

/**
 * S-02, S-05 to S-07: puts a client session, a contact or an other event on the calendar. A clash is saved with a warning
 * that names it (S-12), a local time that the clock skips or doubles is decided and told (S-08), a session without service or
 * amount is not billable (S-03), a telehealth location adds modifier 95 (S-04). Refuses what it refers to where it is
 * unknown, inactive or of another practice, naming the field. With a recurrence it is the first of a series (S-13).
 */
export async function scheduleAppointment(
  ctx: CommandContext,
  input: AppointmentInput,
  practice: PracticeAnswer,
) {
  const times = timesOf(input, practice)
  if (isRefusal(times)) return times
  const wrong =
    input.recurrence && (checkStart(input.recurrence, input.start) ?? checkEnd(input.start, input.end))
  if (wrong) return wrong
  const details = await newDetails(ctx, input)
  if (isRefusal(details)) return details
  if (input.recurrence) {
    const { start, end, recurrence: rule } = input
    const series = { rule, start, end, timeZone: times.timeZone }
    const begun = await beginSeries(ctx, series, details, times)
    if (isRefusal(begun)) return begun
    const unconfirmed = await confirmIfAsked(ctx, begun[0]!.appointmentId, input.sendConfirmation)
    return unconfirmed ?? answerFor(ctx, begun, [...times.warnings, ...clockWarnings(begun.slice(1))])
  }
  const appointment: AppointmentRecord = {
    ...details,
    appointmentId: ctx.newId(),
    seriesId: null,
    occurrenceLocal: null,
    version: 1,
    timeZone: times.timeZone,
    ...keptTimes(times),
  }
  await insertAppointments(ctx.tx, [appointment])
  tellScheduled(ctx, appointment)
  await planReminders(ctx, appointment.appointmentId)
  const unconfirmed = await confirmIfAsked(ctx, appointment.appointmentId, input.sendConfirmation)
  return unconfirmed ?? answerFor(ctx, [appointment], times.warnings)
}

/** The first of them, how many there are, and whom they meet (S-12). */
async function answerFor(
  ctx: CommandContext,
  made: readonly AppointmentRecord[],
  warnings: readonly Warning[],
) {
  const first = made[0]!
  const clashes = await overlapWarnings(ctx.tx, made)
  const series = { changed: 0, same: 0, made: made.length, deleted: 0, kept: 0 }
  return {
    ...(await findAppointment(ctx.tx, first.appointmentId))!,
    ...(first.seriesId === null ? {} : { series }),
    warnings: [...warnings, ...clashes],
  }
}

/** All of a new appointment but its times; the patient is registered where only a name came. */
async function newDetails(ctx: CommandContext, input: AppointmentInput) {
  const place = await findPlace(ctx.tx, input)
  if (isRefusal(place)) return place
  const services = await chooseServices(ctx.tx, input.services)
  if (isRefusal(services)) return services
  const modifiers = modifiersFor(input.modifiers, place.placeOfService)
  if (isRefusal(modifiers)) return modifiers
  const patient = await findOrRegister(ctx, input)
  if (isRefusal(patient)) return patient
  const { kind, practitionerId, roomId, telehealthUrl, additionalInstructions, reminders } = input
  const { sessionBridge, medium, contactWith, title, showAs } = input
  return {
    kind,
    patientId: patient === null ? null : patient.patientId,
    practitionerId,
    locationId: place.locationId,
    roomId,
    services,
    modifiers: modifiers.all,
    automaticModifiers: modifiers.automatic,
    billable: isBillable(services),
    telehealthUrl,
    additionalInstructions,
    reminders,
    sessionBridge,
    medium,
    contactWith,
    title,
    showAs,
  }
}
