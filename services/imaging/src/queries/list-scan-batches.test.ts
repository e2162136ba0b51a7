import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import type { Api } from '@praxisbus/testing'
import { openScanDesk, type ScanDesk } from '../testing/scan-desk.ts'

let desk: ScanDesk
let clerk: Api
const ids: string[] = []

beforeAll(async () => {
  desk = await openScanDesk()
  clerk = await desk.clerk()
  for (const type of ['charge', 'payment', 'charge'])
    ids.push((await clerk.post('/v1/scan-batches', { type })).body.scanBatchId)
})
afterAll(() => desk.close())

const listed = async (query: string) => {
  const { body } = await clerk.get(`/v1/scan-batches${query}`)
  return {
    ids: body.items.map((item: { scanBatchId: string }) => ids.indexOf(item.scanBatchId)),
    next: body.next,
  }
}

test('I-02 the newest comes first, by type and by status', async () => {
  expect(await listed('')).toEqual({ ids: [2, 1, 0], next: null })
  expect(await listed('?type=charge')).toEqual({ ids: [2, 0], next: null })
  expect(await listed('?status=open&type=payment')).toEqual({ ids: [1], next: null })
  expect(await listed('?status=indexed')).toEqual({ ids: [], next: null })
})

test('I-02 goes on page by page, each batch once', async () => {
  const first = await listed('?limit=2')
  expect(first).toEqual({ ids: [2, 1], next: ids[1] })
  expect(await listed(`?limit=2&after=${first.next}`)).toEqual({ ids: [0], next: null })
})

test('I-02 counts sets and images', async () => {
  const { body } = await clerk.get('/v1/scan-batches?limit=1')
  expect(body.items[0]).toMatchObject({ imageSetCount: 1, imageCount: 0, version: 1, status: 'open' })
})

test.each(['limit=0', 'limit=101', 'limit=x', 'status=lost', 'type=refund', 'after=7', 'page=2'])(
  'I-02 refuses ?%s by name',
  async (query) => {
    const { status, body } = await clerk.get(`/v1/scan-batches?${query}`)
    expect(status).toBe(400)
    expect(body.errors[0].field).toBe(query.split('=')[0])
  },
)

test('I-02 P-06 another practice sees none of them, and reading leaves an audit entry', async () => {
  const stranger = await desk.clerk(newId())
  expect((await stranger.get('/v1/scan-batches')).body).toEqual({ items: [], next: null })
  expect((await stranger.get(`/v1/scan-batches/${ids[0]}`)).status).toBe(404)
  await clerk.get(`/v1/scan-batches/${ids[0]}`)
  const { reads } = await desk.database.read(desk.practiceId, (tx) =>
    tx.one<{ reads: number }>(
      sql`select count(*) as reads from audit where action = 'read' and record_id = ${ids[0]}`,
    ),
  )
  expect(reads).toBeGreaterThan(0)
})

test('P-06 every table of imaging is bound to its practice', async () => {
  const loose = await desk.database.plain((tx) =>
    tx.many(sql`
      select relname from pg_class
       where relnamespace = 'public'::regnamespace and relkind = 'r' and not (relrowsecurity and relforcerowsecurity)
         and relname in ('practice_replica', 'location_replica', 'payer_replica', 'scan_batch', 'image_set', 'image_file', 'image')`),
  )
  expect(loose).toEqual([])
  const seen = await desk.database.plain((tx) => tx.many(sql`select id from scan_batch`))
  expect(seen).toEqual([])
})
