import { type BinaryAnswer, type QueryContext, type Refusal, sql } from '@praxisbus/runtime'
import type { Column } from '../domain/csv.ts'
import { sumCents } from '../domain/money.ts'
import type { PayerKind } from '../postings/receipts.ts'
import type { Cursor } from './receipts-report.ts'
import {
  coverage,
  csvAnswer,
  MAX_CSV_ROWS,
  type NamedPayer,
  PAGE_SIZE,
  pageOf,
  payerText,
  planned,
} from './report.ts'
import { flows, type Range, rangeTotals, tiedReceipts } from './tie-out-lines.ts'

/**
 * Why the money received and the money applied of a range differ for a receipt. Of one that was received in the range:
 * `in-escrow` (at the end of the range; below zero where more was applied by then than was there, by the dates of the batches),
 * `disbursed`, `refunded`, `posted-before` (in a batch dated before the range, although the receipt is in it). Of another:
 * `received-before`, `received-after`, `receipt-deleted` (applied in the range), `payment-removed` and `encounter-reversed` (taken
 * back into escrow in the range).
 */
export type Reason =
  | 'in-escrow'
  | 'disbursed'
  | 'refunded'
  | 'posted-before'
  | 'received-before'
  | 'received-after'
  | 'receipt-deleted'
  | 'payment-removed'
  | 'encounter-reversed'

interface Line {
  readonly reason: Reason
  /** Of a disbursement. */
  readonly code: string | null
  readonly system: string | null
  /** How much more was received than applied for this reason. */
  readonly amountCents: number
}

export interface TiedReceipt extends NamedPayer {
  readonly receiptId: string
  readonly batchDate: string
  readonly source: string
  readonly payerKind: PayerKind
  readonly patientId: string | null
  readonly patientName: string | null
  readonly reference: string | null
  readonly receivedCents: number
  readonly appliedCents: number
  readonly lines: readonly Line[]
}

interface Totals {
  /** Recorded in the range, and taken back in it because a receipt was corrected or deleted. */
  readonly recordedCents: number
  readonly takenBackCents: number
  /** From the charges' side: applied in the range, and removed in it. */
  readonly postedCents: number
  readonly removedCents: number
  readonly disbursedCents: number
  readonly refundedCents: number
  readonly escrowChangeCents: number
}

export interface TieOut extends Range, Totals {
  readonly receiptsCents: number
  readonly paymentsCents: number
  readonly differenceCents: number
  /** What the lines of all receipts add up to. */
  readonly explainedCents: number
  /** false: the ledger contradicts itself; nothing that the service posts can make it so. */
  readonly tiesOut: boolean
  readonly reasons: readonly {
    readonly reason: Reason
    readonly receipts: number
    readonly amountCents: number
  }[]
  /** Receipts with a line, by batch date. */
  readonly receipts: readonly TiedReceipt[]
  readonly next: string | null
}

/**
 * Receipts against payments of a range, and each difference by its reason (B-12). The totals are counted on the sides of cash and
 * of the charges, the lines on the receipts' side, so that the check checks something.
 */
export async function tieOut(
  { tx, principal, audit }: QueryContext,
  { after, ...range }: Range & { readonly after?: Cursor },
): Promise<TieOut> {
  audit('tie-out', coverage({ ...range, after: after?.id }))
  const { practiceId } = principal
  const { totals, reasons, page } = await tx.one<{
    totals: Totals
    reasons: TieOut['reasons']
    page: TiedReceipt[]
  }>(
    planned(sql`
      with ${flows(practiceId, range)}
      select (select to_jsonb(counted) from (${rangeTotals(practiceId, range)}) as counted) as totals,
             (select coalesce(jsonb_agg(to_jsonb(summed) order by summed.reason), '[]') from (
                select reason, count(distinct receipt_id) as receipts, sum(cents)::bigint as "amountCents" from line group by reason
              ) as summed) as reasons,
             (select coalesce(jsonb_agg(to_jsonb(paged) order by paged."batchDate", paged."receiptId"), '[]')
                from (${tiedReceipts(practiceId, PAGE_SIZE + 1, after)}) as paged) as page`),
  )
  const receiptsCents = totals.recordedCents - totals.takenBackCents
  const paymentsCents = totals.postedCents - totals.removedCents
  const differenceCents = receiptsCents - paymentsCents
  const explainedCents = sumCents(reasons.map(({ amountCents }) => amountCents))
  const { rows, next } = pageOf(page, (row) => `${row.batchDate}_${row.receiptId}`)
  return {
    ...range,
    ...totals,
    receiptsCents,
    paymentsCents,
    differenceCents,
    explainedCents,
    tiesOut: explainedCents === differenceCents,
    reasons,
    receipts: rows,
    next,
  }
}

/** A row for each line. */
export async function tieOutCsv(
  { tx, principal, audit }: QueryContext,
  range: Range,
): Promise<BinaryAnswer | Refusal<'too_many_rows'>> {
  audit('tie-out', `csv ${coverage({ ...range })}`)
  const { practiceId } = principal
  const found = await tx.many<{ receipt: TiedReceipt }>(
    planned(sql`
      with ${flows(practiceId, range)}
      select to_jsonb(tied) as receipt from (${tiedReceipts(practiceId, MAX_CSV_ROWS + 1)}) as tied
       order by tied."batchDate", tied."receiptId"`),
  )
  const rows = found.flatMap(({ receipt }) => receipt.lines.map((line) => ({ ...receipt, ...line })))
  return csvAnswer(`tie-out-${range.from}-${range.to}.csv`, CSV, rows)
}

const CSV: readonly Column<TiedReceipt & Line>[] = [
  { heading: 'Reason', value: (row) => row.reason },
  { heading: 'Amount', value: (row) => row.amountCents },
  { heading: 'Code', value: (row) => row.code },
  { heading: 'Other system', value: (row) => row.system },
  { heading: 'Receipt', value: (row) => row.receiptId },
  { heading: 'Batch date of receipt', value: (row) => row.batchDate },
  { heading: 'Source', value: (row) => row.source },
  { heading: 'Patient', value: (row) => row.patientName ?? row.patientId },
  { heading: 'Payer', value: payerText },
  { heading: 'Reference', value: (row) => row.reference },
  { heading: 'Received in range', value: (row) => row.receivedCents },
  { heading: 'Applied in range', value: (row) => row.appliedCents },
]
