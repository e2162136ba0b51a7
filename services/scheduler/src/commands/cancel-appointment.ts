import { AppointmentCancelled } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql, staleWrite } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import type { AppointmentAnswer } from '../appointment-answers.ts'
import { findAppointment, hasBegun, lockPatientVisit } from '../appointment-view.ts'
import { type CancellationInput, decideCancellation } from '../domain/cancellation.ts'
import { decideCalledOff } from '../domain/in-the-way.ts'
import { planReminders } from '../messages/plan.ts'
import { moment } from '../moment.ts'
import { askAround, type Peers } from '../visit-state.ts'
import { offerFreed } from '../waitlist/freed.ts'

/**
 * S-20: cancels an appointment or marks it as a no-show; billing makes the fee a charge. Once it has begun, billing and the
 * EHR are asked whether it took place after all, with the appointment locked. Refuses `not_found`, `stale`, what
 * domain/cancellation.ts says, and a bill or signed note in the way.
 */
export function cancelAppointment(peers: Peers) {
  return async (
    ctx: CommandContext,
    input: CancellationInput & { appointmentId: string },
    practice: PracticeAnswer,
  ) => {
    const visit = await lockPatientVisit(ctx.tx, input.appointmentId)
    if (isRefusal(visit)) return visit
    const stale = staleWrite(ctx, visit.version)
    if (stale) return stale
    const rules = { noShowFeeCents: practice.noShowFeeCents, billing: practice.products.billing }
    const decided = decideCancellation(input, visit, rules, ctx.now)
    if (isRefusal(decided)) return decided
    if (hasBegun(visit, ctx.now)) {
      const state = await askAround(ctx, visit, practice, peers)
      const inTheWay = isRefusal(state) ? state : decideCalledOff(state)
      if (inTheWay) return inTheWay
    }
    const { kind, reason } = input
    const { feeCents } = decided
    const cancelledAt = moment(ctx.now)
    const version = visit.version + 1
    const { appointmentId } = visit
    await ctx.tx.run(
      sql`update appointment set status = 'cancelled', version = ${version} where id = ${appointmentId}`,
    )
    await ctx.tx.run(sql`
      insert into cancellation (practice_id, appointment_id, version, kind, fee_cents, reason, cancelled_at, cancelled_by)
      values (${ctx.principal.practiceId}, ${appointmentId}, ${version}, ${kind}, ${feeCents}, ${reason}, ${cancelledAt},
              ${ctx.principal.userId})`)
    await planReminders(ctx, appointmentId)
    const appointment = (await findAppointment(ctx.tx, appointmentId))!
    ctx.record(AppointmentCancelled, {
      subject: appointmentId,
      version,
      data: { ...onCalendar(appointment, visit.patientId), cancelledAt, kind, feeCents },
    })
    ctx.audit('appointment', appointmentId, kind === 'no-show' ? 'mark as no-show' : 'cancel')
    offerFreed(ctx, appointment)
    return appointment
  }
}

/** The appointment as both facts about its place on the calendar tell it. */
export function onCalendar(appointment: AppointmentAnswer, patientId: string) {
  const { appointmentId, practitionerId, locationId, roomId, placeOfService } = appointment
  const { start, end, timeZone, startsAt, endsAt } = appointment
  const who = { appointmentId, patientId, practitionerId, locationId, roomId, placeOfService }
  return { ...who, serviceDate: start.slice(0, 10), start, end, timeZone, startsAt, endsAt }
}
