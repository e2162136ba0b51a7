import { type QueryContext, sql, type Tx } from '@praxisbus/runtime'

/** What happened at the payment partner that a biller has to look at (B-02). The ledger is as it was. */
export interface PaymentNotice {
  readonly paymentNoticeId: string
  readonly paymentRequestId: string
  readonly billingEncounterId: string
  readonly patientId: string
  readonly receiptId: string | null
  readonly kind: 'refund' | 'dispute' | 'mismatch' | 'failed'
  readonly detail: string
  readonly amountCents: number | null
  readonly occurredAt: string
  /** null: nobody has dealt with it yet. */
  readonly settledAt: string | null
  readonly settledBy: string | null
}

const LIMIT = 500

/** Oldest first; `settled` chooses those that are dealt with, or not. */
export async function listPaymentNotices(
  { tx, principal, audit }: QueryContext,
  { settled }: { readonly settled?: boolean },
): Promise<{ paymentNotices: PaymentNotice[] }> {
  const rows = await findNotices(tx, principal.practiceId, { settled })
  for (const { paymentNoticeId } of rows) audit('payment-notice', paymentNoticeId)
  return { paymentNotices: rows }
}

export function findNotices(
  tx: Tx,
  practiceId: string,
  { settled = null, id = null }: { readonly settled?: boolean | null; readonly id?: string | null },
): Promise<PaymentNotice[]> {
  return tx.many<PaymentNotice>(sql`
    select notice.id as payment_notice_id, notice.payment_request_id, request.billing_encounter_id, request.patient_id,
           notice.receipt_id, notice.kind, notice.detail, notice.amount_cents, notice.occurred_at, notice.settled_at,
           notice.settled_by
      from payment_notice as notice
      join payment_request as request
        on request.practice_id = notice.practice_id and request.id = notice.payment_request_id
     where notice.practice_id = ${practiceId}
       and (${id}::uuid is null or notice.id = ${id})
       and (${settled}::boolean is null or (notice.settled_at is not null) = ${settled})
     order by notice.id limit ${LIMIT}`)
}
