import { type QueryContext, sql } from '@praxisbus/runtime'
import { type Figures, figures } from './as-of.ts'

export interface LedgerSummary extends Figures {
  /** What agencies kept of what they collected. */
  readonly collectionFeeCents: number
  readonly receipts: number
  /** Posted and not reversed. */
  readonly charges: number
  readonly journals: number
  readonly entries: number
}

/** The practice's totals, recomputed from entries in one statement: figures of one moment (B-10, B-20). */
export async function ledgerSummary({ tx, principal, audit }: QueryContext): Promise<LedgerSummary> {
  audit('ledger', 'summary')
  const { practiceId } = principal
  return tx.one<LedgerSummary>(sql`
    with posted as (
      select account.kind, account.charge_id is not null as of_charge, journal.kind as journal_kind, entry.amount_cents
        from entry
        join account on account.practice_id = entry.practice_id and account.id = entry.account_id
        join journal on journal.practice_id = entry.practice_id and journal.id = entry.journal_id
       where entry.practice_id = ${practiceId})
    select ${figures},
           coalesce(sum(amount_cents) filter (where kind = 'collection-fee'), 0)::bigint as collection_fee_cents,
           (select count(*) from receipt where practice_id = ${practiceId} and deleted_at is null) as receipts,
           (select count(*) from charge where practice_id = ${practiceId} and reversed_at is null) as charges,
           (select count(*) from journal where practice_id = ${practiceId}) as journals,
           count(*) as entries
      from posted`)
}
