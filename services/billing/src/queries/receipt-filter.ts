import { type Refusal, refuse, type Sql, sql, type Tx } from '@praxisbus/runtime'
import { timeZoneOf } from '../postings/practice-day.ts'
import type { PayerKind } from '../postings/receipts.ts'

/** What the Receipts Management report is narrowed by (B-12). Each that is left out lets everything through. */
export interface ReceiptFilter {
  /** Which date `from` and `to` are about, and by which the report is ordered, newest first. */
  readonly dateKind: 'batch' | 'deposit' | 'recorded'
  readonly from?: string
  /** Inclusive. */
  readonly to?: string
  readonly batchId?: string
  readonly periodId?: string
  readonly payerKind?: PayerKind
  readonly payerId?: string
  readonly agencyId?: string
  readonly patientId?: string
  readonly method?: string
  readonly disbursed?: 'any' | 'none'
  /** Of a disbursement that stands. */
  readonly code?: string
  readonly system?: string
  readonly escrow?: 'yes' | 'no'
  readonly deleted: 'no' | 'yes' | 'all'
}

/** The receipts that a filter lets through, as parts of a statement over `receipt` and its `batch`. */
export interface Matching {
  readonly where: Sql
  /** By which the report is ordered, with its type. */
  readonly key: Sql
  readonly keyType: Sql
  /** Nothing is left out but receipts that were deleted, and those hold nothing. */
  readonly everything: boolean
}

/** The period and the time zone are looked up first: the planner has to see dates to estimate how many receipts there are. */
export async function matching(
  tx: Tx,
  practiceId: string,
  filter: ReceiptFilter,
): Promise<Matching | Refusal<'unknown_period'>> {
  const { periodId } = filter
  const period = periodId === undefined ? undefined : await readBounds(tx, practiceId, periodId)
  if (periodId !== undefined && !period)
    return refuse('unknown_period', {
      field: 'periodId',
      detail: 'There is no reporting period of this id in the practice.',
      next: 'List the reporting periods for their ids.',
    })
  const { key, keyType, from, to } = await dated(tx, practiceId, filter)
  const { payerKind = null, payerId = null, agencyId = null, patientId = null } = filter
  const { method = null, batchId = null } = filter
  const where = sql`
    receipt.practice_id = ${practiceId} and batch.practice_id = ${practiceId}
    and (${filter.deleted} = 'all' or (receipt.deleted_at is not null) = (${filter.deleted} = 'yes'))
    and (${from}::text is null or ${key} >= ${from}::text::${keyType}) and (${to}::text is null or ${key} < ${to}::text::${keyType})
    and (${period?.startsOn ?? null}::date is null or batch.batch_date >= ${period?.startsOn ?? null}::date)
    and (${period?.endsOn ?? null}::date is null or batch.batch_date <= ${period?.endsOn ?? null}::date)
    and (${batchId}::uuid is null or receipt.batch_id = ${batchId}::uuid)
    and (${payerKind}::text is null or receipt.payer_kind = ${payerKind}::text)
    and (${payerId}::uuid is null or receipt.payer_id = ${payerId}::uuid)
    and (${agencyId}::uuid is null or receipt.agency_id = ${agencyId}::uuid)
    and (${patientId}::uuid is null or receipt.patient_id = ${patientId}::uuid)
    and (${method}::text is null or receipt.method = ${method}::text)
    ${byDisbursement(practiceId, filter)} ${byEscrow(practiceId, filter)}`
  const { dateKind: _, deleted, ...narrowing } = filter
  const everything = deleted === 'no' && Object.values(narrowing).every((value) => value === undefined)
  return { where, key, keyType, everything }
}

function readBounds(tx: Tx, practiceId: string, id: string) {
  return tx.maybe<{ startsOn: string | null; endsOn: string }>(
    sql`select starts_on, ends_on from reporting_period where practice_id = ${practiceId} and id = ${id}`,
  )
}

/** `from` and, exclusive, `to` as the column has them: dates, or the instants at which days begin on the practice's calendar. */
async function dated(tx: Tx, practiceId: string, { dateKind, from, to }: ReceiptFilter) {
  const first = from === undefined ? undefined : Temporal.PlainDate.from(from)
  const behind = to === undefined ? undefined : Temporal.PlainDate.from(to).add({ days: 1 })
  const keyType = dateKind === 'recorded' ? sql`timestamptz` : sql`date`
  if (dateKind !== 'recorded') {
    const key = dateKind === 'batch' ? sql`batch.batch_date` : sql`receipt.deposit_date`
    return { key, keyType, from: first?.toString() ?? null, to: behind?.toString() ?? null }
  }
  const timeZone = first || behind ? await timeZoneOf(tx, practiceId) : 'UTC'
  const startOf = (day: Temporal.PlainDate | undefined) =>
    day?.toZonedDateTime({ timeZone }).toInstant().toString() ?? null
  return { key: sql`receipt.recorded_at`, keyType, from: startOf(first), to: startOf(behind) }
}

function byDisbursement(practiceId: string, filter: ReceiptFilter): Sql {
  const { disbursed, code = null, system = null } = filter
  if (disbursed === undefined && code === null && system === null) return sql``
  const standing = sql`exists (
    select from account where account.practice_id = ${practiceId} and account.receipt_id = receipt.id and account.kind = 'disbursed'
       and account.balance_cents <> 0 and (${code}::text is null or account.code = ${code}::text)
       and (${system}::text is null or account.system = ${system}::text))`
  return disbursed === 'none' ? sql`and not ${standing}` : sql`and ${standing}`
}

function byEscrow(practiceId: string, { escrow }: ReceiptFilter): Sql {
  if (escrow === undefined) return sql``
  const left = sql`exists (
    select from account where account.practice_id = ${practiceId} and account.receipt_id = receipt.id and account.kind = 'escrow'
       and account.balance_cents <> 0)`
  return escrow === 'yes' ? sql`and ${left}` : sql`and not ${left}`
}
