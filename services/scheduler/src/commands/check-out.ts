import { AppointmentCheckedOut } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql } from '@praxisbus/runtime'
import { findAppointment, lockPatientVisit } from '../appointment-view.ts'
import { decideCheckOut } from '../domain/check-in.ts'
import { moment } from '../moment.ts'
import { checkoutOf } from '../queries/appointments.ts'

/**
 * S-23: the patient leaves, once, after a check-in, before or after the session is completed. The answer has the Checkout section
 * (S-21): what the clinician wants patient and front desk to be told. Refuses `not_found`, `not_a_visit`, and what
 * domain/check-in.ts says.
 */
export async function checkOut(ctx: CommandContext, { appointmentId }: { appointmentId: string }) {
  const visit = await lockPatientVisit(ctx.tx, appointmentId)
  if (isRefusal(visit)) return visit
  const wrong = decideCheckOut(visit)
  if (wrong) return wrong
  const version = visit.version + 1
  const checkedOutAt = moment(ctx.now)
  await ctx.tx.run(sql`
    update appointment set checked_out_at = ${checkedOutAt}, version = ${version} where id = ${appointmentId}`)
  ctx.record(AppointmentCheckedOut, {
    subject: appointmentId,
    version,
    data: { appointmentId, patientId: visit.patientId, checkedOutAt },
  })
  ctx.audit('appointment', appointmentId, 'check out')
  const [appointment, checkout] = await Promise.all([
    findAppointment(ctx.tx, appointmentId),
    checkoutOf(ctx.tx, appointmentId),
  ])
  return { ...appointment!, checkout }
}
