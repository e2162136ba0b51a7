import { sql, type Tx } from '@praxisbus/runtime'
import {
  type AnyContent,
  composeContent,
  type DocumentContent,
  type DocumentKind,
  type DocumentParties,
} from '../domain/document.ts'

export interface DocumentRow {
  readonly id: string
  readonly kind: DocumentKind
  readonly number: number
  readonly status: 'review' | 'issued' | 'void'
  readonly patientId: string
  /** null: a statement is about a patient, a receipt perhaps about money that no bill has yet. */
  readonly billingEncounterId: string | null
  readonly receiptId: string | null
  readonly totalCents: number
  readonly content: AnyContent | null
  readonly issuedAt: string
  readonly version: number
}

export const documentColumns = sql`
  id, kind, number, status, patient_id, billing_encounter_id, receipt_id, total_cents, content, issued_at, version`

/**
 * What the ledger says now: for a document in review at each look, and once more when it is issued. In one statement: a payment
 * that posts between two would be missing under paid and gone from what insurers owe, so the patient would be asked for it, for good.
 */
export async function currentContent(
  tx: Tx,
  practiceId: string,
  { billingEncounterId, receiptId }: Pick<DocumentRow, 'billingEncounterId' | 'receiptId'>,
): Promise<DocumentContent> {
  return composeContent(
    await tx.one<Parameters<typeof composeContent>[0]>(sql`
    with live as (
      select charge.id, line.position, charge.code, charge.description, charge.units, charge.modifiers, charge.amount_cents,
             charge.discount_cents
        from charge join line on line.practice_id = charge.practice_id and line.id = charge.line_id
       where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${billingEncounterId}
         and charge.reversed_at is null
    ), paid as (
      select receipt.id, receipt.deposit_date, receipt.method, receipt.reference,
             sum(applied.amount_cents + applied.fee_cents)::bigint as applied_cents
        from charge
        join payment_application as applied on applied.practice_id = charge.practice_id and applied.charge_id = charge.id
         and applied.removal_journal_id is null
        join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
        join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
       where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${billingEncounterId}
       group by receipt.id, receipt.deposit_date, receipt.method, receipt.reference
      having sum(applied.amount_cents) <> 0
    ), others as (
      select coalesce(sum(balance_cents) filter (where account.kind = 'adjustment'), 0)::bigint as adjusted,
             coalesce(sum(balance_cents) filter (where account.kind = 'receivable'), 0)::bigint as insured
        from live join account on account.practice_id = ${practiceId} and account.charge_id = live.id
         and (account.kind = 'adjustment' or (account.kind = 'receivable' and account.payer_id is not null))
    )
    select (select service_date from billing_encounter where practice_id = ${practiceId} and id = ${billingEncounterId}),
           (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'description', description, 'units', units,
                     'modifiers', modifiers, 'amountCents', amount_cents, 'discountCents', discount_cents)
                     order by position), '[]') from live) as lines,
           (select coalesce(jsonb_agg(jsonb_build_object('date', deposit_date, 'method', method, 'reference', reference,
                     'appliedCents', applied_cents) order by id), '[]') from paid) as payments,
           (select jsonb_build_object('date', receipt.deposit_date, 'method', receipt.method, 'reference', receipt.reference,
                     'amountCents', receipt.amount_cents, 'escrowCents', -account.balance_cents)
              from receipt join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
               and account.kind = 'escrow'
             where receipt.practice_id = ${practiceId} and receipt.id = ${receiptId}) as received,
           others.adjusted as adjusted_cents, others.insured as with_insurers_cents
      from others`),
  )
}

/** undefined: the practice's or the patient's record has not come from the scheduler yet. */
export async function partiesOf(
  tx: Tx,
  practiceId: string,
  document: Pick<DocumentRow, 'patientId' | 'billingEncounterId'>,
): Promise<DocumentParties | undefined> {
  return tx.maybe<DocumentParties>(sql`
    select practice.name as practice_name, practice.letterhead, patient.name as patient_name, patient.address_lines,
           coalesce(rendering.name, practitioner.name || coalesce(', ' || practitioner.credentials, '')) as provider_name
      from practice_replica as practice
      join patient_replica as patient on patient.practice_id = practice.practice_id and patient.id = ${document.patientId}
      left join billing_encounter as billed on billed.practice_id = practice.practice_id and billed.id = ${document.billingEncounterId}
      left join practitioner_replica as practitioner
        on practitioner.practice_id = billed.practice_id and practitioner.id = billed.practitioner_id
      left join rendering_provider as rendering
        on rendering.practice_id = billed.practice_id and rendering.id = billed.rendering_provider_id
     where practice.practice_id = ${practiceId}`)
}

export async function findDocument(tx: Tx, practiceId: string, id: string): Promise<DocumentRow | undefined> {
  return tx.maybe<DocumentRow>(
    sql`select ${documentColumns} from document where practice_id = ${practiceId} and id = ${id}`,
  )
}
