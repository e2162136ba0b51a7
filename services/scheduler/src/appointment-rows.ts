import { json, sql, type Tx } from '@praxisbus/runtime'
import type { Kind } from './domain/kind.ts'
import type { Fold } from './domain/local-time.ts'
import type { Reminder } from './domain/reminders.ts'

/** A service as the catalogue had it when the appointment was made or its services were last changed. */
export interface BookedService {
  readonly serviceId: string
  readonly code: string
  readonly description: string
  readonly amountCents: number | null
  readonly units: number
}

/** An appointment as its rows have it. Local times are YYYY-MM-DDTHH:MM, instants UTC. */
export interface AppointmentRecord {
  readonly appointmentId: string
  readonly kind: Kind
  /** null: an other-event. */
  readonly patientId: string | null
  readonly practitionerId: string
  readonly locationId: string | null
  readonly roomId: string | null
  readonly startLocal: string
  readonly endLocal: string
  readonly timeZone: string
  readonly startFold: Fold
  readonly endFold: Fold
  readonly startsAt: string
  readonly endsAt: string
  readonly services: readonly BookedService[]
  /** All of them, in order. */
  readonly modifiers: readonly string[]
  readonly automaticModifiers: readonly string[]
  readonly billable: boolean
  readonly telehealthUrl: string | null
  readonly additionalInstructions: string | null
  readonly reminders: readonly Reminder[]
  readonly sessionBridge: boolean
  readonly medium: string | null
  readonly contactWith: string | null
  readonly title: string | null
  readonly showAs: string
  readonly seriesId: string | null
  /** Where the series' rule put it, local time. */
  readonly occurrenceLocal: string | null
  readonly version: number
}

/** What statements over many appointments read their rows from. */
const RECORDS = sql`record (appointment_id uuid, kind text, patient_id uuid, practitioner_id uuid, location_id uuid,
  room_id uuid, start_local timestamp, end_local timestamp, time_zone text, start_fold text, end_fold text,
  starts_at timestamptz, ends_at timestamptz, modifiers text[], automatic_modifiers text[], billable boolean,
  telehealth_url text, additional_instructions text, session_bridge boolean, medium text, contact_with text, title text,
  show_as text, series_id uuid, occurrence_local timestamp, version bigint)`

const asRow = (record: AppointmentRecord) =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )

/** Makes appointments with their services and reminders, however many, in three statements. */
export async function insertAppointments(
  tx: Tx,
  records: readonly AppointmentRecord[],
  status: 'scheduled' | 'pending' = 'scheduled',
): Promise<void> {
  await tx.run(sql`
    insert into appointment (practice_id, id, kind, patient_id, practitioner_id, location_id, room_id, start_local, end_local,
                             time_zone, start_fold, end_fold, starts_at, ends_at, modifiers, automatic_modifiers, billable,
                             telehealth_url, additional_instructions, session_bridge, medium, contact_with, title, show_as,
                             series_id, occurrence_local, version, status)
    select current_practice(), appointment_id, kind, patient_id, practitioner_id, location_id, room_id, start_local, end_local,
           time_zone, start_fold, end_fold, starts_at, ends_at, modifiers, automatic_modifiers, billable, telehealth_url,
           additional_instructions, session_bridge, medium, contact_with, title, show_as, series_id, occurrence_local, version,
           ${status}
      from jsonb_to_recordset(${json(records.map(asRow))}) as ${RECORDS}`)
  await insertParts(tx, records)
}

/** Puts these in the place of what the appointments were. Their rows are locked by the caller. */
export async function replaceAppointments(tx: Tx, records: readonly AppointmentRecord[]): Promise<void> {
  await tx.run(sql`
    update appointment
       set practitioner_id = record.practitioner_id, location_id = record.location_id, room_id = record.room_id,
           start_local = record.start_local, end_local = record.end_local, time_zone = record.time_zone,
           start_fold = record.start_fold, end_fold = record.end_fold, starts_at = record.starts_at, ends_at = record.ends_at,
           modifiers = record.modifiers, automatic_modifiers = record.automatic_modifiers, billable = record.billable,
           telehealth_url = record.telehealth_url, additional_instructions = record.additional_instructions,
           session_bridge = record.session_bridge, medium = record.medium, contact_with = record.contact_with,
           title = record.title, show_as = record.show_as, series_id = record.series_id,
           occurrence_local = record.occurrence_local, version = record.version
      from jsonb_to_recordset(${json(records.map(asRow))}) as ${RECORDS}
     where appointment.id = record.appointment_id`)
  const ids = records.map((record) => record.appointmentId)
  await tx.run(sql`delete from appointment_service where appointment_id = any(${ids}::uuid[])`)
  await tx.run(sql`delete from appointment_reminder where appointment_id = any(${ids}::uuid[])`)
  await insertParts(tx, records)
}

async function insertParts(tx: Tx, records: readonly AppointmentRecord[]): Promise<void> {
  const services = records.flatMap(({ appointmentId, services }) =>
    services.map((service, index) => ({
      appointment_id: appointmentId,
      position: index + 1,
      service_id: service.serviceId,
      code: service.code,
      description: service.description,
      amount_cents: service.amountCents,
      units: service.units,
    })),
  )
  if (services.length > 0) {
    await tx.run(sql`
      insert into appointment_service (practice_id, appointment_id, position, service_id, code, description, amount_cents, units)
      select current_practice(), service.*
        from jsonb_to_recordset(${json(services)}) as service (appointment_id uuid, position int, service_id uuid, code text,
                                                               description text, amount_cents bigint, units int)`)
  }
  const reminders = records.flatMap(({ appointmentId, reminders }) =>
    reminders.map(({ channel, daysAhead }, index) => ({
      appointment_id: appointmentId,
      position: index + 1,
      channel,
      days_ahead: daysAhead,
    })),
  )
  if (reminders.length > 0) {
    await tx.run(sql`
      insert into appointment_reminder (practice_id, appointment_id, position, channel, days_ahead)
      select current_practice(), reminder.*
        from jsonb_to_recordset(${json(reminders)}) as reminder (appointment_id uuid, position int, channel text, days_ahead int)`)
  }
}

export interface LockedRecord extends AppointmentRecord {
  readonly status: string
  readonly copayAmountCents: number | null
}

/**
 * The records of these appointments, locked in the order of their ids until the transaction ends. Locked by a statement of its
 * own, which travels along: one that waits reads the locked row anew, but its sub-selects as of before, so whoever came second
 * would write the services and reminders back that the first had replaced.
 */
export function lockRecords(tx: Tx, ids: readonly string[]): Promise<LockedRecord[]> {
  tx.later(sql`select from appointment where id = any(${ids}::uuid[]) order by id for update`)
  return tx.many<LockedRecord>(sql`
    select id as appointment_id, kind, patient_id, practitioner_id, location_id, room_id,
           to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start_local, to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as end_local,
           time_zone, start_fold, end_fold, starts_at, ends_at,
           (select coalesce(jsonb_agg(jsonb_build_object('serviceId', service_id, 'code', code, 'description', description,
                     'amountCents', amount_cents, 'units', units) order by position), '[]')
              from appointment_service where appointment_id = appointment.id) as services,
           modifiers, automatic_modifiers, billable, telehealth_url, additional_instructions,
           (select coalesce(jsonb_agg(jsonb_build_object('channel', channel, 'daysAhead', days_ahead) order by position), '[]')
              from appointment_reminder where appointment_id = appointment.id) as reminders,
           session_bridge, medium, contact_with, title, show_as, series_id,
           to_char(occurrence_local, 'YYYY-MM-DD"T"HH24:MI') as occurrence_local, status,
           copay_amount_cents, version
      from appointment where id = any(${ids}::uuid[]) order by id`)
}
