import { RefundUndone } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, type Refusal, sql } from '@praxisbus/runtime'
import { batchFor } from '../postings/batches.ts'
import { lockOutflow, undoOutflow } from '../postings/outflows.ts'
import { postingOf } from '../postings/posting.ts'
import { type Receipt, readReceipt } from '../queries/get-receipt.ts'

/** A refund that never reached the payer, a voided check for instance, is escrow money again (B-13); the refund stays in the history. */
export async function undoRefund(
  ctx: CommandContext,
  { id, batchId }: { readonly id: string; readonly batchId: string | null },
): Promise<Receipt | Refusal<'not_found' | 'undone' | 'unknown_batch' | 'period_closed'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const found = await lockOutflow(posting, 'refund', id)
  if (isRefusal(found)) return found
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  const { version, escrowCents, journalId } = await undoOutflow(posting, batch, 'refund-undo', found)
  await tx.run(sql`
    update refund set undo_journal_id = ${journalId} where practice_id = ${practiceId} and id = ${id}`)
  const { receiptId, amountCents } = found
  ctx.record(RefundUndone, {
    subject: receiptId,
    version,
    data: { receiptId, refundId: id, amountCents, batchDate: batch.batchDate, escrowCents },
  })
  ctx.audit('receipt', receiptId, 'undo refund')
  return (await readReceipt(tx, practiceId, receiptId))!
}
