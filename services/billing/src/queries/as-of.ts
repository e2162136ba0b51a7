import { type Sql, sql, type Tx } from '@praxisbus/runtime'

/** Two dates of a question: reports go by the effective one, what was known by the recorded one. */
export interface AsOfInput {
  /** The last day that counts; left out: all. */
  readonly effectiveThrough?: string
  /** The last moment that counts; left out: now. */
  readonly recordedThrough?: string
}

export interface AsOf {
  readonly effectiveThrough: string | null
  /** Said in the answer, so that the next page is of the same moment. */
  readonly recordedThrough: string
}

/** On the clock of the database, which dates journals. A posting that is not committed yet counts from its commit on. */
export async function asOf(tx: Tx, { effectiveThrough, recordedThrough }: AsOfInput): Promise<AsOf> {
  const { at } = await tx.one<{ at: string }>(
    sql`select coalesce(${recordedThrough ?? null}::timestamptz, clock_timestamp()) as at`,
  )
  return { effectiveThrough: effectiveThrough ?? null, recordedThrough: at }
}

/** Whether a row of `journal` counts. */
export function counts({ effectiveThrough, recordedThrough }: AsOf): Sql {
  return sql`(journal.effective_date <= coalesce(${effectiveThrough}::date, 'infinity') and journal.recorded_at <= ${recordedThrough})`
}

/** The same of the journal that takes another back. */
export function undoCounts({ effectiveThrough, recordedThrough }: AsOf): Sql {
  return sql`(undo.effective_date <= coalesce(${effectiveThrough}::date, 'infinity') and undo.recorded_at <= ${recordedThrough})`
}

/** What entries moved: money received and where it went, and what patients and payers owe. */
export interface Figures {
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
  readonly receivableCents: number
}

/**
 * Over rows of (kind of account, whether it is a charge's, kind of journal, amount), as GET /v1/ledger/summary has them: applied is
 * counted on the charges' side, so that the equation is checked against something and not against itself.
 */
export const figures = sql`
  coalesce(sum(amount_cents) filter (where kind = 'cash'), 0)::bigint as received_cents,
  -coalesce(sum(amount_cents) filter (where of_charge and journal_kind in ('payment', 'payment-removal')), 0)::bigint as applied_cents,
  -coalesce(sum(amount_cents) filter (where kind = 'escrow'), 0)::bigint as escrow_cents,
  -coalesce(sum(amount_cents) filter (where kind = 'disbursed'), 0)::bigint as disbursed_cents,
  -coalesce(sum(amount_cents) filter (where kind = 'refunded'), 0)::bigint as refunded_cents,
  -coalesce(sum(amount_cents) filter (where kind = 'revenue'), 0)::bigint as charged_cents,
  coalesce(sum(amount_cents) filter (where kind = 'discount'), 0)::bigint as discount_cents,
  coalesce(sum(amount_cents) filter (where kind = 'adjustment'), 0)::bigint as adjusted_cents,
  coalesce(sum(amount_cents) filter (where kind = 'collections'), 0)::bigint as collections_cents,
  coalesce(sum(amount_cents) filter (where kind = 'receivable'), 0)::bigint as receivable_cents`
