import {
  type BinaryAnswer,
  isRefusal,
  type QueryContext,
  type Refusal,
  type Sql,
  sql,
} from '@praxisbus/runtime'
import type { Column } from '../domain/csv.ts'
import type { PayerKind } from '../postings/receipts.ts'
import { type Matching, matching, type ReceiptFilter } from './receipt-filter.ts'
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

export interface Disbursed {
  readonly code: string
  readonly system: string | null
  readonly amountCents: number
}

interface Money {
  readonly receivedCents: number
  /** received = applied + escrow + disbursed + refunded (B-10). */
  readonly appliedCents: number
  readonly escrowCents: number
  readonly disbursedCents: number
  readonly refundedCents: number
}

export interface ReceiptTotals extends Money {
  readonly receipts: number
  readonly disbursedBy: readonly (Disbursed & { readonly receipts: number })[]
}

export interface ReportedReceipt extends Money, NamedPayer {
  readonly receiptId: string
  readonly batchId: string
  readonly batchName: string | null
  readonly batchDate: string
  readonly depositDate: string
  readonly recordedAt: string
  readonly deletedAt: string | null
  readonly source: string
  readonly payerKind: PayerKind
  readonly patientId: string | null
  readonly patientName: string | null
  readonly method: string
  readonly reference: string | null
  readonly disbursedBy: readonly Disbursed[]
}

export interface ReceiptsReport {
  /** Over all receipts that the filter lets through. */
  readonly totals: ReceiptTotals
  readonly receipts: readonly ReportedReceipt[]
  readonly next: string | null
}

export interface Cursor {
  readonly key: string
  readonly id: string
}

/** The Receipts Management report (B-12): totals and a page, of one moment and from the balances of the ledger. */
export async function receiptsReport(
  { tx, principal, audit }: QueryContext,
  { after, ...filter }: ReceiptFilter & { readonly after?: Cursor },
): Promise<ReceiptsReport | Refusal<'unknown_period'>> {
  audit('receipts-report', coverage({ ...filter, after: after?.id }))
  const { practiceId } = principal
  const found = await matching(tx, practiceId, filter)
  if (isRefusal(found)) return found
  const { receipts, money, page } = await tx.one<{
    receipts: number
    money: MoneyRow[]
    page: ReportedReceipt[]
  }>(
    planned(sql`
      select (${countOf(practiceId, found)}) as receipts,
             (select coalesce(jsonb_agg(to_jsonb(summed)), '[]') from (${moneyOf(practiceId, found)}) as summed) as money,
             (select coalesce(jsonb_agg(to_jsonb(paged) - 'key' order by paged.key desc, paged."receiptId" desc), '[]')
                from (${rowsOf(practiceId, found, PAGE_SIZE + 1, after)}) as paged) as page`),
  )
  const keyOf = { batch: 'batchDate', deposit: 'depositDate', recorded: 'recordedAt' } as const
  const { rows, next } = pageOf(page, (row) => `${row[keyOf[filter.dateKind]]}_${row.receiptId}`)
  return { totals: totalsOf(receipts, money), receipts: rows, next }
}

/** All of it as a file; its columns are those of the page. */
export async function receiptsCsv(
  { tx, principal, audit }: QueryContext,
  filter: ReceiptFilter,
): Promise<BinaryAnswer | Refusal<'unknown_period' | 'too_many_rows'>> {
  audit('receipts-report', `csv ${coverage({ ...filter })}`)
  const found = await matching(tx, principal.practiceId, filter)
  if (isRefusal(found)) return found
  const rows = rowsOf(principal.practiceId, found, MAX_CSV_ROWS + 1)
  const paged = await tx.many<{ row: ReportedReceipt }>(
    planned(sql`
      select to_jsonb(paged) - 'key' as row from (${rows}) as paged order by paged.key desc, paged."receiptId" desc`),
  )
  return csvAnswer(
    'receipts.csv',
    CSV,
    paged.map(({ row }) => row),
  )
}

interface MoneyRow {
  readonly kind: 'cash' | 'escrow' | 'disbursed' | 'refunded'
  readonly code: string | null
  readonly system: string | null
  readonly cents: number
  readonly accounts: number
}

/** Of the receipts themselves: one of nothing, a remittance of denials, has no account. */
function countOf(practiceId: string, { where, everything }: Matching): Sql {
  if (everything)
    return sql`select count(*) from receipt where practice_id = ${practiceId} and deleted_at is null`
  return sql`
    select count(*) from receipt join reference_batch as batch on batch.id = receipt.batch_id where ${where}`
}

/**
 * Balances by kind, code and system, with how many accounts hold something. Where nothing narrows the report the accounts are not
 * joined with their receipts: deleted ones hold nothing.
 */
function moneyOf(practiceId: string, { where, everything }: Matching): Sql {
  const summed = sql`account.kind, account.code, account.system, sum(account.balance_cents)::bigint as cents`
  if (everything)
    return sql`
      select ${summed}, count(*) filter (where balance_cents <> 0) as accounts from account
       where practice_id = ${practiceId} and receipt_id is not null group by kind, code, system`
  return sql`
    select ${summed}, count(*) filter (where account.balance_cents <> 0) as accounts
      from receipt
      join reference_batch as batch on batch.id = receipt.batch_id
      join account on account.practice_id = ${practiceId} and account.receipt_id = receipt.id
     where ${where} group by account.kind, account.code, account.system`
}

function totalsOf(receipts: number, rows: readonly MoneyRow[]): ReceiptTotals {
  const of = (kind: MoneyRow['kind']) => rows.filter((row) => row.kind === kind)
  const cents = (kind: MoneyRow['kind']) => of(kind).reduce((total, row) => total + row.cents, 0)
  const receivedCents = cents('cash')
  const [escrowCents, disbursedCents, refundedCents] = [
    0 - cents('escrow'),
    0 - cents('disbursed'),
    0 - cents('refunded'),
  ]
  return {
    receipts,
    receivedCents,
    appliedCents: receivedCents - escrowCents - disbursedCents - refundedCents,
    escrowCents,
    disbursedCents,
    refundedCents,
    disbursedBy: of('disbursed')
      .filter((row) => row.cents !== 0)
      .map(({ code, system, cents: balance, accounts }) => ({
        code: code!,
        system,
        amountCents: -balance,
        receipts: accounts,
      }))
      .sort((one, other) => (`${one.code} ${one.system}` < `${other.code} ${other.system}` ? -1 : 1)),
  }
}

/**
 * The newest receipts behind the cursor. What a receipt's own accounts add up to is what is applied of it: every journal balances,
 * so it stands on the charges' side.
 */
function rowsOf(practiceId: string, { where, key, keyType }: Matching, limit: number, after?: Cursor): Sql {
  const behind = after
    ? sql`and (${key}, receipt.id) < (${after.key}::text::${keyType}, ${after.id}::uuid)`
    : sql``
  return sql`
    select found.key, found.id as "receiptId", batch_id as "batchId", batch_name as "batchName", batch_date as "batchDate",
           deposit_date as "depositDate", ${instantText(sql`recorded_at`)} as "recordedAt",
           ${instantText(sql`deleted_at`)} as "deletedAt", source, payer_kind as "payerKind", patient_id as "patientId",
           patient.name as "patientName", payer_id as "payerId", payer.name as "payerName",
           agency_id as "agencyId", agency.name as "agencyName", method, reference, money.*
      from (select ${key} as key, receipt.*, batch.name as batch_name, batch.batch_date
              from receipt join reference_batch as batch on batch.id = receipt.batch_id
             where ${where} ${behind}
             order by ${key} desc, receipt.id desc limit ${limit}) as found
      left join patient_replica as patient on patient.practice_id = ${practiceId} and patient.id = found.patient_id
      left join payer on payer.practice_id = ${practiceId} and payer.id = found.payer_id
      left join collection_agency as agency on agency.practice_id = ${practiceId} and agency.id = found.agency_id
      cross join lateral (
        select coalesce(sum(balance_cents) filter (where kind = 'cash'), 0)::bigint as "receivedCents",
               coalesce(sum(balance_cents), 0)::bigint as "appliedCents",
               -coalesce(sum(balance_cents) filter (where kind = 'escrow'), 0)::bigint as "escrowCents",
               -coalesce(sum(balance_cents) filter (where kind = 'disbursed'), 0)::bigint as "disbursedCents",
               -coalesce(sum(balance_cents) filter (where kind = 'refunded'), 0)::bigint as "refundedCents",
               coalesce(jsonb_agg(jsonb_build_object('code', code, 'system', system, 'amountCents', -balance_cents) order by code, system)
                 filter (where kind = 'disbursed' and balance_cents <> 0), '[]') as "disbursedBy"
          from account where account.practice_id = ${practiceId} and account.receipt_id = found.id) as money`
}

/** To the microsecond, as a cursor has to have it. */
function instantText(column: Sql): Sql {
  return sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

const CSV: readonly Column<ReportedReceipt>[] = [
  { heading: 'Receipt', value: (row) => row.receiptId },
  { heading: 'Batch date', value: (row) => row.batchDate },
  { heading: 'Batch', value: (row) => row.batchName },
  { heading: 'Deposit date', value: (row) => row.depositDate },
  { heading: 'Recorded at', value: (row) => row.recordedAt },
  { heading: 'Deleted at', value: (row) => row.deletedAt },
  { heading: 'Source', value: (row) => row.source },
  { heading: 'Payer kind', value: (row) => row.payerKind },
  { heading: 'Patient', value: (row) => row.patientName ?? row.patientId },
  { heading: 'Payer', value: payerText },
  { heading: 'Method', value: (row) => row.method },
  { heading: 'Reference', value: (row) => row.reference },
  { heading: 'Received', value: (row) => row.receivedCents },
  { heading: 'Applied', value: (row) => row.appliedCents },
  { heading: 'Escrow', value: (row) => row.escrowCents },
  { heading: 'Disbursed', value: (row) => row.disbursedCents },
  { heading: 'Disbursed by', value: (row) => row.disbursedBy.map(disbursedText).join('; ') || null },
  { heading: 'Refunded', value: (row) => row.refundedCents },
]

const disbursedText = ({ code, system }: Disbursed) => (system === null ? code : `${code} ${system}`)
