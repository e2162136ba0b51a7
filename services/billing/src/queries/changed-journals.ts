import { sql, type Tx } from '@praxisbus/runtime'
import { type Figures, figures } from './as-of.ts'

/** Journals in one answer. */
export const PAGE = 200

/** The days of a period. */
export interface Days {
  /** null: from the first day on. */
  readonly startsOn: string | null
  readonly endsOn: string
}

export interface ChangedJournal extends Figures {
  readonly journalId: string
  readonly kind: string
  /** Which of `openings` it came in, from 0. */
  readonly opening: number
  readonly batchId: string
  readonly effectiveDate: string
  readonly recordedAt: string
  readonly recordedBy: string
  readonly correctsJournalId: string | null
  readonly receiptIds: readonly string[]
  readonly chargeIds: readonly string[]
}

export interface LaterCorrection extends Omit<ChangedJournal, 'opening'> {
  readonly corrected: { readonly journalId: string; readonly kind: string; readonly effectiveDate: string }
}

/** After how many of these closings a journal was recorded. What one of them seals was recorded before it, or at it. */
export function stretchOf(ends: readonly string[]) {
  return sql`width_bucket(journal.recorded_at - interval '1 microsecond', ${ends}::timestamptz[])`
}

/** What was recorded after the first of these closings and is dated in the period or before it, oldest first. */
export function journalsBetween(
  tx: Tx,
  practiceId: string,
  days: Days,
  { ends, after }: { readonly ends: readonly string[]; readonly after?: string },
): Promise<ChangedJournal[]> {
  return tx.many<ChangedJournal>(sql`
    with late as (
      select journal.*, ${stretchOf(ends)} - 1 as opening from journal
       where practice_id = ${practiceId} and effective_date <= ${days.endsOn} and recorded_at > ${ends[0]}::timestamptz
         and (${after ?? null}::uuid is null or (recorded_at, id) > (
           select recorded_at, id from journal where practice_id = ${practiceId} and id = ${after ?? null}::uuid))
       order by recorded_at, id limit ${PAGE}),
    ${legsOf(practiceId)}
    select late.opening, ${journalColumns} order by late.recorded_at, late.id`)
}

/** What is dated after the period and takes back a journal of it, oldest first. */
export function correctionsAfter(
  tx: Tx,
  practiceId: string,
  { startsOn, endsOn }: Days,
  after: string | undefined,
): Promise<LaterCorrection[]> {
  return tx.many<LaterCorrection>(sql`
    with late as (
      select journal.*, jsonb_build_object('journalId', corrected.id, 'kind', corrected.kind,
               'effectiveDate', corrected.effective_date) as corrected
        from journal as corrected
        join journal on journal.practice_id = corrected.practice_id and journal.corrects_journal_id = corrected.id
       where corrected.practice_id = ${practiceId} and corrected.effective_date <= ${endsOn}
         and corrected.effective_date >= coalesce(${startsOn}::date, '-infinity')
         and journal.effective_date > ${endsOn}
         and (${after ?? null}::uuid is null or (journal.recorded_at, journal.id) > (
           select recorded_at, id from journal where practice_id = ${practiceId} and id = ${after ?? null}::uuid))
       order by journal.recorded_at, journal.id limit ${PAGE}),
    ${legsOf(practiceId)}
    select late.corrected, ${journalColumns} order by late.recorded_at, late.id`)
}

/** What each of the journals `late` moved, and for whom. */
function legsOf(practiceId: string) {
  return sql`posted as (
      select late.id as journal_id, late.kind as journal_kind, account.kind, account.charge_id is not null as of_charge,
             account.receipt_id, account.charge_id, entry.amount_cents
        from late
        join entry on entry.practice_id = ${practiceId} and entry.journal_id = late.id
        join account on account.practice_id = ${practiceId} and account.id = entry.account_id),
    legs as (
      select journal_id, array_remove(array_agg(distinct receipt_id), null) as receipt_ids,
             array_remove(array_agg(distinct charge_id), null) as charge_ids, ${figures}
        from posted group by journal_id)`
}

const journalColumns = sql`
  late.id as journal_id, late.kind, late.batch_id, late.effective_date, late.recorded_at, late.recorded_by,
  late.corrects_journal_id, coalesce(legs.receipt_ids, '{}') as receipt_ids, coalesce(legs.charge_ids, '{}') as charge_ids,
  coalesce(received_cents, 0) as received_cents, coalesce(applied_cents, 0) as applied_cents,
  coalesce(escrow_cents, 0) as escrow_cents, coalesce(disbursed_cents, 0) as disbursed_cents,
  coalesce(refunded_cents, 0) as refunded_cents, coalesce(charged_cents, 0) as charged_cents,
  coalesce(discount_cents, 0) as discount_cents, coalesce(adjusted_cents, 0) as adjusted_cents,
  coalesce(collections_cents, 0) as collections_cents, coalesce(receivable_cents, 0) as receivable_cents
  from late left join legs on legs.journal_id = late.id`
