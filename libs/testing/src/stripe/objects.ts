import { randomBytes } from 'node:crypto'
import { type Form, said, saidTexts } from './form.ts'

/** Objects as Stripe's API shows them, as far as they are asked for here. */
export interface Link {
  readonly id: string
  readonly object: 'payment_link'
  active: boolean
  readonly url: string
  readonly currency: string
  readonly metadata: Record<string, string>
  readonly payment_intent_data: { readonly metadata: Record<string, string> }
  readonly restrictions: { completed_sessions: { limit: number; count: number } } | null
  /** Not Stripe's: what it sums up its line items to. */
  readonly amount: number
}

export interface Session {
  readonly id: string
  readonly object: 'checkout.session'
  status: 'open' | 'complete' | 'expired'
  payment_status: 'unpaid' | 'paid'
  payment_intent: string | null
  readonly payment_link: string
  readonly amount_total: number
  readonly currency: string
  readonly metadata: Record<string, string>
  /** When the page was opened, in seconds. */
  readonly created: number
  /** Not Stripe's, which keeps it with the charge. */
  paidAt?: number
}

export interface StripeEvent {
  readonly id: string
  readonly object: 'event'
  readonly type: string
  readonly account: string
  readonly created: number
  readonly data: { readonly object: unknown }
}

/** What one connected account holds. Newest first, as Stripe lists it. */
export interface Account {
  readonly id: string
  readonly chargesEnabled: boolean
  readonly links: Link[]
  readonly sessions: Session[]
}

/** Stripe's own words for what is wrong with a request. */
export class Refused extends Error {
  readonly status: number
  readonly type: string
  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

export const nowSeconds = () => Math.floor(Date.now() / 1_000)

export const freshId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`

export function makeLink(account: Account, form: Form, baseUrl: string): Link {
  const cents = Number(said(form, 'line_items.0.price_data.unit_amount'))
  const quantity = Number(said(form, 'line_items.0.quantity'))
  const currency = said(form, 'line_items.0.price_data.currency')
  if (!Number.isInteger(cents) || cents < 50 || quantity !== 1 || currency !== 'usd')
    throw new Refused(
      400,
      'invalid_request_error',
      'line_items[0]: a price in usd of at least 50 and a quantity of 1',
    )
  if (!said(form, 'line_items.0.price_data.product_data.name'))
    throw new Refused(
      400,
      'invalid_request_error',
      'line_items[0][price_data][product_data][name] is missing',
    )
  const id = freshId('plink')
  const limit = said(form, 'restrictions.completed_sessions.limit')
  const link: Link = {
    id,
    object: 'payment_link',
    active: true,
    url: `${baseUrl}/pay/${account.id}/${id}`,
    currency,
    metadata: saidTexts(form, 'metadata'),
    payment_intent_data: { metadata: saidTexts(form, 'payment_intent_data.metadata') },
    restrictions: limit ? { completed_sessions: { limit: Number(limit), count: 0 } } : null,
    amount: cents,
  }
  account.links.unshift(link)
  return link
}

/** Somebody opens the link: Stripe makes a session of it, which lives on its own from then on. */
export function openPage(account: Account, linkId: string): Session {
  const link = found(account.links, linkId)
  const used = link.restrictions?.completed_sessions
  if (!link.active || (used && used.count >= used.limit))
    throw new Refused(400, 'invalid_request_error', 'This payment link is not active any more.')
  const session: Session = {
    id: freshId('cs_test'),
    object: 'checkout.session',
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    payment_link: linkId,
    amount_total: link.amount,
    currency: link.currency,
    metadata: { ...link.metadata },
    created: nowSeconds(),
  }
  account.sessions.unshift(session)
  return session
}

export function completeSession(
  account: Account,
  session: Session,
  paymentStatus: 'paid' | 'unpaid',
  paidAt: number,
): void {
  if (session.status !== 'open')
    throw new Refused(400, 'invalid_request_error', `This session is ${session.status}.`)
  session.status = 'complete'
  session.payment_status = paymentStatus
  session.payment_intent = freshId('pi')
  session.paidAt = paidAt
  const used = found(account.links, session.payment_link).restrictions?.completed_sessions
  if (used) used.count++
}

export function expireSession(account: Account, id: string): Session {
  const session = found(account.sessions, id)
  if (session.status !== 'open')
    throw new Refused(
      400,
      'invalid_request_error',
      'Only Checkout Sessions with a status in ["open"] can be expired.',
    )
  session.status = 'expired'
  return session
}

export function found<One extends { readonly id: string }>(list: readonly One[], id: string): One {
  const one = list.find((candidate) => candidate.id === id)
  if (!one) throw new Refused(404, 'invalid_request_error', `No such object: '${id}'`)
  return one
}

/** The session with its payment and the charge of it in place of their ids, as `expand` asks for them. */
export function withCharge({ paidAt, ...session }: Session) {
  if (session.payment_intent === null) return session
  const charge = { id: freshId('ch'), object: 'charge', created: paidAt }
  const intent = { id: session.payment_intent, object: 'payment_intent', created: session.created }
  return { ...session, payment_intent: { ...intent, latest_charge: charge } }
}

/** A page of a list, as `limit` and `starting_after` ask for it. */
export function pageOf<One extends { readonly id: string }>(
  list: readonly One[],
  asked: URLSearchParams,
  url: string,
) {
  const after = asked.get('starting_after')
  const from = after ? list.findIndex(({ id }) => id === after) + 1 : 0
  const data = list.slice(from, from + Number(asked.get('limit') ?? 10))
  return { object: 'list', url, data, has_more: from + data.length < list.length }
}
