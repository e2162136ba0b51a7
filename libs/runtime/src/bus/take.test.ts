import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { defineEvent, type EventContract } from '@praxisbus/contracts'
import { database, type TestDatabase, waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { z } from 'zod'
import { type Database, openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { sql } from '../sql.ts'
import { toCloudEvent } from './cloud-event.ts'
import { type Delivered, openInbox } from './inbox.ts'
import { listParked, park, requestRetry } from './parking.ts'
import { reaction } from './reaction.ts'
import { retryParked } from './retry.ts'
import { openTaker } from './take.ts'

const Noted: EventContract<{ text: string }> = defineEvent({
  topic: 'note.noted',
  version: 1,
  owner: 'scheduler',
  aggregate: 'note',
  partitions: 1,
  description: 'A note was taken.',
  data: z.object({ text: z.string() }),
})

const consumer = 'take-test'
const practiceId = newId()
let clone: TestDatabase
let db: Database
let relay: Database
let admin: pg.Client

beforeAll(async () => {
  clone = await database('runtime')
  admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(`
    create table note (practice_id uuid not null, id uuid primary key, texts text not null default '');
    select practice_table('note', 'select, insert, update')`)
  db = openDatabase(clone.appUrl)
  relay = openDatabase(clone.relayUrl, { max: 4 })
})
afterAll(async () => {
  await Promise.all([db.close(), relay.close(), admin.end()])
  await clone.drop()
})
afterEach(async () => {
  faulty = crowded = undefined
  await admin.query('delete from parked')
})

const tries: string[] = []
let faulty: string | undefined
/** For this one PostgreSQL says that it has no memory left. */
let crowded: string | undefined
const reactions = [
  reaction(Noted, async ({ tx, event }, { text }) => {
    tries.push(text)
    if (text === faulty) throw new Error('cannot digest this')
    if (text === crowded) await tx.run(sql`do $$ begin raise exception using errcode = '53200'; end $$`)
    await tx.run(sql`
      insert into note values (${practiceId}, ${event.subject}, ${text})
      on conflict (id) do update set texts = note.texts || excluded.texts`)
  }),
]
const openHere = () => {
  const inbox = openInbox({ consumer, database: db, reactions, onFacts: () => undefined })
  const log = openLog(consumer, 'silent')
  const take = openTaker({ consumer, database: db, relay, log, metrics: openMetrics(consumer) }, inbox)
  return { inbox, take }
}
const lease = { live: () => true, heartbeat: async () => undefined, passed: async () => undefined }

let offset = 0
function noted(subject: string, text: string): Delivered {
  const event = toCloudEvent(
    Noted,
    { subject, version: offset + 1, data: { text } },
    { practiceId, time: Temporal.Now.instant() },
  )
  return {
    topic: event.topic,
    partition: 0,
    offset: offset++,
    key: event.key,
    headers: event.headers,
    body: event.body,
  }
}
const textsOf = async (id: string): Promise<string | undefined> =>
  (await admin.query<{ texts: string }>('select texts from note where id = $1', [id])).rows[0]?.texts

test('D1 P-02 attempts at another message of its place do not count against a message of a topic made anew', async () => {
  const id = newId()
  const message = noted(id, 'a')
  await admin.query(
    `insert into delivery_attempt (consumer, topic, partition, "offset", event_id, attempts) values ($1, $2, 0, $3, $4, 5)`,
    [consumer, message.topic, message.offset, newId()],
  )
  await openHere().take([message], lease)
  expect(await textsOf(id)).toBe('a')
  expect(await listParked(relay)).toEqual([])
})

/** Somebody has the note in hand, as a forgotten transaction has; the returned function lets go. */
async function holdNote(id: string): Promise<() => Promise<void>> {
  await admin.query('insert into note values ($1, $2) on conflict do nothing', [practiceId, id])
  const holder = new pg.Client(clone.adminUrl)
  await holder.connect()
  await holder.query('begin')
  await holder.query('select from note where id = $1 for update', [id])
  return () => holder.end()
}

test('T2 P-02 a message that waits for somebody’s lock is no poison: other keys go on, and it follows by itself, in order', async () => {
  const [held, free] = [newId(), newId()]
  const { take, inbox } = openHere()
  const letGo = await holdNote(held)
  try {
    const began = performance.now()
    await take([noted(held, 'a'), noted(free, 'x'), noted(held, 'b'), noted(free, 'y')], lease)
    expect(performance.now() - began).toBeLessThan(8_000)
    expect(await textsOf(free)).toBe('xy')
    expect(await listParked(relay)).toEqual([
      expect.objectContaining({
        key: held,
        attempts: 0,
        error: expect.stringMatching(/by itself: .*lock timeout/),
      }),
      expect.objectContaining({ key: held, attempts: 0, error: expect.stringContaining('behind') }),
    ])
    // However long it takes, none of it counts.
    for (let round = 0; round < 7; round++) await retryParked(relay, inbox)
    expect((await listParked(relay)).map(({ attempts }) => attempts)).toEqual([0, 0])
    expect(await textsOf(held)).toBe('')
  } finally {
    await letGo()
  }
  await retryParked(relay, inbox)
  expect(await textsOf(held)).toBe('ab')
  expect(await listParked(relay)).toEqual([])
}, 40_000)

test('T2 P-02 a retry that an operator asked for waits for a lock too, and is still asked for', async () => {
  const id = newId()
  const { inbox } = openHere()
  await park(relay, consumer, noted(id, 'a'), { error: 'cannot digest this', attempts: 5 })
  await requestRetry(relay, id)
  const letGo = await holdNote(id)
  try {
    for (let round = 0; round < 3; round++) await retryParked(relay, inbox)
    expect(await listParked(relay)).toMatchObject([
      { attempts: 5, error: expect.stringContaining('lock timeout') },
    ])
  } finally {
    await letGo()
  }
  await retryParked(relay, inbox)
  expect(await textsOf(id)).toBe('a')
  expect(await listParked(relay)).toEqual([])
}, 40_000)

test('T2 P-02 while PostgreSQL has no room for anybody a message waits where it is', async () => {
  const id = newId()
  const { take } = openHere()
  crowded = 'full'
  const taken = take([noted(id, 'full')], lease)
  const before = tries.length
  await waitFor(() => tries.length >= before + 12, 20_000, 'more attempts than poison gets')
  expect(await listParked(relay)).toEqual([])
  crowded = undefined
  await taken
  expect(await textsOf(id)).toBe('full')
}, 40_000)

test('T2 P-02 what waited and turns out to be poison is parked after as many attempts as poison gets, and stays', async () => {
  const id = newId()
  const { take, inbox } = openHere()
  const letGo = await holdNote(id)
  await take([noted(id, 'bad'), noted(id, 'good')], lease).finally(letGo)
  faulty = 'bad'
  tries.length = 0
  for (let round = 0; round < 8; round++) await retryParked(relay, inbox)
  expect(tries).toEqual(Array(5).fill('bad'))
  expect(await listParked(relay)).toMatchObject([
    { attempts: 5, error: expect.stringContaining('cannot digest this') },
    { attempts: 0 },
  ])
  faulty = undefined
  await retryParked(relay, inbox)
  expect(await textsOf(id)).toBe('')
  await requestRetry(relay, id)
  await retryParked(relay, inbox)
  expect(await textsOf(id)).toBe('badgood')
}, 40_000)

test('T2 P-02 what waits and keeps killing the process is not tried for ever', async () => {
  const id = newId()
  const { inbox } = openHere()
  await park(relay, consumer, noted(id, 'killer'), { error: 'waits', attempts: 5, waits: true })
  tries.length = 0
  await retryParked(relay, inbox)
  await retryParked(relay, inbox)
  expect(tries).toEqual([])
  expect(await listParked(relay)).toMatchObject([
    { error: expect.stringContaining('the process ended 5 times') },
  ])
})
