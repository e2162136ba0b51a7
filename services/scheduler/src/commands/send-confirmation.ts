import { type CommandContext, isRefusal, sql } from '@praxisbus/runtime'
import { lockPatientVisit } from '../appointment-view.ts'
import { askConfirmation } from '../messages/ask-confirmation.ts'
import { MESSAGE_VIEW, type MessageRow, messageOf } from '../messages/view.ts'

/** S-09: sends the appointment to the patient as it is now, for instance with another URL. Refuses `not_found`, `not_a_visit` and what askConfirmation does. */
export async function sendConfirmation(ctx: CommandContext, { appointmentId }: { appointmentId: string }) {
  const visit = await lockPatientVisit(ctx.tx, appointmentId)
  if (isRefusal(visit)) return visit
  const id = await askConfirmation(ctx, appointmentId)
  if (isRefusal(id)) return id
  return messageOf(await ctx.tx.one<MessageRow>(sql`${MESSAGE_VIEW} where id = ${id}`))
}
