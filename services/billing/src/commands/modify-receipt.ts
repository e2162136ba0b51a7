import { ReceiptModified } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, type Refusal, sql, staleWrite } from '@praxisbus/runtime'
import { voidDocuments } from '../documents/void.ts'
import { receiptJournal } from '../domain/ledger.ts'
import { decideChange, saysOtherwise } from '../domain/receipt.ts'
import { batchFor, holdBooks } from '../postings/batches.ts'
import { postJournals, takeBack } from '../postings/journals.ts'
import { type Batch, type Posting, postingOf } from '../postings/posting.ts'
import {
  kindInFacts,
  type LockedReceipt,
  lockReceipts,
  type PaidBy,
  payerKindOf,
} from '../postings/receipts.ts'
import { type Receipt, readReceipt } from '../queries/get-receipt.ts'
import { receiptNotFound } from '../queries/refusals.ts'
import { findPayer, isBilledToAnother, type ReceiptInput } from './record-receipt.ts'

export type ModifyInput = Omit<ReceiptInput, 'appointmentId'> & {
  readonly id: string
  readonly reason: string
}

type ChangeRefusal = Exclude<ReturnType<typeof decideChange>, undefined>
type PayerRefusal = Exclude<Awaited<ReturnType<typeof findPayer>>, PaidBy>

/**
 * Corrects a receipt (B-14), while its period is open and all of its money is in escrow. Another amount or batch takes the old
 * journal back in its own batch and posts a new one; what the receipt said before stays in its history. A receipt document
 * that says something else is void.
 */
export async function modifyReceipt(
  ctx: CommandContext,
  input: ModifyInput,
): Promise<Receipt | ChangeRefusal | PayerRefusal | Refusal<'not_found' | 'stale' | 'unknown_batch'>> {
  const posting = postingOf(ctx)
  const { id } = input
  const [receipt] = await lockReceipts(posting, { receiptId: id })
  if (!receipt) return receiptNotFound()
  const before = (await readReceipt(ctx.tx, posting.practiceId, id))!
  const refused = staleWrite(ctx, receipt.version) ?? decideChange(receipt, before, await holdBooks(posting))
  if (refused) return refused
  const paidBy = await findPayer(posting, { ...input, appointmentId: null })
  if (isRefusal(paidBy)) return paidBy
  const batch = await batchFor(posting, input.batchId ?? before.batchId)
  if (isRefusal(batch)) return batch
  const journalId = await repost(posting, receipt, before, { ...input, batch })
  await keepRevision(posting, 'modified', input.reason, before)
  const appointmentId = await visitOf(posting, before.appointmentId, paidBy)
  await writeReceipt(posting, input, { paidBy, batch, journalId, appointmentId })
  const after = (await readReceipt(ctx.tx, posting.practiceId, id))!
  if (saysOtherwise(before, after)) await voidDocuments(posting, sql`receipt_id = ${id}`, 'receipt-modified')
  ctx.record(ReceiptModified, { subject: id, version: after.version, data: factOf(after) })
  ctx.audit('receipt', id, 'modify')
  return after
}

/**
 * The visit stays with the patient whose it is: an insurer's or an agency's money waits for none, and another patient's would never be
 * applied to it.
 */
async function visitOf(
  posting: Posting,
  appointmentId: string | null,
  { patientId }: PaidBy,
): Promise<string | null> {
  if (appointmentId === null || !patientId) return null
  return (await isBilledToAnother(posting, appointmentId, patientId)) ? null : appointmentId
}

/** The journal that the receipt has from now on. */
async function repost(
  posting: Posting,
  receipt: LockedReceipt,
  before: Receipt,
  { amountCents, batch }: { readonly amountCents: number; readonly batch: Batch },
): Promise<string | null> {
  if (amountCents === before.receivedCents && batch.id === before.batchId) return receipt.journalId
  const old = { id: before.batchId, batchDate: before.batchDate }
  if (receipt.journalId !== null) await takeBack(posting, old, 'receipt-reversal', [receipt.journalId])
  if (amountCents === 0) return null
  const [journalId] = await postJournals(posting, batch, [receiptJournal(receipt.id, amountCents)])
  return journalId!
}

export async function keepRevision(
  { tx, practiceId, actor, now }: Posting,
  change: 'modified' | 'deleted',
  reason: string,
  before: Receipt,
): Promise<void> {
  await tx.run(sql`
    insert into receipt_revision (practice_id, receipt_id, version, change, reason, changed_by, changed_at, before)
    values (${practiceId}, ${before.receiptId}, ${before.version}, ${change}, ${reason}, ${actor}, ${now.toString()},
            ${json(factOf(before))})`)
}

async function writeReceipt(
  { tx, practiceId }: Posting,
  { id, method, reference, amountCents, depositDate }: ModifyInput,
  {
    paidBy,
    batch,
    journalId,
    appointmentId,
  }: {
    readonly paidBy: PaidBy
    readonly batch: Batch
    readonly journalId: string | null
    readonly appointmentId: string | null
  },
): Promise<void> {
  const { patientId = null, payerId = null, planId = null, agencyId = null } = paidBy
  await tx.run(sql`
    update receipt set payer_kind = ${payerKindOf(paidBy)}, patient_id = ${patientId}, payer_id = ${payerId},
           plan_id = ${planId}, agency_id = ${agencyId}, method = ${method}, reference = ${reference}, amount_cents = ${amountCents},
           deposit_date = coalesce(${depositDate}::date, deposit_date), batch_id = ${batch.id}, journal_id = ${journalId},
           appointment_id = ${appointmentId},
           version = version + 1
     where practice_id = ${practiceId} and id = ${id}`)
}

/** What a receipt says of itself, in facts and in its history. */
export function factOf(receipt: Receipt) {
  const { receiptId, patientId, payerId, planId, agencyId, appointmentId, method, reference } = receipt
  const { receivedCents: amountCents, depositDate, batchDate } = receipt
  return {
    receiptId,
    payerKind: kindInFacts(receipt.payerKind),
    patientId,
    payerId,
    planId,
    ...(agencyId === null ? {} : { agencyId }),
    appointmentId,
    method,
    reference,
    amountCents,
    depositDate,
    batchDate,
  }
}
