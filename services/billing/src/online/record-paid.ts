import { PaymentContested, PaymentRequestPaid } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { issueDocument, queueDelivery } from '../documents/issue.ts'
import { fitsRequest, type PaidByLink } from '../domain/payment-request.ts'
import { defaultBatch } from '../postings/batches.ts'
import { applyVisitEscrow } from '../postings/payments.ts'
import type { Posting } from '../postings/posting.ts'
import { recordReceipt } from '../postings/receipts.ts'
import { changeRequest, emailOf, type RequestRow, subjectOf } from './requests.ts'

/**
 * Money came by a link (B-02): receipt, payment, receipt document and email in this transaction, once for each payment of the
 * partner, however often and by whomever it is told, under the day on which it was paid. What is more than the visit owes stays in escrow of its receipt. It is
 * recorded in whatever state the request is: money that came is money that came. The request is locked.
 */
export async function recordPaid(
  posting: Posting,
  request: RequestRow,
  paid: PaidByLink,
  mailFrom: string,
): Promise<void> {
  const { tx, practiceId, now } = posting
  const known = await tx.maybe(sql`
    select from online_payment where practice_id = ${practiceId} and payment_intent_id = ${paid.paymentIntentId}`)
  if (known) return
  if (!fitsRequest(request, paid)) return noticeMismatch(posting, request, paid)
  const batch = await defaultBatch(posting, Temporal.Instant.from(paid.paidAt))
  const receiptId = await recordReceipt(posting, batch, {
    payer: { patientId: request.patientId },
    appointmentId: request.appointmentId,
    source: 'online',
    method: 'card',
    reference: paid.paymentIntentId,
    amountCents: paid.amountCents,
    depositDate: batch.day,
  })
  await tx.run(sql`
    insert into online_payment (practice_id, payment_intent_id, payment_request_id, receipt_id, recorded_at)
    values (${practiceId}, ${paid.paymentIntentId}, ${request.id}, ${receiptId}, ${now.toString()})`)
  await applyVisitEscrow(posting, batch, request.appointmentId, receiptId)
  await sayPaid(posting, request, receiptId, paid.amountCents)
  await sendReceipt(posting, request, receiptId, mailFrom)
}

async function sayPaid(
  posting: Posting,
  request: RequestRow,
  receiptId: string,
  amountCents: number,
): Promise<void> {
  const paidAt = posting.now.toString()
  const version = await changeRequest(
    posting,
    request.id,
    sql`state = 'paid', reason = null, settled_at = coalesce(settled_at, ${paidAt}), next_look_at = null, last_error = null, access_lost_at = null`,
  )
  posting.record(PaymentRequestPaid, {
    subject: request.id,
    version,
    data: { ...subjectOf(request), receiptId, amountCents, paidAt },
  })
}

async function sendReceipt(
  posting: Posting,
  { patientId, billingEncounterId }: RequestRow,
  receiptId: string,
  mailFrom: string,
): Promise<void> {
  const fresh = { kind: 'receipt', patientId, billingEncounterId, receiptId } as const
  const documentId = await issueDocument(posting, fresh)
  const { email } = await emailOf(posting, patientId)
  if (email) await queueDelivery(posting, documentId, email, mailFrom)
}

/** What does not fit is kept for a person under the payment's own id, so that it is noticed once. */
function noticeMismatch(posting: Posting, request: RequestRow, paid: PaidByLink): Promise<void> {
  return noticePayment(posting, request, {
    eventId: `mismatch ${paid.paymentIntentId}`,
    kind: 'mismatch',
    detail: `The partner tells of a payment of ${paid.amountCents} in the smallest unit of ${paid.currency.toUpperCase().slice(0, 3)}; asked were ${request.amountCents} of ${request.currency.toUpperCase()}. It is not recorded.`,
    amountCents: paid.amountCents,
    receiptId: null,
    occurredAt: posting.now.toString(),
  })
}

export interface Notice {
  /** The same notice has the same: it is kept once. */
  readonly eventId: string
  readonly kind: 'refund' | 'dispute' | 'mismatch' | 'failed'
  readonly detail: string
  readonly amountCents: number | null
  readonly receiptId: string | null
  readonly occurredAt: string
}

/** For the biller's list (GET /v1/payment-notices). The ledger is not touched. */
export async function noticePayment(posting: Posting, request: RequestRow, notice: Notice): Promise<void> {
  const { tx, practiceId, newId, now } = posting
  const id = newId()
  const { eventId, kind, detail, amountCents, receiptId, occurredAt } = notice
  const kept = await tx.run(sql`
    insert into payment_notice (practice_id, id, event_id, payment_request_id, receipt_id, kind, detail, amount_cents,
                                occurred_at, noticed_at)
    values (${practiceId}, ${id}, ${eventId}, ${request.id}, ${receiptId}, ${kind}, ${detail}, ${amountCents},
            ${occurredAt}, ${now.toString()})
    on conflict (practice_id, event_id) do nothing`)
  if (kept === 0) return
  const version = await changeRequest(posting, request.id)
  posting.record(PaymentContested, {
    subject: request.id,
    version,
    data: { ...subjectOf(request), noticeId: id, kind, receiptId, amountCents, occurredAt },
  })
}
