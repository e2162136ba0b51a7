import { DocumentIssued, DocumentIssuedV2 } from '@praxisbus/contracts'
import { json, sql } from '@praxisbus/runtime'
import { messageIdOf } from '../domain/delivery.ts'
import { type AnyContent, type DocumentKind, documentNumber, totalOf } from '../domain/document.ts'
import type { Posting } from '../postings/posting.ts'
import { currentContent, type DocumentRow } from './compose.ts'
import { voidDocuments } from './void.ts'

export type NewDocument =
  | {
      readonly kind: 'invoice'
      readonly patientId: string
      readonly billingEncounterId: string
      readonly receiptId: null
      /** It needs no review: it is paid online (B-02). */
      readonly reviewed?: true
    }
  | {
      readonly kind: 'receipt'
      readonly patientId: string
      /** null: no bill has the money yet, as with a copay. */
      readonly billingEncounterId: string | null
      readonly receiptId: string
    }

/**
 * An invoice is saved for review, with the next number of its practice; a receipt document, and an invoice that needs no
 * review, counts at once, so its money is written down as it is now (B-02, B-03). Comes after all postings of the transaction.
 * The bill of an invoice is locked: it has one invoice that counts, and one to review where charges are not on that. Answers the
 * invoice that shows them all already, if there is one.
 */
export async function issueDocument(posting: Posting, fresh: NewDocument): Promise<string> {
  if (fresh.kind === 'invoice') {
    const whole = fresh.reviewed ? undefined : await wholeInvoice(posting, fresh.billingEncounterId)
    if (whole) return whole
    if (fresh.reviewed) await voidOlderInvoices(posting, fresh.billingEncounterId, null)
  }
  const content = await currentContent(posting.tx, posting.practiceId, fresh)
  const status = fresh.kind === 'invoice' && !fresh.reviewed ? 'review' : 'issued'
  return writeDocument(posting, { ...fresh, status, content, totalCents: totalOf(content) })
}

/**
 * One in review follows the ledger; an issued one lists the charges that stood then. A bill's charges only become more: taking them
 * back takes all, with its invoices.
 */
async function wholeInvoice({ tx, practiceId }: Posting, billingEncounterId: string) {
  const found = await tx.maybe<{ id: string }>(sql`
    select id from document
     where practice_id = ${practiceId} and billing_encounter_id = ${billingEncounterId} and kind = 'invoice'
       and (status = 'review' or status = 'issued' and jsonb_array_length(content -> 'lines') >= (
             select count(*) from charge
              where practice_id = ${practiceId} and billing_encounter_id = ${billingEncounterId} and reversed_at is null))
     order by status = 'review' desc limit 1`)
  return found?.id
}

/** The patient holds one invoice of a bill that counts: the newest to be issued, `keptId`, or one that follows (null). */
export function voidOlderInvoices(
  posting: Posting,
  billingEncounterId: string,
  keptId: string | null,
): Promise<void> {
  return voidDocuments(
    posting,
    sql`billing_encounter_id = ${billingEncounterId} and kind = 'invoice' and id is distinct from ${keptId}::uuid`,
    'replaced',
  )
}

/** Numbers a document of any kind and tells it. One in review does not keep its content: it follows the ledger. */
export async function writeDocument(
  posting: Posting,
  fresh: {
    readonly kind: DocumentKind
    readonly patientId: string
    readonly billingEncounterId: string | null
    readonly receiptId: string | null
    readonly status: 'review' | 'issued'
    readonly content: AnyContent
    readonly totalCents: number
  },
): Promise<string> {
  const { tx, practiceId, newId, now } = posting
  const { kind, status, patientId, billingEncounterId, receiptId, content, totalCents } = fresh
  const id = newId()
  const { number } = await tx.one<{ number: number }>(sql`
    insert into document_counter as counter (practice_id, kind, last_number) values (${practiceId}, ${kind}, 1)
    on conflict (practice_id, kind) do update set last_number = counter.last_number + 1
    returning last_number as number`)
  await tx.run(sql`
    insert into document (practice_id, id, kind, number, status, patient_id, billing_encounter_id, receipt_id, total_cents,
                          content, issued_at)
    values (${practiceId}, ${id}, ${kind}, ${number}, ${status}, ${patientId}, ${billingEncounterId}, ${receiptId},
            ${totalCents}, ${status === 'issued' ? json(content) : null}, ${now.toString()})`)
  const issuedAt = now.toString()
  const row = { id, kind, number, patientId, billingEncounterId, totalCents, issuedAt, version: 1 }
  recordIssued(posting, row, status)
  return id
}

/** Version 1 knows invoices and receipts of a bill alone; whoever reads version 2 hears of all. */
export function recordIssued(
  posting: Pick<Posting, 'record'>,
  document: Omit<DocumentRow, 'status' | 'receiptId' | 'content'>,
  status: 'review' | 'issued',
): void {
  const { id, kind, patientId, billingEncounterId, totalCents, version } = document
  const issuedAt = Temporal.Instant.from(document.issuedAt).toString()
  const number = documentNumber(kind, document.number)
  const data = { documentId: id, number, patientId, totalCents, status, issuedAt }
  posting.record(DocumentIssuedV2, { subject: id, version, data: { ...data, kind, billingEncounterId } })
  if ((kind === 'invoice' || kind === 'receipt') && billingEncounterId !== null)
    posting.record(DocumentIssued, { subject: id, version, data: { ...data, kind, billingEncounterId } })
}

/** Queues an email in the transaction of what it is about; the sender of this process takes it from there. */
export async function queueDelivery(
  { tx, practiceId, newId, now }: Posting,
  documentId: string,
  address: string,
  mailFrom: string,
): Promise<void> {
  const { count } = await tx.one<{ count: number }>(sql`
    select count(*) from document_delivery where practice_id = ${practiceId} and document_id = ${documentId}`)
  await tx.run(sql`
    insert into document_delivery (practice_id, id, document_id, address, message_id, next_attempt_at, queued_at)
    values (${practiceId}, ${newId()}, ${documentId}, ${address}, ${messageIdOf(documentId, count + 1, mailFrom)},
            ${now.toString()}, ${now.toString()})`)
}
