import { AppointmentScheduled } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, may, refuse, sql, type Tx } from '@praxisbus/runtime'
import type { PatientAnswer, PracticeAnswer, Warning } from '../answers.ts'
import { findAppointment } from '../appointment-view.ts'
import { type SessionTimes, sessionTimes } from '../domain/local-time.ts'
import { type Modifiers, modifiersFor } from '../domain/modifiers.ts'
import { patientRecord } from '../domain/patient.ts'
import { checkReminders } from '../domain/reminders.ts'
import { isBillable, placeOf, type SessionInput } from '../domain/schedule.ts'
import { knownTimeZone } from '../domain/time-zone.ts'
import {
  type CatalogueService,
  findLocation,
  findPatient,
  knownServices,
  lockPractitioner,
  lockRoom,
} from '../lookups.ts'
import { overlapWarnings } from '../overlaps.ts'
import { insertPatient } from './register-patient.ts'

/**
 * S-02: puts a client session on the calendar. A clash is saved with a warning that names it (S-12), a local time that
 * the clock skips or doubles is decided and told (S-08), a session without service or amount is not billable (S-03), a
 * telehealth location adds modifier 95 (S-04). Refuses what it refers to where it is unknown, inactive or of another
 * practice, naming the field.
 */
export async function scheduleAppointment(
  ctx: CommandContext,
  input: SessionInput,
  practice: PracticeAnswer,
) {
  const times = timesOf(input, practice)
  if (isRefusal(times)) return times
  const place = await findPlace(ctx.tx, input)
  if (isRefusal(place)) return place
  const services = await chosenServices(ctx.tx, input)
  if (isRefusal(services)) return services
  const modifiers = modifiersFor(input.modifiers, place.placeOfService)
  if (isRefusal(modifiers)) return modifiers
  const patient = await patientOf(ctx, input)
  if (isRefusal(patient)) return patient
  const unwanted = checkReminders(input.reminders, patient.reminderConsents)
  if (unwanted) return unwanted

  const appointmentId = ctx.newId()
  const session = { ...input, appointmentId, patientId: patient.patientId, locationId: place.locationId }
  const plan = { session, times, services, modifiers, billable: isBillable(services) }
  await insert(ctx, plan)
  publish(ctx, plan)
  const clashes = await overlapWarnings(ctx.tx, {
    ...session,
    startsAt: times.start.instant.toString(),
    endsAt: times.end.instant.toString(),
  })
  const warnings: Warning[] = [...times.warnings, ...clashes]
  return { ...(await findAppointment(ctx.tx, appointmentId))!, warnings }
}

interface Plan {
  readonly session: SessionInput & { appointmentId: string; patientId: string }
  readonly times: SessionTimes
  readonly services: readonly (CatalogueService & { units: number })[]
  readonly modifiers: Modifiers
  readonly billable: boolean
}

function timesOf(input: SessionInput, practice: PracticeAnswer) {
  const timeZone = knownTimeZone(input.timeZone ?? practice.timeZone)
  if (isRefusal(timeZone)) return timeZone
  const { start, end, ambiguousTime, endAmbiguousTime = ambiguousTime } = input
  return sessionTimes({ start, end, timeZone, startFold: ambiguousTime, endFold: endAmbiguousTime })
}

async function findPlace(tx: Tx, { practitionerId, roomId, locationId: wanted }: SessionInput) {
  const practitioner = await lockPractitioner(tx, practitionerId)
  if (isRefusal(practitioner)) return practitioner
  const room = roomId === null ? undefined : await lockRoom(tx, roomId)
  if (isRefusal(room)) return room
  const locationId = placeOf(wanted, room)
  if (isRefusal(locationId)) return locationId
  if (locationId === null) return { locationId, placeOfService: null }
  const location = await findLocation(tx, locationId)
  if (isRefusal(location)) return location
  return { locationId, placeOfService: location.placeOfService }
}

async function chosenServices(tx: Tx, { services }: SessionInput) {
  const known = await knownServices(
    tx,
    services.map((service) => service.serviceId),
  )
  const unknown = services.findIndex((service) => !known.get(service.serviceId)?.active)
  if (unknown >= 0) {
    return refuse('service_not_available', {
      field: `services.${unknown}.serviceId`,
      detail: `The catalogue has no active service ${services[unknown]!.serviceId}.`,
      next: 'Choose one from GET /v1/services.',
    })
  }
  return services.map(({ serviceId, units }) => ({ ...known.get(serviceId)!, units }))
}

/** The patient, read-locked so that a consent cannot be withdrawn in between; or registered from just a name. */
async function patientOf(ctx: CommandContext, { patientId, newPatient }: SessionInput) {
  if (!newPatient) {
    const found: PatientAnswer | undefined = await findPatient(ctx.tx, patientId!, 'share')
    return (
      found ??
      refuse('patient_not_available', {
        field: 'patientId',
        detail: `The practice has no patient ${patientId}.`,
        next: 'Choose a patient of the practice, or send newPatient with a name.',
      })
    )
  }
  if (!may(ctx.principal, 'patient.write')) {
    return refuse('may_not_register', {
      field: 'newPatient',
      detail: 'Registering a patient needs the permission patient.write.',
      next: 'Ask the front desk to register the patient, and send patientId.',
    })
  }
  return insertPatient(ctx, patientRecord.parse(newPatient))
}

async function insert(ctx: CommandContext, { session, times, services, modifiers, billable }: Plan) {
  const { practiceId } = ctx.principal
  const { start, end } = times
  await ctx.tx.run(sql`
    insert into appointment (practice_id, id, patient_id, practitioner_id, location_id, room_id, start_local, end_local,
                             time_zone, start_fold, end_fold, starts_at, ends_at, modifiers, automatic_modifiers,
                             billable, telehealth_url, additional_instructions, session_bridge)
    values (${practiceId}, ${session.appointmentId}, ${session.patientId}, ${session.practitionerId}, ${session.locationId},
            ${session.roomId}, ${start.local}, ${end.local}, ${times.timeZone}, ${start.fold}, ${end.fold},
            ${start.instant.toString()}, ${end.instant.toString()}, ${modifiers.all}, ${modifiers.automatic}, ${billable},
            ${session.telehealthUrl}, ${session.additionalInstructions}, ${session.sessionBridge})`)
  await ctx.tx.run(sql`
    insert into appointment_service (practice_id, appointment_id, position, service_id, code, description, amount_cents, units)
    select ${practiceId}, ${session.appointmentId}, position, service_id, code, description, amount_cents, units
      from unnest(${services.map((service) => service.serviceId)}::uuid[], ${services.map((service) => service.code)}::text[],
                  ${services.map((service) => service.description)}::text[],
                  ${services.map((service) => service.amountCents)}::bigint[],
                  ${services.map((service) => service.units)}::int[])
      with ordinality as service (service_id, code, description, amount_cents, units, position)`)
  await ctx.tx.run(sql`
    insert into appointment_reminder (practice_id, appointment_id, position, channel, days_ahead)
    select ${practiceId}, ${session.appointmentId}, position, channel, days_ahead
      from unnest(${session.reminders.map((entry) => entry.channel)}::text[],
                  ${session.reminders.map((entry) => entry.daysAhead)}::int[])
      with ordinality as reminder (channel, days_ahead, position)`)
}

function publish(ctx: CommandContext, { session, times, services, modifiers, billable }: Plan): void {
  const { appointmentId, patientId, practitionerId, locationId, roomId, telehealthUrl } = session
  ctx.record(AppointmentScheduled, {
    subject: appointmentId,
    version: 1,
    data: {
      appointmentId,
      patientId,
      practitionerId,
      locationId,
      roomId,
      start: times.start.local,
      end: times.end.local,
      timeZone: times.timeZone,
      startsAt: times.start.instant.toString(),
      endsAt: times.end.instant.toString(),
      services: services.map(({ serviceId, code, amountCents, units }) => ({
        serviceId,
        code,
        amountCents,
        units,
      })),
      modifiers: [...modifiers.all],
      billable,
      telehealthUrl,
    },
  })
  ctx.audit('appointment', appointmentId, 'schedule')
}
