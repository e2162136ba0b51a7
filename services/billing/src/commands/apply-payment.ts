import { type CommandContext, isRefusal, type Refusal, staleWrite } from '@praxisbus/runtime'
import { type Application, decidePayment, type PaymentRefusal } from '../domain/payment.ts'
import { receiptDeleted } from '../domain/receipt.ts'
import { batchFor } from '../postings/batches.ts'
import { applyPayment, lockCharges } from '../postings/payments.ts'
import { postingOf } from '../postings/posting.ts'
import { lockReceipts } from '../postings/receipts.ts'
import { receiptNotFound } from '../queries/refusals.ts'

export interface AppliedPayment {
  readonly paymentId: string
  readonly receiptId: string
  readonly batchDate: string
  readonly applications: readonly Application[]
  /** What the receipt still holds. */
  readonly escrowCents: number
  /** Of the receipt. */
  readonly version: number
}

/**
 * Applies escrow money to open charges (B-08), in the batch that is named, else in today's: it may be another one, and another
 * period, than the receipt's. Two who apply the same money wait for each other; the second is told.
 */
export async function applyReceipt(
  ctx: CommandContext,
  {
    id,
    batchId,
    applications,
  }: {
    readonly id: string
    readonly batchId: string | null
    readonly applications: readonly Application[]
  },
): Promise<
  | AppliedPayment
  | PaymentRefusal
  | Refusal<'not_found' | 'receipt_deleted' | 'stale' | 'unknown_batch' | 'period_closed'>
> {
  const posting = postingOf(ctx)
  // In one round trip, and locked in this order all the same. A refusal keeps nothing of it.
  const [charges, [receipt], batch] = await Promise.all([
    lockCharges(
      posting,
      applications.map((one) => one.chargeId),
    ),
    lockReceipts(posting, { receiptId: id }),
    batchFor(posting, batchId),
  ])
  if (!receipt) return receiptNotFound()
  const stale = staleWrite(ctx, receipt.version)
  if (stale) return stale
  if (receipt.deleted) return receiptDeleted()
  const refused = decidePayment(receipt.escrowCents, charges, applications, receipt.agencyId)
  if (refused) return refused
  if (isRefusal(batch)) return batch
  const applied = await applyPayment(posting, batch, receipt, charges, applications)
  ctx.audit('receipt', id, 'apply payment')
  return { ...applied, receiptId: id, batchDate: batch.batchDate, applications }
}
