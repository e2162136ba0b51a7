import { fields } from '@praxisbus/contracts'
import { type Sql, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import {
  type DropReason,
  type FailReason,
  messageKind,
  messageReason,
  messageState,
  REASONS,
} from '../domain/message.ts'
import { channel } from '../domain/reminders.ts'

/** What goes out to a patient, as people see it. */
export const messageAnswer = z.strictObject({
  reminderId: fields.id,
  appointmentId: fields.id,
  patientId: fields.id,
  kind: messageKind.describe('feedback: the link by which the patient says how the session was'),
  channel,
  daysAhead: z.int().nullable(),
  startsAt: fields.instant.describe('The start of the appointment that it tells of'),
  dueAt: fields.instant,
  state: messageState.describe('unknown: it may have gone out; it is not sent again by itself'),
  reason: messageReason.nullable(),
  detail: z.string().nullable().describe('The reason in words'),
  attempts: z.int(),
  nextAttemptAt: fields.instant.nullable(),
  lastError: z.string().nullable(),
  sentTo: z.string().nullable(),
  sentAt: fields.instant.nullable(),
  providerReference: z.string().nullable(),
  version: z.int(),
})
export type MessageAnswer = z.infer<typeof messageAnswer>

export type MessageRow = Omit<MessageAnswer, 'detail'>

export const MESSAGE_VIEW: Sql = sql`
  select id as reminder_id, appointment_id, patient_id, kind, channel, days_ahead, starts_at, due_at, state, reason, attempts,
         case when state = 'waiting' then next_look_at end as next_attempt_at, last_error, address as sent_to, sent_at,
         provider_reference, version
    from patient_message`

export function messageOf(row: MessageRow): MessageAnswer {
  const { reason } = row
  return { ...row, detail: reason === null ? null : REASONS[reason as FailReason | DropReason] }
}
