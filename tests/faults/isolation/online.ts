import assert from 'node:assert/strict'
import type { Route } from '@praxisbus/runtime'
import type { StripeServer } from '@praxisbus/testing'
import { type Json, ok, until } from '../../system/clinic.ts'
import type { Books } from './books.ts'
import { assertNoLeak, type Known } from './probe.ts'

const WEBHOOK = 'POST /v1/webhooks/stripe'
const PAYMENT = 'checkout.session.completed'

/** The payment partner as a practice and its strangers meet it. */
export interface PaidOnline {
  readonly webhookUrl: string
  readonly stripe: StripeServer
  /** What the partner told of the practice's payment. */
  readonly session: object
  readonly charge: object
}

/** The link that a row of `money.ts` asked for is paid, the money is given back at the partner, and the notice of it is settled. */
export async function playOnline(
  books: Books,
  accountId: string,
  { webhookUrl, stripe }: Pick<PaidOnline, 'webhookUrl' | 'stripe'>,
): Promise<PaidOnline> {
  const { billing } = books.person
  const requestIs = (state: string) =>
    until(
      async () => (await ok(billing.get('/v1/payment-requests'))).paymentRequests as Json[],
      ([request]) => request.state === state,
      `the link to be ${state}`,
    )
  const [request] = await requestIs('open')
  const event = stripe.pay(accountId, request.url.split('/').at(-1))
  const session = event.data.object as { payment_intent: string; metadata: object }
  const { payment_intent, metadata } = session
  const charge = { object: 'charge', payment_intent, amount_refunded: 500, metadata }
  for (const told of [event, stripe.event(accountId, 'charge.refunded', charge)])
    assert.equal((await stripe.deliver(webhookUrl, told)).status, 200)
  await requestIs('paid')
  const [notice] = (await ok(billing.get('/v1/payment-notices'))).paymentNotices
  await ok(billing.post(`/v1/payment-notices/${notice.paymentNoticeId}/settle`, {}))
  await giveUp(books, stripe)
  await ok(billing.delete('/v1/payment-partner'))
  return { webhookUrl, stripe, session, charge }
}

/** Another bill is asked for while the partner refuses access to the account. */
async function giveUp({ bill, person: { billing } }: Books, stripe: StripeServer): Promise<void> {
  stripe.trouble({ on: 'POST /v1/payment_links', how: 'no-access', times: 100 })
  const { billingEncounterId } = await bill()
  const { paymentRequestId } = await ok(billing.post('/v1/payment-requests', { billingEncounterId }))
  const path = `/v1/payment-requests?billingEncounterId=${billingEncounterId}`
  await until(
    async () => (await ok(billing.get(path))).paymentRequests as Json[],
    ([request]) => request.accessLostAt,
    'the link to be out of reach',
  )
  await ok(billing.post(`/v1/payment-requests/${paymentRequestId}/give-up`, {}))
  stripe.trouble()
}

/**
 * Nobody signs in to a webhook. Without a signature it hears nothing; with one, what comes of a stranger's account does nothing
 * to the practice whose request it names. That its rows stay is looked at in the end.
 */
export async function probeWebhooks(
  routes: readonly Route[],
  accountId: string,
  { webhookUrl, stripe, session, charge }: PaidOnline,
  known: Known,
): Promise<number> {
  const heard = routes.filter(({ kind }) => kind === 'webhook').map(({ endpoint }) => endpoint)
  assert.deepEqual(heard.sort(), ['POST /v1/webhooks/google-calendar', WEBHOOK], 'webhooks that are probed')
  const again = { ...session, payment_intent: 'pi_stranger', amount_total: 100 }
  const told = [
    stripe.event(accountId, PAYMENT, session),
    stripe.event(accountId, PAYMENT, again),
    stripe.event(accountId, 'checkout.session.async_payment_failed', again),
    stripe.event(accountId, 'charge.refunded', charge),
    stripe.event(accountId, 'charge.dispute.created', { ...charge, amount: 1, status: 'lost', reason: 'x' }),
  ]
  for (const event of told) {
    for (const [signed, status] of [
      [undefined, 200],
      [{ secret: 'whsec_stranger' }, 401],
    ] as const) {
      const answer = await stripe.deliver(webhookUrl, event, signed)
      assert.equal(answer.status, status, `${WEBHOOK}: ${event.type}`)
      assertNoLeak(await answer.text(), JSON.stringify(event), known, `${WEBHOOK}: ${event.type}`)
    }
  }
  return told.length * 2
}
