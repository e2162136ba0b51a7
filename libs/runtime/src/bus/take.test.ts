import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { defineEvent, type EventContract } from '@praxisbus/contracts'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'
import { z } from 'zod'
import { type Database, openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { sql } from '../sql.ts'
import { toCloudEvent } from './cloud-event.ts'
import { type Delivered, openInbox } from './inbox.ts'
import { listParked } from './parking.ts'
import { reaction } from './reaction.ts'
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

const reactions = [
  reaction(Noted, async ({ tx, event }, { text }) => {
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
