import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'
import type { PaymentNotice } from './list-payment-notices.ts'

const NOTICES = 601

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

async function pages(query: string): Promise<PaymentNotice[][]> {
  const found: PaymentNotice[][] = []
  let after = ''
  do {
    const { status, body } = await desk.biller.get(`/v1/payment-notices?${query}${after}`)
    expect(status).toBe(200)
    found.push(body.paymentNotices)
    after = body.next && `&after=${body.next}`
  } while (after)
  return found
}

test('B-02 every notice is on a page, oldest first, the newest dispute too', async () => {
  const { paymentRequestId } = await desk.request(await desk.onlineVisit())
  const ids = Array.from({ length: NOTICES }, newId).sort()
  await desk.database.write(desk.practiceId, (tx) =>
    tx.run(sql`
      insert into payment_notice (practice_id, id, event_id, payment_request_id, kind, detail, occurred_at, noticed_at, settled_at)
      select ${desk.practiceId}, id, 'evt_' || id, ${paymentRequestId}, 'dispute', 'Disputed', now(), now(),
             case when id = any(${ids.slice(0, 300)}::uuid[]) then now() end
        from unnest(${ids}::uuid[]) as id`),
  )
  const all = await pages('')
  expect(all.map((page) => page.length)).toEqual([200, 200, 200, 1])
  expect(all.flat().map((notice) => notice.paymentNoticeId)).toEqual(ids)
  const open = await pages('settled=false')
  expect(open.flat().map((notice) => notice.paymentNoticeId)).toEqual(ids.slice(300))
  expect(await desk.biller.get('/v1/payment-notices?after=5')).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'after' }] },
  })
})
