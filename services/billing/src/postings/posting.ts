import type { CommandContext, ReactionContext, RecordFact, Tx } from '@praxisbus/runtime'
import { sql } from '@praxisbus/runtime'

/**
 * What a posting needs, whether a person asked for it or a fact caused it.
 *
 * Whoever posts takes row locks in this order, so that postings do not deadlock:
 *   visit -> billing_encounter -> payment_request -> charge (by id) -> receipt (by id) -> books (shared) -> document counter
 *   -> accounts (by id, in a trigger).
 * A batch of messages holds several visits at once and may still meet another batch; PostgreSQL then ends one of them,
 * and the plumbing takes its messages again one by one.
 */
export interface Posting {
  readonly tx: Tx
  readonly practiceId: string
  readonly now: Temporal.Instant
  readonly newId: () => string
  readonly record: RecordFact
  /** Who it is written down for: a user's id, or `service:billing`. */
  readonly actor: string
}

export function postingOf(ctx: CommandContext): Posting {
  const { tx, now, newId, record, principal } = ctx
  planOnce(tx)
  return { tx, now, newId, record, practiceId: principal.practiceId, actor: principal.userId }
}

export function postingOfReaction(ctx: ReactionContext): Posting {
  const { tx, now, newId, record, practiceId } = ctx
  planOnce(tx)
  return { tx, now, newId, record, practiceId, actor: 'service:billing' }
}

/**
 * To the end of the transaction each statement is planned once for its connection, whatever lengths its arrays have. PostgreSQL takes a
 * list of unknown length for one of ten, so for a list of one it believed that planning anew pays, every time: half of the
 * time of one payment.
 */
function planOnce(tx: Tx): void {
  tx.later(sql`select set_config('plan_cache_mode', 'force_generic_plan', true)`)
}

/** For statements that look at many rows, where the plan hangs on how many. */
export function planAnew(tx: Tx): void {
  tx.later(sql`select set_config('plan_cache_mode', 'auto', true)`)
}

/** Before anything else that concerns an appointment: the row is made where billing hears of the visit first. */
export async function lockVisit(tx: Tx, practiceId: string, appointmentId: string): Promise<void> {
  await tx.run(sql`
    insert into visit (practice_id, appointment_id) values (${practiceId}, ${appointmentId}) on conflict do nothing`)
  await tx.one(sql`
    select appointment_id from visit where practice_id = ${practiceId} and appointment_id = ${appointmentId} for update`)
}

export interface Batch {
  readonly id: string
  /** The date reports go by. */
  readonly batchDate: string
}
