import { type Refusal, sql, type Tx } from '@praxisbus/runtime'
import { composeSuperbill, type SuperbillContent, type SuperbillLine } from '../domain/superbill.ts'
import type { EncounterRow } from '../postings/encounters.ts'

/** A visit as its insurer wants to see it (B-20): what is posted and stands, and what the patient paid of it, to us or to an agency with its fee. */
export async function readSuperbill(
  tx: Tx,
  practiceId: string,
  encounter: EncounterRow,
): Promise<SuperbillContent | Refusal<'not_eligible' | 'no_diagnosis' | 'no_rendering_provider'>> {
  const lines = await tx.many<SuperbillLine>(sql`
    select charge.code, charge.description, charge.modifiers, charge.units, line.diagnosis_pointers, charge.amount_cents,
           charge.discount_cents
      from charge join line on line.practice_id = charge.practice_id and line.id = charge.line_id
     where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${encounter.id}
       and charge.reversed_at is null and line.source <> 'cancellation'
     order by line.position`)
  const { paidCents } = await tx.one<{ paidCents: number }>(sql`
    select coalesce(sum(applied.amount_cents + applied.fee_cents), 0)::bigint as paid_cents
      from payment_application as applied
      join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
      join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
      join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
      join line on line.practice_id = charge.practice_id and line.id = charge.line_id
     where applied.practice_id = ${practiceId} and charge.billing_encounter_id = ${encounter.id}
       and applied.removal_journal_id is null and receipt.payer_kind <> 'insurer' and line.source <> 'cancellation'`)
  // One that was linked after the visit counts too.
  const provider = await tx.maybe<SuperbillContent['provider']>(sql`
    select name, npi from rendering_provider
     where practice_id = ${practiceId}
       and (id = ${encounter.renderingProviderId} or practitioner_id = ${encounter.practitionerId} and active)
     order by id = ${encounter.renderingProviderId} desc nulls last limit 1`)
  const patient = await tx.maybe<{ birthDate: string | null }>(sql`
    select birth_date from patient_replica where practice_id = ${practiceId} and id = ${encounter.patientId}`)
  const { serviceDate, placeOfService, diagnoses } = encounter
  const birthDate = patient?.birthDate ?? null
  return composeSuperbill({
    serviceDate,
    birthDate,
    provider,
    placeOfService,
    diagnoses,
    lines,
    paidCents,
  })
}
