import { type QueryContext, sql, type Tx } from '@praxisbus/runtime'
import type { CloseReason, RequestState } from '../domain/payment-request.ts'

export interface PaymentRequestView {
  readonly paymentRequestId: string
  readonly billingEncounterId: string
  readonly appointmentId: string
  readonly patientId: string
  readonly patientName: string | null
  /** The invoice it goes out with. */
  readonly documentId: string
  readonly amountCents: number
  readonly currency: string
  readonly state: RequestState
  readonly reason: CloseReason | null
  /** While it takes money. To be handed to nobody but the patient. */
  readonly url: string | null
  /** Of the newest email with it; null: none was asked for, because there is no address. */
  readonly email: 'queued' | 'sent' | 'failed' | null
  readonly receiptIds: readonly string[]
  readonly lastError: string | null
  /** Since when the partner refuses access to the account; null: it does not. */
  readonly accessLostAt: string | null
  /** What a person should know or do. */
  readonly note: string | null
  readonly askedAt: string
  readonly sentAt: string | null
  readonly settledAt: string | null
  readonly version: number
}

export interface RequestFilter {
  readonly state?: RequestState
  readonly patientId?: string
  readonly billingEncounterId?: string
  /** The id of the last one of the page before. */
  readonly after?: string
}

type Found = Omit<PaymentRequestView, 'note'>

const PAGE_SIZE = 200

/** Newest first, 200 at a time; `next` is the `after` of the following page. */
export function listPaymentRequests(set: boolean) {
  return async (
    { tx, principal, audit }: QueryContext,
    filter: RequestFilter,
  ): Promise<{ paymentRequests: PaymentRequestView[]; next: string | null }> => {
    const rows = await findRequests(tx, principal.practiceId, filter)
    const page = rows.slice(0, PAGE_SIZE).map((row) => ({ ...row, note: noteOf(row, set) }))
    for (const { paymentRequestId } of page) audit('payment-request', paymentRequestId)
    return {
      paymentRequests: page,
      next: rows.length > PAGE_SIZE ? page.at(-1)!.paymentRequestId : null,
    }
  }
}

export async function readRequest(
  tx: Tx,
  practiceId: string,
  id: string,
  set: boolean,
): Promise<PaymentRequestView> {
  const [row] = await findRequests(tx, practiceId, { id })
  return { ...row!, note: noteOf(row!, set) }
}

function findRequests(
  tx: Tx,
  practiceId: string,
  filter: RequestFilter & { readonly id?: string },
): Promise<Found[]> {
  const { state = null, patientId = null, billingEncounterId = null, after = null, id = null } = filter
  return tx.many<Found>(sql`
    select request.id as payment_request_id, request.billing_encounter_id, request.appointment_id, request.patient_id,
           patient.name as patient_name, request.document_id, request.amount_cents, request.currency, request.state,
           request.reason, case when request.state = 'open' then request.link_url end as url,
           (select status from document_delivery as sent
             where sent.practice_id = request.practice_id and sent.document_id = request.document_id
             order by sent.id desc limit 1) as email,
           (select coalesce(jsonb_agg(receipt_id order by receipt_id), '[]') from online_payment as paid
             where paid.practice_id = request.practice_id and paid.payment_request_id = request.id) as receipt_ids,
           request.last_error, request.access_lost_at, request.asked_at, request.sent_at, request.settled_at, request.version
      from payment_request as request
      left join patient_replica as patient on patient.practice_id = request.practice_id and patient.id = request.patient_id
     where request.practice_id = ${practiceId}
       and (${id}::uuid is null or request.id = ${id})
       and (${state}::text is null or request.state = ${state})
       and (${patientId}::uuid is null or request.patient_id = ${patientId})
       and (${billingEncounterId}::uuid is null or request.billing_encounter_id = ${billingEncounterId})
       and (${after}::uuid is null or request.id < ${after})
     order by request.id desc limit ${PAGE_SIZE + 1}`)
}

function noteOf({ state, reason, email, lastError, accessLostAt }: Found, set: boolean): string | null {
  const waits = ['creating', 'unknown', 'closing'].includes(state)
  if (waits && !set)
    return 'This installation is not set up for payments online (STRIPE_URL, STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET), so it waits.'
  if (accessLostAt && (state === 'open' || waits))
    return 'The partner refuses access to the account of this link, so it can neither be seen nor withdrawn. Have the connection mended there, or give the request up with POST /v1/payment-requests/{id}/give-up and ask for the payment again; the link may still be paid.'
  if (state === 'unknown' && lastError)
    return 'The partner is asked again by itself; it is never asked for a second link.'
  if (state === 'open' && email === null)
    return 'No address is on file: hand the link to the patient, or send the invoice to an address.'
  if (state === 'open' && email === 'failed')
    return 'The email could not be delivered: send the invoice to another address.'
  if (reason === 'out-of-reach')
    return 'Its link may still be paid: it is withdrawn, or a payment recorded, once the partner gives access again. Until then look at the account itself before the patient is asked again.'
  if (reason === 'refused' || reason === 'disconnected' || state === 'expired')
    return 'Send the invoice without a link, or ask for the payment again.'
  return null
}
