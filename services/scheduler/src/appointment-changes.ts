import { isRefusal, type Tx } from '@praxisbus/runtime'
import type { PracticeAnswer, Warning } from './answers.ts'
import { chooseServices, findPlace } from './appointment-details.ts'
import type { AppointmentRecord } from './appointment-rows.ts'
import { timesOf } from './commands/schedule-appointment.ts'
import { type ChangeInput, checkKind, timesAsked, typedModifiers } from './domain/change.ts'
import { modifiersFor } from './domain/modifiers.ts'
import { checkReminders } from './domain/reminders.ts'
import { isBillable } from './domain/schedule.ts'
import { findPatient } from './lookups.ts'

/**
 * The appointment as a change leaves it, and what was decided for the caller. What the change does not name stays, also
 * where it is inactive by now. Refuses what the verbs of scheduling refuse, and `does_not_fit_kind`.
 */
export async function changedRecord(
  tx: Tx,
  before: AppointmentRecord,
  change: Partial<ChangeInput>,
  practice: PracticeAnswer,
) {
  const asked = timesAsked(before, change)
  const times = asked && timesOf(asked, practice)
  if (isRefusal(times)) return times
  const details = await changedDetails(tx, before, change)
  if (isRefusal(details)) return details
  const after: AppointmentRecord = {
    ...details,
    ...(times && {
      startLocal: times.start.local,
      endLocal: times.end.local,
      timeZone: times.timeZone,
      startFold: times.start.fold,
      endFold: times.end.fold,
      startsAt: times.start.instant.toString(),
      endsAt: times.end.instant.toString(),
    }),
  }
  const warnings: Warning[] = times ? [...times.warnings] : []
  return { after, warnings }
}

/** All but its times. */
async function changedDetails(tx: Tx, before: AppointmentRecord, change: Partial<ChangeInput>) {
  const wanted = {
    practitionerId: change.practitionerId ?? before.practitionerId,
    roomId: change.roomId === undefined ? before.roomId : change.roomId,
    locationId: locationAsked(before, change),
  }
  const place = await findPlace(tx, wanted, before)
  if (isRefusal(place)) return place
  const services = change.services
    ? await chooseServices(tx, change.services, before.services)
    : before.services
  if (isRefusal(services)) return services
  const modifiers = modifiersFor(typedModifiers(before, change.modifiers), place.placeOfService)
  if (isRefusal(modifiers)) return modifiers
  const unwanted = await unwantedReminder(tx, before, change)
  if (unwanted) return unwanted
  const after = {
    ...before,
    practitionerId: wanted.practitionerId,
    roomId: wanted.roomId,
    locationId: place.locationId,
    services,
    modifiers: modifiers.all,
    automaticModifiers: modifiers.automatic,
    billable: isBillable(services),
    ...given(change, OTHERS),
  }
  return checkKind({ ...after, patientId: after.patientId ?? undefined }) ?? after
}

/** What is taken over as it was sent. */
const OTHERS = [
  'telehealthUrl',
  'additionalInstructions',
  'reminders',
  'sessionBridge',
  'medium',
  'contactWith',
  'title',
  'showAs',
] as const

function given<Key extends keyof ChangeInput>(
  change: Partial<ChangeInput>,
  names: readonly Key[],
): { [Name in Key]?: Exclude<ChangeInput[Name], undefined> } {
  return Object.fromEntries(
    names.filter((name) => change[name] !== undefined).map((name) => [name, change[name]]),
  ) as never
}

/** A room that is chosen brings its location along, unless the change names one as well. */
function locationAsked(before: AppointmentRecord, { locationId, roomId }: Partial<ChangeInput>) {
  if (locationId !== undefined) return locationId
  return roomId === undefined || roomId === null || roomId === before.roomId ? before.locationId : null
}

/** Consents are checked for reminders that are newly asked for; those that stand are looked at when they are sent. */
async function unwantedReminder(
  tx: Tx,
  { patientId }: AppointmentRecord,
  { reminders }: Partial<ChangeInput>,
) {
  if (!reminders || patientId === null) return undefined
  const patient = (await findPatient(tx, patientId, 'share'))!
  return checkReminders(reminders, patient.reminderConsents)
}
