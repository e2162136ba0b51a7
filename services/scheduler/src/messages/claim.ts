import { type ActContext, sql } from '@praxisbus/runtime'
import type { Carriers, Outgoing } from '../adapters/messages.ts'
import type { MessageKind } from '../domain/message.ts'
import { sameInstant } from '../domain/message-plan.ts'
import { decideSending, type Sending, type Standing } from '../domain/message-sending.ts'
import type { Channel } from '../domain/reminders.ts'
import { type ClaimedRow, compose } from './compose.ts'
import { keepFailed, keepUnknown } from './outcome.ts'
import { planReminders } from './plan.ts'

/** Longer than the time-outs of a carrier. Whoever takes longer is not interrupted, but no longer the only one to judge. */
const LEASE_SECONDS = 180

export interface Due {
  readonly practiceId: string
  readonly id: string
}

interface Row extends ClaimedRow {
  readonly status: string
  readonly visitStartsAt: string
  readonly endsAt: string
  readonly timeZone: string
  readonly sessionBridge: boolean
  readonly consentEmail: boolean
  readonly consentPhone: boolean
  readonly consentText: boolean
}

export interface Claim {
  readonly message: { readonly kind: MessageKind; readonly channel: Channel }
  readonly outgoing: Outgoing
  /** The number of this attempt: only its own outcome is written down for it. */
  readonly attempts: number
  /** An earlier attempt may have arrived. */
  readonly repeated: boolean
}

/**
 * Takes a message up, or settles it where nothing is to be sent. Committed before anything goes out: from then on the message
 * counts as possibly sent, so whoever dies leaves no second one behind. The appointment is locked too, so that moving or
 * cancelling it comes before this or after; where somebody is at it just now, the next look finds the message again.
 */
export async function claimMessage(
  ctx: ActContext,
  id: string,
  carriers: Carriers,
  publicUrl: string | undefined,
): Promise<Claim | 'not free' | 'nothing to send'> {
  const row = await lockDue(ctx, id)
  if (!row) return 'not free'
  if (row.state === 'waiting' && !sameInstant(row.startsAt, row.visitStartsAt)) {
    await planReminders(ctx, row.appointmentId)
    return 'nothing to send'
  }
  const sending = decideSending(standingOf(row, carriers, publicUrl), ctx.now)
  if (!('address' in sending)) {
    await settleUnsent(ctx, row, sending)
    return 'nothing to send'
  }
  const outgoing = await compose(ctx, row, sending.address, publicUrl)
  const leaseEnds = ctx.now.add({ seconds: LEASE_SECONDS }).toString()
  await ctx.tx.run(sql`
    update patient_message
       set state = 'sending', reason = null, attempts = attempts + 1, tried_at = coalesce(tried_at, ${ctx.now.toString()}),
           address = ${sending.address}, next_look_at = ${leaseEnds}
     where id = ${id}`)
  ctx.audit('patient-message', id, 'send')
  return { message: row, outgoing, attempts: row.attempts + 1, repeated: sending.do === 'repeat' }
}

async function settleUnsent(
  ctx: ActContext,
  message: ClaimedRow,
  sending: Exclude<Sending, { address: string }>,
): Promise<void> {
  const { id } = message
  if (sending.do === 'fail') return keepFailed(ctx, message, sending.reason)
  if (sending.do === 'unknown') return keepUnknown(ctx, message)
  await ctx.tx.run(
    sending.do === 'wait'
      ? sql`update patient_message set next_look_at = ${sending.until.toString()}, attempts = 0, tried_at = null where id = ${id}`
      : sql`update patient_message set state = 'dropped', reason = ${sending.reason}, next_look_at = null, version = version + 1
             where id = ${id}`,
  )
}

/**
 * Read after it was locked: where something was changed in the instant before, one statement for both has the locked rows as
 * they are now, and the other messages as they were.
 */
async function lockDue(ctx: ActContext, id: string): Promise<Row | undefined> {
  const now = ctx.now.toString()
  const free = await ctx.tx.maybe(sql`
    select from patient_message as message join appointment on appointment.id = message.appointment_id
     where message.id = ${id} and ${lookIsDue(now)}
       for update of message skip locked for share of appointment skip locked`)
  if (!free) return undefined
  return ctx.tx.one<Row>(sql`
    select message.id, message.appointment_id, message.patient_id, message.kind, channel, days_ahead, message.starts_at, due_at, state,
           attempts, tried_at, address, message.version,
           appointment.status, appointment.starts_at as visit_starts_at, ends_at, time_zone, session_bridge,
           consent_email, consent_phone, consent_text, email, phone,
           message.kind = 'reminder' and exists (
             select from patient_message as later
              where later.appointment_id = message.appointment_id and later.channel = message.channel
                and later.kind in ('reminder', 'confirmation') and later.starts_at = message.starts_at
                and later.due_at > message.due_at and later.due_at <= ${now}
                and later.state in ('waiting', 'sending', 'sent', 'unknown')) as overtaken
      from patient_message as message
      join appointment on appointment.id = message.appointment_id
      join patient on patient.id = message.patient_id
     where message.id = ${id}`)
}

/** Its moment has come; or it waits for one that only a clock which was set back can have made so far away. */
export function lookIsDue(now: string) {
  return sql`(next_look_at <= ${now} or (attempts > 0 and ${isFar(now)}))`
}

/** No wait after an attempt is as long: the longest is an hour. What waits for its moment or the morning has no attempts. */
export const isFar = (now: string) => sql`next_look_at > ${now}::timestamptz + interval '13 hours'`

function standingOf(row: Row, carriers: Carriers, publicUrl: string | undefined): Standing {
  const { status, visitStartsAt: startsAt, endsAt, timeZone, sessionBridge } = row
  return {
    ...row,
    visit: { status, startsAt, endsAt, timeZone, sessionBridge },
    consents: { email: row.consentEmail, phone: row.consentPhone, text: row.consentText },
    ready: carriers[row.channel] !== undefined && (row.kind !== 'feedback' || publicUrl !== undefined),
  }
}
