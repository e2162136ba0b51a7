import { type BinaryAnswer, type QueryContext, type Refusal, type Sql, sql } from '@praxisbus/runtime'
import type { Column } from '../domain/csv.ts'
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
import type { Range } from './tie-out-lines.ts'

export interface PaymentFilter extends Range {
  readonly batchId?: string
}

/** One application of a receipt to a charge, or its removal: then below zero. */
export interface PostedPayment extends NamedPayer {
  readonly journalId: string
  readonly kind: 'applied' | 'removed'
  readonly batchId: string
  readonly batchDate: string
  readonly recordedAt: string
  readonly recordedBy: string
  readonly receiptId: string
  readonly receiptBatchDate: string
  readonly source: string
  readonly chargeId: string
  readonly code: string
  readonly serviceDate: string
  readonly patientId: string
  readonly patientName: string | null
  readonly amountCents: number
}

interface Sums {
  readonly appliedCents: number
  readonly removedCents: number
  /** applied - removed */
  readonly paymentsCents: number
  /** What of it went to charges that are with a collection agency (B-13). */
  readonly collectionsCents: number
}

export interface PaymentsReport extends Range {
  readonly totals: Sums
  /** By date. */
  readonly byBatch: readonly (Sums & {
    readonly batchId: string
    readonly batchName: string | null
    readonly batchDate: string
  })[]
  readonly payments: readonly PostedPayment[]
  readonly next: string | null
}

/** Payments by the date of the batch that they were posted in (B-12), whenever their receipts came. */
export async function paymentsReport(
  { tx, principal, audit }: QueryContext,
  { after, ...filter }: PaymentFilter & { readonly after?: Cursor },
): Promise<PaymentsReport> {
  audit('payments-report', coverage({ ...filter, after: after?.id }))
  const { practiceId } = principal
  const { from, to } = filter
  const found = await tx.one<Pick<PaymentsReport, 'totals' | 'byBatch' | 'payments'>>(
    planned(sql`
      with ${posted(practiceId, filter)}
      select (select to_jsonb(summed) from (select ${sums} from posted) as summed) as totals,
             (select coalesce(jsonb_agg(to_jsonb(summed) order by summed."batchDate", summed."batchId"), '[]') from (
                select batch.id as "batchId", batch.name as "batchName", batch.batch_date as "batchDate", ${sums}
                  from posted join reference_batch as batch on batch.practice_id = ${practiceId} and batch.id = posted.batch_id
                 group by batch.id, batch.name, batch.batch_date) as summed) as by_batch,
             (select coalesce(jsonb_agg(to_jsonb(paged) order by paged."batchDate", paged."journalId"), '[]')
                from (${payments(practiceId, PAGE_SIZE + 1, after)}) as paged) as payments`),
  )
  const { rows, next } = pageOf(found.payments, (row) => `${row.batchDate}_${row.journalId}`)
  return { from, to, totals: found.totals, byBatch: found.byBatch, payments: rows, next }
}

export async function paymentsCsv(
  { tx, principal, audit }: QueryContext,
  filter: PaymentFilter,
): Promise<BinaryAnswer | Refusal<'too_many_rows'>> {
  audit('payments-report', `csv ${coverage({ ...filter })}`)
  const { practiceId } = principal
  const found = await tx.many<{ payment: PostedPayment }>(
    planned(sql`
      with ${posted(practiceId, filter)}
      select to_jsonb(listed) as payment from (${payments(practiceId, MAX_CSV_ROWS + 1)}) as listed
       order by listed."batchDate", listed."journalId"`),
  )
  return csvAnswer(
    `payments-${filter.from}-${filter.to}.csv`,
    CSV,
    found.map(({ payment }) => payment),
  )
}

/** The charges' side of each journal that applies money or takes it back. One such journal has one charge and one receipt. */
function posted(practiceId: string, filter: PaymentFilter): Sql {
  const { from, to, batchId = null } = filter
  return sql`
    posted as materialized (
      select journal.id, journal.batch_id, journal.effective_date, account.charge_id,
             (-sum(entry.amount_cents))::bigint as cents, journal.kind = 'payment' as applied,
             (-coalesce(sum(entry.amount_cents) filter (where account.kind in ('collections', 'collection-fee')), 0))::bigint as collected
        from journal
        join entry on entry.practice_id = ${practiceId} and entry.journal_id = journal.id
        join account on account.practice_id = ${practiceId} and account.id = entry.account_id
       where journal.practice_id = ${practiceId} and journal.effective_date between ${from} and ${to}
         and journal.kind in ('payment', 'payment-removal') and account.charge_id is not null
         and (${batchId}::uuid is null or journal.batch_id = ${batchId}::uuid)
       group by journal.id, journal.kind, journal.batch_id, journal.effective_date, account.charge_id)`
}

const sums = sql`
  coalesce(sum(cents) filter (where applied), 0)::bigint as "appliedCents",
  -coalesce(sum(cents) filter (where not applied), 0)::bigint as "removedCents",
  coalesce(sum(cents), 0)::bigint as "paymentsCents", coalesce(sum(collected), 0)::bigint as "collectionsCents"`

function payments(practiceId: string, limit: number, after?: Cursor): Sql {
  const behind = after
    ? sql`where (effective_date, posted.id) > (${after.key}::date, ${after.id}::uuid)`
    : sql``
  return sql`
    select listed.id as "journalId", case when listed.applied then 'applied' else 'removed' end as kind,
           listed.batch_id as "batchId", listed.effective_date as "batchDate",
           to_char(journal.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt",
           journal.recorded_by as "recordedBy", receipt.id as "receiptId", batch.batch_date as "receiptBatchDate", receipt.source,
           receipt.payer_id as "payerId", payer.name as "payerName", receipt.agency_id as "agencyId",
           agency.name as "agencyName", charge.id as "chargeId", charge.code,
           charge.service_date as "serviceDate", billed.patient_id as "patientId", patient.name as "patientName",
           listed.cents as "amountCents"
      from (select * from posted ${behind} order by effective_date, posted.id limit ${limit}) as listed
      join journal on journal.practice_id = ${practiceId} and journal.id = listed.id
      join charge on charge.practice_id = ${practiceId} and charge.id = listed.charge_id
      join billing_encounter as billed on billed.practice_id = ${practiceId} and billed.id = charge.billing_encounter_id
      cross join lateral (
        select distinct account.receipt_id from entry
          join account on account.practice_id = ${practiceId} and account.id = entry.account_id
         where entry.practice_id = ${practiceId} and entry.journal_id = listed.id and account.receipt_id is not null) as paid_from
      join receipt on receipt.practice_id = ${practiceId} and receipt.id = paid_from.receipt_id
      join reference_batch as batch on batch.practice_id = ${practiceId} and batch.id = receipt.batch_id
      left join payer on payer.practice_id = ${practiceId} and payer.id = receipt.payer_id
      left join collection_agency as agency on agency.practice_id = ${practiceId} and agency.id = receipt.agency_id
      left join patient_replica as patient on patient.practice_id = ${practiceId} and patient.id = billed.patient_id`
}

const CSV: readonly Column<PostedPayment>[] = [
  { heading: 'Batch date', value: (row) => row.batchDate },
  { heading: 'Kind', value: (row) => row.kind },
  { heading: 'Amount', value: (row) => row.amountCents },
  { heading: 'Patient', value: (row) => row.patientName ?? row.patientId },
  { heading: 'Service date', value: (row) => row.serviceDate },
  { heading: 'Code', value: (row) => row.code },
  { heading: 'Charge', value: (row) => row.chargeId },
  { heading: 'Receipt', value: (row) => row.receiptId },
  { heading: 'Batch date of receipt', value: (row) => row.receiptBatchDate },
  { heading: 'Source', value: (row) => row.source },
  { heading: 'Payer', value: payerText },
  { heading: 'Recorded at', value: (row) => row.recordedAt },
  { heading: 'Recorded by', value: (row) => row.recordedBy },
]
