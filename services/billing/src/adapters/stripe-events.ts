import { type Refusal, refuse } from '@praxisbus/runtime'
import Stripe from 'stripe'
import { z } from 'zod'
import { type PartnerSettings, REQUEST_KEY } from './stripe.ts'

/** What the partner tells us of its own accord, as far as it matters here. */
export interface PartnerEvent {
  /** Of the telling: the same one told twice has the same. */
  readonly eventId: string
  /** The practice's account at the partner. */
  readonly accountId: string | null
  readonly occurredAt: string
  readonly about: EventAbout
}

export type EventAbout =
  | {
      /** pending: the money is on its way, or not; failed: it will not come; expired: a page was left open unpaid. */
      readonly kind: 'paid' | 'pending' | 'failed' | 'expired'
      readonly requestId: string | null
      readonly linkId: string | null
      readonly paymentIntentId: string | null
      readonly amountCents: number | null
      readonly currency: string | null
    }
  | {
      readonly kind: 'refund' | 'dispute'
      readonly requestId: string | null
      readonly paymentIntentId: string | null
      readonly amountCents: number
      /** In words, for the biller's list. */
      readonly detail: string
    }
  /** Of no concern to us. */
  | { readonly kind: 'other' }

/** Older than this, a signature is refused: what was recorded on the way cannot be sent again later. Stripe's own default. */
const TOLERANCE_SECONDS = 300

const metadata = z.record(z.string(), z.string()).nullish()
/** Stripe sends an id, or the whole object where an endpoint was set up to expand it. */
const reference = z
  .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
  .nullish()
  .transform((id) => id ?? null)
const session = z.object({
  payment_status: z.string(),
  payment_intent: reference,
  payment_link: reference,
  amount_total: z.int().nullable(),
  currency: z.string().nullable(),
  metadata,
})
const charge = z.object({ payment_intent: reference, amount_refunded: z.int(), metadata })
const dispute = z.object({
  payment_intent: reference,
  amount: z.int(),
  status: z.string(),
  reason: z.string(),
  metadata,
})

type Heard = PartnerEvent | Refusal<'not_signed' | 'unreadable' | 'not_set'>

/** Checks the signature over the bytes as they came, then reads the few things we need. */
export function readEvent(
  settings: PartnerSettings | undefined,
  body: Buffer,
  signature: string | undefined,
): Heard {
  if (!settings)
    return refuse('not_set', {
      detail: 'This service is not set up for payments online.',
      next: 'Set STRIPE_URL, STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET; the partner sends its messages again.',
    })
  let event: Stripe.Event
  try {
    event = Stripe.webhooks.constructEvent(body, signature ?? '', settings.webhookSecret, TOLERANCE_SECONDS)
  } catch (error) {
    return error instanceof Stripe.errors.StripeSignatureVerificationError ? notSigned() : unreadable('body')
  }
  const about = aboutOf(event.type, event.data?.object)
  if (about instanceof z.ZodError) return unreadable(`data.object.${about.issues[0]!.path.join('.')}`)
  const occurredAt = Temporal.Instant.fromEpochMilliseconds(event.created * 1_000).toString()
  return { eventId: event.id, accountId: event.account ?? null, occurredAt, about }
}

function aboutOf(type: string, object: unknown): EventAbout | z.ZodError {
  switch (type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return parsed(session, object, (one) => ({
        ...sessionPart(one),
        kind: one.payment_status === 'paid' ? 'paid' : 'pending',
      }))
    case 'checkout.session.async_payment_failed':
      return parsed(session, object, (one) => ({ ...sessionPart(one), kind: 'failed' }))
    case 'checkout.session.expired':
      return parsed(session, object, (one) => ({ ...sessionPart(one), kind: 'expired' }))
    case 'charge.refunded':
      return parsed(charge, object, (one) => ({
        kind: 'refund',
        requestId: requestOf(one),
        paymentIntentId: one.payment_intent,
        amountCents: one.amount_refunded,
        detail:
          'Refunded at the payment partner; the amount is all that was refunded of this payment so far.',
      }))
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
      return parsed(dispute, object, (one) => ({
        kind: 'dispute',
        requestId: requestOf(one),
        paymentIntentId: one.payment_intent,
        amountCents: one.amount,
        detail: `The patient's bank disputes the payment: ${words(one.reason)}, ${words(one.status)} (${words(type.split('.').at(-1)!)}).`,
      }))
    default:
      return { kind: 'other' }
  }
}

function parsed<Shape extends z.ZodType>(
  shape: Shape,
  object: unknown,
  read: (value: z.output<Shape>) => EventAbout,
): EventAbout | z.ZodError {
  const result = shape.safeParse(object)
  return result.success ? read(result.data) : result.error
}

function sessionPart(one: z.output<typeof session>) {
  return {
    requestId: requestOf(one),
    linkId: one.payment_link,
    paymentIntentId: one.payment_intent,
    amountCents: one.amount_total,
    currency: one.currency,
  }
}

const requestOf = ({ metadata }: { metadata?: Record<string, string> | null }) =>
  metadata?.[REQUEST_KEY] ?? null

/** Stripe's own short words only: nothing else of the message gets into our list. */
const words = (text: string) =>
  text
    .replaceAll(/[^a-z_]/g, '')
    .replaceAll('_', ' ')
    .slice(0, 60)

function notSigned(): Refusal<'not_signed'> {
  return refuse('not_signed', {
    field: 'Stripe-Signature',
    detail: 'The signature is missing, is not of our secret, or is older than five minutes.',
    next: 'Check STRIPE_WEBHOOK_SECRET against the endpoint at Stripe, and the clocks of both sides.',
  })
}

function unreadable(field: string): Refusal<'unreadable'> {
  return refuse('unreadable', {
    field,
    detail: 'The message is signed, but it does not have the shape that Stripe gives it.',
    next: 'Check the API version of the webhook endpoint at Stripe.',
  })
}
