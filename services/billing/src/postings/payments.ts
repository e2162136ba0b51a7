import { PaymentApplied, PaymentRemoved } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { paymentJournal, paymentRemoval } from '../domain/ledger.ts'
import { sumCents } from '../domain/money.ts'
import { type Application, allocate, type OpenCharge } from '../domain/payment.ts'
import { postJournals } from './journals.ts'
import type { Batch, Posting } from './posting.ts'
import { type LockedReceipt, lockReceipts } from './receipts.ts'

/** Charges by id, locked in that order, with what is still owed on each. Ids the practice does not have are left out. */
export async function lockCharges(
  { tx, practiceId }: Posting,
  chargeIds: readonly string[],
): Promise<OpenCharge[]> {
  await tx.many(sql`
    select id from charge where practice_id = ${practiceId} and id = any(${chargeIds}::uuid[]) order by id for update`)
  return tx.many<OpenCharge>(sql`
    select charge.id as charge_id, coalesce(account.balance_cents, 0) as balance_cents,
           charge.reversed_at is not null as reversed
      from charge left join account on account.practice_id = charge.practice_id and account.charge_id = charge.id
       and account.kind = 'receivable'
     where charge.practice_id = ${practiceId} and charge.id = any(${chargeIds}::uuid[])
     order by charge.id`)
}

/** Applies escrow money as decided (B-08). Charges and receipt are locked; `receipt` is as read under its lock. */
export async function applyPayment(
  posting: Posting,
  batch: Batch,
  receipt: LockedReceipt,
  applications: readonly Application[],
): Promise<{ paymentId: string; escrowCents: number; version: number }> {
  const { tx, practiceId, newId, now, actor } = posting
  const paymentId = newId()
  const journalIds = await postJournals(
    posting,
    batch,
    applications.map(({ chargeId, amountCents }) => paymentJournal(receipt.id, chargeId, amountCents)),
  )
  await tx.run(sql`
    insert into payment (practice_id, id, receipt_id, batch_id, applied_by, applied_at)
    values (${practiceId}, ${paymentId}, ${receipt.id}, ${batch.id}, ${actor}, ${now.toString()})`)
  await tx.run(sql`
    insert into payment_application (practice_id, payment_id, charge_id, amount_cents, journal_id)
    select ${practiceId}, ${paymentId}, charge_id, amount_cents, journal_id
      from unnest(${applications.map((one) => one.chargeId)}::uuid[],
                  ${applications.map((one) => one.amountCents)}::bigint[], ${journalIds}::uuid[])
        as applied (charge_id, amount_cents, journal_id)`)
  const version = await nextVersion(posting, receipt.id)
  const escrowCents = receipt.escrowCents - sumCents(applications.map((one) => one.amountCents))
  const { batchDate } = batch
  posting.record(PaymentApplied, {
    subject: receipt.id,
    version,
    data: { receiptId: receipt.id, paymentId, batchDate, applications: [...applications], escrowCents },
  })
  return { paymentId, escrowCents, version }
}

export interface AppliedPart extends Application {
  readonly journalId: string
}

/** Takes applications of one payment back into escrow by journals that point back (B-05). */
export async function removePayment(
  posting: Posting,
  batch: Batch,
  receipt: LockedReceipt,
  payment: { readonly id: string; readonly parts: readonly AppliedPart[] },
): Promise<{ escrowCents: number; version: number }> {
  const { tx, practiceId } = posting
  const { parts } = payment
  const journalIds = await postJournals(
    posting,
    batch,
    parts.map((part) => paymentRemoval(receipt.id, part.chargeId, part)),
  )
  await tx.run(sql`
    update payment_application set removal_journal_id = removed.journal_id
      from unnest(${parts.map((part) => part.chargeId)}::uuid[], ${journalIds}::uuid[]) as removed (charge_id, journal_id)
     where practice_id = ${practiceId} and payment_id = ${payment.id}
       and payment_application.charge_id = removed.charge_id`)
  const version = await nextVersion(posting, receipt.id)
  const escrowCents = receipt.escrowCents + sumCents(parts.map((part) => part.amountCents))
  posting.record(PaymentRemoved, {
    subject: receipt.id,
    version,
    data: {
      receiptId: receipt.id,
      paymentId: payment.id,
      batchDate: batch.batchDate,
      applications: parts.map(({ chargeId, amountCents }) => ({ chargeId, amountCents })),
      escrowCents,
    },
  })
  return { escrowCents, version }
}

/**
 * Money that waits for this visit goes onto its open charges (B-10). The visit is locked, so neither a copay nor a charge
 * of it can appear meanwhile. `only` limits it to one receipt.
 */
export async function applyVisitEscrow(
  posting: Posting,
  batch: Batch,
  appointmentId: string,
  only?: string,
): Promise<void> {
  const { tx, practiceId } = posting
  const rows = await tx.many<{ id: string }>(sql`
    select charge.id from charge
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
      join line on line.practice_id = charge.practice_id and line.id = charge.line_id
     where billed.practice_id = ${practiceId} and billed.appointment_id = ${appointmentId} and charge.reversed_at is null
     order by line.position`)
  if (rows.length === 0) return
  const locked = new Map(
    (
      await lockCharges(
        posting,
        rows.map((row) => row.id),
      )
    ).map((charge) => [charge.chargeId, charge]),
  )
  const receipts = (await lockReceipts(posting, { appointmentId })).filter(
    (receipt) => receipt.escrowCents > 0 && (only === undefined || receipt.id === only),
  )
  const plan = allocate(
    receipts.map(({ id, escrowCents }) => ({ receiptId: id, escrowCents })),
    rows.map((row) => locked.get(row.id)!),
  )
  for (const { receiptId, applications } of plan)
    await applyPayment(posting, batch, receipts.find((receipt) => receipt.id === receiptId)!, applications)
}

async function nextVersion({ tx, practiceId }: Posting, receiptId: string): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update receipt set version = version + 1 where practice_id = ${practiceId} and id = ${receiptId} returning version`)
  return row.version
}
