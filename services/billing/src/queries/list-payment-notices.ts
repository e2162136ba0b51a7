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

export interface NoticeFilter {
  /** Only those that are dealt with, or not. */
  readonly settled?: boolean
  /** The id of the last one of the page before. */
  readonly after?: string
}

const PAGE_SIZE = 200

/** Oldest first, 200 at a time; `next` is the `after` of the following page. */
export async function listPaymentNotices(
  { tx, principal, audit }: QueryContext,
  filter: NoticeFilter,
): Promise<{ paymentNotices: PaymentNotice[]; next: string | null }> {
  const rows = await findNotices(tx, principal.practiceId, filter)
  const page = rows.slice(0, PAGE_SIZE)
  for (const { paymentNoticeId } of page) audit('payment-notice', paymentNoticeId)
  return { paymentNotices: page, next: rows.length > PAGE_SIZE ? page.at(-1)!.paymentNoticeId : null }
}

export function findNotices(
  tx: Tx,
  practiceId: string,
  filter: NoticeFilter & { readonly id?: string },
): Promise<PaymentNotice[]> {
  const { settled = null, after = null, id = null } = filter
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
       and (${after}::uuid is null or notice.id > ${after})
     order by notice.id limit ${PAGE_SIZE + 1}`)
}
