import Stripe from 'stripe'
import { isPartnerFailure, type PaidByLink, type PartnerFailure } from '../domain/payment-request.ts'

export interface PartnerSettings {
  readonly url: string
  readonly apiKey: string
  readonly webhookSecret: string
}

export interface PaymentLink {
  readonly linkId: string
  readonly url: string
}

export interface AskedLink {
  readonly accountId: string
  readonly requestId: string
  readonly amountCents: number
  readonly currency: string
  /** What the patient reads beside the amount. No name, no service: the partner learns nothing of their care. */
  readonly label: string
  readonly idempotencyKey: string
}

/** The payment partner, whichever it is. Every answer may be a failure; none throws for what happens out there. */
export interface PaymentPartner {
  /** Whether the account is there, ours to act for, and can take money. */
  takesMoney(accountId: string): Promise<boolean | PartnerFailure>
  makeLink(asked: AskedLink): Promise<PaymentLink | PartnerFailure>
  /** Links that were made for this request, by what we wrote on them. */
  findLinks(accountId: string, requestId: string): Promise<PaymentLink[] | PartnerFailure>
  /** Whether it still takes money, and what was paid by it. */
  look(accountId: string, linkId: string): Promise<LinkState | PartnerFailure>
  /** Takes no more money from then on; whoever has its page open cannot pay either. */
  withdraw(accountId: string, linkId: string): Promise<LinkState | PartnerFailure>
}

export interface LinkState {
  readonly active: boolean
  readonly payments: readonly PaidByLink[]
}

/** What we write on a link, and Stripe on every payment made by it. */
export const REQUEST_KEY = 'praxisbus_payment_request'

const TIMEOUT_MS = 8_000
/** Within one attempt; the worker has attempts of its own. Stripe's client sends the same Idempotency-Key again. */
const RETRIES = 1
const PAGE = 100
/** Newest first, so what was made a moment ago is on the first page. */
const MAX_PAGES = 5

/** Payment links of Stripe, on behalf of the practice's connected account (`Stripe-Account`). */
export function openStripe({ url, apiKey }: PartnerSettings, timeoutMs = TIMEOUT_MS): PaymentPartner {
  const { protocol, hostname, port } = new URL(url)
  const stripe = new Stripe(apiKey, {
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    protocol: protocol === 'http:' ? 'http' : 'https',
    timeout: timeoutMs,
    maxNetworkRetries: RETRIES,
    telemetry: false,
  })
  const look = (accountId: string, linkId: string) =>
    answered(async () => {
      const link = await stripe.paymentLinks.retrieve(linkId, {}, { stripeAccount: accountId })
      return { active: link.active, payments: await paymentsBy(stripe, accountId, linkId) }
    })
  return {
    takesMoney: async (accountId) => {
      const found = await answered(() => stripe.accounts.retrieve(accountId))
      // Stripe answers 403 or 404 for an account that is not connected to ours.
      if (isPartnerFailure(found)) return ['access', 'refused'].includes(found.failed) ? false : found
      return found.charges_enabled
    },
    makeLink: (asked) => answered(() => makeLink(stripe, asked)),
    findLinks: (accountId, requestId) => answered(() => findLinks(stripe, accountId, requestId)),
    look,
    withdraw: async (accountId, linkId) => {
      const closed = await answered(async () => {
        await stripe.paymentLinks.update(linkId, { active: false }, { stripeAccount: accountId })
        await expireOpen(stripe, accountId, linkId)
      })
      return closed ?? look(accountId, linkId)
    },
  }
}

async function makeLink(stripe: Stripe, asked: AskedLink): Promise<PaymentLink> {
  const metadata = { [REQUEST_KEY]: asked.requestId }
  const { id, url } = await stripe.paymentLinks.create(
    {
      line_items: [
        {
          price_data: {
            currency: asked.currency,
            unit_amount: asked.amountCents,
            product_data: { name: asked.label },
          },
          quantity: 1,
        },
      ],
      // A card is paid or not at once; with transfers the money would come days later, or not.
      payment_method_types: ['card'],
      restrictions: { completed_sessions: { limit: 1 } },
      inactive_message: 'This payment link is no longer in use. Your practice can tell you what is owed.',
      metadata,
      payment_intent_data: { metadata },
    },
    { stripeAccount: asked.accountId, idempotencyKey: asked.idempotencyKey },
  )
  return { linkId: id, url }
}

/** Stripe has no search over payment links, so what is still active is read through, a bounded number of pages. */
async function findLinks(stripe: Stripe, accountId: string, requestId: string): Promise<PaymentLink[]> {
  const found: PaymentLink[] = []
  let after: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const list = await stripe.paymentLinks.list(
      { active: true, limit: PAGE, ...(after ? { starting_after: after } : {}) },
      { stripeAccount: accountId },
    )
    for (const { id, url, metadata } of list.data)
      if (metadata[REQUEST_KEY] === requestId) found.push({ linkId: id, url })
    after = list.data.at(-1)?.id
    if (!list.has_more || !after) break
  }
  return found
}

/** Whoever opened the link before it was withdrawn has a page that could still be paid. */
async function expireOpen(stripe: Stripe, accountId: string, linkId: string): Promise<void> {
  const account = { stripeAccount: accountId }
  const open = await stripe.checkout.sessions.list(
    { payment_link: linkId, status: 'open', limit: PAGE },
    account,
  )
  for (const { id } of open.data) {
    try {
      await stripe.checkout.sessions.expire(id, {}, account)
    } catch (error) {
      // Paid or run out in this very moment: the look that follows shows which.
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    }
  }
}

async function paymentsBy(stripe: Stripe, accountId: string, linkId: string): Promise<PaidByLink[]> {
  const list = await stripe.checkout.sessions.list(
    {
      payment_link: linkId,
      status: 'complete',
      limit: PAGE,
      // A session says when its page was opened; when it was paid stands with the charge.
      expand: ['data.payment_intent.latest_charge'],
    },
    { stripeAccount: accountId },
  )
  return list.data.flatMap(({ payment_status, payment_intent, amount_total, currency, created }) => {
    const paid = payment_status === 'paid' && payment_intent && amount_total !== null && currency !== null
    if (!paid) return []
    const seconds = paidSeconds(payment_intent) ?? created
    return [
      {
        paymentIntentId: typeof payment_intent === 'string' ? payment_intent : payment_intent.id,
        amountCents: amount_total,
        currency,
        paidAt: Temporal.Instant.fromEpochMilliseconds(seconds * 1_000).toString(),
      },
    ]
  })
}

/** undefined: the answer names the payment only. */
function paidSeconds(intent: Stripe.PaymentIntent | string): number | undefined {
  if (typeof intent === 'string') return undefined
  const { latest_charge: charge, created } = intent
  return charge && typeof charge !== 'string' ? charge.created : created
}

async function answered<T>(ask: () => Promise<T>): Promise<T | PartnerFailure> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    return asFailure(error)
  }
}

/**
 * A connection that failed may have done its work. 429 and a key that is in use did nothing. 401 and 403 are about our key.
 * Other 4xx are answers about what was asked; a 5xx is kept under the idempotency key.
 */
function asFailure(error: InstanceType<typeof Stripe.errors.StripeError>): PartnerFailure {
  const { statusCode, message } = error
  if (statusCode === undefined) return { failed: 'no-answer', message }
  if (statusCode === 429 || statusCode === 409) return { failed: 'later', message }
  if (statusCode === 401 || statusCode === 403) return { failed: 'access', message }
  return { failed: statusCode >= 500 ? 'fault' : 'refused', message }
}
