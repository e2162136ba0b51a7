import { type QueryContext, sql } from '@praxisbus/runtime'
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

/** The biller's worklist, oldest first, 200 at a time; `next` is the `after` of the following page. */
export async function listBillingEncounters(
  { tx, principal, audit }: QueryContext,
  filter: EncounterFilter,
): Promise<{ billingEncounters: BillingEncounterSummary[]; next: string | null }> {
  const { status = null, review = null, patientId = null, appointmentId = null, after = null } = filter
  const rows = await tx.many<BillingEncounterSummary>(sql`
    select * from (
      select billed.id as billing_encounter_id, billed.appointment_id, billed.encounter_id, billed.encounter_number,
             billed.patient_id, patient.name as patient_name, billed.service_date, billed.status,
             visit.deleted_at is not null as appointment_deleted, visit.cancellation_kind as appointment_cancelled,
             billed.version,
             billed.status <> 'cancelled' and (${releaseWaits} or exists (
               select from line where line.practice_id = billed.practice_id and line.billing_encounter_id = billed.id
                  and line.removed_at is null and not exists (
                    select from charge where charge.practice_id = line.practice_id and charge.line_id = line.id
                       and charge.reversed_at is null))) as needs_review,
             (select coalesce(sum(amount_cents - discount_cents), 0)::bigint from charge
               where charge.practice_id = billed.practice_id and charge.billing_encounter_id = billed.id
                 and charge.reversed_at is null) as total_cents
        from billing_encounter as billed
        left join visit on visit.practice_id = billed.practice_id and visit.appointment_id = billed.appointment_id
        left join patient_replica as patient on patient.practice_id = billed.practice_id and patient.id = billed.patient_id
       where billed.practice_id = ${principal.practiceId}
         and (${status}::text is null or billed.status = ${status})
         and (${patientId}::uuid is null or billed.patient_id = ${patientId})
         and (${appointmentId}::uuid is null or billed.appointment_id = ${appointmentId})
         and (${after}::uuid is null or billed.id > ${after})
    ) as found
     where ${review}::boolean is null or needs_review = ${review}
     order by billing_encounter_id limit ${PAGE_SIZE + 1}`)
  const page = rows.slice(0, PAGE_SIZE)
  for (const row of page) audit('billing-encounter', row.billingEncounterId)
  return {
    billingEncounters: page,
    next: rows.length > PAGE_SIZE ? page.at(-1)!.billingEncounterId : null,
  }
}
