import { type QueryContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import type { Share } from '../domain/ledger.ts'
import { receiptNotFound } from './refusals.ts'

export interface OpenCharge {
  readonly chargeId: string
  readonly billingEncounterId: string
  readonly encounterNumber: number | null
  readonly patientId: string
  readonly patientName: string | null
  readonly serviceDate: string
  readonly code: string
  readonly modifiers: readonly string[]
  readonly units: number
  /** Gross, as it is on a claim. */
  readonly chargedCents: number
  /** Owed by all: what `expectedBalanceCents` of its line compares with. */
  readonly balanceCents: number
  readonly payerBalanceCents: number
  /** What this payer's receipts pay of it: at most that can be taken back. */
  readonly paidByPayerCents: number
  /** true: this receipt has a line on it. */
  readonly postedFromReceipt: boolean
  readonly shares: readonly Share[]
}

export interface OpenCharges {
  readonly receiptId: string
  readonly payerId: string
  readonly escrowCents: number
  /** Lines of this receipt that stand. */
  readonly postedLines: number
  readonly charges: readonly OpenCharge[]
  readonly next: string | null
}

export interface OpenChargeFilter {
  readonly id: string
  readonly encounterNumber?: number
  readonly patientId?: string
  /** The charge that the page before ended with. */
  readonly after?: string
}

const PAGE_SIZE = 200

/**
 * What a person sees who posts one check over hundreds of encounters (B-15): open charges of its payer, 200 at a time; of an encounter
 * number or a patient all charges, also those that are paid (for a take-back) or with another payer. The place in the list is a
 * charge and not a number, so it is not lost while lines are posted.
 */
export async function listOpenCharges(
  { tx, principal, audit }: QueryContext,
  { id, encounterNumber, patientId, after }: OpenChargeFilter,
): Promise<OpenCharges | Refusal<'not_found' | 'not_insurance'>> {
  const { practiceId } = principal
  const receipt = await tx.maybe<{ payerId: string | null; escrowCents: number; postedLines: number }>(sql`
    select receipt.payer_id, coalesce(-account.balance_cents, 0) as escrow_cents,
           (select count(*) from payment
              join payment_application as applied on applied.practice_id = payment.practice_id and applied.payment_id = payment.id
             where payment.practice_id = receipt.practice_id and payment.receipt_id = receipt.id
               and applied.removal_journal_id is null and applied.removed_at is null) as posted_lines
      from receipt left join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
       and account.kind = 'escrow'
     where receipt.practice_id = ${practiceId} and receipt.id = ${id}`)
  if (!receipt) return receiptNotFound()
  const { payerId, escrowCents, postedLines } = receipt
  if (payerId === null)
    return refuse('not_insurance', {
      detail: 'This receipt is a patient’s: it has no remittance.',
      next: 'Read the billing encounter of the patient.',
    })
  const found =
    encounterNumber === undefined && patientId === undefined
      ? sql`charge.id in (select charge_id from account where practice_id = ${practiceId} and payer_id = ${payerId}
                             and kind = 'receivable' and balance_cents > 0 and charge_id > ${after ?? NOTHING}::uuid
                           order by charge_id limit ${PAGE_SIZE + 1})`
      : // Of what was asked alone, so that its index is taken whatever the statement was prepared for.
        sql.join(
          [
            sql`charge.id > ${after ?? NOTHING}::uuid`,
            ...(encounterNumber === undefined ? [] : [sql`billed.encounter_number = ${encounterNumber}`]),
            ...(patientId === undefined ? [] : [sql`billed.patient_id = ${patientId}`]),
          ],
          sql` and `,
        )
  const rows = await tx.many<OpenCharge>(sql`
    select charge.id as charge_id, charge.billing_encounter_id, billed.encounter_number, billed.patient_id,
           patient.name as patient_name, charge.service_date, charge.code, charge.modifiers, charge.units,
           charge.amount_cents as charged_cents, owed.balance_cents, owed.payer_balance_cents, owed.shares,
           paid.paid_by_payer_cents, paid.posted_from_receipt
      from charge
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
      left join patient_replica as patient on patient.practice_id = billed.practice_id and patient.id = billed.patient_id
      cross join lateral (
        select coalesce(sum(balance_cents), 0)::bigint as balance_cents,
               coalesce(sum(balance_cents) filter (where payer_id = ${payerId}), 0)::bigint as payer_balance_cents,
               coalesce(jsonb_agg(jsonb_build_object('payerId', payer_id, 'balanceCents', balance_cents)
                 order by payer_id nulls first) filter (where balance_cents > 0), '[]') as shares
          from account where practice_id = charge.practice_id and charge_id = charge.id and kind = 'receivable') as owed
      cross join lateral (
        select coalesce(sum(applied.amount_cents), 0)::bigint as paid_by_payer_cents,
               coalesce(bool_or(receipt.id = ${id}), false) as posted_from_receipt
          from payment_application as applied
          join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
          join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
         where applied.practice_id = charge.practice_id and applied.charge_id = charge.id
           and receipt.payer_id = ${payerId} and applied.removal_journal_id is null and applied.removed_at is null) as paid
     where charge.practice_id = ${practiceId} and charge.reversed_at is null and ${found}
     order by charge.id limit ${PAGE_SIZE + 1}`)
  const charges = rows.slice(0, PAGE_SIZE)
  for (const encounterId of new Set(charges.map((charge) => charge.billingEncounterId)))
    audit('billing-encounter', encounterId)
  const next = rows.length > PAGE_SIZE ? charges.at(-1)!.chargeId : null
  return { receiptId: id, payerId, escrowCents, postedLines, charges, next }
}

const NOTHING = '00000000-0000-0000-0000-000000000000'
