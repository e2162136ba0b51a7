import { AppointmentCheckedIn } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import { findAppointment, lockPatientVisit } from '../appointment-view.ts'
import { decideCheckIn } from '../domain/check-in.ts'
import { payment } from '../domain/input.ts'
import { planReminders } from '../messages/plan.ts'
import { moment } from '../moment.ts'

export const checkInInput = z.strictObject({ copay: payment.optional() })

/**
 * S-23: the patient arrived; a copay taken at the desk travels to billing, which keeps it in escrow. Refuses `not_found`,
 * `appointment_deleted`, `already_completed`, `already_checked_in`, `billing_off` (a copay that nobody would keep).
 */
export async function checkIn(
  ctx: CommandContext,
  { appointmentId, copay }: z.infer<typeof checkInInput> & { appointmentId: string },
  practice: PracticeAnswer,
) {
  const visit = await lockPatientVisit(ctx.tx, appointmentId)
  if (isRefusal(visit)) return visit
  const wrong = decideCheckIn(visit)
  if (wrong) return wrong
  if (copay && !practice.products.billing) {
    return refuse('billing_off', {
      field: 'copay',
      detail: 'The practice does not use billing, so no one would keep account of the copay.',
      next: 'Check in without copay, or turn billing on for the practice.',
    })
  }
  const version = visit.version + 1
  const checkedInAt = moment(ctx.now)
  await ctx.tx.run(sql`
    update appointment set status = 'checked-in', checked_in_at = ${checkedInAt}, copay_amount_cents = ${copay?.amountCents},
           copay_method = ${copay?.method}, copay_reference = ${copay?.reference}, version = ${version}
     where id = ${appointmentId}`)
  await planReminders(ctx, appointmentId)
  ctx.record(AppointmentCheckedIn, {
    subject: appointmentId,
    version,
    data: { appointmentId, patientId: visit.patientId, checkedInAt, copay: copay ?? null },
  })
  ctx.audit('appointment', appointmentId, 'check in')
  return (await findAppointment(ctx.tx, appointmentId))!
}
