import type { CommandContext, ReactionContext, RecordFact, Tx } from '@praxisbus/runtime'
import { sql } from '@praxisbus/runtime'

/**
 * What a posting needs, whether a person asked for it or a fact caused it.
 *
 * Whoever posts takes row locks in this order, so that postings do not deadlock:
 *   visit -> billing_encounter -> charge (by id) -> receipt (by id) -> document counter -> accounts (by id, in a trigger).
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
  return { tx, now, newId, record, practiceId: principal.practiceId, actor: principal.userId }
}

export function postingOfReaction(ctx: ReactionContext): Posting {
  const { tx, now, newId, record, practiceId } = ctx
  return { tx, now, newId, record, practiceId, actor: 'service:billing' }
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

/**
 * The practice's default batch of the day on which `at` falls on its own calendar. Asked for after the locks: the first
 * posting of a day makes it, and others wait for that commit.
 */
export async function defaultBatch({ tx, practiceId, newId }: Posting, at: Temporal.Instant): Promise<Batch> {
  const practice = await tx.maybe<{ timeZone: string }>(
    sql`select time_zone from practice_replica where practice_id = ${practiceId}`,
  )
  const batchDate = at
    .toZonedDateTimeISO(practice?.timeZone ?? 'UTC')
    .toPlainDate()
    .toString()
  const find = sql`
    select id, batch_date from reference_batch
     where practice_id = ${practiceId} and batch_date = ${batchDate} and is_default`
  const found = await tx.maybe<Batch>(find)
  if (found) return found
  await tx.run(sql`
    insert into reference_batch (practice_id, id, batch_date, is_default)
    values (${practiceId}, ${newId()}, ${batchDate}, true)
    on conflict (practice_id, batch_date) where is_default do nothing`)
  return tx.one<Batch>(find)
}
