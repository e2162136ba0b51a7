import { BookingDeclined, BookingWithdrawn } from '@praxisbus/contracts'
import { type ActContext, type Sql, sql, type Tx } from '@praxisbus/runtime'
import type { BookingAnswer } from '../booking-answers.ts'
import { moment } from '../moment.ts'

/** A request as those see it who asked. What became of its appointment after it was accepted is told in one word. */
export function requestById(appointmentId: string, now: Temporal.Instant): Sql {
  return sql`
    select appointment.id as appointment_id,
           case when outcome is null and lapses_at <= ${now.toString()} then 'lapsed'
                when outcome is null then 'pending'
                when outcome = 'accepted' and status in ('cancelled', 'deleted') then 'cancelled'
                else outcome end as state,
           service_id, patient_id, practitioner_id, practitioner.name as practitioner_name,
           to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start, to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end",
           time_zone, starts_at, ends_at, message, requested_at, answered_at, decline_reason, appointment.version
      from booking_request
      join appointment on appointment.id = booking_request.appointment_id
      join practitioner on practitioner.id = practitioner_id
     where booking_request.appointment_id = ${appointmentId}`
}

export function findRequest(tx: Tx, id: string, now: Temporal.Instant): Promise<BookingAnswer | undefined> {
  return tx.maybe<BookingAnswer>(requestById(id, now))
}

/** What a request and its appointment are told by, both by the fact of its asking and that of its end. */
export function toldOf(request: BookingAnswer) {
  const { appointmentId, patientId, practitionerId, serviceId } = request
  const { start, end, timeZone, startsAt, endsAt } = request
  return { appointmentId, patientId, practitionerId, serviceId, start, end, timeZone, startsAt, endsAt }
}

export interface Answer {
  readonly outcome: 'accepted' | 'declined' | 'lapsed' | 'withdrawn'
  /** null: nobody. */
  readonly by: string | null
  readonly reason: string | null
}

/** Notes the answer, and puts the appointment into the state that follows. Its row is locked by the caller. */
export async function answerRequest(
  tx: Tx,
  { appointmentId, version }: { readonly appointmentId: string; readonly version: number },
  { outcome, by, reason }: Answer,
  now: Temporal.Instant,
): Promise<void> {
  const status = outcome === 'accepted' ? 'scheduled' : 'declined'
  await Promise.all([
    tx.run(sql`
      update appointment set status = ${status}, version = ${version} where id = ${appointmentId}`),
    tx.run(sql`
      update booking_request
         set outcome = ${outcome}, answered_at = ${moment(now)}, answered_by = ${by}, decline_reason = ${reason}
       where appointment_id = ${appointmentId}`),
  ])
}

/** A request that comes to nothing, by somebody's word or because nobody answered in time. Its row is locked by the caller. */
export async function endRequest(
  ctx: Pick<ActContext, 'tx' | 'now' | 'record' | 'audit'>,
  pending: { readonly appointmentId: string; readonly version: number },
  answer: Answer & { readonly outcome: Exclude<Answer['outcome'], 'accepted'> },
): Promise<BookingAnswer> {
  const { appointmentId } = pending
  const version = pending.version + 1
  await answerRequest(ctx.tx, { appointmentId, version }, answer, ctx.now)
  const request = (await findRequest(ctx.tx, appointmentId, ctx.now))!
  const at = moment(ctx.now)
  if (answer.outcome === 'withdrawn')
    ctx.record(BookingWithdrawn, {
      subject: appointmentId,
      version,
      data: { ...toldOf(request), withdrawnAt: at },
    })
  else
    ctx.record(BookingDeclined, {
      subject: appointmentId,
      version,
      data: { ...toldOf(request), declinedAt: at, lapsed: answer.outcome === 'lapsed' },
    })
  ctx.audit('appointment', appointmentId, AUDITED[answer.outcome])
  return request
}

const AUDITED = { declined: 'decline', lapsed: 'let lapse', withdrawn: 'withdraw request' } as const

/** How many requests of a patient wait for an answer. Who asks holds the patient's row, so that two at once are counted. */
export async function countPending(tx: Tx, patientId: string, now: Temporal.Instant): Promise<number> {
  const { count } = await tx.one<{ count: number }>(sql`
    select count(*)::int as count from appointment
     where practice_id = current_practice() and patient_id = ${patientId} and status = 'pending'
       and starts_at > ${now.toString()}`)
  return count
}
