import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { defineEvent, type EventContract } from '@praxisbus/contracts'
import {
  database,
  type Managed,
  spawnManaged,
  type TestDatabase,
  type TopicReader,
  testFolder,
  testGround,
  topicReader,
  waitFor,
} from '@praxisbus/testing'
import pg from 'pg'
import { z } from 'zod'
import { type Database, openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { type Bus, openBus } from './kafka.ts'
import { insertEvents, openOutbox } from './outbox.ts'
import { type Relay, startRelay } from './relay.ts'
import type { TestRelaySettings } from './test-relay.ts'

const Stepped: EventContract<{ step: number }> = defineEvent({
  topic: 'stepped',
  version: 1,
  owner: 'scheduler',
  aggregate: 'walk',
  partitions: 3,
  description: 'A step was taken.',
  data: z.object({ step: z.int() }),
})

const HOLD = 42
const log = openLog('relay-test', 'silent')
const practiceId = newId()
let clone: TestDatabase
let db: Database
let admin: pg.Client
let bus: Bus
let topicPrefix: string
let reader: TopicReader
let cleanUps: (() => Promise<unknown>)[]

beforeAll(async () => {
  clone = await database('runtime')
  db = openDatabase(clone.appUrl)
  admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(`
    create function hold() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(${HOLD}); return null; end $$;
    create trigger hold before update on outbox execute function hold()`)
})
afterAll(async () => {
  await admin.end()
  await db.close()
  await clone.drop()
})

beforeEach(async () => {
  await admin.query('truncate outbox')
  topicPrefix = `${newId()}.`
  const brokers = testGround().kafka.brokers.split(',')
  bus = openBus({ brokers, clientId: 'relay-test', topicPrefix, replicationFactor: 1 }, log)
  await bus.ensureTopics([Stepped])
  reader = await topicReader(testGround(), { topicPrefix, topics: [Stepped.topic] })
  cleanUps = [() => reader.stop(), () => bus.close()]
})
afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

function relayHere(publishes: EventContract[] = [Stepped]): Relay {
  const metrics = openMetrics('relay-test')
  const relay = startRelay({ url: clone.relayUrl, bus, publishes, log, metrics })
  cleanUps.push(relay.stop)
  return relay
}

/** Steps `from` to `to` of each walk, many to a transaction. */
async function walk(keys: readonly string[], from: number, to: number): Promise<void> {
  for (let step = from; step <= to; step++) {
    await db.write(practiceId, async (tx) => {
      const outbox = openOutbox(practiceId, Temporal.Now.instant())
      for (const subject of keys) outbox.record(Stepped, { subject, version: step, data: { step } })
      await tx.run(insertEvents(outbox.events))
    })
  }
}

const count = async (condition: string) =>
  Number((await admin.query(`select count(*) from outbox where ${condition}`)).rows[0].count)
const allMarked = () => waitFor(async () => (await count('published_at is null')) === 0, 15_000, 'every mark')

/** What a consumer sees that drops repeats by event id. */
function stepsOf(key: string): number[] {
  const fresh = new Map(
    reader.messages
      .filter((message) => message.key === key)
      .map(({ headers, value }) => [headers.ce_id, value.step as number]),
  )
  return [...fresh.values()]
}
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

/** A relay that can be killed without this process. */
async function relayElsewhere(): Promise<Managed> {
  const settings: TestRelaySettings = {
    url: clone.relayUrl,
    brokers: testGround().kafka.brokers,
    topicPrefix,
    publishes: [Stepped],
  }
  const relay = await spawnManaged({
    name: 'The relay',
    command: process.execPath,
    args: [join(import.meta.dirname, 'test-relay.ts'), JSON.stringify(settings)],
    logFile: join(await testFolder('relay'), 'relay.log'),
  })
  cleanUps.push(() => relay.kill9())
  return relay
}

/** The process of PostgreSQL whose client leads. */
async function leader(): Promise<number | undefined> {
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_locks join pg_database on pg_database.oid = database
      where locktype = 'advisory' and granted and objid = 7301202 and datname = current_database()`,
  )
  return rows[0]?.pid
}

/** Lets marks wait until the returned function lets go; what is read and sent goes on meanwhile. */
async function holdMarks(): Promise<() => Promise<void>> {
  const holder = new pg.Client(clone.adminUrl)
  await holder.connect()
  await holder.query(`select pg_advisory_lock(${HOLD})`)
  let held = true
  const letGo = async () => {
    if (held) await holder.end()
    held = false
  }
  cleanUps.push(letGo)
  return letGo
}
const markWaits = (pid: number | undefined) =>
  waitFor(
    async () =>
      (await admin.query(`select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`, [pid]))
        .rowCount === 1,
    15_000,
    'the mark to wait',
  )

test('P-02 a backlog of many batches is sent whole, once and in order per key, and marked', async () => {
  const keys = Array.from({ length: 50 }, newId)
  await walk(keys, 1, 40)
  relayHere()
  await waitFor(() => reader.messages.length >= 2_000, 20_000, 'all of the backlog')
  await allMarked()
  expect(reader.messages).toHaveLength(2_000)
  for (const key of keys) expect(stepsOf(key)).toEqual(oneTo(40))
})

test('P-02 a mark that is lost with the connection is made good, and nothing is sent again', async () => {
  const key = newId()
  await walk([key], 1, 3)
  const letGo = await holdMarks()
  relayHere()
  await waitFor(() => reader.messages.length === 3, 15_000, 'three messages')
  const session = await leader()
  await markWaits(session)
  await admin.query('select pg_terminate_backend($1)', [session])
  await letGo()
  await allMarked()
  await walk([key], 4, 4)
  await waitFor(() => reader.messages.length >= 4, 15_000, 'the fourth')
  expect(reader.messages.map(({ value }) => value.step)).toEqual(oneTo(4))
})

test('P-02 kill -9 between acknowledgement and mark repeats what was not marked, and only that, in order', async () => {
  const key = newId()
  const first = await relayElsewhere()
  await walk([key], 1, 2)
  await allMarked()
  const letGo = await holdMarks()
  await walk([key], 3, 5)
  await waitFor(() => reader.messages.length === 5, 15_000, 'five messages')
  const session = await leader()
  await markWaits(session)
  await first.kill9()
  await admin.query('select pg_terminate_backend($1)', [session])
  await letGo()
  relayHere()
  await allMarked()
  await walk([key], 6, 6)
  await waitFor(() => reader.messages.length >= 9, 15_000, 'the repeats and the sixth')
  expect(reader.messages.map(({ value }) => value.step)).toEqual([1, 2, 3, 4, 5, 3, 4, 5, 6])
  expect(stepsOf(key)).toEqual(oneTo(6))
})

test('P-02 leaders whose sessions end in the middle of a backlog hand over without a gap or a turn of order', async () => {
  const keys = Array.from({ length: 40 }, newId)
  await walk(keys, 1, 50)
  relayHere()
  relayHere()
  for (const sent of [200, 900, 1_500]) {
    await waitFor(() => reader.messages.length >= sent, 20_000, `${sent} messages`)
    await admin.query('select pg_terminate_backend($1)', [await leader()])
  }
  await allMarked()
  const last = () => keys.every((key) => stepsOf(key).length === 50)
  await waitFor(last, 20_000, 'all of the backlog')
  for (const key of keys) expect(stepsOf(key)).toEqual(oneTo(50))
})

test('P-02 a batch that fails is sent again before what was read behind it', async () => {
  const keys = Array.from({ length: 50 }, newId)
  const Missing = { ...Stepped, topic: 'stepped.aside' }
  await walk(keys, 1, 12)
  await db.write(practiceId, async (tx) => {
    const outbox = openOutbox(practiceId, Temporal.Now.instant())
    outbox.record(Missing, { subject: newId(), version: 1, data: { step: 1 } })
    await tx.run(insertEvents(outbox.events))
  })
  await walk(keys, 13, 40)
  relayHere([Stepped, Missing])
  await allMarked()
  await waitFor(() => keys.every((key) => stepsOf(key).length === 40), 20_000, 'all of the backlog')
  for (const key of keys) expect(stepsOf(key)).toEqual(oneTo(40))
  expect((await bus.endOffsets(Missing.topic)).reduce((sum, { offset }) => sum + offset, 0)).toBe(1)
})

/** Writes a step whose transaction stays open until the returned function commits it. */
async function stepHeld(subject: string, version: number): Promise<() => Promise<void>> {
  const [written, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const done = db.write(practiceId, async (tx) => {
    const outbox = openOutbox(practiceId, Temporal.Now.instant())
    outbox.record(Stepped, { subject, version, data: { step: version } })
    await tx.run(insertEvents(outbox.events))
    written.resolve()
    await release.promise
  })
  await Promise.race([written.promise, done])
  return async () => {
    release.resolve()
    await done
  }
}

test('P-02 facts that commit late, with lower ids than what is out already, are sent too, in order', async () => {
  const [slow, quick] = [newId(), newId()]
  const relay = relayHere()
  const commit = await stepHeld(slow, 1)
  // Long enough for reading to begin behind what is decided, were it not for the open transaction.
  for (let step = 1; step <= 15; step++) {
    await walk([quick], step, step)
    relay.wake()
    await sleep(200)
  }
  await waitFor(() => stepsOf(quick).length === 15, 15_000, 'the quick ones')
  await commit()
  await walk([slow], 2, 2)
  relay.wake()
  await waitFor(() => stepsOf(slow).length === 2, 15_000, 'the late ones')
  expect(stepsOf(slow)).toEqual([1, 2])
  expect(stepsOf(quick)).toEqual(oneTo(15))
})

test('P-02 a snapshot that stays open, as that of a backup, does not make each read pass all that was sent since', async () => {
  const backup = new pg.Client(clone.adminUrl)
  await backup.connect()
  cleanUps.push(() => backup.end())
  await backup.query('begin isolation level repeatable read; select count(*) from outbox')
  const keys = Array.from({ length: 100 }, newId)
  const relay = relayHere()
  await walk(keys, 1, 20)
  relay.wake()
  await waitFor(() => reader.messages.length >= 2_000, 20_000, 'the first 2000')
  const quick = newId()
  const stepAndWait = async (step: number) => {
    await walk([quick], step, step)
    relay.wake()
    await waitFor(() => stepsOf(quick).length >= step, 15_000, `step ${step}`)
  }
  const readByIndex = async () =>
    Number(
      (
        await admin.query(
          `select idx_tup_read from pg_stat_user_indexes where indexrelname = 'outbox_unpublished'`,
        )
      ).rows[0].idx_tup_read,
    )
  const begun = performance.now()
  let step = 0
  for (; performance.now() - begun < 3_500; await sleep(100)) await stepAndWait(++step)
  await sleep(1_500) // the server counts once a second
  const before = await readByIndex()
  for (const last = step + 40; step < last; ) await stepAndWait(++step)
  await sleep(1_500)
  // 40 reads of 2000 each, if none of them began behind what is out.
  expect((await readByIndex()) - before).toBeLessThan(40_000)
})
