import { type QueryContext, type Sql, sql } from '@praxisbus/runtime'
import { releaseWaits } from './encounter-history.ts'

export interface BillingEncounterSummary {
  readonly billingEncounterId: string
  readonly appointmentId: string | null
  readonly encounterId: string | null
  readonly encounterNumber: number | null
  readonly patientId: string
  readonly patientName: string | null
  readonly serviceDate: string
  readonly status: string
  readonly appointmentDeleted: boolean
  readonly appointmentCancelled: string | null
  readonly needsReview: boolean
  readonly totalCents: number
  readonly version: number
}

export interface EncounterFilter {
  readonly status?: 'unsigned' | 'posted' | 'cancelled'
  /** true: only those that wait for a biller, a posted bill with late lines or an amended note too. */
  readonly review?: boolean
  readonly patientId?: string
  readonly appointmentId?: string
  /** The id of the last one of the page before. */
  readonly after?: string
}

const PAGE_SIZE = 200

const needsReview = sql`
  (billed.status <> 'cancelled' and (${releaseWaits} or exists (
    select from line where line.practice_id = billed.practice_id and line.billing_encounter_id = billed.id
       and line.removed_at is null and not line.charged)))`

/** The few that are open, by their indexes: asked of each bill in turn, it is a look at every bill of the practice. */
const waiting = (practiceId: string) => sql`
  billed.status <> 'cancelled' and billed.id in (
    select billing_encounter_id from line
     where line.practice_id = ${practiceId} and line.removed_at is null and not line.charged
    union all
    select billing_encounter_id from encounter_release as release
     where release.practice_id = ${practiceId} and release.settled_at is null and release.differences <> '[]')`

/** Of what was asked alone: a condition that is there for any question keeps the plan of a prepared statement from every index. */
function matching(practiceId: string, filter: EncounterFilter): Sql {
  const { status, review, patientId, appointmentId, after } = filter
  const parts = [sql`billed.practice_id = ${practiceId}`]
  if (status !== undefined) parts.push(sql`billed.status = ${status}`)
  if (review !== undefined) parts.push(review ? waiting(practiceId) : sql`not ${needsReview}`)
  if (patientId !== undefined) parts.push(sql`billed.patient_id = ${patientId}`)
  if (appointmentId !== undefined) parts.push(sql`billed.appointment_id = ${appointmentId}`)
  if (after !== undefined) parts.push(sql`billed.id > ${after}`)
  return sql.join(parts, sql` and `)
}

/** The biller's worklist, oldest first, 200 at a time; `next` is the `after` of the following page. */
export async function listBillingEncounters(
  { tx, principal, audit }: QueryContext,
  filter: EncounterFilter,
): Promise<{ billingEncounters: BillingEncounterSummary[]; next: string | null }> {
  const rows = await tx.many<BillingEncounterSummary>(sql`
    select billed.id as billing_encounter_id, billed.appointment_id, billed.encounter_id, billed.encounter_number,
           billed.patient_id, patient.name as patient_name, billed.service_date, billed.status,
           visit.deleted_at is not null as appointment_deleted, visit.cancellation_kind as appointment_cancelled,
           billed.version, billed.needs_review,
           (select coalesce(sum(amount_cents - discount_cents), 0)::bigint from charge
             where charge.practice_id = billed.practice_id and charge.billing_encounter_id = billed.id
               and charge.reversed_at is null) as total_cents
      from (select billed.*, ${needsReview} as needs_review from billing_encounter as billed
             where ${matching(principal.practiceId, filter)} order by billed.id limit ${PAGE_SIZE + 1}) as billed
      left join visit on visit.practice_id = billed.practice_id and visit.appointment_id = billed.appointment_id
      left join patient_replica as patient on patient.practice_id = billed.practice_id and patient.id = billed.patient_id
     order by billed.id`)
  const page = rows.slice(0, PAGE_SIZE)
  for (const row of page) audit('billing-encounter', row.billingEncounterId)
  return {
    billingEncounters: page,
    next: rows.length > PAGE_SIZE ? page.at(-1)!.billingEncounterId : null,
  }
}
