import { AppointmentDeleted } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql, staleWrite } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { findAppointment, hasBegun, lockVisit } from '../appointment-view.ts'
import type { DeletionInput } from '../domain/change.ts'
import { deletedVisit, stillPending } from '../domain/gone.ts'
import { decideDeletion } from '../domain/in-the-way.ts'
import { keptInGoogle } from '../google/kept-there.ts'
import { notFound } from '../lookups.ts'
import { planReminders } from '../messages/plan.ts'
import { moment } from '../moment.ts'
import { lockAnchor } from '../series/rows.ts'
import { askAround, type Peers } from '../visit-state.ts'
import { offerFreed } from '../waitlist/freed.ts'
import { changeSeries } from './change-series.ts'

/**
 * S-16: takes an appointment off the calendar; its row stays, marked. Once it has begun (or the patient was checked in),
 * billing and the EHR are asked what stands in the way, with the appointment locked, so that completing it at the same
 * moment waits. Refuses `not_found`, `appointment_deleted`, `still_pending`, `stale` and what domain/in-the-way.ts says.
 */
export function deleteAppointment(peers: Peers) {
  return async (
    ctx: CommandContext,
    { appointmentId, scope, plan }: DeletionInput & { appointmentId: string },
    practice: PracticeAnswer,
  ) => {
    if (scope === 'this-and-future') return deleteFuture(ctx, appointmentId, plan, practice, peers)
    const visit = await lockVisit(ctx.tx, appointmentId)
    if (!visit) return notFound('appointment', appointmentId)
    if (visit.status === 'deleted' || visit.status === 'declined') return deletedVisit()
    if (visit.status === 'pending') return stillPending()
    const wrong = staleWrite(ctx, visit.version) ?? (await keptInGoogle(ctx.tx, visit))
    if (wrong) return wrong
    if (visit.patientId !== null && hasBegun(visit, ctx.now)) {
      const state = await askAround(ctx, visit, practice, peers)
      const inTheWay = isRefusal(state) ? state : decideDeletion(state)
      if (inTheWay) return inTheWay
    }
    const version = visit.version + 1
    const deletedAt = moment(ctx.now)
    await ctx.tx.run(sql`
      update appointment set status = 'deleted', deleted_at = ${deletedAt}, version = ${version}
       where id = ${appointmentId}`)
    await planReminders(ctx, appointmentId)
    ctx.record(AppointmentDeleted, {
      subject: appointmentId,
      version,
      data: { appointmentId, patientId: visit.patientId, deletedAt },
    })
    ctx.audit('appointment', appointmentId, 'delete')
    const appointment = (await findAppointment(ctx.tx, appointmentId))!
    // A cancelled one freed its time when it was cancelled.
    if (visit.patientId !== null && visit.status !== 'cancelled') offerFreed(ctx, appointment)
    return { ...appointment, warnings: [] }
  }
}

/** S-15: this occurrence and all that follow it; the series ends before it. */
async function deleteFuture(
  ctx: CommandContext,
  appointmentId: string,
  plan: string | undefined,
  practice: PracticeAnswer,
  peers: Peers,
) {
  const anchor = await lockAnchor(ctx, appointmentId)
  if (isRefusal(anchor)) return anchor
  return changeSeries(ctx, anchor, { asked: 'delete', plan }, practice, peers)
}
