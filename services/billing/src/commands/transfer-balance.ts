import { type CommandContext, isRefusal, type Refusal } from '@praxisbus/runtime'
import type { Share } from '../domain/ledger.ts'
import { decideTransfer, type TransferRefusal, type TransferWish } from '../domain/receivable.ts'
import { lockAdjudications } from '../postings/adjudications.ts'
import { batchFor } from '../postings/batches.ts'
import { lockCharges } from '../postings/payments.ts'
import { postingOf } from '../postings/posting.ts'
import { postTransfers } from '../postings/receivable.ts'

export interface TransferredBalance {
  readonly batchDate: string
  readonly amountCents: number
  readonly charges: readonly { readonly chargeId: string; readonly shares: readonly Share[] }[]
}

/**
 * Moves what is owed of one patient's charges from a payer to another, or to the patient, or from the patient to an insurer who is
 * billed later (B-15). No receipt is touched. A transfer back is how it is undone.
 */
export async function transferBalance(
  ctx: CommandContext,
  {
    batchId,
    note,
    ...wish
  }: TransferWish & { readonly batchId: string | null; readonly note: string | null },
): Promise<TransferredBalance | TransferRefusal | Refusal<'unknown_batch' | 'period_closed'>> {
  const posting = postingOf(ctx)
  const chargeIds = wish.charges.map((one) => one.chargeId)
  const charges = await lockAdjudications(posting, chargeIds)
  const transfers = decideTransfer(charges, wish)
  if (isRefusal(transfers)) return transfers
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  await postTransfers(posting, batch, charges, transfers, note)
  for (const chargeId of chargeIds) ctx.audit('charge', chargeId, 'transfer balance')
  const after = await lockCharges(posting, chargeIds)
  return {
    batchDate: batch.batchDate,
    amountCents: transfers.reduce((total, one) => total + one.amountCents, 0),
    charges: after.map(({ chargeId, shares }) => ({ chargeId, shares })),
  }
}
