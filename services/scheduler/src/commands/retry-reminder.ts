import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { type MessageState, REASONS } from '../domain/message.ts'
import { sameInstant, unwanted, usefulUntil } from '../domain/message-plan.ts'
import type { Channel } from '../domain/reminders.ts'
import { findPatient, notFound } from '../lookups.ts'
import { MESSAGE_VIEW, type MessageRow, messageOf } from '../messages/view.ts'

export const retryInput = z.strictObject({
  evenIfSent: z
    .boolean()
    .default(false)
    .describe('For one whose outcome is unknown: send it again although the patient may get it twice'),
})

interface Row extends MessageRow {
  readonly newest: boolean
}

/**
 * S-10: sends what failed once more, with all its attempts. What may have gone out goes again only where a person says so. Refuses
 * `not_found`, `already_sent`, `being_sent`, `outcome_unknown`, `not_wanted`, `too_late`, `reminder_without_consent`.
 */
export async function retryReminder(
  ctx: CommandContext,
  { reminderId, evenIfSent }: z.infer<typeof retryInput> & { reminderId: string },
) {
  const visit = await ctx.tx.maybe<{
    status: string
    startsAt: string
    endsAt: string
    sessionBridge: boolean
  }>(sql`
    select status, starts_at, ends_at, session_bridge from appointment
     where id = (select appointment_id from patient_message where id = ${reminderId}) for share`)
  if (!visit) return notFound('reminder', reminderId)
  const message = await ctx.tx.one<Row>(sql`
    select view.*, not exists (
             select from patient_message as own join patient_message as later
                 on later.appointment_id = own.appointment_id and later.kind = own.kind and later.channel = own.channel
                and later.days_ahead is not distinct from own.days_ahead and later.ordinal > own.ordinal
              where own.id = view.reminder_id) as newest
      from (${MESSAGE_VIEW} where id = ${reminderId} for update) as view`)
  const wrong = mayRetry(message.state, evenIfSent)
  if (wrong) return wrong
  const { kind } = message
  if (unwanted(kind, visit) || !message.newest || !sameInstant(message.startsAt, visit.startsAt))
    return notWanted('The appointment is not as it was when this was planned.')
  if (Temporal.Instant.compare(usefulUntil(kind, visit), ctx.now) <= 0) return tooLate()
  const patient = (await findPatient(ctx.tx, message.patientId))!
  if (!patient.reminderConsents[message.channel]) return withoutConsent(message.channel)
  await ctx.tx.run(sql`
    update patient_message
       set state = 'waiting', reason = null, attempts = 0, tried_at = null, next_look_at = greatest(due_at, ${ctx.now.toString()}),
           version = version + 1
     where id = ${reminderId}`)
  ctx.audit('patient-message', reminderId, 'retry')
  return messageOf(await ctx.tx.one<MessageRow>(sql`${MESSAGE_VIEW} where id = ${reminderId}`))
}

function mayRetry(
  state: MessageState,
  evenIfSent: boolean,
): Refusal<'already_sent' | 'being_sent' | 'outcome_unknown' | 'not_wanted'> | undefined {
  switch (state) {
    case 'failed':
      return undefined
    case 'unknown':
      if (evenIfSent) return undefined
      return refuse('outcome_unknown', {
        field: 'evenIfSent',
        detail: REASONS['outcome-unknown'],
        next: 'Ask the patient, or send evenIfSent true: they may get it twice.',
      })
    case 'sent':
      return refuse('already_sent', {
        detail: 'It was sent.',
        next: 'Nothing has to be done. POST /v1/appointments/{id}/confirmation sends the appointment again.',
      })
    case 'dropped':
      return notWanted('It is not wanted any more.')
    default:
      return refuse('being_sent', {
        detail: 'It waits for its moment or for its next attempt.',
        next: 'Nothing has to be done: it goes out by itself.',
      })
  }
}

function notWanted(detail: string): Refusal<'not_wanted'> {
  return refuse('not_wanted', {
    detail,
    next: 'Look at the appointment; POST /v1/appointments/{id}/confirmation sends it as it is now.',
  })
}

function tooLate(): Refusal<'too_late'> {
  return refuse('too_late', {
    detail: 'Its time is over.',
    next: 'Call the patient where something has to be said.',
  })
}

function withoutConsent(channel: Channel): Refusal<'reminder_without_consent'> {
  return refuse('reminder_without_consent', {
    detail: `The patient has not agreed to messages by ${channel}.`,
    next: `Note the patient's consent (reminderConsents.${channel}) first, or call them.`,
  })
}
