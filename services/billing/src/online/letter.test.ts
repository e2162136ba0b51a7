import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

/** A person sends the invoice before the worker has made its link. */
async function sentByHand() {
  const visit = await desk.onlineVisit()
  const { documentId } = await desk.request(visit)
  const sent = await desk.biller.post(`/v1/documents/${documentId}/send`, { email: 'spouse@patients.test' })
  expect(sent.status).toBe(200)
  const deliveries = () =>
    desk.database.read(desk.practiceId, (tx) =>
      tx.many<{ status: string; address: string }>(sql`
        select status, address from document_delivery where document_id = ${documentId} order by id`),
    )
  return { visit, documentId, deliveries }
}
const letterTo = (url: string | null) => {
  const { to, raw } = desk.smtp.received.at(-1)!
  return [to, raw.replaceAll('=\r\n', '').includes(url!)]
}

test('B-02 B-03 an invoice that a person sent before its link was made takes the link along, in one letter', async () => {
  const { visit, documentId, deliveries } = await sentByHand()
  await desk.turn()
  const open = await desk.request(visit)
  expect(open).toMatchObject({ state: 'open', email: 'queued' })
  expect(await desk.linksOf(visit)).toHaveLength(1)
  expect(await deliveries()).toEqual([{ status: 'queued', address: 'spouse@patients.test' }])
  await desk.sends(documentId)
  expect(letterTo(open.url)).toEqual(['spouse@patients.test', true])
})

test('B-02 B-03 a letter that was tried before may have left without the link: another one with it takes its place', async () => {
  const { visit, documentId, deliveries } = await sentByHand()
  await desk.database.write(desk.practiceId, (tx) =>
    tx.run(sql`
      update document_delivery set attempts = 1, next_attempt_at = now() + interval '2 minutes'
       where document_id = ${documentId}`),
  )
  await desk.turn()
  const open = await desk.request(visit)
  expect(open).toMatchObject({ state: 'open', email: 'queued' })
  expect((await deliveries()).map(({ status, address }) => [status, address])).toEqual([
    ['failed', 'spouse@patients.test'],
    ['queued', 'spouse@patients.test'],
  ])
  await desk.sends(documentId)
  expect(letterTo(open.url)).toEqual(['spouse@patients.test', true])
})

test('B-02 B-03 sent by hand in the very moment in which the link comes: one letter, and no fault', async () => {
  const visit = await desk.onlineVisit()
  const { documentId } = await desk.request(visit)
  const [sent] = await Promise.all([desk.biller.post(`/v1/documents/${documentId}/send`), desk.turn()])
  expect([200, 409]).toContain(sent.status)
  expect(await desk.request(visit)).toMatchObject({ state: 'open', email: 'queued' })
})
