import { AppointmentRestored } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql, staleWrite } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { findAppointment, lockPatientVisit } from '../appointment-view.ts'
import { mayRestore } from '../domain/cancellation.ts'
import { decideRestoring } from '../domain/in-the-way.ts'
import { lockPractitioner } from '../lookups.ts'
import { planReminders } from '../messages/plan.ts'
import { moment } from '../moment.ts'
import { overlapWarnings } from '../overlaps.ts'
import { askAround, type Peers } from '../visit-state.ts'
import { onCalendar } from './cancel-appointment.ts'

/**
 * S-20: takes a cancellation back, as where somebody marked the wrong patient. A fee that was charged is the biller's to take
 * back first, so no charge outlives what it was for. Whoever has the time meanwhile is named (S-12). Refuses `not_found`,
 * `stale`, `appointment_deleted`, `not_cancelled`, a bill or payment in the way.
 */
export function restoreAppointment(peers: Peers) {
  return async (
    ctx: CommandContext,
    { appointmentId }: { appointmentId: string },
    practice: PracticeAnswer,
  ) => {
    const visit = await lockPatientVisit(ctx.tx, appointmentId)
    if (isRefusal(visit)) return visit
    const wrong = mayRestore(visit) ?? staleWrite(ctx, visit.version)
    if (wrong) return wrong
    // A note does not stand in the way, so the EHR is not asked.
    const products = { ...practice.products, ehr: false }
    const state = await askAround(ctx, visit, { ...practice, products }, peers)
    const inTheWay = isRefusal(state) ? state : decideRestoring(state)
    if (inTheWay) return inTheWay
    const restoredAt = moment(ctx.now)
    const version = visit.version + 1
    await ctx.tx.run(sql`
      update cancellation set restored_at = ${restoredAt}, restored_by = ${ctx.principal.userId}
       where appointment_id = ${appointmentId} and restored_at is null`)
    await ctx.tx.run(sql`
      update appointment set status = case when checked_in_at is null then 'scheduled' else 'checked-in' end,
             version = ${version}
       where id = ${appointmentId}`)
    await planReminders(ctx, appointmentId)
    const appointment = (await findAppointment(ctx.tx, appointmentId))!
    ctx.record(AppointmentRestored, {
      subject: appointmentId,
      version,
      data: { ...onCalendar(appointment, visit.patientId), restoredAt },
    })
    ctx.audit('appointment', appointmentId, 'restore')
    // Of two that want the same time at the same moment the second sees the first. Somebody inactive is no hindrance.
    await lockPractitioner(ctx.tx, appointment.practitionerId)
    return { ...appointment, warnings: await overlapWarnings(ctx.tx, [appointment]) }
  }
}
