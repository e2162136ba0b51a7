import { type QueryContext, type Refusal, sql, type Tx } from '@praxisbus/runtime'
import type { FeeKind } from '../domain/cancellation-fee.ts'
import { type EncounterRow, encounterColumns } from '../postings/encounters.ts'
import { type ChargeMoney, chargeMoney, NO_MONEY, owedOfCharge } from './charge-history.ts'
import { type EncounterHistory, historyOf } from './encounter-history.ts'
import { encounterNotFound } from './refusals.ts'

export interface BillingEncounterLine extends ChargeMoney {
  readonly lineId: string
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  readonly diagnosisPointers: readonly number[]
  readonly unitAmountCents: number | null
  readonly discountCents: number
  readonly source: string
  /** null: not in the ledger. */
  readonly chargeId: string | null
  /** Net of its discount, and what of it is still owed. */
  readonly chargedCents: number | null
  readonly balanceCents: number | null
  /** What of it an agency has not collected yet. */
  readonly collectionsCents: number | null
}

export interface BillingEncounter extends Omit<EncounterRow, 'id'>, EncounterHistory {
  readonly billingEncounterId: string
  readonly patientName: string | null
  /** true: the visit was taken off the calendar; the bill waits for a person's decision. */
  readonly appointmentDeleted: boolean
  /** S-20: how it was cancelled; null: it was not. A session's or encounter's lines beside it wait for a person. */
  readonly appointmentCancelled: FeeKind | null
  /** E-11: the note was unlocked and not all have signed it again; null: it stands as it is. */
  readonly noteUnlockedAt: string | null
  /** true: lines, or what a release says differently, wait for a biller. */
  readonly needsReview: boolean
  readonly totalCents: number
  /** What is owed to us; what an agency collects stands beside it. */
  readonly balanceCents: number
  readonly collectionsCents: number
  readonly lines: readonly BillingEncounterLine[]
}

export async function getBillingEncounter(
  { tx, principal, audit }: QueryContext,
  { id }: { readonly id: string },
): Promise<BillingEncounter | Refusal<'not_found'>> {
  audit('billing-encounter', id)
  return (await readBillingEncounter(tx, principal.practiceId, id)) ?? encounterNotFound()
}

export async function readBillingEncounter(
  tx: Tx,
  practiceId: string,
  id: string,
): Promise<BillingEncounter | undefined> {
  const row = await tx.maybe<
    EncounterRow & {
      deletedAt: string | null
      appointmentCancelled: FeeKind | null
      patientName: string | null
      noteUnlockedAt: string | null
    }
  >(sql`
    select ${encounterColumns},
           (select deleted_at from visit where visit.practice_id = billed.practice_id
               and visit.appointment_id = billed.appointment_id) as deleted_at,
           (select cancellation_kind from visit where visit.practice_id = billed.practice_id
               and visit.appointment_id = billed.appointment_id) as appointment_cancelled,
           (select name from patient_replica as patient where patient.practice_id = billed.practice_id
               and patient.id = billed.patient_id) as patient_name,
           (select max(unlocked_at) from note_state as note where note.practice_id = billed.practice_id
               and (note.encounter_id = billed.encounter_id or note.appointment_id = billed.appointment_id)) as note_unlocked_at
      from billing_encounter as billed where practice_id = ${practiceId} and id = ${id}`)
  if (!row) return undefined
  const found = await tx.many<Omit<BillingEncounterLine, keyof ChargeMoney>>(sql`
    select line.id as line_id, line.code, line.description, line.units, line.modifiers, line.diagnosis_pointers,
           line.unit_amount_cents, line.discount_cents, line.source, charge.id as charge_id,
           charge.amount_cents - charge.discount_cents as charged_cents,
           owed.balance_cents, owed.collections_cents
      from line
      left join charge on charge.practice_id = line.practice_id and charge.line_id = line.id and charge.reversed_at is null
      left join ${owedOfCharge} on charge.id is not null
     where line.practice_id = ${practiceId} and line.billing_encounter_id = ${id} and line.removed_at is null
     order by line.position`)
  const money = await chargeMoney(
    tx,
    practiceId,
    found.flatMap((line) => line.chargeId ?? []),
  )
  const lines = found.map((line) => ({ ...line, ...(money.get(line.chargeId ?? '') ?? NO_MONEY) }))
  const history = await historyOf(tx, practiceId, id)
  const waits =
    lines.some((line) => line.chargeId === null) || history.releases.some((release) => release.waits)
  const { id: billingEncounterId, deletedAt, ...encounter } = row
  return {
    ...encounter,
    billingEncounterId,
    appointmentDeleted: deletedAt !== null,
    needsReview: encounter.status !== 'cancelled' && waits,
    totalCents: lines.reduce((total, line) => total + (line.chargedCents ?? 0), 0),
    balanceCents: lines.reduce((total, line) => total + (line.balanceCents ?? 0), 0),
    collectionsCents: lines.reduce((total, line) => total + (line.collectionsCents ?? 0), 0),
    lines,
    ...history,
  }
}
