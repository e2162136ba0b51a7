import { EscrowDisbursed } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, type Refusal, sql, staleWrite } from '@praxisbus/runtime'
import { disbursementJournal } from '../domain/ledger.ts'
import { type DisbursementCode, decideCode, decideOutflow } from '../domain/receipt.ts'
import { batchFor } from '../postings/batches.ts'
import { postJournals } from '../postings/journals.ts'
import { postingOf } from '../postings/posting.ts'
import { lockReceipts, nextReceiptVersion } from '../postings/receipts.ts'
import { type Receipt, readReceipt } from '../queries/get-receipt.ts'
import { receiptNotFound } from '../queries/refusals.ts'

export interface DisbursementInput {
  /** Of the receipt. */
  readonly id: string
  /** O, E, CP, V, or the practice's own. */
  readonly code: string
  /** With code O: the system that posts the money. */
  readonly system: string | null
  readonly amountCents: number
  readonly note: string | null
  readonly batchId: string | null
}

/** Takes money out of escrow without touching A/R (B-11), all of it or a part. */
export async function disburse(
  ctx: CommandContext,
  input: DisbursementInput,
): Promise<
  | Receipt
  | Refusal<
      | 'not_found'
      | 'stale'
      | 'receipt_deleted'
      | 'over_escrow'
      | 'unknown_code'
      | 'system_needed'
      | 'system_not_for_code'
      | 'unknown_batch'
      | 'period_closed'
    >
> {
  const posting = postingOf(ctx)
  const { tx, practiceId, newId, now, actor } = posting
  const { id: receiptId, code, system, amountCents, note } = input
  const [receipt] = await lockReceipts(posting, { receiptId })
  if (!receipt) return receiptNotFound()
  const own = await tx.maybe<DisbursementCode>(sql`
    select code, description, active from disbursement_code where practice_id = ${practiceId} and code = ${code}`)
  const refused =
    staleWrite(ctx, receipt.version) ?? decideCode(code, system, own) ?? decideOutflow(receipt, amountCents)
  if (refused) return refused
  const batch = await batchFor(posting, input.batchId)
  if (isRefusal(batch)) return batch
  const disbursementId = newId()
  const [journalId] = await postJournals(posting, batch, [
    disbursementJournal(receiptId, { code, system, amountCents }),
  ])
  await tx.run(sql`
    insert into disbursement (practice_id, id, receipt_id, code, system, note, amount_cents, batch_id, journal_id, recorded_by,
                              recorded_at)
    values (${practiceId}, ${disbursementId}, ${receiptId}, ${code}, ${system}, ${note}, ${amountCents}, ${batch.id}, ${journalId},
            ${actor}, ${now.toString()})`)
  const version = await nextReceiptVersion(posting, receiptId)
  const escrowCents = receipt.escrowCents - amountCents
  const { batchDate } = batch
  ctx.record(EscrowDisbursed, {
    subject: receiptId,
    version,
    data: { receiptId, disbursementId, code, system, amountCents, batchDate, escrowCents },
  })
  ctx.audit('receipt', receiptId, 'disburse')
  return (await readReceipt(tx, practiceId, receiptId))!
}
