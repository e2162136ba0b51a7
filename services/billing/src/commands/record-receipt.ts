import type { CommandContext } from '@praxisbus/runtime'
import { defaultBatch, lockVisit, postingOf } from '../postings/posting.ts'
import { recordReceipt } from '../postings/receipts.ts'
import { type Receipt, readReceipt } from '../queries/get-receipt.ts'

export interface ReceiptInput {
  readonly patientId: string
  /** The visit it was taken for: it is then applied by itself when the visit's charge posts. */
  readonly appointmentId: string | null
  readonly amountCents: number
  readonly method: string
  readonly reference: string | null
  /** When it goes to the bank; today's batch date where left out. */
  readonly depositDate: string | null
}

/** A patient receipt (B-07). All of it is in escrow until a person applies it, or its visit's charge posts. */
export async function recordPatientReceipt(ctx: CommandContext, input: ReceiptInput): Promise<Receipt> {
  const posting = postingOf(ctx)
  if (input.appointmentId) await lockVisit(ctx.tx, posting.practiceId, input.appointmentId)
  const batch = await defaultBatch(posting, ctx.now)
  const id = await recordReceipt(posting, batch, {
    ...input,
    source: 'desk',
    depositDate: input.depositDate ?? batch.batchDate,
  })
  ctx.audit('receipt', id, 'record')
  return (await readReceipt(ctx.tx, posting.practiceId, id))!
}
