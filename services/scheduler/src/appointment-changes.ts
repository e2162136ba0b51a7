import { isRefusal, type Refusal, sql, type Tx } from '@praxisbus/runtime'
import type { PracticeAnswer } from './answers.ts'
import type { Warning } from './appointment-answers.ts'
import { chooseServices, findPlace, lockWhere, timesOf } from './appointment-details.ts'
import type { AppointmentRecord, BookedService } from './appointment-rows.ts'
import { type Change, checkKind, TAKEN_OVER, timesAsked, typedModifiers } from './domain/change.ts'
import { keptTimes } from './domain/local-time.ts'
import { modifiersFor } from './domain/modifiers.ts'
import { checkReminders } from './domain/reminders.ts'
import { isBillable } from './domain/schedule.ts'
import { findPatient } from './lookups.ts'

/** What a change refers to, looked up once however many appointments it is about. */
export interface Resolved {
  readonly change: Change
  /** Where the change names a place or a room; undefined: each appointment stays where it is. */
  readonly locationId: string | null | undefined
  readonly services: readonly BookedService[] | undefined
  /** By the location's id. */
  readonly placesOfService: ReadonlyMap<string, string>
}

/**
 * The appointment as a change leaves it, and what was decided for the caller. What the change does not name stays, also
 * where it is inactive by now. Refuses what the verbs of scheduling refuse, and `does_not_fit_kind`.
 */
export async function changedRecord(
  tx: Tx,
  before: AppointmentRecord,
  change: Change,
  practice: PracticeAnswer,
) {
  const asked = timesAsked(before, change)
  const times = asked && timesOf(asked, practice)
  if (isRefusal(times)) return times
  const resolved = await resolveChange(tx, [before], change)
  if (isRefusal(resolved)) return resolved
  const details = applyChange(before, resolved)
  if (isRefusal(details)) return details
  const after: AppointmentRecord = {
    ...details,
    ...(times && { timeZone: times.timeZone, ...keptTimes(times) }),
  }
  const warnings: Warning[] = times ? [...times.warnings] : []
  return { after, warnings }
}

/** Looks up what the change refers to, for all that it is applied to; the first is the appointment that the caller looked at. */
export async function resolveChange(tx: Tx, records: readonly AppointmentRecord[], change: Change) {
  const before = records[0]!
  const place = await placeAsked(tx, before, change)
  if (isRefusal(place)) return place
  const services = change.services && (await chooseServices(tx, change.services, before.services))
  if (isRefusal(services)) return services
  const unwanted = await unwantedReminder(tx, before, change)
  if (unwanted) return unwanted
  const { locationId } = place
  const ids = [...records.map((record) => record.locationId), locationId].filter((id) => id != null)
  return { change, locationId, services, placesOfService: await placesOfService(tx, ids) }
}

/**
 * Where the change leads; undefined: everybody's location stays. Another room brings its location along, unless the change names
 * one as well. A room that stays is not asked where it stands by now: those who meet there have been told.
 */
async function placeAsked(tx: Tx, before: AppointmentRecord, change: Change) {
  const practitionerId = change.practitionerId ?? before.practitionerId
  const roomId = change.roomId === undefined ? before.roomId : change.roomId
  if (change.locationId !== undefined || (roomId !== null && roomId !== before.roomId)) {
    return findPlace(tx, { practitionerId, roomId, locationId: change.locationId ?? null }, before)
  }
  const room = await lockWhere(tx, { practitionerId, roomId }, before)
  if (isRefusal(room)) return room
  // Of a series, also those that were in another room.
  return { locationId: change.roomId ? before.locationId : undefined }
}

/** All of one appointment but its times, as the change leaves it. */
export function applyChange<Record extends AppointmentRecord>(
  before: Record,
  { change, locationId, services = before.services, placesOfService }: Resolved,
): Record | Refusal<'too_many_modifiers' | 'does_not_fit_kind'> {
  const at = locationId === undefined ? before.locationId : locationId
  const modifiers = modifiersAt(before, at, change.modifiers, placesOfService)
  if (isRefusal(modifiers)) return modifiers
  const after: Record = {
    ...before,
    practitionerId: change.practitionerId ?? before.practitionerId,
    roomId: change.roomId === undefined ? before.roomId : change.roomId,
    locationId: at,
    services,
    ...modifiers,
    billable: isBillable(services),
    ...given(change, TAKEN_OVER),
  }
  return checkKind({ ...after, patientId: after.patientId ?? undefined }) ?? after
}

/**
 * S-04: by the rule of the location where a person types modifiers or it becomes another one. Else they stay, whatever was made of
 * the location since: a link that is added to a visit changes nothing of what is billed.
 */
function modifiersAt(
  before: AppointmentRecord,
  at: string | null,
  typed: Change['modifiers'],
  placesOfService: Resolved['placesOfService'],
) {
  const { locationId, modifiers, automaticModifiers } = before
  if (typed === undefined && at === locationId) return { modifiers, automaticModifiers }
  const placeOfService = at === null ? null : placesOfService.get(at)
  if (placeOfService === undefined)
    throw new Error(`the place of service of location ${at} was not looked up`)
  const decided = modifiersFor(typedModifiers(before, typed), placeOfService)
  return isRefusal(decided) ? decided : { modifiers: decided.all, automaticModifiers: decided.automatic }
}

function given<Key extends keyof Change>(
  change: Change,
  names: readonly Key[],
): { [Name in Key]?: Exclude<Change[Name], undefined> } {
  return Object.fromEntries(
    names.filter((name) => change[name] !== undefined).map((name) => [name, change[name]]),
  ) as never
}

async function placesOfService(tx: Tx, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, string>()
  const rows = await tx.many<{ id: string; placeOfService: string }>(
    sql`select id, place_of_service from location where id = any(${[...new Set(ids)]}::uuid[])`,
  )
  return new Map(rows.map((row) => [row.id, row.placeOfService]))
}

/** Consents are checked for reminders that are newly asked for; those that stand are looked at when they are sent. */
async function unwantedReminder(tx: Tx, { patientId }: AppointmentRecord, { reminders }: Change) {
  if (!reminders || patientId === null) return undefined
  const patient = (await findPatient(tx, patientId, 'share'))!
  return checkReminders(reminders, patient.reminderConsents)
}
