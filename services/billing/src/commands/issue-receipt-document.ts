import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { issueDocument, queueDelivery } from '../documents/issue.ts'
import { receiptDeleted } from '../domain/receipt.ts'
import { type Posting, postingOf } from '../postings/posting.ts'
import { lockReceipts } from '../postings/receipts.ts'
import { type DocumentView, readDocument } from '../queries/get-document.ts'
import { receiptNotFound } from '../queries/refusals.ts'

/**
 * The receipt document of a patient's money (B-03): of a copay, of money at the desk, or anew after a correction made the first
 * one void. One counts for each receipt. It is about the bill of the visit that the money was taken for, else the one bill that it
 * pays; without either it says what was received and is kept as credit.
 */
export async function issueReceiptDocument(
  ctx: CommandContext,
  { id, email, ...mail }: { id: string; email?: string; mailFrom: string; mailServer: boolean },
): Promise<DocumentView | Refusal<'not_found' | 'receipt_deleted' | 'not_a_patients' | 'already_issued'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const [receipt] = await lockReceipts(posting, { receiptId: id })
  if (!receipt) return receiptNotFound()
  const { patientId } = receipt
  if (receipt.deleted) return receiptDeleted()
  if (patientId === null) return notAPatients()
  const living = await tx.maybe<{ documentId: string }>(sql`
    select id as document_id from document where practice_id = ${practiceId} and receipt_id = ${id} and status <> 'void'`)
  if (living) return alreadyIssued(living.documentId)
  const billingEncounterId = await billOf(posting, id)
  const documentId = await issueDocument(posting, {
    kind: 'receipt',
    patientId,
    billingEncounterId,
    receiptId: id,
  })
  if (email) await queueDelivery(posting, documentId, email, mail.mailFrom)
  ctx.audit('document', documentId, 'issue receipt')
  return (await readDocument(tx, practiceId, documentId, mail))!
}

async function billOf({ tx, practiceId }: Posting, receiptId: string): Promise<string | null> {
  const visits = await tx.maybe<{ id: string }>(sql`
    select billed.id
      from receipt join billing_encounter as billed on billed.practice_id = receipt.practice_id
       and billed.appointment_id = receipt.appointment_id and billed.patient_id = receipt.patient_id
     where receipt.practice_id = ${practiceId} and receipt.id = ${receiptId} and billed.status <> 'cancelled'`)
  if (visits) return visits.id
  const paid = await tx.many<{ id: string }>(sql`
    select distinct charge.billing_encounter_id as id
      from payment
      join payment_application as applied on applied.practice_id = payment.practice_id and applied.payment_id = payment.id
       and applied.removal_journal_id is null and applied.removed_at is null
      join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
      join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
      join billing_encounter as billed on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
       and billed.patient_id = receipt.patient_id
     where payment.practice_id = ${practiceId} and payment.receipt_id = ${receiptId}`)
  return paid.length === 1 ? paid[0]!.id : null
}

const notAPatients = () =>
  refuse('not_a_patients', {
    detail: 'Only a patient’s money has a receipt document.',
    next: 'An insurer’s and an agency’s money is in the receipts report.',
  })
const alreadyIssued = (documentId: string) =>
  refuse('already_issued', {
    detail: 'This receipt has a document that counts.',
    next: 'Send it again with POST /v1/documents/{id}/send.',
    extra: { documentId },
  })
