import { type QueryContext, type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'

export interface Coverage {
  readonly coverageId: string
  readonly payerId: string
  readonly planId: string | null
  readonly memberId: string
  /** null: from ever, and to ever. */
  readonly startsOn: string | null
  readonly endsOn: string | null
}

export interface PatientCoverages {
  readonly patientId: string
  /** In the order in which they are billed. */
  readonly coverages: readonly (Coverage & { readonly payerName: string; readonly planName: string | null })[]
  /** 1: none was ever entered. */
  readonly version: number
}

/** A patient's coverages (B-01). */
export async function getCoverages(
  { tx, principal, audit }: QueryContext,
  { id }: { readonly id: string },
): Promise<PatientCoverages | Refusal<'not_found'>> {
  audit('patient-coverages', id)
  const { practiceId } = principal
  const known = await tx.maybe(sql`
    select from patient_replica where practice_id = ${practiceId} and id = ${id}
     union select from patient_coverages where practice_id = ${practiceId} and patient_id = ${id}`)
  return known ? readCoverages(tx, practiceId, id) : patientNotFound()
}

export async function readCoverages(
  tx: Tx,
  practiceId: string,
  patientId: string,
): Promise<PatientCoverages> {
  const coverages = await tx.many<PatientCoverages['coverages'][number]>(sql`
    select coverage.id as coverage_id, coverage.payer_id, payer.name as payer_name, coverage.plan_id, plan.name as plan_name,
           coverage.member_id, coverage.starts_on, coverage.ends_on
      from coverage join payer on payer.practice_id = coverage.practice_id and payer.id = coverage.payer_id
      left join plan on plan.practice_id = coverage.practice_id and plan.id = coverage.plan_id
     where coverage.practice_id = ${practiceId} and coverage.patient_id = ${patientId} and coverage.removed_at is null
     order by coverage.position`)
  const list = await tx.maybe<{ version: number }>(sql`
    select version from patient_coverages where practice_id = ${practiceId} and patient_id = ${patientId}`)
  return { patientId, coverages, version: list?.version ?? 1 }
}

export function patientNotFound(): Refusal<'not_found'> {
  return refuse('not_found', {
    detail: 'Billing knows no patient of this id in your practice.',
    next: 'Check the id. A patient who was registered just now is known here within seconds.',
  })
}
