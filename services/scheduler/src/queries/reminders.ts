import { type QueryContext, type Sql, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { id } from '../domain/input.ts'
import { messageKind, messageState } from '../domain/message.ts'
import { channel } from '../domain/reminders.ts'
import { MESSAGE_VIEW, type MessageRow, messageOf } from '../messages/view.ts'
import { paged, timePage } from '../page.ts'

export const remindersInput = z.strictObject({
  state: messageState.optional().describe('failed and unknown are for somebody to look at'),
  kind: messageKind.optional(),
  channel: channel.optional(),
  appointmentId: id.optional(),
  patientId: id.optional(),
  ...timePage,
})

type Input = z.infer<typeof remindersInput>

/** S-10: what goes out to patients and what became of it, the latest due first. */
export async function listReminders(ctx: QueryContext, input: Input) {
  const rows = await ctx.tx.many<MessageRow>(reminderRows(input))
  const page = paged(rows.map(messageOf), input.limit, (row) => [row.dueAt, row.reminderId])
  for (const { reminderId } of page.items) ctx.audit('patient-message', reminderId)
  return page
}

/** The state is said in the statement itself: what holds for any state could not use an index of those that are for somebody to look at. */
const STATES: Readonly<Record<NonNullable<Input['state']>, Sql>> = {
  waiting: sql` and state = 'waiting'`,
  sending: sql` and state = 'sending'`,
  sent: sql` and state = 'sent'`,
  unknown: sql` and state = 'unknown'`,
  failed: sql` and state = 'failed'`,
  dropped: sql` and state = 'dropped'`,
}

export function reminderRows(input: Input): Sql {
  const { state, kind, channel, appointmentId, patientId, after, limit } = input
  const asked: Sql[] = [
    ...(state ? [STATES[state]] : []),
    ...(kind ? [sql` and kind = ${kind}`] : []),
    ...(channel ? [sql` and channel = ${channel}`] : []),
    ...(appointmentId ? [sql` and appointment_id = ${appointmentId}`] : []),
    ...(patientId ? [sql` and patient_id = ${patientId}`] : []),
    ...(after ? [sql` and (due_at, id) < (${after[0]}, ${after[1]})`] : []),
  ]
  return sql`
    ${MESSAGE_VIEW} where practice_id = current_practice()${sql.join(asked, sql``)}
     order by due_at desc, id desc limit ${limit + 1}`
}
