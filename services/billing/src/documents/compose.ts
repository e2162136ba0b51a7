import { sql, type Tx } from '@praxisbus/runtime'
import {
  type AnyContent,
  composeContent,
  type DocumentContent,
  type DocumentKind,
  type DocumentLine,
  type DocumentParties,
  type DocumentPayment,
} from '../domain/document.ts'

export interface DocumentRow {
  readonly id: string
  readonly kind: DocumentKind
  readonly number: number
  readonly status: 'review' | 'issued' | 'void'
  readonly patientId: string
  /** null: a statement is about a patient. */
  readonly billingEncounterId: string | null
  readonly receiptId: string | null
  readonly totalCents: number
  readonly content: AnyContent | null
  readonly issuedAt: string
  readonly version: number
}

export const documentColumns = sql`
  id, kind, number, status, patient_id, billing_encounter_id, receipt_id, total_cents, content, issued_at, version`

/** What the ledger says now: for a document in review at each look, and once more when it is issued. */
export async function currentContent(
  tx: Tx,
  practiceId: string,
  document: { readonly billingEncounterId: string | null; readonly receiptId: string | null },
): Promise<DocumentContent> {
  const encounter = await tx.one<{ serviceDate: string }>(sql`
    select service_date from billing_encounter where practice_id = ${practiceId} and id = ${document.billingEncounterId}`)
  const lines = await tx.many<DocumentLine>(sql`
    select charge.code, charge.description, charge.units, charge.modifiers, charge.amount_cents, charge.discount_cents
      from charge join line on line.practice_id = charge.practice_id and line.id = charge.line_id
     where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${document.billingEncounterId}
       and charge.reversed_at is null
     order by line.position`)
  const payments = await tx.many<DocumentPayment>(sql`
    select receipt.deposit_date as date, receipt.method, receipt.reference,
           sum(applied.amount_cents + applied.fee_cents)::bigint as applied_cents
      from payment_application as applied
      join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
      join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
      join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
     where applied.practice_id = ${practiceId} and charge.billing_encounter_id = ${document.billingEncounterId}
       and applied.removal_journal_id is null
     group by receipt.id, receipt.deposit_date, receipt.method, receipt.reference
    having sum(applied.amount_cents) <> 0
     order by receipt.id`)
  const others = await tx.one<Required<Pick<DocumentContent, 'adjustedCents' | 'withInsurersCents'>>>(sql`
    select coalesce(sum(balance_cents) filter (where account.kind = 'adjustment'), 0)::bigint as adjusted_cents,
           coalesce(sum(balance_cents) filter (where account.kind = 'receivable'), 0)::bigint as with_insurers_cents
      from charge join account on account.practice_id = charge.practice_id and account.charge_id = charge.id
       and (account.kind = 'adjustment' or (account.kind = 'receivable' and account.payer_id is not null))
     where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${document.billingEncounterId}
       and charge.reversed_at is null`)
  const received =
    document.receiptId === null ? null : await receivedMoney(tx, practiceId, document.receiptId)
  return composeContent({ serviceDate: encounter.serviceDate, lines, payments, received, ...others })
}

function receivedMoney(tx: Tx, practiceId: string, receiptId: string) {
  return tx.one<NonNullable<DocumentContent['received']>>(sql`
    select receipt.deposit_date as date, receipt.method, receipt.reference, receipt.amount_cents,
           -account.balance_cents as escrow_cents
      from receipt join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
       and account.kind = 'escrow'
     where receipt.practice_id = ${practiceId} and receipt.id = ${receiptId}`)
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
