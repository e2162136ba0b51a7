import { type QueryContext, sql } from '@praxisbus/runtime'

export interface LedgerSummary {
  readonly receivedCents: number
  readonly appliedCents: number
  readonly escrowCents: number
  readonly disbursedCents: number
  readonly refundedCents: number
  /** Gross, less what was reversed. */
  readonly chargedCents: number
  readonly discountCents: number
  /** What payers' contracts and denials took off (B-15). */
  readonly adjustedCents: number
  /** With an agency, not collected yet (B-13). */
  readonly collectionsCents: number
  /** What agencies kept of what they collected. */
  readonly collectionFeeCents: number
  readonly receivableCents: number
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
    select coalesce(sum(amount_cents) filter (where kind = 'cash'), 0)::bigint as received_cents,
           -coalesce(sum(amount_cents) filter (where of_charge and journal_kind in ('payment', 'payment-removal')), 0)::bigint
             as applied_cents,
           -coalesce(sum(amount_cents) filter (where kind = 'escrow'), 0)::bigint as escrow_cents,
           -coalesce(sum(amount_cents) filter (where kind = 'disbursed'), 0)::bigint as disbursed_cents,
           -coalesce(sum(amount_cents) filter (where kind = 'refunded'), 0)::bigint as refunded_cents,
           -coalesce(sum(amount_cents) filter (where kind = 'revenue'), 0)::bigint as charged_cents,
           coalesce(sum(amount_cents) filter (where kind = 'discount'), 0)::bigint as discount_cents,
           coalesce(sum(amount_cents) filter (where kind = 'adjustment'), 0)::bigint as adjusted_cents,
           coalesce(sum(amount_cents) filter (where kind = 'collections'), 0)::bigint as collections_cents,
           coalesce(sum(amount_cents) filter (where kind = 'collection-fee'), 0)::bigint as collection_fee_cents,
           coalesce(sum(amount_cents) filter (where kind = 'receivable'), 0)::bigint as receivable_cents,
           (select count(*) from receipt where practice_id = ${practiceId} and deleted_at is null) as receipts,
           (select count(*) from charge where practice_id = ${practiceId} and reversed_at is null) as charges,
           (select count(*) from journal where practice_id = ${practiceId}) as journals,
           count(*) as entries
      from posted`)
}
