import { type CommandContext, type Database, isUuid, sql } from '@praxisbus/runtime'
import type { EventAbout, PartnerEvent } from '../adapters/stripe-events.ts'
import { noticePayment, recordPaid } from '../online/record-paid.ts'
import { changeRequest, closeRequest, lockRequest, type RequestRow } from '../online/requests.ts'
import { type Posting, postingOf } from '../postings/posting.ts'

interface Whose {
  readonly practiceId: string
  readonly id: string
}

/**
 * Whose request a message is about, by our own rows: by the request's id that we wrote on the link, by the link, or by the
 * payment. It has to come from the account that the request was made on: on an account of their own anybody could write
 * somebody else's id on a link.
 */
export async function whoseRequest(
  across: Database,
  { about, accountId }: PartnerEvent,
): Promise<Whose | undefined> {
  if (about.kind === 'other' || accountId === null) return undefined
  const { requestId, paymentIntentId } = about
  const linkId = 'linkId' in about ? about.linkId : null
  return across.plain((tx) =>
    tx.maybe<Whose>(sql`
      select practice_id, id from payment_request
       where account_id = ${accountId} and case
         when ${isUuid(requestId)} then id = ${isUuid(requestId) ? requestId : null}::uuid
         when ${linkId}::text is not null then link_id = ${linkId}
         else id = (select payment_request_id from online_payment where payment_intent_id = ${paymentIntentId})
       end`),
  )
}

/**
 * A message of the payment partner, its signature checked (B-02). Twice, late or out of order it has the effect it has once
 * and in time: a payment counts once by its own id, a notice by the message's.
 */
export function hearPartner(mailFrom: string) {
  return async (
    ctx: CommandContext,
    { message, found }: { readonly message: PartnerEvent; readonly found: Whose },
  ) => {
    const posting = postingOf(ctx)
    const request = (await lockRequest(posting, found.id))!
    await takeIn(posting, request, message, mailFrom)
    ctx.audit('payment-request', found.id, `hear ${message.about.kind}`)
    return { received: true }
  }
}

async function takeIn(
  posting: Posting,
  request: RequestRow,
  event: PartnerEvent,
  mailFrom: string,
): Promise<void> {
  const { about } = event
  switch (about.kind) {
    case 'paid':
      return takePaid(posting, request, { ...about, paidAt: event.occurredAt }, mailFrom)
    case 'failed':
      return takeFailed(posting, request, event)
    case 'refund':
    case 'dispute': {
      const receiptId = await receiptOf(posting, about.paymentIntentId)
      const { kind, detail, amountCents } = about
      const { eventId, occurredAt } = event
      return noticePayment(posting, request, { eventId, kind, detail, amountCents, receiptId, occurredAt })
    }
    // pending: the money is told of when it is there. expired: a page was closed, the link still takes money.
    default:
      return
  }
}

type SessionAbout = Extract<EventAbout, { readonly linkId: string | null }>

async function takePaid(
  posting: Posting,
  request: RequestRow,
  { paymentIntentId, amountCents, currency, linkId, paidAt }: SessionAbout & { readonly paidAt: string },
  mailFrom: string,
): Promise<void> {
  if (paymentIntentId === null || amountCents === null || currency === null) return
  // It may come before we wrote down the link that it was paid by.
  if (request.linkId === null && linkId !== null)
    await changeRequest(posting, request.id, sql`link_id = ${linkId}`)
  await recordPaid(posting, request, { paymentIntentId, amountCents, currency, paidAt }, mailFrom)
}

/** A link takes one payment, and this was it: there is no other way to pay by it. */
async function takeFailed(posting: Posting, request: RequestRow, event: PartnerEvent): Promise<void> {
  const { eventId, occurredAt } = event
  await noticePayment(posting, request, {
    eventId,
    kind: 'failed',
    detail: 'A payment that was on its way did not come. The link is used up: ask for the payment again.',
    amountCents: request.amountCents,
    receiptId: null,
    occurredAt,
  })
  if (request.state === 'open' || request.state === 'unknown')
    await closeRequest(posting, request, 'expired', 'payment-failed')
}

async function receiptOf(
  { tx, practiceId }: Posting,
  paymentIntentId: string | null,
): Promise<string | null> {
  const paid = await tx.maybe<{ receiptId: string }>(sql`
    select receipt_id from online_payment where practice_id = ${practiceId} and payment_intent_id = ${paymentIntentId}`)
  return paid?.receiptId ?? null
}
