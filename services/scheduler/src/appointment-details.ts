import { type CommandContext, isRefusal, may, type Refusal, refuse, type Tx } from '@praxisbus/runtime'
import type { PatientAnswer, PracticeAnswer } from './answers.ts'
import type { BookedService } from './appointment-rows.ts'
import { insertPatient } from './commands/register-patient.ts'
import { sessionTimes } from './domain/local-time.ts'
import { patientRecord } from './domain/patient.ts'
import { checkReminders } from './domain/reminders.ts'
import { type AppointmentInput, placeOf } from './domain/schedule.ts'
import { knownTimeZone } from './domain/time-zone.ts'
import { findLocation, findPatient, knownServices, lockPractitioner, lockRoom } from './lookups.ts'

/** Where an appointment was before it is changed: what stays as it was may be inactive by now. */
interface Place {
  readonly practitionerId: string
  readonly locationId: string | null
  readonly roomId: string | null
}
const NOWHERE = { practitionerId: undefined, locationId: undefined, roomId: undefined }

/** Practitioner, room and location of an appointment, locked where two could meet; the location's place of service. */
export async function findPlace(tx: Tx, wanted: Place, before: Place | typeof NOWHERE = NOWHERE) {
  const room = await lockWhere(tx, wanted, before)
  if (isRefusal(room)) return room
  const locationId = placeOf(wanted.locationId, room)
  if (isRefusal(locationId)) return locationId
  if (locationId === null) return { locationId, placeOfService: null }
  const location = await findLocation(tx, locationId, { evenInactive: locationId === before.locationId })
  if (isRefusal(location)) return location
  return { locationId, placeOfService: location.placeOfService }
}

/** Locks practitioner and room; the room, where there is one. */
export async function lockWhere(
  tx: Tx,
  wanted: Omit<Place, 'locationId'>,
  before: Place | typeof NOWHERE = NOWHERE,
) {
  const practitioner = await lockPractitioner(tx, wanted.practitionerId, {
    evenInactive: wanted.practitionerId === before.practitionerId,
  })
  if (isRefusal(practitioner)) return practitioner
  if (wanted.roomId === null) return undefined
  return lockRoom(tx, wanted.roomId, { evenInactive: wanted.roomId === before.roomId })
}

/**
 * The services as the catalogue has them now; those that the appointment had before, as they were, also retired ones. One that had
 * no amount takes that of the catalogue: the session becomes billable once the service is entered again (S-03).
 */
export async function chooseServices(
  tx: Tx,
  wanted: AppointmentInput['services'],
  before: readonly BookedService[] = [],
): Promise<BookedService[] | Refusal<'service_not_available'>> {
  const had = new Map(before.map((service) => [service.serviceId, service]))
  const asked = wanted.map(({ serviceId }) => serviceId).filter((id) => had.get(id)?.amountCents == null)
  const known = asked.length === 0 ? new Map() : await knownServices(tx, asked)
  const unknown = wanted.findIndex(({ serviceId }) => !had.has(serviceId) && !known.get(serviceId)?.active)
  if (unknown >= 0) {
    return refuse('service_not_available', {
      field: `services.${unknown}.serviceId`,
      detail: `The catalogue has no active service ${wanted[unknown]!.serviceId}.`,
      next: 'Choose one from GET /v1/services.',
    })
  }
  return wanted.map(({ serviceId, units }) => {
    const { code, description, amountCents } = had.get(serviceId) ?? known.get(serviceId)!
    return {
      serviceId,
      code,
      description,
      amountCents: amountCents ?? known.get(serviceId)?.amountCents ?? null,
      units,
    }
  })
}

/** The patient, read-locked so that a consent cannot be withdrawn in between; or registered from just a name; null: of an
 *  other-event. */
export async function findOrRegister(
  ctx: CommandContext,
  { kind, patientId, newPatient, reminders }: AppointmentInput,
) {
  if (kind === 'other-event') return null
  const patient = await patientOf(ctx, patientId, newPatient)
  if (isRefusal(patient)) return patient
  return checkReminders(reminders, patient.reminderConsents) ?? patient
}

async function patientOf(
  ctx: CommandContext,
  patientId: string | undefined,
  newPatient: AppointmentInput['newPatient'],
) {
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

/** The instants that a person's local times mean. Refuses an unknown zone and an end that is not after the start. */
export function timesOf(
  input: Pick<AppointmentInput, 'start' | 'end' | 'timeZone' | 'ambiguousTime' | 'endAmbiguousTime'>,
  practice: PracticeAnswer,
) {
  const timeZone = knownTimeZone(input.timeZone ?? practice.timeZone)
  if (isRefusal(timeZone)) return timeZone
  const { start, end, ambiguousTime, endAmbiguousTime = ambiguousTime } = input
  return sessionTimes({ start, end, timeZone, startFold: ambiguousTime, endFold: endAmbiguousTime })
}
