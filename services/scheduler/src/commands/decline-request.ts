import { type CommandContext, staleWrite } from '@praxisbus/runtime'
import { findAppointment, lockVisit } from '../appointment-view.ts'
import { endRequest } from '../booking/requests.ts'
import { type DeclineInput, mayAnswer } from '../domain/booking/answer.ts'
import { notFound } from '../lookups.ts'
import { offerFreed } from '../waitlist/freed.ts'

/** S-18: staff decline what a patient asked for online; its time is free again. Refuses as accepting does. */
export async function declineRequest(
  ctx: CommandContext,
  { appointmentId, reason }: DeclineInput & { appointmentId: string },
) {
  const pending = await lockVisit(ctx.tx, appointmentId)
  if (!pending) return notFound('appointment', appointmentId)
  const wrong = mayAnswer(pending, ctx.now) ?? staleWrite(ctx, pending.version)
  if (wrong) return wrong
  await endRequest(ctx, pending, { outcome: 'declined', by: ctx.principal.userId, reason })
  const appointment = (await findAppointment(ctx.tx, appointmentId))!
  offerFreed(ctx, appointment)
  return appointment
}
