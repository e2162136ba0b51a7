import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PaymentContested, PaymentRequestPaid, ROLES } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { signatureOf } from '@praxisbus/testing/stripe/signature.ts'
import { REQUEST_KEY } from '../adapters/stripe.ts'
import type { Visit } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

const receiptsOf = ({ appointmentId }: Visit) =>
  desk.count(sql`select from receipt where appointment_id = ${appointmentId}`)

/** A visit whose link is out, and what Stripe says when it is paid. */
async function paidLink() {
  const visit = await desk.onlineVisit()
  await desk.turn()
  const event = desk.stripe.pay(desk.accountId, desk.newestLink())
  const session = event.data.object as Record<string, unknown>
  return { visit, event, session, request: await desk.request(visit) }
}

const noticesOf = async (paymentRequestId: string) =>
  (await desk.biller.get('/v1/payment-notices')).body.paymentNotices.filter(
    (notice: { paymentRequestId: string }) => notice.paymentRequestId === paymentRequestId,
  )

describe('who may send', () => {
  test('B-02 a message without a signature, with a forged one, or with one of another secret is refused and changes nothing', async () => {
    const { visit, event } = await paidLink()
    const url = `${desk.url}/v1/webhooks/stripe`
    const unsigned = await fetch(url, { method: 'POST', body: JSON.stringify(event) })
    const forged = await desk.hear(event, { secret: 'whsec_guessed' })
    for (const refused of [unsigned, forged]) {
      expect(refused.status).toBe(401)
      expect(refused.headers.get('content-type')).toBe('application/problem+json')
      expect(await refused.json()).toMatchObject({
        type: 'urn:praxisbus:problem:not_signed',
        errors: [{ field: 'Stripe-Signature' }],
        next: expect.stringContaining('STRIPE_WEBHOOK_SECRET'),
      })
    }
    expect(await receiptsOf(visit)).toBe(0)
  })

  test('B-02 a message recorded on the way and sent again later is refused: its signature is older than five minutes', async () => {
    const { visit, event } = await paidLink()
    const now = Math.floor(Date.now() / 1_000)
    expect((await desk.hear(event, { atSeconds: now - 310 })).status).toBe(401)
    expect(await receiptsOf(visit)).toBe(0)
    expect((await desk.hear(event, { atSeconds: now - 280 })).status).toBe(200)
    expect(await receiptsOf(visit)).toBe(1)
  })

  test('B-02 a changed body does not fit its signature', async () => {
    const { visit, event } = await paidLink()
    const body = JSON.stringify(event)
    const signature = signatureOf(body, desk.stripe.webhookSecret, Math.floor(Date.now() / 1_000))
    const send = (bytes: string) =>
      fetch(`${desk.url}/v1/webhooks/stripe`, {
        method: 'POST',
        headers: { 'stripe-signature': signature },
        body: bytes,
      })
    expect((await send(body.replace('15000', '15001'))).status).toBe(401)
    expect((await send(`${body} `)).status).toBe(401)
    expect(await receiptsOf(visit)).toBe(0)
    expect((await send(body)).status).toBe(200)
    expect(await receiptsOf(visit)).toBe(1)
  })

  test('B-02 signed nonsense is refused with its field; a body beyond all measure is not read', async () => {
    const { event, session } = await paidLink()
    const odd = await desk.hear({ ...event, data: { object: { ...session, amount_total: 'much' } } })
    expect([odd.status, ((await odd.json()) as { errors: object[] }).errors]).toEqual([
      400,
      [{ field: 'data.object.amount_total', detail: expect.any(String) }],
    ])
    expect((await desk.hear({ ...event, padding: 'x'.repeat(300_000) })).status).toBe(413)
  })

  test('B-02 no other route takes a message without a token, and this one takes no GET', async () => {
    const answer = await fetch(`${desk.url}/v1/webhooks/stripe`)
    expect(answer.status).toBe(405)
    expect((await fetch(`${desk.url}/v1/payment-requests`)).status).toBe(401)
  })
})

describe('what is told', () => {
  test('B-02 told 20 times at once, and again later, a payment is recorded once', async () => {
    const visit = await desk.onlineVisit()
    await desk.turn()
    const answers = await desk.pays(20)
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(await receiptsOf(visit)).toBe(1)
    const request = await desk.request(visit)
    expect(request.receiptIds).toHaveLength(1)
    const told = (await desk.facts(PaymentRequestPaid)).filter(({ key }) => key === request.paymentRequestId)
    expect(told).toHaveLength(1)
    const { body } = await desk.biller.get(`/v1/documents?patientId=${visit.patientId}`)
    expect(body.documents.filter(({ kind }: { kind: string }) => kind === 'receipt')).toHaveLength(1)
  })

  test('B-02 the same payment told in another event, as after async_payment_succeeded, is recorded once', async () => {
    const { visit, event, session } = await paidLink()
    await desk.hear(event)
    await desk.hear(desk.stripe.event(desk.accountId, 'checkout.session.async_payment_succeeded', session))
    expect(await receiptsOf(visit)).toBe(1)
  })

  test('B-02 it may be told before our own writing down of the link, and the worker then leaves it alone', async () => {
    const visit = await desk.onlineVisit()
    const { partner } = desk
    await desk.turn({
      ...partner,
      makeLink: async (asked) => {
        const link = await partner.makeLink(asked)
        expect((await desk.pays())[0]!.status).toBe(200)
        return link
      },
    })
    expect(await desk.request(visit)).toMatchObject({ state: 'paid', sentAt: null })
    expect(await receiptsOf(visit)).toBe(1)
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })
  })

  test('B-02 another amount or currency than asked is not recorded: it waits on the biller’s list, once', async () => {
    for (const odd of [{ amount_total: 1 }, { currency: 'eur' }]) {
      const { visit, event, session, request } = await paidLink()
      const other = { ...event, data: { object: { ...session, ...odd } } }
      expect((await desk.hear(other)).status).toBe(200)
      expect((await desk.hear(other)).status).toBe(200)
      expect(await receiptsOf(visit)).toBe(0)
      const notices = await noticesOf(request.paymentRequestId)
      expect(notices).toMatchObject([{ kind: 'mismatch', receiptId: null, settledAt: null }])
      const { paymentNoticeId } = notices[0]
      const settled = await desk.biller.post(`/v1/payment-notices/${paymentNoticeId}/settle`)
      expect(settled.body.settledAt).not.toBeNull()
      const open = await desk.biller.get('/v1/payment-notices?settled=false')
      expect(JSON.stringify(open.body)).not.toContain(paymentNoticeId)
    }
  })

  test('B-02 refunds and disputes go on the biller’s list with their receipt, once each, and the ledger stays', async () => {
    const { visit, event, session, request } = await paidLink()
    await desk.hear(event)
    const { payment_intent } = session
    const charge = { object: 'charge', payment_intent, amount_refunded: 5_000, metadata: {} }
    const dispute = {
      object: 'dispute',
      payment_intent,
      amount: 15_000,
      status: 'needs_response',
      reason: 'fraudulent',
      metadata: {},
    }
    const refunded = desk.stripe.event(desk.accountId, 'charge.refunded', charge)
    const disputed = desk.stripe.event(desk.accountId, 'charge.dispute.created', dispute)
    for (const told of [refunded, refunded, disputed, disputed])
      expect((await desk.hear(told)).status).toBe(200)
    const [receiptId] = (await desk.request(visit)).receiptIds
    expect(await noticesOf(request.paymentRequestId)).toMatchObject([
      { kind: 'refund', receiptId, amountCents: 5_000 },
      { kind: 'dispute', receiptId, amountCents: 15_000, detail: expect.stringContaining('needs response') },
    ])
    const told = (await desk.facts(PaymentContested)).filter(({ key }) => key === request.paymentRequestId)
    expect(told.map(({ data }) => data.kind)).toEqual(['refund', 'dispute'])
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })
  })

  test('B-02 a refund told before its payment finds the request by what we wrote on the link', async () => {
    const { event, session, request } = await paidLink()
    const metadata = { [REQUEST_KEY]: request.paymentRequestId }
    const charge = { payment_intent: session.payment_intent, amount_refunded: 15_000, metadata }
    await desk.hear(desk.stripe.event(desk.accountId, 'charge.refunded', charge))
    await desk.hear(event)
    expect(await noticesOf(request.paymentRequestId)).toMatchObject([{ kind: 'refund', receiptId: null }])
    expect(await desk.request({ ...desk.visit(), patientId: request.patientId })).toMatchObject({
      state: 'paid',
    })
  })

  test('B-02 money on its way changes nothing; when it does not come, the link is used up and a person is told', async () => {
    const visit = await desk.onlineVisit()
    await desk.turn()
    const pending = desk.stripe.pay(desk.accountId, desk.newestLink(), { status: 'unpaid' })
    await desk.hear(pending)
    expect(await desk.request(visit)).toMatchObject({ state: 'open' })
    const failed = desk.stripe.event(
      desk.accountId,
      'checkout.session.async_payment_failed',
      pending.data.object as object,
    )
    await desk.hear(failed)
    await desk.hear(failed)
    const expired = await desk.request(visit)
    expect(expired).toMatchObject({ state: 'expired', reason: 'payment-failed' })
    expect(await noticesOf(expired.paymentRequestId)).toMatchObject([{ kind: 'failed' }])
    const again = await desk.biller.post('/v1/payment-requests', {
      billingEncounterId: expired.billingEncounterId,
    })
    expect(again).toMatchObject({ status: 201, body: { state: 'creating', amountCents: 15_000 } })
  })

  test('B-02 a page that was left open unpaid runs out, and the link still takes money', async () => {
    const visit = await desk.onlineVisit()
    await desk.turn()
    const left = desk.stripe.openPage(desk.accountId, desk.newestLink())
    await desk.hear(
      desk.stripe.event(desk.accountId, 'checkout.session.expired', { ...left, status: 'expired' }),
    )
    expect(await desk.request(visit)).toMatchObject({ state: 'open' })
    await desk.pays()
    expect(await desk.request(visit)).toMatchObject({ state: 'paid' })
  })

  test('B-02 what is about nothing of ours is acknowledged and leaves no trace', async () => {
    const rows = () => desk.count(sql`select from audit where user_id = 'stripe'`)
    const before = await rows()
    const session = { object: 'checkout.session', payment_status: 'paid', amount_total: 1, currency: 'usd' }
    const strange = [
      ['checkout.session.completed', { ...session, metadata: { [REQUEST_KEY]: newId() } }],
      [
        'checkout.session.completed',
        { ...session, metadata: { [REQUEST_KEY]: "' or 1=1" }, payment_link: 'plink_x' },
      ],
      ['checkout.session.completed', session],
      ['charge.dispute.created', { payment_intent: 'pi_x', amount: 1, status: 'lost', reason: 'general' }],
      ['customer.created', { id: 'cus_1', name: 'Somebody' }],
    ] as const
    for (const [type, object] of strange) {
      const heard = await desk.hear(desk.stripe.event(desk.accountId, type, object))
      expect([type, heard.status, await heard.json()]).toEqual([type, 200, { received: true }])
    }
    expect(await rows()).toBe(before)
  })

  test('P-06 B-02 somebody who writes our request’s id on a link of their own account pays nothing of ours', async () => {
    const { visit, session } = await paidLink()
    const theirs = desk.stripe.event('acct_other', 'checkout.session.completed', session)
    expect((await desk.hear(theirs)).status).toBe(200)
    const nobodys: { account?: string } = desk.stripe.event('', 'checkout.session.completed', session)
    delete nobodys.account
    expect((await desk.hear(nobodys)).status).toBe(200)
    expect(await receiptsOf(visit)).toBe(0)
  })

  test('P-06 B-02 another practice sees none of it', async () => {
    const { visit, event, request } = await paidLink()
    await desk.hear(event)
    const stranger = await desk.as({ permissions: [...ROLES.owner!], practiceIds: [newId()] })
    for (const path of ['/v1/payment-requests', '/v1/payment-notices']) {
      const { body } = await stranger.get(path)
      expect(Object.values(body).flat().filter(Boolean)).toEqual([])
    }
    expect((await stranger.get('/v1/payment-partner')).body).toMatchObject({ connected: false })
    const { billingEncounterId } = request
    expect((await stranger.post('/v1/payment-requests', { billingEncounterId })).status).toBe(404)
    expect((await desk.request(visit)).receiptIds).toHaveLength(1)
  })
})
