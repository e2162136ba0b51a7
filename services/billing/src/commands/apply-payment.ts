import { type CommandContext, type Refusal, staleWrite } from '@praxisbus/runtime'
import { type Application, decidePayment, type PaymentRefusal } from '../domain/payment.ts'
import { applyPayment, lockCharges } from '../postings/payments.ts'
import { defaultBatch, postingOf } from '../postings/posting.ts'
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

/** Applies escrow money to open charges (B-08). Two who apply the same money wait for each other; the second is told. */
export async function applyReceipt(
  ctx: CommandContext,
  { id, applications }: { readonly id: string; readonly applications: readonly Application[] },
): Promise<AppliedPayment | PaymentRefusal | Refusal<'not_found' | 'stale'>> {
  const posting = postingOf(ctx)
  const charges = await lockCharges(
    posting,
    applications.map((one) => one.chargeId),
  )
  const [receipt] = await lockReceipts(posting, { receiptId: id })
  if (!receipt) return receiptNotFound()
  const stale = staleWrite(ctx, receipt.version)
  if (stale) return stale
  const refused = decidePayment(receipt.escrowCents, charges, applications)
  if (refused) return refused
  const batch = await defaultBatch(posting, ctx.now)
  const applied = await applyPayment(posting, batch, receipt, applications)
  ctx.audit('receipt', id, 'apply payment')
  return { ...applied, receiptId: id, batchDate: batch.batchDate, applications }
}
