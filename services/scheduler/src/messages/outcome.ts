import { ReminderFailed, ReminderSent } from '@praxisbus/contracts'
import { type ActContext, type Sql, sql } from '@praxisbus/runtime'
import { isFailure, type Taken } from '../adapters/messages.ts'
import type { FailReason, MessageKind } from '../domain/message.ts'
import { afterFailure, type SendFailure, shownError } from '../domain/message-sending.ts'
import type { Channel } from '../domain/reminders.ts'
import { moment } from '../moment.ts'

interface Told {
  readonly id: string
  readonly appointmentId: string
  readonly patientId: string
  readonly kind: MessageKind
  readonly channel: Channel
  readonly daysAhead: number | null
  readonly startsAt: string
}

/** Not sent, for a reason that somebody should look at. */
export async function keepFailed(
  ctx: ActContext,
  message: Told,
  reason: FailReason,
  error?: string,
): Promise<void> {
  const last = error === undefined ? sql`` : sql`, last_error = ${error}`
  await fail(ctx, message, reason, sql`state = 'failed', reason = ${reason}${last}`)
}

/** It may have gone out. It stays so until a person says what to do (docs/decisions/0015). */
export async function keepUnknown(ctx: ActContext, message: Told, error?: string): Promise<void> {
  const last = error ?? 'Whoever was sending it ended before it could say how it went'
  await fail(
    ctx,
    message,
    'outcome-unknown',
    sql`state = 'unknown', reason = 'outcome-unknown', last_error = coalesce(${error ?? null}, last_error, ${last})`,
  )
}

async function fail(ctx: ActContext, message: Told, reason: FailReason, change: Sql): Promise<void> {
  const { version } = await ctx.tx.one<{ version: number }>(sql`
    update patient_message set ${change}, next_look_at = null, version = version + 1
     where id = ${message.id} returning version`)
  const data = { ...tellOf(message), failedAt: moment(ctx.now), reason }
  ctx.record(ReminderFailed, { subject: message.id, version, data })
  ctx.audit('patient-message', message.id, reason === 'outcome-unknown' ? 'lose sight of' : 'fail to send')
}

interface InHand extends Told {
  readonly attempts: number
}

/**
 * Writes down how an attempt went, unless a later one was begun. A claim that ran out meanwhile may have made it `unknown`: now
 * it is known. The appointment is locked first, as planning does, so that one of both sees what the other did.
 */
export async function settleMessage(
  ctx: ActContext,
  claim: { readonly id: string; readonly attempts: number; readonly repeated: boolean },
  outcome: Taken | SendFailure,
): Promise<void> {
  await ctx.tx.maybe(sql`
    select from appointment where id = (select appointment_id from patient_message where id = ${claim.id}) for share`)
  const message = await ctx.tx.maybe<InHand>(sql`
    select id, appointment_id, patient_id, kind, channel, days_ahead, starts_at, attempts from patient_message
     where id = ${claim.id} and state in ('sending', 'unknown') and attempts = ${claim.attempts} for update`)
  if (!message) return
  if (!isFailure(outcome)) return keepSent(ctx, message, outcome)
  const error = shownError(outcome.message)
  const after = afterFailure({ ...message, repeated: claim.repeated }, outcome)
  switch (after.state) {
    case 'failed':
      return keepFailed(ctx, message, after.reason, error)
    case 'unknown':
      return keepUnknown(ctx, message, error)
    case 'sending':
      // Possibly sent: it is not to be planned anew, and goes out again by the same key alone.
      return void (await ctx.tx.run(sql`
        update patient_message
           set state = 'sending', reason = null, last_error = ${error}, next_look_at = ${later(ctx, after.waitSeconds)}
         where id = ${message.id}`))
    case 'waiting':
      return keepWaiting(ctx, message, error, after.waitSeconds)
  }
}

async function keepSent(ctx: ActContext, message: InHand, { reference }: Taken): Promise<void> {
  const sentAt = moment(ctx.now)
  const { version } = await ctx.tx.one<{ version: number }>(sql`
    update patient_message
       set state = 'sent', reason = null, last_error = null, sent_at = ${sentAt}, next_look_at = null,
           provider_reference = ${reference}, version = version + 1
     where id = ${message.id} returning version`)
  ctx.record(ReminderSent, { subject: message.id, version, data: { ...tellOf(message), sentAt } })
  ctx.audit('patient-message', message.id, 'sent')
}

/** It was not sent, for certain. Where the appointment was moved meanwhile, another one tells of it. */
async function keepWaiting(
  ctx: ActContext,
  message: InHand,
  error: string,
  waitSeconds: number,
): Promise<void> {
  const { superseded } = await ctx.tx.one<{ superseded: boolean }>(sql`
    select exists (
      select from patient_message as other join patient_message as own on own.id = ${message.id}
       where other.appointment_id = own.appointment_id and other.kind = own.kind and other.channel = own.channel
         and other.days_ahead is not distinct from own.days_ahead and other.ordinal > own.ordinal
         and other.state <> 'dropped') as superseded`)
  await ctx.tx.run(
    superseded
      ? sql`update patient_message
               set state = 'dropped', reason = 'superseded', last_error = ${error}, next_look_at = null, version = version + 1
             where id = ${message.id}`
      : sql`update patient_message
               set state = 'waiting', reason = null, last_error = ${error}, next_look_at = ${later(ctx, waitSeconds)}
             where id = ${message.id}`,
  )
}

const later = ({ now }: ActContext, seconds: number) =>
  now.add({ milliseconds: Math.round(seconds * 1_000) }).toString()

function tellOf({ id, appointmentId, patientId, kind, channel, daysAhead, startsAt }: Told) {
  return { reminderId: id, appointmentId, patientId, kind, channel, daysAhead, startsAt }
}
