import { type QueryContext, type Refusal, sql, type Tx } from '@praxisbus/runtime'
import type { Adjustment } from '../domain/insurance.ts'
import type { Application } from '../domain/payment.ts'
import type { Part } from '../domain/shares.ts'
import type { PayerKind, ReceiptSource } from '../postings/receipts.ts'
import { receiptNotFound } from './refusals.ts'

export interface ReceiptMoney {
  readonly receivedCents: number
  readonly appliedCents: number
  readonly escrowCents: number
  readonly disbursedCents: number
  readonly refundedCents: number
}

export interface Receipt extends ReceiptMoney {
  readonly receiptId: string
  readonly payerKind: PayerKind
  readonly patientId: string | null
  readonly payerId: string | null
  readonly planId: string | null
  readonly agencyId: string | null
  readonly appointmentId: string | null
  readonly source: ReceiptSource
  readonly method: string
  readonly reference: string | null
  readonly depositDate: string
  readonly batchId: string
  readonly batchDate: string
  readonly recordedAt: string
  /** null: it counts. */
  readonly deletedAt: string | null
  readonly version: number
  readonly payments: readonly {
    readonly paymentId: string
    readonly appliedAt: string
    readonly batchDate: string
    readonly applications: readonly (Required<Application> & {
      readonly removed: boolean
      readonly billingEncounterId: string
      readonly encounterNumber: number | null
      readonly patientId: string
      /** What a remittance said beside the money (B-15). */
      readonly allowedCents: number | null
      readonly adjustments: readonly Adjustment[]
      readonly moved: readonly Part[]
    })[]
  }[]
  readonly disbursements: readonly (Outflow & {
    readonly disbursementId: string
    readonly code: string
    readonly system: string | null
    readonly note: string | null
  })[]
  readonly refunds: readonly (Outflow & {
    readonly refundId: string
    readonly method: string
    readonly reference: string | null
    readonly reason: string
  })[]
  /** What it said before it was modified or deleted, oldest first (B-14). */
  readonly history: readonly {
    readonly version: number
    readonly change: 'modified' | 'deleted'
    readonly reason: string
    readonly changedBy: string
    readonly changedAt: string
    readonly before: Readonly<Record<string, unknown>>
  }[]
}

interface Outflow {
  readonly amountCents: number
  readonly batchDate: string
  readonly recordedAt: string
  readonly undone: boolean
}

type Lists = 'payments' | 'disbursements' | 'refunds' | 'history'

/** A receipt and where its money is (B-10), recomputed from the entries of the ledger. */
export async function getReceipt(
  { tx, principal, audit }: QueryContext,
  { id }: { readonly id: string },
): Promise<Receipt | Refusal<'not_found'>> {
  audit('receipt', id)
  return (await readReceipt(tx, principal.practiceId, id)) ?? receiptNotFound()
}

export async function readReceipt(tx: Tx, practiceId: string, id: string): Promise<Receipt | undefined> {
  const row = await tx.maybe<Omit<Receipt, keyof ReceiptMoney | Lists>>(sql`
    select receipt.id as receipt_id, payer_kind, patient_id, payer_id, plan_id, agency_id, appointment_id, source, method, reference,
           deposit_date, batch_id, batch.batch_date, recorded_at, deleted_at, version
      from receipt join reference_batch as batch on batch.practice_id = receipt.practice_id and batch.id = receipt.batch_id
     where receipt.practice_id = ${practiceId} and receipt.id = ${id}`)
  if (!row) return undefined
  const payments = await tx.many<Receipt['payments'][number]>(sql`
    select payment.id as payment_id, payment.applied_at, batch.batch_date,
           jsonb_agg(jsonb_build_object('chargeId', applied.charge_id, 'amountCents', applied.amount_cents,
             'feeCents', applied.fee_cents,
             'removed', applied.removal_journal_id is not null or applied.removed_at is not null,
             'billingEncounterId', billed.id, 'encounterNumber', billed.encounter_number, 'patientId', billed.patient_id,
             'allowedCents', applied.allowed_cents, 'adjustments', applied.adjustments, 'moved', applied.moved)
             order by applied.charge_id) as applications
      from payment
      join reference_batch as batch on batch.practice_id = payment.practice_id and batch.id = payment.batch_id
      join payment_application as applied on applied.practice_id = payment.practice_id and applied.payment_id = payment.id
      join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
     where payment.practice_id = ${practiceId} and payment.receipt_id = ${id}
     group by payment.id, payment.applied_at, batch.batch_date order by payment.id`)
  const money = await receiptMoney(tx, practiceId, id)
  return { ...row, ...money, payments, ...(await outflows(tx, practiceId, id)) }
}

async function outflows(tx: Tx, practiceId: string, id: string) {
  const [disbursements, refunds, history] = await Promise.all([
    tx.many<Receipt['disbursements'][number]>(sql`
      select disbursement.id as disbursement_id, code, system, note, amount_cents, batch_date, recorded_at,
             undo_journal_id is not null as undone
        from disbursement join reference_batch as batch
          on batch.practice_id = disbursement.practice_id and batch.id = disbursement.batch_id
       where disbursement.practice_id = ${practiceId} and receipt_id = ${id} order by disbursement.id`),
    tx.many<Receipt['refunds'][number]>(sql`
      select refund.id as refund_id, method, reference, reason, amount_cents, batch_date, recorded_at,
             undo_journal_id is not null as undone
        from refund join reference_batch as batch on batch.practice_id = refund.practice_id and batch.id = refund.batch_id
       where refund.practice_id = ${practiceId} and receipt_id = ${id} order by refund.id`),
    tx.many<Receipt['history'][number]>(sql`
      select version, change, reason, changed_by, changed_at, before from receipt_revision
       where practice_id = ${practiceId} and receipt_id = ${id} order by version`),
  ])
  return { disbursements, refunds, history }
}

/**
 * From entries alone, in one statement and so of one moment. Applied is counted on the charges' side of the journals that
 * touch this receipt's escrow (what is owed, less what an adjustment in the same journal took off), so the equation of B-10 is
 * checked against something and not against itself.
 */
export function receiptMoney(tx: Tx, practiceId: string, receiptId: string): Promise<ReceiptMoney> {
  return tx.one<ReceiptMoney>(sql`
    with own as (
      select entry.journal_id, account.kind, entry.amount_cents
        from account join entry on entry.practice_id = account.practice_id and entry.account_id = account.id
       where account.practice_id = ${practiceId} and account.receipt_id = ${receiptId})
    select coalesce(sum(amount_cents) filter (where kind = 'cash'), 0)::bigint as received_cents,
           -coalesce(sum(amount_cents) filter (where kind = 'escrow'), 0)::bigint as escrow_cents,
           -coalesce(sum(amount_cents) filter (where kind = 'disbursed'), 0)::bigint as disbursed_cents,
           -coalesce(sum(amount_cents) filter (where kind = 'refunded'), 0)::bigint as refunded_cents,
           (select -coalesce(sum(entry.amount_cents), 0)::bigint
              from entry join account on account.practice_id = entry.practice_id and account.id = entry.account_id
             where entry.practice_id = ${practiceId} and account.charge_id is not null
               and entry.journal_id in (select journal_id from own where kind = 'escrow')) as applied_cents
      from own`)
}
