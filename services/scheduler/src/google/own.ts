import { sql, type Tx } from '@praxisbus/runtime'
import { type Content, contentOf, type Shown } from '../domain/google/content.ts'
import { appointmentOf } from '../domain/google/event-id.ts'
import { OWN_APPOINTMENT, OWN_INSTANCE, OWN_PRACTICE, type SeenEvent } from '../domain/google/seen.ts'
import type { Connection } from './connections.ts'
import type { GoogleSettings } from './settings.ts'

/** An appointment of ours as the sync looks at it. */
export interface OwnAppointment extends Shown {
  readonly appointmentId: string
  readonly practitionerId: string
  readonly status: string
  readonly version: number
}

/** Those that take place or took place; what is only asked for is not on the calendar yet. */
const ON_CALENDAR = ['scheduled', 'checked-in', 'completed']

export function ownAppointment(tx: Tx, id: string): Promise<OwnAppointment | undefined> {
  return tx.maybe<OwnAppointment>(sql`
    select appointment.id as appointment_id, practitioner_id, status, appointment.version, patient.name as patient_name,
           title, show_as, starts_at, ends_at, time_zone
      from appointment left join patient on patient.id = patient_id
     where appointment.id = ${id}`)
}

/** What the connection's calendar is to have of it; undefined: nothing. */
export function wantedThere(
  connection: Connection,
  appointment: OwnAppointment | undefined,
  agreed?: string,
): Content | undefined {
  if (!appointment || appointment.practitionerId !== connection.practitionerId) return undefined
  if (!ON_CALENDAR.includes(appointment.status)) return undefined
  return contentOf(appointment, connection, agreed)
}

export function marksOf(
  { instance }: GoogleSettings,
  { practiceId }: Connection,
  appointmentId: string,
): Record<string, string> {
  return { [OWN_INSTANCE]: instance, [OWN_PRACTICE]: practiceId, [OWN_APPOINTMENT]: appointmentId }
}

/**
 * Whose an event is. ours: by its id and what is written on it. another: the same practice in another installation (a copy for
 * trying out), which is left alone. Anything else, also a copy that somebody made of an event of ours, is an outside event.
 */
export function ownerOf(
  settings: GoogleSettings,
  { practiceId }: Connection,
  { eventId, marks }: SeenEvent,
): { readonly appointmentId: string; readonly generation: number } | 'another' | 'outside' {
  const named = appointmentOf(eventId)
  if (!named || marks[OWN_PRACTICE] !== practiceId || marks[OWN_APPOINTMENT] !== named.appointmentId)
    return 'outside'
  return marks[OWN_INSTANCE] === settings.instance ? named : 'another'
}
