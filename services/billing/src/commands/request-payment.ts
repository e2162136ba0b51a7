import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { issueDocument } from '../documents/issue.ts'
import { connectedAccount, lockOwed, openRequest } from '../online/requests.ts'
import { lockEncounter } from '../postings/encounters.ts'
import { postingOf } from '../postings/posting.ts'
import { type PaymentRequestView, readRequest } from '../queries/list-payment-requests.ts'
import { encounterNotFound } from '../queries/refusals.ts'
import { notSet } from './connect-payment-partner.ts'

type Refused = Refusal<
  'not_found' | 'not_set' | 'not_connected' | 'no_visit' | 'nothing_owed' | 'already_asked'
>

/**
 * A person asks for the payment of a bill online (B-02): where the link ran out, could not be made, or the session was
 * completed with another payment type. A new invoice goes out with it, says what is owed now, and is the bill's one invoice
 * that counts.
 */
export function requestPayment(set: boolean) {
  return async (
    ctx: CommandContext,
    { billingEncounterId }: { readonly billingEncounterId: string },
  ): Promise<PaymentRequestView | Refused> => {
    const posting = postingOf(ctx)
    const { tx, practiceId } = posting
    const bill = await lockEncounter(posting, billingEncounterId)
    if (!bill) return encounterNotFound()
    if (!set) return notSet()
    const accountId = await connectedAccount(tx, practiceId)
    if (!accountId) return notConnected()
    const { appointmentId, patientId } = bill
    if (!appointmentId) return noVisit()
    const amountCents = await lockOwed(posting, billingEncounterId)
    if (amountCents === 0) return nothingOwed()
    const live = await tx.maybe<{ id: string }>(sql`
      select id from payment_request where practice_id = ${practiceId} and billing_encounter_id = ${billingEncounterId}
         and state in ('creating', 'unknown', 'open', 'closing')`)
    if (live) return alreadyAsked(live.id)
    const fresh = { kind: 'invoice', patientId, billingEncounterId, receiptId: null, reviewed: true } as const
    const documentId = await issueDocument(posting, fresh)
    const asked = { billingEncounterId, appointmentId, patientId, documentId, accountId, amountCents }
    const id = await openRequest(posting, asked)
    ctx.audit('payment-request', id, 'ask')
    return readRequest(tx, practiceId, id, set)
  }
}

const notConnected = () =>
  refuse('not_connected', {
    detail: 'The practice is not connected to the payment partner.',
    next: 'Connect it with PUT /v1/payment-partner.',
  })
const noVisit = () =>
  refuse('no_visit', {
    field: 'billingEncounterId',
    detail: 'This bill belongs to no visit, and money that comes online is applied to a visit.',
    next: 'Send the invoice, and record the payment with POST /v1/receipts.',
  })
const nothingOwed = () =>
  refuse('nothing_owed', {
    field: 'billingEncounterId',
    detail: 'Nothing is owed on this bill.',
    next: 'There is nothing to ask for.',
  })
const alreadyAsked = (paymentRequestId: string) =>
  refuse('already_asked', {
    detail: 'A payment link for this bill is out or on its way.',
    next: 'Read GET /v1/payment-requests for it; it follows the balance by itself.',
    extra: { paymentRequestId },
  })
