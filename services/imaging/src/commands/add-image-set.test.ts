import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import type { Api } from '@praxisbus/testing'
import { openScanDesk, type ScanDesk } from '../testing/scan-desk.ts'

let desk: ScanDesk
let clerk: Api

beforeAll(async () => {
  desk = await openScanDesk()
  clerk = await desk.clerk()
})
afterAll(() => desk.close())

test('I-03 sets added at the same moment get places of their own', async () => {
  const { scanBatchId } = await desk.newSet(clerk)
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => clerk.post(`/v1/scan-batches/${scanBatchId}/image-sets`)),
  )
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
  const { body, headers } = await clerk.get(`/v1/scan-batches/${scanBatchId}`)
  expect(body.imageSets.map((set: { position: number }) => set.position)).toEqual([1, 2, 3, 4, 5])
  expect(headers.get('etag')).toBe('"5"')
})

test('I-03 a batch that is not there, or another practice’s, is not found', async () => {
  const { scanBatchId } = await desk.newSet(clerk)
  const stranger = await desk.clerk(newId())
  expect((await stranger.post(`/v1/scan-batches/${scanBatchId}/image-sets`)).status).toBe(404)
  expect((await clerk.post(`/v1/scan-batches/${newId()}/image-sets`)).status).toBe(404)
  expect((await clerk.post('/v1/scan-batches/7/image-sets')).status).toBe(400)
})

test('I-03 a batch that is no longer open takes no more sets', async () => {
  const { scanBatchId } = await desk.newSet(clerk)
  // Nothing submits a batch before I-09.
  await desk.database.write(desk.practiceId, (tx) =>
    tx.run(sql`update scan_batch set status = 'submitted' where id = ${scanBatchId}`),
  )
  const answer = await clerk.post(`/v1/scan-batches/${scanBatchId}/image-sets`)
  expect(answer.status).toBe(409)
  expect(answer.body.type).toMatch(/batch_not_open$/)
})
