import {
  AppointmentChanged,
  AppointmentRescheduled,
  AppointmentScheduled,
  OtherEventChanged,
  OtherEventScheduled,
} from '@praxisbus/contracts'
import type { CommandContext } from '@praxisbus/runtime'
import type { AppointmentRecord } from './appointment-rows.ts'

type Recording = Pick<CommandContext, 'record' | 'audit'>

/** Tells that an appointment was put on the calendar, by the fact of its kind. */
export function tellScheduled(ctx: Recording, record: AppointmentRecord): void {
  const { appointmentId: subject, version } = record
  if (record.patientId === null)
    ctx.record(OtherEventScheduled, { subject, version, data: otherEvent(record) })
  else ctx.record(AppointmentScheduled, { subject, version, data: withPatient(record, record.patientId) })
  ctx.audit('appointment', subject, 'schedule')
}

/** Tells what became of an appointment that was moved (time, practitioner, room) or changed otherwise. */
export function tellChanged(ctx: Recording, before: AppointmentRecord, after: AppointmentRecord): void {
  const { appointmentId: subject, version } = after
  const moved = wasMoved(before, after)
  if (after.patientId === null) {
    ctx.record(OtherEventChanged, { subject, version, data: otherEvent(after) })
  } else {
    const data = withPatient(after, after.patientId)
    if (moved) {
      const { startLocal: start, endLocal: end, timeZone, startsAt, endsAt, practitionerId, roomId } = before
      const previous = { start, end, timeZone, startsAt, endsAt, practitionerId, roomId }
      ctx.record(AppointmentRescheduled, { subject, version, data: { ...data, previous } })
    } else ctx.record(AppointmentChanged, { subject, version, data })
  }
  ctx.audit('appointment', subject, moved ? 'reschedule' : 'change')
}

/** S-17: what a drag on the calendar changes. */
export function wasMoved(before: AppointmentRecord, after: AppointmentRecord): boolean {
  return MOVING.some((field) => before[field] !== after[field])
}
const MOVING = ['startsAt', 'endsAt', 'timeZone', 'practitionerId', 'roomId'] as const

function place(record: AppointmentRecord) {
  const { appointmentId, practitionerId, locationId, roomId, startLocal, endLocal } = record
  const { timeZone, startsAt, endsAt, seriesId } = record
  const times = { start: startLocal, end: endLocal, timeZone, startsAt, endsAt }
  return { appointmentId, practitionerId, locationId, roomId, ...times, ...(seriesId ? { seriesId } : {}) }
}

function withPatient(record: AppointmentRecord, patientId: string) {
  const { services, modifiers, billable, telehealthUrl, kind, medium, contactWith } = record
  return {
    ...place(record),
    patientId,
    services: services.map(({ serviceId, code, amountCents, units }) => ({
      serviceId,
      code,
      amountCents,
      units,
    })),
    modifiers: [...modifiers],
    billable,
    telehealthUrl,
    kind,
    ...(medium === null ? {} : { medium }),
    ...(contactWith === null ? {} : { contactWith }),
  }
}

function otherEvent(record: AppointmentRecord) {
  return { ...place(record), title: record.title!, showAs: record.showAs as 'busy' | 'free' }
}
