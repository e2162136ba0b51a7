import { type CommandContext, isRefusal, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { decideRemoval } from '../domain/decide-removal.ts'
import { lockAdjudications, receivableEffects } from '../postings/adjudications.ts'
import { batchFor } from '../postings/batches.ts'
import { laterPostings } from '../postings/later-postings.ts'
import { type AppliedPart, removePayment } from '../postings/payments.ts'
import { postingOf } from '../postings/posting.ts'
import { lockReceipts } from '../postings/receipts.ts'
import type { AppliedPayment } from './apply-payment.ts'

/**
 * Takes a payment back into the escrow of its receipt (B-05), or only what it applied to one charge. Nothing is deleted:
 * journals point back at those they undo. An insurer’s payment takes its adjustments, and the A/R that it moved on, with it (B-15).
 */
export async function removeAppliedPayment(
  ctx: CommandContext,
  {
    id,
    chargeId,
    batchId,
  }: { readonly id: string; readonly chargeId?: string; readonly batchId: string | null },
): Promise<
  | AppliedPayment
  | Refusal<'not_found' | 'removed' | 'unknown_charge' | 'later_postings' | 'unknown_batch' | 'period_closed'>
> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const payment = await tx.maybe<{ receiptId: string }>(
    sql`select receipt_id from payment where practice_id = ${practiceId} and id = ${id}`,
  )
  if (!payment)
    return refuse('not_found', {
      detail: 'There is no payment of this id in the practice.',
      next: 'Read the receipt for the ids of its payments.',
    })
  const all = await tx.many<{ chargeId: string }>(sql`
    select charge_id from payment_application where practice_id = ${practiceId} and payment_id = ${id}`)
  if (chargeId !== undefined && !all.some((part) => part.chargeId === chargeId)) return refuseCharge()
  const chargeIds = chargeId === undefined ? all.map((part) => part.chargeId) : [chargeId]
  const charges = await lockAdjudications(posting, chargeIds)
  const [receipt] = await lockReceipts(posting, payment)
  const parts = await tx.many<AppliedPart>(sql`
    select charge_id, amount_cents, journal_id from payment_application
     where practice_id = ${practiceId} and payment_id = ${id} and charge_id = any(${chargeIds}::uuid[])
       and removal_journal_id is null and removed_at is null
     order by charge_id`)
  if (parts.length === 0)
    return refuse('removed', {
      detail: 'This payment was removed before.',
      next: 'Its money is in the escrow of its receipt; apply it again where it belongs.',
    })
  const effects = await receivableEffects(
    posting,
    parts.flatMap((part) => part.journalId ?? []),
  )
  const blocked = decideRemoval(
    receipt!,
    charges,
    parts.map((part) => ({ ...part, receivable: effects.get(part.journalId ?? '') ?? [] })),
  )
  if (blocked) return laterPostings(posting, id, blocked)
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  const removed = await removePayment(posting, batch, receipt!, { id, parts })
  ctx.audit('receipt', payment.receiptId, 'remove payment')
  const applications = parts.map(({ chargeId: charge, amountCents }) => ({ chargeId: charge, amountCents }))
  return {
    ...removed,
    paymentId: id,
    receiptId: payment.receiptId,
    batchDate: batch.batchDate,
    applications,
  }
}

function refuseCharge(): Refusal<'unknown_charge'> {
  return refuse('unknown_charge', {
    field: 'chargeId',
    detail: 'The payment is not applied to this charge.',
    next: 'Leave chargeId out to remove the whole payment, or name one of its charges.',
  })
}
