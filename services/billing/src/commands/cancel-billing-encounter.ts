import { BillingEncounterCancelled } from '@praxisbus/contracts'
import { type CommandContext, json, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { currentContent } from '../documents/compose.ts'
import { refuseCancelled } from '../domain/billing-encounter.ts'
import { type LockedAdjudication, lockAdjudications } from '../postings/adjudications.ts'
import { defaultBatch } from '../postings/batches.ts'
import { lockEncounter, touchEncounter } from '../postings/encounters.ts'
import { takeBack } from '../postings/journals.ts'
import { type Batch, type Posting, postingOf } from '../postings/posting.ts'
import { postTransfers } from '../postings/receivable.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'

interface LiveCharge {
  readonly id: string
  readonly journalId: string | null
  /** Whom it was billed to first; null: the patient. */
  readonly payerId: string | null
}

/**
 * Cancels a bill (B-05, S-16): its charges are reversed by journals that point back, its invoices are void. Refused while
 * a payment is applied to it.
 */
export async function cancelBillingEncounter(
  ctx: CommandContext,
  { id }: { readonly id: string },
): Promise<BillingEncounter | Refusal<'not_found' | 'cancelled' | 'payment_applied' | 'adjusted'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  if (encounter.status === 'cancelled') return refuseCancelled()
  const charges = await tx.many<LiveCharge>(sql`
    select id, journal_id, payer_id from charge
     where practice_id = ${practiceId} and billing_encounter_id = ${id} and reversed_at is null order by id`)
  // A payment locks the charge before it is applied, so none can slip in between here and the commit.
  const locked = await lockAdjudications(
    posting,
    charges.map((charge) => charge.id),
  )
  const refused = (await refusePaid(posting, id)) ?? (await refuseAdjusted(posting, id))
  if (refused) return refused
  await voidDocuments(posting, id)
  const batch = await defaultBatch(posting, ctx.now)
  await bringBack(posting, batch, locked, charges)
  await reverse(posting, batch, charges)
  const version = await touchEncounter(posting, id, 'cancelled')
  ctx.record(BillingEncounterCancelled, {
    subject: id,
    version,
    data: {
      billingEncounterId: id,
      appointmentId: encounter.appointmentId,
      patientId: encounter.patientId,
      batchDate: batch.batchDate,
      reversedChargeIds: charges.map((charge) => charge.id),
    },
  })
  ctx.audit('billing-encounter', id, 'cancel')
  return (await readBillingEncounter(tx, practiceId, id))!
}

async function refusePaid(
  { tx, practiceId }: Posting,
  id: string,
): Promise<Refusal<'payment_applied'> | undefined> {
  const payments = await tx.many<{ paymentId: string; receiptId: string; amountCents: number }>(sql`
    select payment.id as payment_id, payment.receipt_id, sum(applied.amount_cents)::bigint as amount_cents
      from payment_application as applied
      join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
      join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
     where applied.practice_id = ${practiceId} and charge.billing_encounter_id = ${id}
       and applied.removal_journal_id is null and applied.removed_at is null
     group by payment.id, payment.receipt_id order by payment.id`)
  if (payments.length === 0) return undefined
  return refuse('payment_applied', {
    detail: `${payments.length === 1 ? 'A payment is' : `${payments.length} payments are`} applied to this bill.`,
    next: 'Remove the payment with POST /v1/payments/{paymentId}/remove (its money goes back to escrow), then cancel.',
    extra: { payments },
  })
}

async function refuseAdjusted(
  { tx, practiceId }: Posting,
  id: string,
): Promise<Refusal<'adjusted'> | undefined> {
  const adjustments = await tx.many<{ adjustmentId: string; chargeId: string; amountCents: number }>(sql`
    select adjustment.id as adjustment_id, charge_id, adjustment.amount_cents
      from charge_adjustment as adjustment
      join charge on charge.practice_id = adjustment.practice_id and charge.id = adjustment.charge_id
     where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${id} and undo_journal_id is null
     order by adjustment.id`)
  if (adjustments.length === 0) return undefined
  return refuse('adjusted', {
    detail: 'Something of this bill is written off.',
    next: 'Undo the write-off with POST /v1/adjustments/{adjustmentId}/undo, then cancel.',
    extra: { adjustments },
  })
}

/** What an invoice said is kept as it was before the charges went. */
async function voidDocuments({ tx, practiceId }: Posting, billingEncounterId: string): Promise<void> {
  const invoices = await tx.many<{ id: string; receiptId: null }>(sql`
    select id, receipt_id from document
     where practice_id = ${practiceId} and billing_encounter_id = ${billingEncounterId} and kind = 'invoice'
       and status <> 'void' order by id for update`)
  for (const { id, receiptId } of invoices) {
    const content = await currentContent(tx, practiceId, { billingEncounterId, receiptId })
    await tx.run(sql`
      update document set status = 'void', content = coalesce(content, ${json(content)}::jsonb), version = version + 1
       where practice_id = ${practiceId} and id = ${id}`)
  }
}

/** What is owed goes back to whom it was billed to first: the reversal mirrors the charge, and no share may end below zero. */
async function bringBack(
  posting: Posting,
  batch: Batch,
  locked: readonly LockedAdjudication[],
  charges: readonly LiveCharge[],
): Promise<void> {
  const first = new Map(charges.map((charge) => [charge.id, charge.payerId]))
  const transfers = locked.flatMap(({ chargeId, shares }) => {
    const to = first.get(chargeId) ?? null
    return shares
      .filter((share) => share.payerId !== to)
      .map(({ payerId: from, balanceCents: amountCents }) => ({ chargeId, from, to, amountCents }))
  })
  await postTransfers(posting, batch, locked, transfers, 'bill cancelled')
}

async function reverse(posting: Posting, batch: Batch, charges: readonly LiveCharge[]): Promise<void> {
  const { tx, practiceId, now } = posting
  const journalIds = charges.flatMap(({ journalId }) => journalId ?? [])
  await takeBack(posting, batch, 'charge-reversal', journalIds)
  await tx.run(sql`
    update charge set reversed_at = ${now.toString()}
     where practice_id = ${practiceId} and id = any(${charges.map((charge) => charge.id)}::uuid[])`)
}
