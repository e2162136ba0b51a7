import { AppointmentDeleted } from '@praxisbus/contracts'
import { type ActContext, sql } from '@praxisbus/runtime'
import { tellChanged, tellScheduled } from '../appointment-facts.ts'
import { type AppointmentRecord, insertAppointments, replaceAppointments } from '../appointment-rows.ts'
import type { Content } from '../domain/google/content.ts'
import type { Fold } from '../domain/local-time.ts'
import { lockPractitioners } from '../lookups.ts'
import { moment } from '../moment.ts'

/** What a calendar says of an other-event here. */
export interface BlockFields extends Pick<Content, 'startsAt' | 'endsAt' | 'timeZone'> {
  readonly title: string
  readonly showAs: 'busy' | 'free'
}

export const showAsOf = ({ transparency }: Pick<Content, 'transparency'>) =>
  transparency === 'transparent' ? 'free' : 'busy'

/** Puts an event without a patient on the practitioner's calendar, after whoever books there at this moment, or before. */
export async function makeBlock(
  ctx: ActContext,
  practitionerId: string,
  fields: BlockFields,
): Promise<string> {
  const appointmentId = ctx.newId()
  const record: AppointmentRecord = {
    ...{
      appointmentId,
      kind: 'other-event',
      patientId: null,
      practitionerId,
      locationId: null,
      roomId: null,
    },
    ...timesOf(fields),
    ...{ services: [], modifiers: [], automaticModifiers: [], billable: false, telehealthUrl: null },
    ...{ additionalInstructions: null, reminders: [], sessionBridge: false, medium: null, contactWith: null },
    ...{ title: fields.title, showAs: fields.showAs, seriesId: null, occurrenceLocal: null, version: 1 },
  }
  await lockPractitioners(ctx.tx, [practitionerId])
  await insertAppointments(ctx.tx, [record])
  tellScheduled(ctx, record)
  return appointmentId
}

/** Gives it other times, another title, or the other of busy and free. Its row is locked. Returns its version. */
export async function changeBlock(
  ctx: ActContext,
  before: AppointmentRecord,
  fields: BlockFields,
): Promise<number> {
  const { title, showAs } = fields
  const after = { ...before, ...timesOf(fields), title, showAs, version: before.version + 1 }
  await lockPractitioners(ctx.tx, [after.practitionerId])
  await replaceAppointments(ctx.tx, [after])
  tellChanged(ctx, before, after)
  return after.version
}

/** Takes it off the calendar. Its row is locked. */
export async function removeBlock(
  ctx: ActContext,
  { appointmentId, version: before }: Pick<AppointmentRecord, 'appointmentId' | 'version'>,
): Promise<number> {
  const [version, deletedAt] = [before + 1, moment(ctx.now)]
  await ctx.tx.run(sql`
    update appointment set status = 'deleted', deleted_at = ${deletedAt}, version = ${version} where id = ${appointmentId}`)
  const data = { appointmentId, patientId: null, deletedAt }
  ctx.record(AppointmentDeleted, { subject: appointmentId, version, data })
  ctx.audit('appointment', appointmentId, 'delete')
  return version
}

/** The wall times at these instants. */
function timesOf({ startsAt, endsAt, timeZone }: BlockFields) {
  const [start, end] = [wallAt(startsAt, timeZone), wallAt(endsAt, timeZone)]
  const locals = { startLocal: start.local, endLocal: end.local, startFold: start.fold, endFold: end.fold }
  return { ...locals, startsAt, endsAt, timeZone }
}

/** What the clock shows at an instant, and which of two such times it is where it shows it twice. */
export function wallAt(instant: string, timeZone: string): { local: string; fold: Fold } {
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone)
  const wall = at.toPlainDateTime()
  const first = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const fold = first.epochNanoseconds === at.epochNanoseconds ? 'earlier' : 'later'
  return { local: wall.toString({ smallestUnit: 'minute' }), fold }
}
