import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PaymentRequestClosed, PaymentRequestSent } from '@praxisbus/contracts'
import type { StripeTrouble } from '@praxisbus/testing'
import type { PaymentPartner } from '../adapters/stripe.ts'
import { lineItem, type Visit } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

const MAKE = 'POST /v1/payment_links'

/** The worker's next turn, without the wait before it. */
async function settle(visit: Visit): Promise<void> {
  await desk.comesUp(visit)
  await desk.turn()
}

async function troubled(...troubles: StripeTrouble[]) {
  const visit = await desk.onlineVisit()
  const before = desk.stripe.requests.length
  desk.stripe.trouble(...troubles)
  await desk.turn()
  const calls = () => desk.stripe.requests.slice(before)
  return { visit, calls, first: await desk.request(visit) }
}

describe('an answer of the partner that did not come', () => {
  // Stripe's client sends the same question a second time by itself: both fail, so the answer is lost for good.
  test.each(['drop-after', 'hang-after'] as const)(
    'B-02 the link was made and the answer was lost (%s): the state is unknown, the partner is asked what there is, and no second link is made',
    async (how) => {
      const { visit, calls, first } = await troubled({ on: MAKE, how }, { on: MAKE, how: 'drop', times: 2 })
      expect(first).toMatchObject({ state: 'unknown', url: null })
      expect(first.note).toContain('never asked for a second link')
      expect(await desk.linksOf(visit)).toHaveLength(1)
      await settle(visit)
      expect(await desk.request(visit)).toMatchObject({ state: 'open', lastError: null })
      expect(await desk.linksOf(visit)).toHaveLength(1)
      const made = calls().filter(({ call }) => call === MAKE)
      expect(new Set(made.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
      expect(calls().at(-1)!.call).toBe('GET /v1/payment_links')
      expect(
        (await desk.facts(PaymentRequestSent)).filter(({ key }) => key === first.paymentRequestId),
      ).toHaveLength(1)
    },
    30_000,
  )

  test('B-02 the question never arrived: it is put again under the same key', async () => {
    const { visit, calls, first } = await troubled({ on: MAKE, how: 'drop', times: 2 })
    expect(first.state).toBe('unknown')
    expect(await desk.linksOf(visit)).toHaveLength(0)
    await settle(visit)
    expect(await desk.request(visit)).toMatchObject({ state: 'open' })
    expect(await desk.linksOf(visit)).toHaveLength(1)
    expect(
      new Set(
        calls()
          .filter(({ call }) => call === MAKE)
          .map(({ idempotencyKey }) => idempotencyKey),
      ).size,
    ).toBe(1)
  })

  test('B-02 a fault after the work was done: the link is found by what we wrote on it', async () => {
    const { visit, first } = await troubled({ on: MAKE, how: 'fault-after', times: 1 })
    expect(first.state).toBe('unknown')
    await settle(visit)
    expect(await desk.request(visit)).toMatchObject({ state: 'open' })
    expect(await desk.linksOf(visit)).toHaveLength(1)
  })

  test('B-02 a fault before any work: the partner keeps it under the key, so the next question has another', async () => {
    const { visit, calls } = await troubled({ on: MAKE, how: 'fault' })
    await settle(visit)
    expect(await desk.request(visit)).toMatchObject({ state: 'open' })
    const keys = calls()
      .filter(({ call }) => call === MAKE)
      .map(({ idempotencyKey }) => idempotencyKey!.split('-').at(-1))
    expect([keys[0], keys.at(-1)]).toEqual(['1', '2'])
    expect(await desk.linksOf(visit)).toHaveLength(1)
  })

  test('B-02 killed between the answer and our commit, the request is unknown and nothing else; the next process finds the link', async () => {
    const visit = await desk.onlineVisit()
    const dying: PaymentPartner = {
      ...desk.partner,
      makeLink: async (asked) => {
        await desk.partner.makeLink(asked)
        throw new Error('killed')
      },
    }
    await expect(desk.turn(dying)).rejects.toThrow('killed')
    expect(await desk.request(visit)).toMatchObject({ state: 'unknown', url: null, email: null })
    // Claimed by the process that died: nobody takes it up before the claim runs out.
    await desk.turn()
    expect(await desk.request(visit)).toMatchObject({ state: 'unknown' })
    await settle(visit)
    expect(await desk.request(visit)).toMatchObject({ state: 'open', email: 'queued' })
    expect(await desk.linksOf(visit)).toHaveLength(1)
  })

  test('B-02 four workers at one request make one link', async () => {
    const visit = await desk.onlineVisit()
    await Promise.all([1, 2, 3, 4].map(() => desk.turn()))
    expect(await desk.linksOf(visit)).toHaveLength(1)
    expect(await desk.request(visit)).toMatchObject({ state: 'open' })
  })
})

describe('a partner that says no', () => {
  test('B-02 too many requests, or no access: it is asked again later, and the list says what it said', async () => {
    for (const how of ['too-many', 'no-access'] as const) {
      const { visit, first } = await troubled({ on: MAKE, how })
      expect(first).toMatchObject({ state: 'unknown', lastError: expect.stringMatching(/Too many|may not/) })
      await settle(visit)
      expect(await desk.request(visit)).toMatchObject({ state: 'open' })
      expect(await desk.linksOf(visit)).toHaveLength(1)
    }
  })

  test('B-02 a refusal is the end; a person may ask again, with a new invoice', async () => {
    const { visit, first } = await troubled({ on: MAKE, how: 'refused' })
    expect(first).toMatchObject({ state: 'failed', reason: 'refused', lastError: expect.any(String) })
    expect((await desk.facts(PaymentRequestClosed)).at(-1)!.data).toMatchObject({ outcome: 'failed' })
    const { billingEncounterId } = first
    const again = await desk.biller.post('/v1/payment-requests', { billingEncounterId })
    expect(again.status).toBe(201)
    const twice = await desk.biller.post('/v1/payment-requests', { billingEncounterId })
    expect(twice).toMatchObject({ status: 409, body: { type: 'urn:praxisbus:problem:already_asked' } })
    await desk.turn()
    expect(await desk.request(visit)).toMatchObject({ state: 'open' })
  })
})

describe('when the balance moves before the payment', () => {
  const open = async () => {
    const visit = await desk.onlineVisit()
    await desk.turn()
    return { visit, link: desk.newestLink(), request: await desk.request(visit) }
  }
  const isActive = async (link: string) => {
    const state = await desk.partner.look(desk.accountId, link)
    return 'active' in state ? state.active : undefined
  }

  test('B-02 a copay that comes late withdraws the link; another one, with another invoice, asks for the rest', async () => {
    const { visit, link, request } = await open()
    await desk.checkIn(visit, 4_000)
    await desk.watch()
    const [fresh, old] = await desk.requests(visit)
    expect(old).toMatchObject({ state: 'cancelled', reason: 'replaced', url: null })
    expect(fresh).toMatchObject({ state: 'open', amountCents: 11_000, email: 'queued' })
    expect([await isActive(link), await isActive(desk.newestLink())]).toEqual([false, true])
    const { body } = await desk.biller.get(`/v1/documents?patientId=${visit.patientId}`)
    expect(body.documents).toMatchObject([
      { documentId: fresh!.documentId, status: 'issued', owedCents: 11_000 },
      { documentId: request.documentId, status: 'void', owedCents: null },
    ])
  })

  test('B-02 a bill that is paid otherwise, or cancelled, withdraws the link and makes no other', async () => {
    const { visit, link } = await open()
    await desk.checkIn(visit, 15_000)
    await desk.watch()
    expect(await desk.requests(visit)).toMatchObject([{ state: 'cancelled', reason: 'nothing-owed' }])
    expect(await isActive(link)).toBe(false)

    const other = await open()
    const { billingEncounterId } = other.request
    expect((await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/cancel`)).status).toBe(200)
    await desk.watch()
    expect(await desk.requests(other.visit)).toMatchObject([{ state: 'cancelled', reason: 'nothing-owed' }])
    expect(await isActive(other.link)).toBe(false)
  })

  test('B-02 whoever has the page open when the link is withdrawn cannot pay any more', async () => {
    const { visit, link } = await open()
    const page = desk.stripe.openPage(desk.accountId, link)
    await desk.checkIn(visit, 15_000)
    await desk.watch()
    expect(page.status).toBe('expired')
    expect(() => desk.stripe.pay(desk.accountId, link, { at: page })).toThrow('expired')
  })

  test('B-02 paid in the moment of being withdrawn, without a word from the partner: what came is recorded', async () => {
    const { visit, link } = await open()
    await desk.checkIn(visit, 4_000)
    desk.stripe.pay(desk.accountId, link)
    await desk.watch()
    const [request] = await desk.requests(visit)
    expect(request).toMatchObject({ state: 'paid', reason: null })
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })
    const { body } = await desk.biller.get(`/v1/receipts/${request!.receiptIds[0]}`)
    expect(body).toMatchObject({ appliedCents: 11_000, escrowCents: 4_000 })
  })

  test('B-02 a withdrawal whose answer is lost is asked for again until it is certain', async () => {
    const { visit, link } = await open()
    await desk.checkIn(visit, 15_000)
    desk.stripe.trouble({ on: 'POST /v1/payment_links', how: 'fault', times: 2 })
    await desk.watch()
    expect(await desk.request(visit)).toMatchObject({ state: 'closing', url: null })
    await settle(visit)
    await settle(visit)
    expect(await desk.request(visit)).toMatchObject({ state: 'cancelled' })
    expect(await isActive(link)).toBe(false)
  })

  test('B-02 before a link was asked for, the request follows the balance without the partner', async () => {
    const visit = await desk.onlineVisit()
    await desk.checkIn(visit, 4_000)
    const before = desk.stripe.requests.length
    await desk.turn()
    expect(desk.stripe.requests.length).toBe(before)
    await desk.turn()
    expect((await desk.requests(visit)).map(({ state, amountCents }) => [state, amountCents])).toEqual([
      ['open', 11_000],
      ['cancelled', 15_000],
    ])
  })

  test('B-02 a balance that moves while the answer is unknown: the link that is found is withdrawn, not sent', async () => {
    const visit = await desk.onlineVisit({ lineItems: [lineItem('90834', 9_000)] })
    desk.stripe.trouble({ on: MAKE, how: 'fault-after' })
    await desk.turn()
    await desk.checkIn(visit, 9_000)
    await settle(visit)
    await settle(visit)
    expect(await desk.request(visit)).toMatchObject({ state: 'cancelled', sentAt: null, email: null })
    const [link] = await desk.linksOf(visit)
    expect(await isActive(link!)).toBe(false)
  })
})

describe('what nobody told of', () => {
  test('B-02 a payment whose message was lost is found by asking', async () => {
    const visit = await desk.onlineVisit()
    await desk.turn()
    desk.stripe.pay(desk.accountId, desk.newestLink())
    await settle(visit)
    expect(await desk.request(visit)).toMatchObject({ state: 'paid' })
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })
  })

  test('B-02 a link that was closed at the partner is expired here, and a person is told what to do', async () => {
    const visit = await desk.onlineVisit()
    await desk.turn()
    await desk.partner.withdraw(desk.accountId, desk.newestLink())
    await settle(visit)
    const expired = await desk.request(visit)
    expect(expired).toMatchObject({ state: 'expired', reason: 'closed-at-partner' })
    expect(expired.note).toContain('ask for the payment again')
  })

  test('B-02 a second payment by one link is a receipt of its own, whose money stays in escrow', async () => {
    const visit = await desk.onlineVisit()
    await desk.turn()
    const link = desk.newestLink()
    // Two people have the page open: Stripe's limit counts pages that were completed, not those that were opened.
    const pages = [1, 2].map(() => desk.stripe.openPage(desk.accountId, link))
    for (const at of pages) await desk.hear(desk.stripe.pay(desk.accountId, link, { at }))
    const { state, receiptIds } = await desk.request(visit)
    expect([state, receiptIds.length]).toEqual(['paid', 2])
    const second = (await desk.biller.get(`/v1/receipts/${receiptIds[1]}`)).body
    expect(second).toMatchObject({ receivedCents: 15_000, appliedCents: 0, escrowCents: 15_000 })
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })
  })
})
