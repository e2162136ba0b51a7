import { type CommandContext, isRefusal, sql } from '@praxisbus/runtime'
import { lockVisit } from '../appointment-view.ts'
import { notFound } from '../lookups.ts'
import { askConfirmation } from '../messages/ask-confirmation.ts'
import { MESSAGE_VIEW, type MessageRow, messageOf } from '../messages/view.ts'

/** S-09: sends the appointment to the patient as it is now, for instance with another URL. Refuses `not_found` and what askConfirmation does. */
export async function sendConfirmation(ctx: CommandContext, { appointmentId }: { appointmentId: string }) {
  const visit = await lockVisit(ctx.tx, appointmentId)
  if (!visit) return notFound('appointment', appointmentId)
  const id = await askConfirmation(ctx, appointmentId)
  if (isRefusal(id)) return id
  return messageOf(await ctx.tx.one<MessageRow>(sql`${MESSAGE_VIEW} where id = ${id}`))
}
