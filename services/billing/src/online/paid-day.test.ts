import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ReceiptRecorded } from '@praxisbus/contracts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

/** The evening of May 30 in Chicago, the next day in UTC. */
const PAID_AT = Date.parse('2026-05-31T02:00:00Z') / 1_000
const newest = async () => (await desk.facts(ReceiptRecorded)).at(-1)!.data
async function payLate() {
  const visit = await desk.onlineVisit()
  await desk.turn()
  return { visit, event: desk.stripe.pay(desk.accountId, desk.newestLink(), { atSeconds: PAID_AT }) }
}

test('B-02 B-07 a payment is of the day on which it was made, though the message of it comes later', async () => {
  const { visit, event } = await payLate()
  expect((await desk.hear(event)).status).toBe(200)
  expect(await desk.bill(visit)).toMatchObject({ balanceCents: 0 })
  expect(await newest()).toMatchObject({ depositDate: '2026-05-30', batchDate: '2026-05-30' })
})

test('B-02 B-07 so is one that is found by asking, of which no message came', async () => {
  const { visit } = await payLate()
  await desk.comesUp(visit)
  await desk.turn()
  expect(await desk.request(visit)).toMatchObject({ state: 'paid' })
  expect(await newest()).toMatchObject({ depositDate: '2026-05-30', batchDate: '2026-05-30' })
})

test('B-02 B-09 where its month is closed, it is deposited in it all the same and posted after it', async () => {
  const { event } = await payLate()
  const closer = await desk.as({ permissions: ['period.close'] })
  expect((await closer.post('/v1/reporting-periods', { endsOn: '2026-05-31' })).status).toBe(201)
  await desk.hear(event)
  const { depositDate, batchDate } = await newest()
  expect(depositDate).toBe('2026-05-30')
  expect(String(batchDate) > '2026-05-31').toBe(true)
})
