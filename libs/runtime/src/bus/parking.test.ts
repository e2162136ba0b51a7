import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import { type Database, openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import type { Delivered } from './inbox.ts'
import { listParked, park } from './parking.ts'

let clone: TestDatabase
let relay: Database
beforeAll(async () => {
  clone = await database('runtime')
  relay = openDatabase(clone.relayUrl, { max: 2 })
})
afterAll(async () => {
  await relay.close()
  await clone.drop()
})

const fault = { error: 'cannot digest this', attempts: 5 }
/** All at one place of a partition of that topic. */
const at = (topic: string, key: string, headers: Record<string, string>, body: string | null): Delivered => ({
  topic,
  partition: 0,
  offset: 5,
  key,
  headers,
  body,
})
const parkedOf = async (topic: string) =>
  (await listParked(relay))
    .filter((message) => message.topic === topic)
    .map(({ headers, body }) => [headers.ce_id, body])

test('D1 P-02 a message of a topic made anew is parked too, where an older one is parked at its place', async () => {
  const [old, fresh] = [newId(), newId()]
  const ofEvent = (id: string) => at('made.anew', `key of ${id}`, { ce_id: id, ce_practiceid: newId() }, '{}')
  expect(await park(relay, 'ehr', ofEvent(old), fault)).toBe(true)
  expect(await park(relay, 'ehr', ofEvent(fresh), fault)).toBe(true)
  expect(await parkedOf('made.anew')).toEqual([
    [old, '{}'],
    [fresh, '{}'],
  ])
})

test('D1 P-02 garbage at one place that is not the same is parked each, though nothing names it', async () => {
  for (const garbage of ['first', 'second', '', null])
    await park(relay, 'ehr', at('garbage', '', {}, garbage), fault)
  await park(relay, 'ehr', at('garbage', '', { other: 'header' }, 'first'), fault)
  expect((await parkedOf('garbage')).map(([, body]) => body)).toEqual(['first', 'second', '', null, 'first'])
})

test('P-02 a message that is delivered again is parked once', async () => {
  const again = at('again', 'k', { ce_id: newId(), ce_practiceid: newId() }, '{}')
  const unnamed = at('again', 'k', {}, 'garbage')
  for (const message of [again, unnamed, again, unnamed])
    expect(await park(relay, 'ehr', message, fault)).toBe(true)
  expect(await parkedOf('again')).toHaveLength(2)
})
