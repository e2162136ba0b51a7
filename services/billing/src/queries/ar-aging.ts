import { type BinaryAnswer, type QueryContext, type Refusal, type Sql, sql } from '@praxisbus/runtime'
import type { Column } from '../domain/csv.ts'
import { todayOf } from '../postings/practice-day.ts'
import { coverage, csvAnswer, MAX_CSV_ROWS, PAGE_SIZE, pageOf, planned } from './report.ts'

/** What is owed, by days from the service to the day of the report. */
export interface Buckets {
  /** 30 days at most; a service that is still to come is here too. */
  readonly currentCents: number
  readonly days31To60Cents: number
  readonly days61To90Cents: number
  readonly days91To120Cents: number
  readonly over120DaysCents: number
  readonly totalCents: number
}

export interface AgedDebt extends Buckets {
  readonly patientId: string
  readonly patientName: string | null
  /** Who owes it; null: the patient. */
  readonly payerId: string | null
  readonly payerName: string | null
}

export interface AgingFilter {
  /** Default: the practice's today. */
  readonly asOf?: string
  readonly patientId?: string
  readonly payerId?: string
  readonly owedBy?: 'patient' | 'insurer'
}

export interface ArAging {
  readonly asOf: string
  readonly totals: Buckets
  /** Over all patients; `payerId` null: what patients owe themselves. */
  readonly byPayer: readonly (Buckets & {
    readonly payerId: string | null
    readonly payerName: string | null
  })[]
  readonly debts: readonly AgedDebt[]
  readonly next: string | null
}

/** `payerId` as in the cursor: `patient` or an id. */
export interface DebtCursor {
  readonly patientId: string
  readonly owedBy: string
}

/**
 * A/R by patient and by who owes it (B-20), recomputed from the entries whose effective date is not after `asOf`: the same answer
 * for a closed period whenever it is asked.
 */
export async function arAging(
  { tx, principal, audit, now }: QueryContext,
  { after, ...filter }: AgingFilter & { readonly after?: DebtCursor },
): Promise<ArAging> {
  const { practiceId } = principal
  const asOf = filter.asOf ?? (await todayOf(tx, practiceId, now))
  audit('ar-aging', coverage({ ...filter, asOf, after: after?.patientId }))
  const behind = after
    ? sql`where (patient_id, coalesce(payer_id::text, 'patient')) > (${after.patientId}::uuid, ${after.owedBy}::text)`
    : sql``
  const found = await tx.one<{ totals: Buckets; byPayer: ArAging['byPayer']; debts: AgedDebt[] }>(
    planned(sql`
      with ${aged(practiceId, { ...filter, asOf })}
      select (select to_jsonb(summed) from (select ${buckets} from debt) as summed) as totals,
             (select coalesce(jsonb_agg(to_jsonb(summed) order by summed."payerName" nulls first, summed."payerId"), '[]') from (
                select debt.payer_id as "payerId", payer.name as "payerName", ${buckets}
                  from debt left join payer on payer.practice_id = ${practiceId} and payer.id = debt.payer_id
                 group by debt.payer_id, payer.name) as summed) as by_payer,
             (select coalesce(jsonb_agg(to_jsonb(paged) order by paged."patientId", coalesce(paged."payerId"::text, 'patient')), '[]')
                from (${debts(practiceId, behind, PAGE_SIZE + 1)}) as paged) as debts`),
  )
  const { rows, next } = pageOf(found.debts, (row) => `${row.patientId}_${row.payerId ?? 'patient'}`)
  return { asOf, totals: found.totals, byPayer: found.byPayer, debts: rows, next }
}

export async function arAgingCsv(
  { tx, principal, audit, now }: QueryContext,
  filter: AgingFilter,
): Promise<BinaryAnswer | Refusal<'too_many_rows'>> {
  const { practiceId } = principal
  const asOf = filter.asOf ?? (await todayOf(tx, practiceId, now))
  audit('ar-aging', `csv ${coverage({ ...filter, asOf })}`)
  const found = await tx.many<{ debt: AgedDebt }>(
    planned(sql`
      with ${aged(practiceId, { ...filter, asOf })}
      select to_jsonb(listed) as debt from (${debts(practiceId, sql``, MAX_CSV_ROWS + 1)}) as listed
       order by listed."patientName" nulls last, listed."patientId", listed."payerName" nulls first`),
  )
  return csvAnswer(
    `ar-aging-${asOf}.csv`,
    CSV,
    found.map(({ debt }) => debt),
  )
}

/** `debt`: what each payer's share of each charge was on that day, with the age of the service. */
function aged(practiceId: string, filter: AgingFilter & { readonly asOf: string }): Sql {
  const { asOf, patientId = null, payerId = null, owedBy = null } = filter
  return sql`
    share as (
      select account.charge_id, account.payer_id, sum(entry.amount_cents) as cents
        from account
        join entry on entry.practice_id = ${practiceId} and entry.account_id = account.id
        join journal on journal.practice_id = ${practiceId} and journal.id = entry.journal_id
       where account.practice_id = ${practiceId} and account.kind = 'receivable' and journal.effective_date <= ${asOf}
         and (${payerId}::uuid is null or account.payer_id = ${payerId}::uuid)
         and (${owedBy}::text is null or (account.payer_id is null) = (${owedBy}::text = 'patient'))
       group by account.charge_id, account.payer_id having sum(entry.amount_cents) <> 0),
    debt as materialized (
      select billed.patient_id, share.payer_id, share.cents, ${asOf}::date - charge.service_date as days
        from share
        join charge on charge.practice_id = ${practiceId} and charge.id = share.charge_id
        join billing_encounter as billed on billed.practice_id = ${practiceId} and billed.id = charge.billing_encounter_id
       where ${patientId}::uuid is null or billed.patient_id = ${patientId}::uuid)`
}

const buckets = sql`
  coalesce(sum(cents) filter (where days <= 30), 0)::bigint as "currentCents",
  coalesce(sum(cents) filter (where days between 31 and 60), 0)::bigint as "days31To60Cents",
  coalesce(sum(cents) filter (where days between 61 and 90), 0)::bigint as "days61To90Cents",
  coalesce(sum(cents) filter (where days between 91 and 120), 0)::bigint as "days91To120Cents",
  coalesce(sum(cents) filter (where days > 120), 0)::bigint as "over120DaysCents",
  coalesce(sum(cents), 0)::bigint as "totalCents"`

function debts(practiceId: string, behind: Sql, limit: number): Sql {
  return sql`
    select listed.patient_id as "patientId", patient.name as "patientName", listed.payer_id as "payerId", payer.name as "payerName",
           "currentCents", "days31To60Cents", "days61To90Cents", "days91To120Cents", "over120DaysCents", "totalCents"
      from (select patient_id, payer_id, ${buckets} from debt ${behind}
             group by patient_id, payer_id order by patient_id, coalesce(payer_id::text, 'patient') limit ${limit}) as listed
      left join patient_replica as patient on patient.practice_id = ${practiceId} and patient.id = listed.patient_id
      left join payer on payer.practice_id = ${practiceId} and payer.id = listed.payer_id`
}

const CSV: readonly Column<AgedDebt>[] = [
  { heading: 'Patient', value: (row) => row.patientName ?? row.patientId },
  { heading: 'Owed by', value: (row) => (row.payerId === null ? 'Patient' : (row.payerName ?? row.payerId)) },
  { heading: 'Current', value: (row) => row.currentCents },
  { heading: '31-60 days', value: (row) => row.days31To60Cents },
  { heading: '61-90 days', value: (row) => row.days61To90Cents },
  { heading: '91-120 days', value: (row) => row.days91To120Cents },
  { heading: 'Over 120 days', value: (row) => row.over120DaysCents },
  { heading: 'Total', value: (row) => row.totalCents },
]
