import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type BillingDesk, openBillingDesk, procedure, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.service('90834', 15_000)
  await desk.service('96127', 700)
})
afterAll(() => desk.close())

/** Whether it is in the review list; the bill itself and its row in the other lists say the same. */
async function waits(visit: Visit): Promise<boolean> {
  const { billingEncounterId, needsReview } = await desk.bill(visit)
  const list = async (review: boolean) =>
    (await desk.biller.get(`/v1/billing-encounters?review=${review}&patientId=${visit.patientId}`)).body
      .billingEncounters
  const [inReview, others] = await Promise.all([list(true), list(false)])
  const [found] = [...inReview, ...others]
  expect([...inReview, ...others]).toHaveLength(1)
  expect(found).toMatchObject({ billingEncounterId, needsReview })
  expect(inReview).toHaveLength(needsReview ? 1 : 0)
  return needsReview
}

test('B-06 a bill is in the review list while something of it waits, through all that happens to it', async () => {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.release(visit, { procedures: [procedure('90834')] })
  expect(await waits(visit)).toBe(true)
  const { billingEncounterId } = await desk.bill(visit)
  const path = `/v1/billing-encounters/${billingEncounterId}`

  expect((await desk.biller.post(`${path}/sign`)).status).toBe(200)
  expect(await waits(visit)).toBe(false)
  // The amended note brings a further service.
  await desk.release(visit, {
    procedures: [procedure('90834'), procedure('96127')],
    releasedAt: '2026-03-03T17:00:00Z',
  })
  expect(await waits(visit)).toBe(true)
  expect((await desk.biller.post(`${path}/sign`)).status).toBe(200)
  for (const { releaseId } of (await desk.bill(visit)).releases.filter((release) => release.waits))
    await desk.biller.post(`/v1/encounter-releases/${releaseId}/settle`, { note: 'as billed', take: false })
  expect(await waits(visit)).toBe(false)

  // Its charges are taken back, and its lines are open again.
  expect((await desk.biller.post(`${path}/reverse`, { reason: 'wrong units' })).status).toBe(200)
  expect(await waits(visit)).toBe(true)
  expect((await desk.biller.post(`${path}/sign`)).status).toBe(200)
  expect(await waits(visit)).toBe(false)
  expect((await desk.biller.post(`${path}/reverse`, { reason: 'wrong patient' })).status).toBe(200)
  expect((await desk.biller.post(`${path}/cancel`)).status).toBe(200)
  expect(await waits(visit)).toBe(false)
})
