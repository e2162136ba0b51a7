import { type BinaryAnswer, type QueryContext, type Refusal, type Sql, sql } from '@praxisbus/runtime'
import type { Column } from '../domain/csv.ts'
import { documentNumber } from '../domain/document.ts'
import { todayOf } from '../postings/practice-day.ts'
import type { Cursor } from './receipts-report.ts'
import { coverage, csvAnswer, MAX_CSV_ROWS, PAGE_SIZE, pageOf, planned } from './report.ts'

interface Money {
  /** Net of discounts. */
  readonly chargedCents: number
  readonly paidCents: number
  /** What payers' contracts took off, and what went to an agency: neither paid nor owed here. */
  readonly adjustedCents: number
  readonly balanceCents: number
}

export interface UnpaidSession extends Money {
  readonly billingEncounterId: string
  readonly appointmentId: string | null
  readonly patientId: string
  readonly patientName: string | null
  readonly serviceDate: string
  /** Since the service, on the practice's calendar. */
  readonly ageDays: number
  /** null: there is none. */
  readonly invoice: {
    readonly documentId: string
    readonly number: string
    readonly status: 'review' | 'issued' | 'void'
    /** Of its newest email; null: none. */
    readonly delivery: 'queued' | 'sent' | 'failed' | null
  } | null
}

interface UnpaidFilter {
  readonly patientId?: string
}

export interface UnpaidSessions {
  readonly totals: Money & { readonly sessions: number }
  /** Oldest first. */
  readonly sessions: readonly UnpaidSession[]
  readonly next: string | null
}

/** Completed sessions on which something is owed (B-20), from the balances of their charges. */
export async function unpaidSessions(
  { tx, principal, audit, now }: QueryContext,
  { after, ...filter }: UnpaidFilter & { readonly after?: Cursor },
): Promise<UnpaidSessions> {
  audit('unpaid-sessions', coverage({ ...filter, after: after?.id }))
  const { practiceId } = principal
  const today = await todayOf(tx, practiceId, now)
  const found = await tx.one<{ totals: UnpaidSessions['totals']; sessions: Row[] }>(
    planned(sql`
      with ${unpaid(practiceId, filter)}
      select (select to_jsonb(summed) from (
                select count(*) as sessions, coalesce(sum(charged), 0)::bigint as "chargedCents",
                       coalesce(sum(paid), 0)::bigint as "paidCents", coalesce(sum(charged - paid - balance), 0)::bigint as "adjustedCents",
                       coalesce(sum(balance), 0)::bigint as "balanceCents" from unpaid) as summed) as totals,
             (select coalesce(jsonb_agg(to_jsonb(paged) order by paged."serviceDate", paged."billingEncounterId"), '[]')
                from (${sessions(practiceId, today, PAGE_SIZE + 1, after)}) as paged) as sessions`),
  )
  const { rows, next } = pageOf(found.sessions, (row) => `${row.serviceDate}_${row.billingEncounterId}`)
  return { totals: found.totals, sessions: rows.map(sessionOf), next }
}

export async function unpaidSessionsCsv(
  { tx, principal, audit, now }: QueryContext,
  filter: UnpaidFilter,
): Promise<BinaryAnswer | Refusal<'too_many_rows'>> {
  audit('unpaid-sessions', `csv ${coverage({ ...filter })}`)
  const { practiceId } = principal
  const today = await todayOf(tx, practiceId, now)
  const found = await tx.many<{ session: Row }>(
    planned(sql`
      with ${unpaid(practiceId, filter)}
      select to_jsonb(listed) as session from (${sessions(practiceId, today, MAX_CSV_ROWS + 1)}) as listed
       order by listed."serviceDate", listed."billingEncounterId"`),
  )
  return csvAnswer(
    'unpaid-sessions.csv',
    CSV,
    found.map(({ session }) => sessionOf(session)),
  )
}

type Row = Omit<UnpaidSession, 'invoice'> & {
  readonly invoice:
    | (Omit<NonNullable<UnpaidSession['invoice']>, 'number'> & { readonly number: number })
    | null
}

function sessionOf({ invoice, ...session }: Row): UnpaidSession {
  return {
    ...session,
    invoice: invoice && { ...invoice, number: documentNumber('invoice', invoice.number) },
  }
}

/**
 * What a charge's own accounts add up to, with the sign turned, is what was paid of it: every journal balances, so it came out of
 * escrow.
 */
function unpaid(practiceId: string, filter: UnpaidFilter): Sql {
  const { patientId = null } = filter
  return sql`
    unpaid as materialized (
      select billed.id, billed.appointment_id, billed.patient_id, billed.service_date, money.*
        from billing_encounter as billed
        cross join lateral (
          select (-coalesce(sum(balance_cents) filter (where kind in ('revenue', 'discount')), 0))::bigint as charged,
                 (-coalesce(sum(balance_cents), 0))::bigint as paid,
                 coalesce(sum(balance_cents) filter (where kind = 'receivable'), 0)::bigint as balance
            from charge
            join account on account.practice_id = ${practiceId} and account.charge_id = charge.id
           where charge.practice_id = ${practiceId} and charge.billing_encounter_id = billed.id and charge.reversed_at is null) as money
       where billed.practice_id = ${practiceId} and billed.status = 'posted' and billed.session_completed_at is not null
         and (${patientId}::uuid is null or billed.patient_id = ${patientId}::uuid) and money.balance <> 0)`
}

function sessions(practiceId: string, today: string, limit: number, after?: Cursor): Sql {
  const behind = after ? sql`where (service_date, id) > (${after.key}::date, ${after.id}::uuid)` : sql``
  return sql`
    select listed.id as "billingEncounterId", listed.appointment_id as "appointmentId", listed.patient_id as "patientId",
           patient.name as "patientName", listed.service_date as "serviceDate", ${today}::date - listed.service_date as "ageDays",
           listed.charged as "chargedCents", listed.paid as "paidCents",
           listed.charged - listed.paid - listed.balance as "adjustedCents", listed.balance as "balanceCents",
           (select jsonb_build_object('documentId', document.id, 'number', document.number, 'status', document.status, 'delivery', (
                     select status from document_delivery as sent
                      where sent.practice_id = ${practiceId} and sent.document_id = document.id order by sent.id desc limit 1))
              from document
             where document.practice_id = ${practiceId} and document.billing_encounter_id = listed.id and document.kind = 'invoice'
             order by document.status = 'void', document.number desc limit 1) as invoice
      from (select * from unpaid ${behind} order by service_date, id limit ${limit}) as listed
      left join patient_replica as patient on patient.practice_id = ${practiceId} and patient.id = listed.patient_id`
}

const CSV: readonly Column<UnpaidSession>[] = [
  { heading: 'Patient', value: (row) => row.patientName ?? row.patientId },
  { heading: 'Service date', value: (row) => row.serviceDate },
  { heading: 'Age in days', value: (row) => String(row.ageDays) },
  { heading: 'Charged', value: (row) => row.chargedCents },
  { heading: 'Paid', value: (row) => row.paidCents },
  { heading: 'Adjusted', value: (row) => row.adjustedCents },
  { heading: 'Balance', value: (row) => row.balanceCents },
  { heading: 'Invoice', value: (row) => row.invoice?.number ?? null },
  { heading: 'Invoice state', value: (row) => row.invoice?.status ?? null },
  { heading: 'Billing encounter', value: (row) => row.billingEncounterId },
]
