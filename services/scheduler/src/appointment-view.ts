import { type Refusal, type Sql, sql, type Tx } from '@praxisbus/runtime'
import type { AppointmentAnswer } from './appointment-answers.ts'
import { notAVisit } from './domain/gone.ts'
import { notFound } from './lookups.ts'

/** An appointment as everybody sees it: one shape for the list, the details and the answers of commands. */
export const APPOINTMENT_VIEW = sql`
  select appointment.id as appointment_id, kind, medium, contact_with, title, show_as,
         patient_id, patient.name as patient_name,
         practitioner_id, practitioner.name as practitioner_name,
         appointment.location_id, location.name as location_name, location.place_of_service,
         room_id, room.name as room_name,
         to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start, to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end",
         time_zone, starts_at, ends_at,
         (select coalesce(jsonb_agg(jsonb_build_object('serviceId', service_id, 'code', code, 'description', description,
                   'amountCents', amount_cents, 'units', units) order by position), '[]')
            from appointment_service where appointment_id = appointment.id) as services,
         (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'automatic', code = any(automatic_modifiers))
                   order by position), '[]')
            from unnest(modifiers) with ordinality as modifier (code, position)) as modifiers,
         billable, telehealth_url, additional_instructions,
         (select coalesce(jsonb_agg(jsonb_build_object('channel', channel, 'daysAhead', days_ahead) order by position), '[]')
            from appointment_reminder where appointment_id = appointment.id) as reminders,
         session_bridge, status, checked_in_at, checked_out_at,
         case when copay_amount_cents is not null
              then jsonb_build_object('amountCents', copay_amount_cents, 'method', copay_method, 'reference', copay_reference)
         end as copay,
         (select jsonb_build_object(
                   'completedAt', to_char(completed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                   'paymentType', payment_type, 'alreadyPaid', already_paid,
                   'payment', case when already_paid then jsonb_build_object(
                     'amountCents', payment_amount_cents, 'method', payment_method, 'reference', payment_reference) end,
                   'cashPayments', cash_payments, 'receiptEmail', receipt_email, 'lineItems', line_items, 'totalCents', total_cents)
            from session_completion where appointment_id = appointment.id) as completion,
         (select jsonb_build_object('kind', kind, 'feeCents', fee_cents, 'reason', reason,
                   'cancelledAt', to_char(cancelled_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
            from cancellation where appointment_id = appointment.id and restored_at is null) as cancellation,
         (select jsonb_build_object('serviceId', service_id, 'anyPractitioner', any_practitioner, 'message', message,
                   'requestedAt', to_char(requested_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                   'outcome', outcome, 'declineReason', decline_reason)
            from booking_request where appointment_id = appointment.id) as booking,
         deleted_at, series_id, to_char(occurrence_local, 'YYYY-MM-DD"T"HH24:MI') as occurrence, appointment.version
    from appointment
    left join patient on patient.id = patient_id
    join practitioner on practitioner.id = practitioner_id
    left join location on location.id = appointment.location_id
    left join room on room.id = room_id`

export function findAppointment(tx: Tx, id: string): Promise<AppointmentAnswer | undefined> {
  return tx.maybe<AppointmentAnswer>(appointmentById(id))
}

export function appointmentById(id: string): Sql {
  return sql`${APPOINTMENT_VIEW} where appointment.id = ${id}`
}

/** What a command has to know before it decides; the row stays locked until the command ends. */
export interface Visit {
  readonly appointmentId: string
  /** null: an other-event. */
  readonly patientId: string | null
  readonly status: AppointmentAnswer['status']
  readonly startsAt: string
  readonly endsAt: string
  readonly checkedInAt: string | null
  readonly checkedOutAt: string | null
  readonly copayAmountCents: number | null
  readonly version: number
}

export function lockVisit(tx: Tx, id: string): Promise<Visit | undefined> {
  return tx.maybe<Visit>(sql`
    select id as appointment_id, patient_id, status, starts_at, ends_at, checked_in_at, checked_out_at, copay_amount_cents,
           version
      from appointment where id = ${id} for update`)
}

/** The same for what only a visit of a patient has: a check-in, a completion, a fee. */
export async function lockPatientVisit(
  tx: Tx,
  id: string,
): Promise<(Visit & { readonly patientId: string }) | Refusal<'not_found' | 'not_a_visit'>> {
  const visit = await lockVisit(tx, id)
  if (!visit) return notFound('appointment', id)
  const { patientId } = visit
  return patientId === null ? notAVisit() : { ...visit, patientId }
}

/** From then on something may hang on it: a note, a copay, a bill. */
export function hasBegun(
  visit: { readonly status: string; readonly startsAt: string },
  now: Temporal.Instant,
): boolean {
  return visit.status !== 'scheduled' || Temporal.Instant.compare(visit.startsAt, now) <= 0
}
