import { PaymentApplied, PaymentRemoved } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import {
  agencyPaymentJournal,
  collectionReturnJournal,
  paymentJournal,
  type Share,
} from '../domain/ledger.ts'
import { sumCents } from '../domain/money.ts'
import { type Application, agencyFee, allocate, type OpenCharge } from '../domain/payment.ts'
import { type KnownAccount, postJournals, takeBack } from './journals.ts'
import type { Batch, Posting } from './posting.ts'
import { followVersion, type LockedReceipt, lockReceipts } from './receipts.ts'

/** A charge under its lock, with what each payer and the patient still owe of it. */
export interface LockedCharge extends OpenCharge {
  readonly shares: readonly (Share & { readonly accountId: string })[]
}

/** Charges by id, locked in that order. Ids the practice does not have are left out. */
export async function lockCharges(
  { tx, practiceId }: Posting,
  chargeIds: readonly string[],
): Promise<LockedCharge[]> {
  tx.later(sql`
    select id from charge where practice_id = ${practiceId} and id = any(${chargeIds}::uuid[]) order by id for update`)
  return tx.many<LockedCharge>(sql`
    select charge.id as charge_id, charge.reversed_at is not null as reversed,
           coalesce(sum(account.balance_cents), 0)::bigint as balance_cents,
           coalesce(jsonb_agg(jsonb_build_object('payerId', account.payer_id, 'balanceCents', account.balance_cents, 'accountId', account.id)
             order by account.payer_id nulls first) filter (where account.balance_cents > 0), '[]') as shares,
           (select jsonb_build_object('agencyId', agency.id, 'agencyName', agency.name, 'feeBasisPoints', placed.fee_basis_points,
                     'balanceCents', (select balance_cents from account as held where held.practice_id = charge.practice_id
                        and held.charge_id = charge.id and held.kind = 'collections'))
              from collection_placement as placed
              join collection_agency as agency on agency.practice_id = placed.practice_id and agency.id = placed.agency_id
             where placed.practice_id = charge.practice_id and placed.charge_id = charge.id and placed.recalled_at is null) as placed
      from charge left join account on account.practice_id = charge.practice_id and account.charge_id = charge.id
       and account.kind = 'receivable'
     where charge.practice_id = ${practiceId} and charge.id = any(${chargeIds}::uuid[])
     group by charge.practice_id, charge.id, charge.reversed_at order by charge.id`)
}

/** Applies escrow money as decided (B-08). Charges and receipt are locked; both are as read under their locks. */
export async function applyPayment(
  posting: Posting,
  batch: Batch,
  receipt: LockedReceipt,
  charges: readonly LockedCharge[],
  applications: readonly Application[],
): Promise<{ paymentId: string; escrowCents: number; version: number }> {
  const { tx, practiceId, newId, now, actor } = posting
  const paymentId = newId()
  const named = new Map(charges.map((charge) => [charge.chargeId, charge]))
  const fees = applications.map((one) => agencyFee(named.get(one.chargeId)!, one, receipt.agencyId))
  const journalIds = await postJournals(
    posting,
    batch,
    applications.map(({ chargeId, amountCents }, index) =>
      receipt.agencyId === null
        ? paymentJournal(receipt.id, named.get(chargeId)!, amountCents, receipt.payerId)
        : agencyPaymentJournal(receipt.id, chargeId, { amountCents, feeCents: fees[index]! }),
    ),
    accountsOf(receipt, charges),
  )
  tx.later(sql`
    insert into payment (practice_id, id, receipt_id, batch_id, applied_by, applied_at)
    values (${practiceId}, ${paymentId}, ${receipt.id}, ${batch.id}, ${actor}, ${now.toString()})`)
  tx.later(sql`
    insert into payment_application (practice_id, payment_id, charge_id, amount_cents, fee_cents, journal_id)
    select ${practiceId}, ${paymentId}, charge_id, amount_cents, fee_cents, journal_id
      from unnest(${applications.map((one) => one.chargeId)}::uuid[],
                  ${applications.map((one) => one.amountCents)}::bigint[], ${fees}::bigint[], ${journalIds}::uuid[])
        as applied (charge_id, amount_cents, fee_cents, journal_id)`)
  const version = followVersion(posting, receipt)
  const escrowCents = receipt.escrowCents - sumCents(applications.map((one) => one.amountCents))
  const { batchDate } = batch
  posting.record(PaymentApplied, {
    subject: receipt.id,
    version,
    data: {
      receiptId: receipt.id,
      paymentId,
      batchDate,
      applications: applications.map(({ chargeId, amountCents }, index) =>
        fees[index] ? { chargeId, amountCents, feeCents: fees[index] } : { chargeId, amountCents },
      ),
      escrowCents,
    },
  })
  return { paymentId, escrowCents, version }
}

function accountsOf(
  { id, escrowAccountId }: LockedReceipt,
  charges: readonly LockedCharge[],
): readonly KnownAccount[] {
  if (escrowAccountId === null) return []
  const shares = charges.flatMap(({ chargeId, shares }) =>
    shares.map((share) => ({
      kind: 'receivable' as const,
      of: chargeId,
      payerId: share.payerId,
      id: share.accountId,
    })),
  )
  return [{ kind: 'escrow', of: id, id: escrowAccountId }, ...shares]
}

export interface AppliedPart extends Application {
  /** null: the line of a remittance moved nothing. */
  readonly journalId: string | null
}

/**
 * Takes applications of one payment back into escrow by journals that point back (B-05). What an agency had collected of a charge
 * that has come back from it since is the patient's again.
 */
export async function removePayment(
  posting: Posting,
  batch: Batch,
  receipt: LockedReceipt,
  payment: { readonly id: string; readonly parts: readonly AppliedPart[] },
): Promise<{ escrowCents: number; version: number }> {
  const { tx, practiceId } = posting
  const { parts } = payment
  const moving = parts.flatMap((part) =>
    part.journalId === null ? [] : { ...part, journalId: part.journalId },
  )
  const journalIds = await takeBack(
    posting,
    batch,
    'payment-removal',
    moving.map((part) => part.journalId),
  )
  if (moving.length < parts.length)
    await tx.run(sql`
      update payment_application set removed_at = ${posting.now.toString()}
       where practice_id = ${practiceId} and payment_id = ${payment.id} and journal_id is null
         and charge_id = any(${parts.map((part) => part.chargeId)}::uuid[])`)
  await tx.run(sql`
    update payment_application set removal_journal_id = removed.journal_id
      from unnest(${moving.map((part) => part.chargeId)}::uuid[], ${journalIds}::uuid[]) as removed (charge_id, journal_id)
     where practice_id = ${practiceId} and payment_id = ${payment.id}
       and payment_application.charge_id = removed.charge_id`)
  await returnUncollected(
    posting,
    batch,
    parts.map((part) => part.chargeId),
  )
  const version = followVersion(posting, receipt)
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
 * What stands in collections of charges that no agency has any more is the patient's again: their payment was taken back after the
 * recall. The charges are locked.
 */
async function returnUncollected(
  posting: Posting,
  batch: Batch,
  chargeIds: readonly string[],
): Promise<void> {
  const { tx, practiceId } = posting
  const left = await tx.many<{ chargeId: string; balanceCents: number }>(sql`
    select charge_id, balance_cents from account
     where practice_id = ${practiceId} and charge_id = any(${chargeIds}::uuid[]) and kind = 'collections' and balance_cents > 0
       and not exists (select from collection_placement as placed
         where placed.practice_id = account.practice_id and placed.charge_id = account.charge_id and placed.recalled_at is null)
     order by charge_id`)
  if (left.length === 0) return
  await postJournals(
    posting,
    batch,
    left.map(({ chargeId, balanceCents }) => collectionReturnJournal(chargeId, balanceCents)),
  )
}

/**
 * Money that waits for this visit goes onto its open charges (B-10). The visit is locked, so neither a copay nor a charge
 * of it can appear meanwhile. Nobody pays for another by a mistyped id. `only` limits it to one receipt.
 */
export async function applyVisitEscrow(
  posting: Posting,
  batch: Batch,
  appointmentId: string,
  only?: string,
): Promise<void> {
  const { tx, practiceId } = posting
  const rows = await tx.many<{ id: string; patientId: string }>(sql`
    select charge.id, billed.patient_id from charge
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
      join line on line.practice_id = charge.practice_id and line.id = charge.line_id
     where billed.practice_id = ${practiceId} and billed.appointment_id = ${appointmentId} and charge.reversed_at is null
     order by line.position`)
  if (rows.length === 0) return
  const chargeIds = rows.map((row) => row.id)
  let charges = await lockCharges(posting, chargeIds)
  const receipts = (await lockReceipts(posting, { appointmentId })).filter(
    (receipt) =>
      receipt.escrowCents > 0 &&
      receipt.patientId === rows[0]!.patientId &&
      (only === undefined || receipt.id === only),
  )
  const plan = allocate(
    receipts.map(({ id, escrowCents }) => ({ receiptId: id, escrowCents })),
    chargeIds.map((id) => charges.find((charge) => charge.chargeId === id)!),
  )
  for (const [index, { receiptId, applications }] of plan.entries()) {
    // The receipt before took its money off some of the shares.
    if (index > 0) charges = await lockCharges(posting, chargeIds)
    const receipt = receipts.find((one) => one.id === receiptId)!
    await applyPayment(posting, batch, receipt, charges, applications)
  }
}
