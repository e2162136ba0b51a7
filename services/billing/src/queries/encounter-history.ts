import { sql, type Tx } from '@praxisbus/runtime'
import type { Difference } from '../domain/amendment.ts'
import { type Placement, placementColumns } from './list-collections.ts'

/** A charge that was taken back (B-13). */
export interface ReversedCharge {
  readonly chargeId: string
  readonly lineId: string
  readonly code: string
  readonly units: number
  /** Net of its discount. */
  readonly chargedCents: number
  readonly postedAt: string
  readonly batchDate: string
  readonly reversedAt: string
  /** null: reversed before that was written down. */
  readonly reversedBy: string | null
  /** null: its bill was cancelled. */
  readonly reason: string | null
  /** The date under which reports show the reversal. null: a charge of nothing moved no money. */
  readonly reversalBatchDate: string | null
}

/** A release of the EHR that came for a bill. */
export interface Release {
  readonly releaseId: string
  readonly encounterId: string
  readonly encounterNumber: number
  readonly kind: 'first' | 'amended' | 'other-encounter' | 'other-patient'
  readonly releasedAt: string
  readonly differences: readonly Difference[]
  /** true: a biller has not decided about its differences. */
  readonly waits: boolean
  readonly settledAt: string | null
  readonly settledBy: string | null
  readonly settleNote: string | null
}

export interface EncounterHistory {
  readonly reversedCharges: readonly ReversedCharge[]
  readonly placements: readonly Placement[]
  readonly releases: readonly Release[]
}

/** Of `billed`: whether a release waits for a biller. */
export const releaseWaits = sql`exists (
  select from encounter_release as waiting where waiting.practice_id = billed.practice_id
     and waiting.billing_encounter_id = billed.id and waiting.settled_at is null and waiting.differences <> '[]')`

export async function historyOf(tx: Tx, practiceId: string, id: string): Promise<EncounterHistory> {
  const [reversedCharges, placements, releases] = await Promise.all([
    tx.many<ReversedCharge>(sql`
      select charge.id as charge_id, line_id, code, units, amount_cents - discount_cents as charged_cents, posted_at, batch.batch_date,
             reversed_at, reversed_by, reversal_reason as reason, back.effective_date as reversal_batch_date
        from charge
        join reference_batch as batch on batch.practice_id = charge.practice_id and batch.id = charge.batch_id
        left join journal as back on back.practice_id = charge.practice_id and back.corrects_journal_id = charge.journal_id
       where charge.practice_id = ${practiceId} and billing_encounter_id = ${id} and reversed_at is not null
       order by reversed_at, charge.id`),
    tx.many<Placement>(sql`
      select ${placementColumns}
        from collection_placement as placed
        join collection_agency as agency on agency.practice_id = placed.practice_id and agency.id = placed.agency_id
        join charge on charge.practice_id = placed.practice_id and charge.id = placed.charge_id
       where placed.practice_id = ${practiceId} and charge.billing_encounter_id = ${id} order by placed.id`),
    tx.many<Release>(sql`
      select id as release_id, encounter_id, encounter_number, kind, released_at, differences,
             settled_at is null and differences <> '[]' as waits, settled_at, settled_by, settle_note
        from encounter_release where practice_id = ${practiceId} and billing_encounter_id = ${id}
       order by released_at, id`),
  ])
  return { reversedCharges, placements, releases }
}
