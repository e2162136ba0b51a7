import { PaymentApplied } from '@praxisbus/contracts'
import { isRefusal, json, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { decideInsurance, type InsuranceRefusal } from '../domain/decide-insurance.ts'
import type { DecidedLine, InsuranceLine } from '../domain/insurance.ts'
import { sumCents } from '../domain/money.ts'
import { receiptDeleted } from '../domain/receipt.ts'
import { insuranceJournal } from '../domain/receivable-journals.ts'
import { type LockedAdjudication, lockAdjudications, withTaken } from './adjudications.ts'
import { batchFor } from './batches.ts'
import { applyAgain, type FreedMoney, takeBackFreed } from './freed-money.ts'
import { postJournals } from './journals.ts'
import type { Batch, Posting } from './posting.ts'
import { type LockedReceipt, lockReceipts, nextReceiptVersion } from './receipts.ts'

export interface PostedInsurance {
  readonly paymentId: string
  readonly payerId: string
  readonly batchDate: string
  readonly lines: readonly DecidedLine[]
  readonly freed: readonly FreedMoney[]
  /** Of the receipt, after it. */
  readonly escrowCents: number
  readonly version: number
}

export type PostingRefusal =
  | InsuranceRefusal
  | Refusal<'not_found' | 'stale' | 'receipt_deleted' | 'not_insurance' | 'unknown_batch' | 'period_closed'>

export interface RemittanceLines {
  readonly receiptId: string
  readonly lines: readonly InsuranceLine[]
  /** null: today's. */
  readonly batchId: string | null
  /** Asked once the receipt is locked. */
  readonly stale?: (version: number) => Refusal<'stale'> | undefined
}

/**
 * Posts lines of an insurer's check (B-15), whoever has them: a person, or a remittance file. All or none, in the statements of
 * one line. A remittance that takes back a charge and pays it anew is two calls, the take-back first.
 */
export async function postInsurance(
  posting: Posting,
  { receiptId, lines, batchId, stale }: RemittanceLines,
): Promise<PostedInsurance | PostingRefusal> {
  const charges = await lockForPosting(posting, lines)
  const patientReceipts = lines.some((line) => line.freePatientMoney)
    ? charges.flatMap(({ standing }) =>
        standing.flatMap((one) => (one.payerId === null ? one.receiptId : [])),
      )
    : []
  const receipts = await lockReceipts(posting, { receiptIds: [...new Set([receiptId, ...patientReceipts])] })
  const receipt = receipts.find((one) => one.id === receiptId)
  if (!receipt)
    return refuse('not_found', {
      detail: 'There is no receipt of this id in the practice.',
      next: 'The id is in the answer to POST /v1/receipts and in receipt.recorded.',
    })
  const refused = stale?.(receipt.version) ?? (receipt.deleted ? receiptDeleted() : undefined)
  if (refused) return refused
  if (receipt.payerId === null) return notInsurance()
  const decided = decideInsurance(
    { escrowCents: receipt.escrowCents, payerId: receipt.payerId },
    charges,
    lines,
  )
  if (isRefusal(decided)) return decided
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  return write(posting, batch, { receipt, receipts, charges, decided })
}

async function lockForPosting(
  posting: Posting,
  lines: readonly InsuranceLine[],
): Promise<LockedAdjudication[]> {
  const charges = await lockAdjudications(
    posting,
    lines.map((line) => line.chargeId),
  )
  return lines.some((line) => line.freePatientMoney) ? withTaken(posting, charges) : charges
}

interface Work {
  readonly receipt: LockedReceipt
  readonly receipts: readonly LockedReceipt[]
  readonly charges: readonly LockedAdjudication[]
  readonly decided: readonly DecidedLine[]
}

async function write(posting: Posting, batch: Batch, work: Work): Promise<PostedInsurance> {
  const { receipt, decided } = work
  const freed = await takeBackFreed(posting, batch, work)
  const journals = decided.map((line) => {
    const journal = insuranceJournal(receipt.id, line)
    return journal && { ...journal, id: posting.newId() }
  })
  const moving = journals.flatMap((journal) => journal ?? [])
  if (moving.length > 0) await postJournals(posting, batch, moving)
  const paymentId = posting.newId()
  insertLines(
    posting,
    batch,
    { paymentId, receiptId: receipt.id },
    decided.map((line, index) => ({ ...line, journalId: journals[index]?.id ?? null })),
  )
  const again = await applyAgain(posting, batch, work, freed)
  const escrowCents = receipt.escrowCents - sumCents(decided.map((line) => line.paidCents))
  const version = await nextReceiptVersion(posting, receipt.id)
  recordApplied(posting, batch, { paymentId, escrowCents, version, ...work })
  return {
    paymentId,
    payerId: receipt.payerId!,
    batchDate: batch.batchDate,
    lines: decided,
    freed: again,
    escrowCents,
    version,
  }
}

function insertLines(
  { tx, practiceId, actor, now }: Posting,
  batch: Batch,
  { paymentId, receiptId }: { readonly paymentId: string; readonly receiptId: string },
  lines: readonly (DecidedLine & { readonly journalId: string | null })[],
): void {
  tx.later(sql`
    insert into payment (practice_id, id, receipt_id, batch_id, applied_by, applied_at)
    values (${practiceId}, ${paymentId}, ${receiptId}, ${batch.id}, ${actor}, ${now.toString()})`)
  const rows = lines.map((line) => ({
    charge_id: line.chargeId,
    amount_cents: line.paidCents,
    allowed_cents: line.allowedCents,
    adjustments: line.adjustments,
    moved: line.moved,
    post_as: line.postAs,
    journal_id: line.journalId,
  }))
  tx.later(sql`
    insert into payment_application (practice_id, payment_id, charge_id, amount_cents, allowed_cents, adjustments, moved,
                                     post_as, journal_id, insurer)
    select ${practiceId}, ${paymentId}, charge_id, amount_cents, allowed_cents, adjustments, moved, post_as, journal_id, true
      from jsonb_to_recordset(${json(rows)}::jsonb) as posted (
        charge_id uuid, amount_cents bigint, allowed_cents bigint, adjustments jsonb, moved jsonb, post_as text, journal_id uuid)`)
}

function recordApplied(
  posting: Posting,
  { batchDate }: Batch,
  {
    receipt,
    decided,
    paymentId,
    escrowCents,
    version,
  }: Work & { readonly paymentId: string; readonly escrowCents: number; readonly version: number },
): void {
  posting.record(PaymentApplied, {
    subject: receipt.id,
    version,
    data: {
      receiptId: receipt.id,
      paymentId,
      batchDate,
      payerId: receipt.payerId,
      applications: decided.map(({ chargeId, paidCents, allowedCents, adjustments, moved, shares }) => ({
        chargeId,
        amountCents: paidCents,
        allowedCents,
        adjustments: [...adjustments],
        moved: [...moved],
        shares: [...shares],
      })),
      escrowCents,
    },
  })
}

function notInsurance(): Refusal<'not_insurance'> {
  return refuse('not_insurance', {
    detail: 'This receipt is a patient’s: it has no remittance.',
    next: 'Apply it with POST /v1/receipts/{id}/payments, or post on a receipt of the insurer.',
  })
}
