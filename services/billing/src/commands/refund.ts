import { RefundIssued } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, type Refusal, sql, staleWrite } from '@praxisbus/runtime'
import { refundJournal } from '../domain/ledger.ts'
import { decideOutflow } from '../domain/receipt.ts'
import { batchFor } from '../postings/batches.ts'
import { postJournals } from '../postings/journals.ts'
import { postingOf } from '../postings/posting.ts'
import { lockReceipts, nextReceiptVersion } from '../postings/receipts.ts'
import { type Receipt, readReceipt } from '../queries/get-receipt.ts'
import { receiptNotFound } from '../queries/refusals.ts'

export interface RefundInput {
  /** Of the receipt. */
  readonly id: string
  readonly amountCents: number
  readonly method: string
  readonly reference: string | null
  readonly reason: string
  readonly batchId: string | null
}

/**
 * Escrow money goes back to who paid it (B-13). Applied money is taken back into escrow first, so that the charge is open again
 * and everybody sees why.
 */
export async function refund(
  ctx: CommandContext,
  input: RefundInput,
): Promise<
  | Receipt
  | Refusal<'not_found' | 'stale' | 'receipt_deleted' | 'over_escrow' | 'unknown_batch' | 'period_closed'>
> {
  const posting = postingOf(ctx)
  const { tx, practiceId, newId, now, actor } = posting
  const { id: receiptId, amountCents, method, reference, reason } = input
  const [receipt] = await lockReceipts(posting, { receiptId })
  if (!receipt) return receiptNotFound()
  const refused = staleWrite(ctx, receipt.version) ?? decideOutflow(receipt, amountCents)
  if (refused) return refused
  const batch = await batchFor(posting, input.batchId)
  if (isRefusal(batch)) return batch
  const refundId = newId()
  const [journalId] = await postJournals(posting, batch, [refundJournal(receiptId, amountCents)])
  await tx.run(sql`
    insert into refund (practice_id, id, receipt_id, method, reference, reason, amount_cents, batch_id, journal_id, recorded_by,
                        recorded_at)
    values (${practiceId}, ${refundId}, ${receiptId}, ${method}, ${reference}, ${reason}, ${amountCents}, ${batch.id}, ${journalId},
            ${actor}, ${now.toString()})`)
  const version = await nextReceiptVersion(posting, receiptId)
  const escrowCents = receipt.escrowCents - amountCents
  ctx.record(RefundIssued, {
    subject: receiptId,
    version,
    data: { receiptId, refundId, method, reference, amountCents, batchDate: batch.batchDate, escrowCents },
  })
  ctx.audit('receipt', receiptId, 'refund')
  return (await readReceipt(tx, practiceId, receiptId))!
}
