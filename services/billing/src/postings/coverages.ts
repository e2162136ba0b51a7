import { sql, type Tx } from '@praxisbus/runtime'

export interface CoverageOnDay {
  readonly coverageId: string
  readonly payerId: string
  readonly planId: string | null
  readonly memberId: string
}

/** The patient's coverages that hold on a day, in the order in which they are billed (B-01). */
export function coveragesOn(
  tx: Tx,
  practiceId: string,
  patientId: string,
  date: string,
): Promise<CoverageOnDay[]> {
  return tx.many<CoverageOnDay>(sql`
    select id as coverage_id, payer_id, plan_id, member_id from coverage
     where practice_id = ${practiceId} and patient_id = ${patientId} and removed_at is null
       and coalesce(starts_on, ${date}::date) <= ${date}::date and coalesce(ends_on, ${date}::date) >= ${date}::date
     order by position`)
}
