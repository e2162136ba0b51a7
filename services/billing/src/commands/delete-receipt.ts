import { ReceiptDeleted } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, sql, staleWrite } from '@praxisbus/runtime'
import { voidDocuments } from '../documents/void.ts'
import { decideChange } from '../domain/receipt.ts'
import { holdBooks } from '../postings/batches.ts'
import { takeBack } from '../postings/journals.ts'
import { postingOf } from '../postings/posting.ts'
import { lockReceipts } from '../postings/receipts.ts'
import { type Receipt, readReceipt } from '../queries/get-receipt.ts'
import { receiptNotFound } from '../queries/refusals.ts'
import { factOf, keepRevision } from './modify-receipt.ts'

/**
 * Deletes a receipt (B-14) under the rules of modifying it: a journal in its own batch takes the money back, and the receipt stays
 * as deleted, with its history. Its receipt document is void: it is neither sent again nor, where it still waits for that, emailed.
 */
export async function deleteReceipt(
  ctx: CommandContext,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<Receipt | Exclude<ReturnType<typeof decideChange>, undefined> | Refusal<'not_found' | 'stale'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId, now } = posting
  const [receipt] = await lockReceipts(posting, { receiptId: id })
  if (!receipt) return receiptNotFound()
  const before = (await readReceipt(tx, practiceId, id))!
  const refused = staleWrite(ctx, receipt.version) ?? decideChange(receipt, before, await holdBooks(posting))
  if (refused) return refused
  if (receipt.journalId !== null)
    await takeBack(posting, { id: before.batchId, batchDate: before.batchDate }, 'receipt-reversal', [
      receipt.journalId,
    ])
  await keepRevision(posting, 'deleted', reason, before)
  await tx.run(sql`
    update receipt set deleted_at = ${now.toString()}, version = version + 1 where practice_id = ${practiceId} and id = ${id}`)
  await voidDocuments(posting, sql`receipt_id = ${id}`, 'receipt-deleted')
  const after = (await readReceipt(tx, practiceId, id))!
  ctx.record(ReceiptDeleted, { subject: id, version: after.version, data: factOf(before) })
  ctx.audit('receipt', id, 'delete')
  return after
}
