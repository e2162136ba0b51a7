import { type QueryContext, type Refusal, type Sql, sql } from '@praxisbus/runtime'
import { type AsOf, type AsOfInput, asOf, counts, type Figures, figures, undoCounts } from './as-of.ts'
import type { ReceiptMoney } from './get-receipt.ts'
import { batchNotFound } from './refusals.ts'

const PAGE = 100
/** Enough to start from; the seals of the periods (B-19) say how far it goes. */
const MAX_FAULTS = 100

/**
 * Where an answer does not add up: a journal whose entries are not zero in sum, fewer than two, or dated otherwise than its batch;
 * a receipt whose money is not where the equation says, or that says another amount than its cash entries; an account whose
 * balance is not the sum of its entries.
 */
export interface ProofFault {
  readonly where: 'journal' | 'receipt' | 'account'
  readonly id: string
  readonly what: 'unbalanced' | 'entries-missing' | 'other-date' | 'equation' | 'amount' | 'balance'
  readonly offCents: number
}

export interface ProvenReceipt extends ReceiptMoney {
  readonly receiptId: string
  /** Received, less where it went. */
  readonly offCents: number
}

export interface BatchProof extends AsOf, ReceiptMoney {
  readonly batchId: string
  readonly name: string | null
  readonly batchDate: string
  readonly addsUp: boolean
  readonly offCents: number
  readonly faults: readonly ProofFault[]
  /** Receipts of the batch: recorded in it, and neither deleted nor moved to another. */
  readonly receiptCount: number
  readonly receipts: readonly ProvenReceipt[]
  readonly next: string | null
  /** What the batch itself moved, of whatever receipts and charges. */
  readonly moved: readonly (Figures & { readonly kind: string; readonly journals: number })[]
}

type Read = Omit<BatchProof, keyof AsOf | 'addsUp' | 'next'>

/**
 * The equation of B-10 over the receipts of a batch, and over each of them, as of two dates (B-19). One statement, so of one moment;
 * GET …/proof/entries has the entries behind each figure.
 */
export async function proveBatch(
  { tx, principal, audit }: QueryContext,
  { id, after, ...dates }: AsOfInput & { readonly id: string; readonly after?: string },
): Promise<BatchProof | Refusal<'not_found'>> {
  audit('reference-batch', id)
  const when = await asOf(tx, dates)
  const found = await tx.maybe<Read>(proof(principal.practiceId, id, when, after))
  if (!found) return batchNotFound()
  for (const { receiptId } of found.receipts) audit('receipt', receiptId)
  return {
    ...found,
    ...when,
    addsUp: found.faults.length === 0 && found.offCents === 0,
    next: found.receipts.length === PAGE ? found.receipts.at(-1)!.receiptId : null,
  }
}

/** Receipts whose journal stands in the batch, as of the two dates; also those that name the batch and lost their journal. */
export function receiptsOf(practiceId: string, batchId: string, when: AsOf): Sql {
  return sql`
    select account.receipt_id
      from journal
      join entry on entry.practice_id = ${practiceId} and entry.journal_id = journal.id
      join account on account.practice_id = ${practiceId} and account.id = entry.account_id and account.receipt_id is not null
     where journal.practice_id = ${practiceId} and journal.batch_id = ${batchId} and journal.kind = 'receipt' and ${counts(when)}
       and not exists (
         select from journal as undo
          where undo.practice_id = ${practiceId} and undo.corrects_journal_id = journal.id and ${undoCounts(when)})
    union
    select id from receipt
     where practice_id = ${practiceId} and batch_id = ${batchId} and deleted_at is null
       and not exists (select from entry where entry.practice_id = ${practiceId} and entry.journal_id = receipt.journal_id)`
}

function proof(practiceId: string, batchId: string, when: AsOf, after: string | undefined): Sql {
  return sql`
    with seen as materialized (${receiptsOf(practiceId, batchId, when)}),
    own as materialized (
      select seen.receipt_id, account.kind, journal.id as journal_id, entry.amount_cents
        from seen
        join account on account.practice_id = ${practiceId} and account.receipt_id = seen.receipt_id
        join entry on entry.practice_id = ${practiceId} and entry.account_id = account.id
        join journal on journal.practice_id = ${practiceId} and journal.id = entry.journal_id
       where ${counts(when)}),
    reached as (
      select spent.receipt_id, -sum(entry.amount_cents) as cents
        from (select distinct receipt_id, journal_id from own where kind = 'escrow') as spent
        join entry on entry.practice_id = ${practiceId} and entry.journal_id = spent.journal_id
        join account on account.practice_id = ${practiceId} and account.id = entry.account_id and account.charge_id is not null
       group by spent.receipt_id),
    money as materialized (
      select seen.receipt_id,
             coalesce(sum(amount_cents) filter (where kind = 'cash'), 0)::bigint as received,
             coalesce(max(reached.cents), 0)::bigint as applied,
             -coalesce(sum(amount_cents) filter (where kind = 'escrow'), 0)::bigint as escrow,
             -coalesce(sum(amount_cents) filter (where kind = 'disbursed'), 0)::bigint as disbursed,
             -coalesce(sum(amount_cents) filter (where kind = 'refunded'), 0)::bigint as refunded
        from seen left join own using (receipt_id) left join reached using (receipt_id) group by seen.receipt_id),
    posted as materialized (
      select journal.id, journal.kind as journal_kind, account.kind, account.charge_id is not null as of_charge, entry.amount_cents
        from journal
        left join entry on entry.practice_id = ${practiceId} and entry.journal_id = journal.id
        left join account on account.practice_id = ${practiceId} and account.id = entry.account_id
       where journal.practice_id = ${practiceId} and journal.batch_id = ${batchId} and ${counts(when)}),
    moved as (select journal_kind as kind, count(distinct id) as journals, ${figures} from posted group by journal_kind),
    ${faultsOf(practiceId)}
    select batch.id as batch_id, batch.name, batch.batch_date,
           (select count(*) from money) as receipt_count,
           ${totals},
           ${receiptPage(after)} as receipts, ${movedList} as moved,
           (select coalesce(jsonb_agg(jsonb_build_object('where', place, 'id', id, 'what', what, 'offCents', off_cents)
              order by place, what, id), '[]') from (select * from fault limit ${MAX_FAULTS}) as first) as faults
      from reference_batch as batch where batch.practice_id = ${practiceId} and batch.id = ${batchId}`
}

const totals = sql`
  (select coalesce(sum(received), 0)::bigint from money) as received_cents,
  (select coalesce(sum(applied), 0)::bigint from money) as applied_cents,
  (select coalesce(sum(escrow), 0)::bigint from money) as escrow_cents,
  (select coalesce(sum(disbursed), 0)::bigint from money) as disbursed_cents,
  (select coalesce(sum(refunded), 0)::bigint from money) as refunded_cents,
  (select coalesce(sum(received - applied - escrow - disbursed - refunded), 0)::bigint from money) as off_cents`

function receiptPage(after: string | undefined): Sql {
  return sql`
    (select coalesce(jsonb_agg(jsonb_build_object('receiptId', receipt_id, 'receivedCents', received, 'appliedCents', applied,
        'escrowCents', escrow, 'disbursedCents', disbursed, 'refundedCents', refunded,
        'offCents', received - applied - escrow - disbursed - refunded) order by receipt_id), '[]')
       from (select * from money where ${after ?? null}::uuid is null or receipt_id > ${after ?? null}::uuid
              order by receipt_id limit ${PAGE}) as page)`
}

const movedList = sql`
  (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'journals', journals, 'receivedCents', received_cents,
      'appliedCents', applied_cents, 'escrowCents', escrow_cents, 'disbursedCents', disbursed_cents,
      'refundedCents', refunded_cents, 'chargedCents', charged_cents, 'discountCents', discount_cents,
      'adjustedCents', adjusted_cents, 'collectionsCents', collections_cents, 'receivableCents', receivable_cents) order by kind), '[]')
     from moved)`

/** Looked for in everything that the proof stands on. Balances and amounts of records are of now, whatever is asked as of. */
function faultsOf(practiceId: string): Sql {
  return sql`
    touched as (select id from posted union select journal_id from own),
    weighed as (
      select touched.id, count(entry.id) as entries, coalesce(sum(entry.amount_cents), 0)::bigint as cents
        from touched left join entry on entry.practice_id = ${practiceId} and entry.journal_id = touched.id group by touched.id),
    kept as (
      select account.id, account.kind, account.receipt_id, account.balance_cents, coalesce(sum(entry.amount_cents), 0)::bigint as cents
        from (select account.id from seen join account on account.practice_id = ${practiceId} and account.receipt_id = seen.receipt_id
              union
              select entry.account_id from touched join entry on entry.practice_id = ${practiceId} and entry.journal_id = touched.id)
          as concerned
        join account on account.practice_id = ${practiceId} and account.id = concerned.id
        left join entry on entry.practice_id = ${practiceId} and entry.account_id = account.id
       group by account.practice_id, account.id),
    fault as (
      select 'journal' as place, id, case when entries < 2 then 'entries-missing' else 'unbalanced' end as what, cents as off_cents
        from weighed where entries < 2 or cents <> 0
      union all
      select 'journal', journal.id, 'other-date', 0
        from touched
        join journal on journal.practice_id = ${practiceId} and journal.id = touched.id
        join reference_batch as of_it on of_it.practice_id = ${practiceId} and of_it.id = journal.batch_id
       where of_it.batch_date <> journal.effective_date
      union all
      select 'receipt', receipt_id, 'equation', received - applied - escrow - disbursed - refunded
        from money where received <> applied + escrow + disbursed + refunded
      union all
      select 'account', id, 'balance', balance_cents - cents from kept where balance_cents <> cents
      union all
      select 'receipt', receipt.id, 'amount', receipt.amount_cents - coalesce(kept.cents, 0)
        from seen
        join receipt on receipt.practice_id = ${practiceId} and receipt.id = seen.receipt_id and receipt.deleted_at is null
        left join kept on kept.receipt_id = receipt.id and kept.kind = 'cash'
       where receipt.amount_cents <> coalesce(kept.cents, 0))`
}
