import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PaymentRequestClosed } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import type { StripeTrouble } from '@praxisbus/testing'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

const LINKS = ['GET /v1/payment_links', 'POST /v1/payment_links', 'GET /v1/checkout/sessions']
/** The account was taken away from us, or the partner knows nothing of what we ask. */
const away = (how: StripeTrouble['how']) =>
  desk.stripe.trouble(...LINKS.map((on) => ({ on, how, times: 50 })))
const back = () => desk.stripe.trouble()

async function opened() {
  back()
  const visit = await desk.onlineVisit()
  await desk.turn()
  const request = await desk.request(visit)
  const again = () =>
    desk.biller.post('/v1/payment-requests', { billingEncounterId: request.billingEncounterId })
  const giveUp = (id = request.paymentRequestId) => desk.biller.post(`/v1/payment-requests/${id}/give-up`)
  const step = async () => {
    await desk.comesUp(visit)
    await desk.turn()
    return desk.request(visit)
  }
  return { visit, request, link: desk.newestLink(), again, giveUp, step }
}
const isActive = async (link: string) => {
  const state = await desk.partner.look(desk.accountId, link)
  return 'active' in state ? state.active : undefined
}

describe('a link that the partner refuses to know', () => {
  test('B-02 an open one has expired, and the bill can be asked for again', async () => {
    const { again, step, request } = await opened()
    away('refused')
    expect(await step()).toMatchObject({ state: 'expired', reason: 'closed-at-partner' })
    expect((await desk.facts(PaymentRequestClosed)).at(-1)).toMatchObject({ key: request.paymentRequestId })
    back()
    expect((await again()).status).toBe(201)
  })

  test('B-02 one that is being withdrawn is cancelled, and what is still owed is asked for', async () => {
    const { visit } = await opened()
    await desk.checkIn(visit, 4_000)
    desk.stripe.trouble(...LINKS.map((on) => ({ on, how: 'refused' as const })))
    await desk.watch()
    expect(
      (await desk.requests(visit)).map(({ state, reason, amountCents }) => [state, reason, amountCents]),
    ).toEqual([
      ['open', null, 11_000],
      ['cancelled', 'replaced', 15_000],
    ])
  })

  test('B-02 one that it refuses to withdraw but that takes money is not forgotten', async () => {
    const { visit, step, link } = await opened()
    await desk.checkIn(visit, 15_000)
    desk.stripe.trouble({ on: 'POST /v1/payment_links', how: 'refused', times: 50 })
    await desk.watch()
    expect(await desk.request(visit)).toMatchObject({ state: 'closing', lastError: expect.any(String) })
    expect(await isActive(link)).toBe(true)
    back()
    expect(await step()).toMatchObject({ state: 'cancelled', reason: 'nothing-owed' })
    expect(await isActive(link)).toBe(false)
  })
})

describe('an account to which the partner refuses access', () => {
  test('B-02 it is said; a person gives the request up, asks again, and money that comes by the old link finds its bill', async () => {
    const { visit, request, link, again, giveUp, step } = await opened()
    expect(await giveUp()).toMatchObject({
      status: 409,
      body: { type: 'urn:praxisbus:problem:within_reach' },
    })
    await desk.checkIn(visit, 5_000)
    away('no-access')
    await desk.watch()
    const lost = await desk.request(visit)
    expect(lost).toMatchObject({ state: 'closing', accessLostAt: expect.any(String) })
    expect(lost.note).toContain('give-up')
    expect((await again()).body.type).toContain('already_asked')

    const given = await giveUp()
    expect(given.body).toMatchObject({ state: 'expired', reason: 'out-of-reach', url: null })
    expect(given.body.note).toContain('may still be paid')
    expect((await desk.facts(PaymentRequestClosed)).at(-1)!.data).toMatchObject({
      outcome: 'expired',
      reason: 'refused',
      givenUp: true,
    })
    expect((await giveUp()).body.type).toContain('ended')
    expect((await giveUp(newId())).status).toBe(404)
    expect((await again()).status).toBe(201)

    const event = desk.stripe.pay(desk.accountId, link)
    await desk.hear(event)
    const old = (await desk.requests(visit)).find(
      ({ paymentRequestId }) => paymentRequestId === request.paymentRequestId,
    )
    expect(old).toMatchObject({ state: 'paid', receiptIds: [expect.any(String)] })
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })
    back()
    await step()
    expect(await desk.request(visit)).toMatchObject({ state: 'cancelled', reason: 'nothing-owed' })
  })

  test('B-02 once access is back, a link that was given up is withdrawn, or its payment recorded', async () => {
    for (const pays of [true, false]) {
      const { visit, link, giveUp, step } = await opened()
      away('no-access')
      expect(await step()).toMatchObject({ state: 'open', accessLostAt: expect.any(String) })
      await giveUp()
      if (pays) desk.stripe.pay(desk.accountId, link)
      // Asked while it is still away, it goes on waiting.
      expect(await step()).toMatchObject({ state: 'expired' })
      back()
      const after = await step()
      expect(after).toMatchObject({
        state: pays ? 'paid' : 'expired',
        accessLostAt: null,
      })
      expect(await isActive(link)).toBe(false)
      expect(await desk.bill(visit)).toMatchObject({ balanceCents: pays ? 0 : 15_000 })
    }
  })

  test('B-02 one whose answer was never known is given up too; its link is withdrawn when it is found', async () => {
    back()
    const visit = await desk.onlineVisit()
    desk.stripe.trouble({ on: 'POST /v1/payment_links', how: 'fault-after' })
    await desk.turn()
    away('no-access')
    await desk.comesUp(visit)
    await desk.turn()
    const { paymentRequestId, state } = await desk.request(visit)
    expect(state).toBe('unknown')
    expect((await desk.biller.post(`/v1/payment-requests/${paymentRequestId}/give-up`)).status).toBe(200)
    back()
    await desk.comesUp(visit)
    await desk.turn()
    expect(await desk.request(visit)).toMatchObject({ state: 'expired', accessLostAt: null })
    const links = await desk.linksOf(visit)
    expect(links).toHaveLength(1)
    expect(await isActive(links[0]!)).toBe(false)
  })

  test('B-02 access that comes back by itself is not said any more', async () => {
    const { step } = await opened()
    away('no-access')
    await step()
    back()
    expect(await step()).toMatchObject({ state: 'open', accessLostAt: null, lastError: null, note: null })
  })
})
