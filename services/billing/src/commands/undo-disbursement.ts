import { DisbursementUndone } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, type Refusal, sql } from '@praxisbus/runtime'
import { batchFor } from '../postings/batches.ts'
import { lockOutflow, undoOutflow } from '../postings/outflows.ts'
import { postingOf } from '../postings/posting.ts'
import { type Receipt, readReceipt } from '../queries/get-receipt.ts'

/** Disbursed money comes back into escrow by a journal that points back (B-11); the disbursement stays in the history. */
export async function undoDisbursement(
  ctx: CommandContext,
  { id, batchId }: { readonly id: string; readonly batchId: string | null },
): Promise<Receipt | Refusal<'not_found' | 'undone' | 'unknown_batch' | 'period_closed'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const found = await lockOutflow(posting, 'disbursement', id)
  if (isRefusal(found)) return found
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  const { version, escrowCents, journalId } = await undoOutflow(posting, batch, 'disbursement-undo', found)
  await tx.run(sql`
    update disbursement set undo_journal_id = ${journalId} where practice_id = ${practiceId} and id = ${id}`)
  const { receiptId, amountCents } = found
  ctx.record(DisbursementUndone, {
    subject: receiptId,
    version,
    data: { receiptId, disbursementId: id, amountCents, batchDate: batch.batchDate, escrowCents },
  })
  ctx.audit('receipt', receiptId, 'undo disbursement')
  return (await readReceipt(tx, practiceId, receiptId))!
}
