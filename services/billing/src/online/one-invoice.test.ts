import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { lineItem, type Visit } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

/** Oldest first. */
const invoices = async ({ patientId }: Visit) => {
  const { documents } = (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body
  return documents.filter((document: { kind: string }) => document.kind === 'invoice').reverse()
}
const living = async (visit: Visit) =>
  (await invoices(visit)).filter((document: { status: string }) => document.status !== 'void')
const pathOf = async (visit: Visit) => `/v1/billing-encounters/${(await desk.bill(visit)).billingEncounterId}`
const ask = async (visit: Visit) => {
  const { billingEncounterId } = await desk.bill(visit)
  return desk.biller.post('/v1/payment-requests', { billingEncounterId })
}
/** Takes the bill back and gives its line this price. */
async function reprice(visit: Visit, unitAmountCents: number) {
  const path = await pathOf(visit)
  await desk.biller.post(`${path}/reverse`, { reason: 'price' })
  const { version, lines } = await desk.bill(visit)
  const { lineId, code, description, units } = lines[0]!
  const line = { lineId, code, description, units, unitAmountCents }
  await desk.biller.put(`${path}/lines`, { lines: [line] }, { ifMatch: version })
}

describe('one invoice of a bill counts', () => {
  test('B-02 B-03 an invoice in review, and one that was sent, is void once its payment is asked for online', async () => {
    for (const send of [false, true]) {
      const visit = await desk.onlineVisit({ paymentType: 'other' })
      const [first] = await invoices(visit)
      if (send) await desk.biller.post(`/v1/documents/${first.documentId}/send`, {})
      expect((await ask(visit)).status).toBe(201)
      expect(await invoices(visit)).toMatchObject([
        { number: first.number, status: 'void', totalCents: 15_000 },
        { status: 'issued', totalCents: 15_000 },
      ])
      const { content } = (await desk.biller.get(`/v1/documents/${first.documentId}`)).body
      expect(content).toMatchObject({ balanceCents: 15_000, lines: [{ code: '90834' }] })
    }
  })

  test('B-02 B-05 a bill that is taken back and signed anew before the link is looked at: the replaced one counts', async () => {
    // The same price again: what is owed fits the link, whose invoice is void all the same.
    for (const price of [12_000, 15_000]) {
      const visit = await desk.onlineVisit()
      await desk.turn()
      await reprice(visit, price)
      await desk.biller.post(`${await pathOf(visit)}/sign`)
      await desk.watch()
      expect(await living(visit)).toMatchObject([{ status: 'issued', totalCents: price }])
      const [{ documentId }] = await living(visit)
      expect(await desk.requests(visit)).toMatchObject([
        { state: 'open', amountCents: price, documentId },
        { state: 'cancelled', reason: 'replaced' },
      ])
    }
  })

  test('B-02 two who ask at once, and one who signs or sends meanwhile, leave one invoice that counts', async () => {
    for (let round = 0; round < 4; round++) {
      const visit = await desk.onlineVisit({ paymentType: 'other' })
      const [{ documentId }] = await invoices(visit)
      const asked = await Promise.all([
        ask(visit),
        ask(visit),
        desk.biller.post(`/v1/documents/${documentId}/send`, {}),
      ])
      expect(asked.slice(0, 2).map(({ status }) => status)).toEqual(expect.arrayContaining([201, 409]))
      expect([200, 409]).toContain(asked[2].status)
      expect(await living(visit)).toMatchObject([{ status: 'issued', totalCents: 15_000 }])
    }
    for (let round = 0; round < 4; round++) {
      const visit = await desk.onlineVisit({ paymentType: 'other', lineItems: [lineItem('90834', 10_000)] })
      await reprice(visit, 9_000)
      const path = await pathOf(visit)
      const [signed, asked] = await Promise.all([desk.biller.post(`${path}/sign`), ask(visit)])
      expect(signed.status).toBe(200)
      // Asked first, nothing was owed.
      expect(asked.status === 201 || asked.body.type === 'urn:praxisbus:problem:nothing_owed').toBe(true)
      const status = asked.status === 201 ? 'issued' : 'review'
      expect(await living(visit)).toMatchObject([{ status, totalCents: 9_000 }])
    }
  })
})
