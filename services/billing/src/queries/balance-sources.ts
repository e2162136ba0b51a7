import { sql, type Tx } from '@praxisbus/runtime'
import type { PayerKind } from '../postings/receipts.ts'
import type { AsOf } from './as-of.ts'

/** Money received: who paid, how, and when it went to the bank. As it was known at the recorded date. */
export interface ReceiptSource {
  readonly receiptId: string
  readonly payerKind: PayerKind
  readonly patientId: string | null
  readonly payerId: string | null
  readonly agencyId: string | null
  readonly planId: string | null
  readonly appointmentId: string | null
  readonly source: string
  readonly method: string
  readonly reference: string | null
  readonly amountCents: number
  readonly depositDate: string
  readonly batchDate: string
  readonly recordedAt: string
}

/** A procedure line that was charged, with the bill, the note and the visit it came from. */
export interface ChargeSource {
  readonly chargeId: string
  readonly lineId: string
  /** Who brought the line: session, encounter or biller. */
  readonly lineSource: string
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  readonly amountCents: number
  readonly discountCents: number
  /** Whom it was billed to first; null: the patient. */
  readonly payerId: string | null
  readonly serviceDate: string
  readonly postedAt: string
  readonly billingEncounterId: string
  readonly patientId: string
  readonly appointmentId: string | null
  readonly sessionCompletedAt: string | null
  /** The clinical encounter; null: the EHR released none. */
  readonly encounterId: string | null
  readonly encounterNumber: number | null
  readonly releasedAt: string | null
  /** Of the note that had come when the charge posted, or of the first that came after; null: none, or the fact did not say. */
  readonly noteVersion: number | null
}

type Revised = Partial<Omit<ReceiptSource, 'receiptId' | 'source' | 'recordedAt'>>

export async function receiptSources(
  tx: Tx,
  practiceId: string,
  ids: readonly string[],
  { recordedThrough }: AsOf,
): Promise<ReceiptSource[]> {
  if (ids.length === 0) return []
  const rows = await tx.many<ReceiptSource & { before: Revised | null }>(sql`
    select receipt.id as receipt_id, payer_kind, patient_id, payer_id, agency_id, plan_id, appointment_id,
           source, method, reference,
           amount_cents, deposit_date, batch.batch_date, recorded_at, revised.before
      from receipt
      join reference_batch as batch on batch.practice_id = receipt.practice_id and batch.id = receipt.batch_id
      left join lateral (
        select before from receipt_revision as revision
         where revision.practice_id = ${practiceId} and revision.receipt_id = receipt.id
           and revision.changed_at > ${recordedThrough}
         order by version limit 1) as revised on true
     where receipt.practice_id = ${practiceId} and receipt.id = any(${ids}::uuid[]) order by receipt.id`)
  return rows.map(({ before, ...row }) => {
    // What a receipt said before is kept as facts have it: an agency by its id alone.
    const said = before ? { ...row, agencyId: null, ...before, receiptId: row.receiptId } : row
    return said.agencyId === null ? said : { ...said, payerKind: 'agency' }
  })
}

export async function chargeSources(
  tx: Tx,
  practiceId: string,
  ids: readonly string[],
): Promise<ChargeSource[]> {
  if (ids.length === 0) return []
  return tx.many<ChargeSource>(sql`
    select charge.id as charge_id, charge.line_id, line.source as line_source, charge.code, charge.description, charge.units,
           charge.modifiers, charge.amount_cents, charge.discount_cents, charge.payer_id, charge.service_date, charge.posted_at,
           billed.id as billing_encounter_id, billed.patient_id, billed.appointment_id, billed.session_completed_at,
           billed.encounter_id, billed.encounter_number, billed.released_at, note.note_version
      from charge
      join line on line.practice_id = charge.practice_id and line.id = charge.line_id
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
      left join lateral (
        select note_version from encounter_release as release
         where release.practice_id = ${practiceId} and release.billing_encounter_id = billed.id
           and release.encounter_id = billed.encounter_id
         order by received_at > charge.posted_at, case when received_at <= charge.posted_at then released_at end desc, released_at
         limit 1) as note on true
     where charge.practice_id = ${practiceId} and charge.id = any(${ids}::uuid[]) order by charge.id`)
}
