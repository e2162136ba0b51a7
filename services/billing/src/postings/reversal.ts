import { sql } from '@praxisbus/runtime'
import { type VoidReason, voidDocuments } from '../documents/void.ts'
import { type LivePayment, type LiveWriteOff, roomFor } from '../domain/reversal.ts'
import { lockAdjudications, receivableEffects } from './adjudications.ts'
import { takeBack } from './journals.ts'
import { type AppliedPart, removePayment } from './payments.ts'
import type { Batch, Posting } from './posting.ts'
import { lockReceipts } from './receipts.ts'
import { postTransfers } from './receivable.ts'

/** Payments that stand on a bill, oldest first. Its charges are locked, and a payment locks them before it is applied. */
export function livePayments(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  billingEncounterId: string,
): Promise<LivePayment[]> {
  return tx.many<LivePayment>(sql`
    select payment.id as payment_id, payment.receipt_id, sum(applied.amount_cents)::bigint as amount_cents
      from payment_application as applied
      join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
      join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
     where applied.practice_id = ${practiceId} and charge.billing_encounter_id = ${billingEncounterId}
       and applied.removal_journal_id is null and applied.removed_at is null
     group by payment.id, payment.receipt_id order by payment.id`)
}

/** Write-offs that stand on a bill. Its charges are locked, and a write-off locks its charge. */
export function liveWriteOffs(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  billingEncounterId: string,
): Promise<LiveWriteOff[]> {
  return tx.many<LiveWriteOff>(sql`
    select adjustment.id as adjustment_id, charge_id, adjustment.amount_cents
      from charge_adjustment as adjustment
      join charge on charge.practice_id = adjustment.practice_id and charge.id = adjustment.charge_id
     where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${billingEncounterId}
       and undo_journal_id is null
     order by adjustment.id`)
}

/**
 * Puts what payments applied to this bill back into the escrow of their receipts; what they applied elsewhere stays. The newest goes
 * first, because an earlier one may have made what a later one paid (an insurer's answer made it the patient's). All is locked.
 */
export async function returnPayments(
  posting: Posting,
  batch: Batch,
  billingEncounterId: string,
  payments: readonly LivePayment[],
): Promise<void> {
  const { tx, practiceId } = posting
  for (const { paymentId, receiptId } of payments.toReversed()) {
    const parts = await tx.many<AppliedPart>(sql`
      select applied.charge_id, applied.amount_cents, applied.journal_id
        from payment_application as applied
        join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
       where applied.practice_id = ${practiceId} and applied.payment_id = ${paymentId}
         and charge.billing_encounter_id = ${billingEncounterId} and applied.removal_journal_id is null
         and applied.removed_at is null
       order by applied.charge_id`)
    await makeRoom(posting, batch, parts)
    const [receipt] = await lockReceipts(posting, { receiptId })
    await removePayment(posting, batch, receipt!, { id: paymentId, parts })
  }
}

/** A/R that these parts made somebody's, and a person moved on since, is theirs again before the parts are taken back. */
async function makeRoom(posting: Posting, batch: Batch, parts: readonly AppliedPart[]): Promise<void> {
  const effects = await receivableEffects(
    posting,
    parts.flatMap(({ journalId }) => journalId ?? []),
  )
  const effectOf = new Map(
    parts.map(({ chargeId, journalId }) => [chargeId, effects.get(journalId ?? '') ?? []]),
  )
  const raised = [...effectOf].filter(([, effect]) => effect.some(({ amountCents }) => amountCents > 0))
  if (raised.length === 0) return
  const charges = await lockAdjudications(
    posting,
    raised.map(([chargeId]) => chargeId),
  )
  const transfers = charges.flatMap(({ chargeId, shares }) =>
    roomFor(shares, effectOf.get(chargeId)!).map((transfer) => ({ chargeId, ...transfer })),
  )
  await postTransfers(posting, batch, charges, transfers, 'bill taken back')
}

/** Takes charges back by journals that point back. `reason` null: their bill was cancelled. */
export async function reverseCharges(
  posting: Posting,
  batch: Batch,
  chargeIds: readonly string[],
  reason: string | null,
): Promise<void> {
  await bringBack(posting, batch, chargeIds)
  const { tx, practiceId, now, actor } = posting
  const reversed = await tx.many<{ journalId: string | null }>(sql`
    update charge set reversed_at = ${now.toString()}, reversed_by = ${actor}, reversal_reason = ${reason}
     where practice_id = ${practiceId} and id = any(${chargeIds}::uuid[]) returning journal_id`)
  const journalIds = reversed.flatMap(({ journalId }) => journalId ?? [])
  await takeBack(posting, batch, 'charge-reversal', journalIds)
}

/** What is owed goes back to whom it was billed to first: the reversal mirrors the charge, and no share may end below zero. */
async function bringBack(posting: Posting, batch: Batch, chargeIds: readonly string[]): Promise<void> {
  const { tx, practiceId } = posting
  const charges = await lockAdjudications(posting, chargeIds)
  const billed = await tx.many<{ id: string; payerId: string | null }>(sql`
    select id, payer_id from charge where practice_id = ${practiceId} and id = any(${chargeIds}::uuid[])`)
  const first = new Map(billed.map(({ id, payerId }) => [id, payerId]))
  const transfers = charges.flatMap(({ chargeId, shares }) => {
    const to = first.get(chargeId) ?? null
    return shares
      .filter((share) => share.payerId !== to)
      .map(({ payerId: from, balanceCents: amountCents }) => ({ chargeId, from, to, amountCents }))
  })
  await postTransfers(posting, batch, charges, transfers, 'bill taken back')
}

/** Comes before the charges go: what an invoice or superbill said of them is kept. */
export function voidInvoices(
  posting: Posting,
  billingEncounterId: string,
  reason: VoidReason,
): Promise<void> {
  return voidDocuments(
    posting,
    sql`billing_encounter_id = ${billingEncounterId} and kind in ('invoice', 'superbill')`,
    reason,
  )
}
