import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Managed, spawnManaged, testFolder, testGround, waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { newId } from '../ids.ts'
import type { TestRelaySettings } from './test-relay.ts'
import { oneTo, openWalks, Stepped, type Walks } from './test-walk.ts'

let on: Walks
beforeEach(async () => {
  on = await openWalks()
})
afterEach(() => on.close())

/** A relay that can be killed without this process. */
async function relayElsewhere(): Promise<Managed> {
  const settings: TestRelaySettings = {
    url: on.clone.relayUrl,
    brokers: testGround().kafka.brokers,
    topicPrefix: on.topicPrefix,
    publishes: [Stepped],
  }
  const relay = await spawnManaged({
    name: 'The relay',
    command: process.execPath,
    args: [join(import.meta.dirname, 'test-relay.ts'), JSON.stringify(settings)],
    logFile: join(await testFolder('relay'), 'relay.log'),
  })
  on.cleanUps.push(() => relay.kill9())
  return relay
}

/** The process of PostgreSQL whose client leads. */
async function leader(): Promise<number | undefined> {
  const { rows } = await on.admin.query<{ pid: number }>(
    `select pid from pg_locks join pg_database on pg_database.oid = database
      where locktype = 'advisory' and granted and objid = 7301202 and datname = current_database()`,
  )
  return rows[0]?.pid
}

const HOLD = 42
/** Lets marks wait until the returned function lets go; what is read and sent goes on meanwhile. */
async function holdMarks(): Promise<() => Promise<void>> {
  await on.admin.query(`
    create function hold() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(${HOLD}); return null; end $$;
    create trigger hold before update on outbox execute function hold()`)
  const holder = new pg.Client(on.clone.adminUrl)
  await holder.connect()
  await holder.query(`select pg_advisory_lock(${HOLD})`)
  let held = true
  const letGo = async () => {
    if (held) await holder.end()
    held = false
  }
  on.cleanUps.push(letGo)
  return letGo
}
const markWaits = (pid: number | undefined) =>
  waitFor(
    async () =>
      (
        await on.admin.query(`select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`, [
          pid,
        ])
      ).rowCount === 1,
    15_000,
    'the mark to wait',
  )

test('P-02 a backlog of many batches is sent whole, once and in order per key, and marked', async () => {
  const keys = Array.from({ length: 50 }, newId)
  await on.walk(keys, 1, 40)
  on.relayHere()
  await waitFor(() => on.reader.messages.length >= 2_000, 20_000, 'all of the backlog')
  await on.allMarked()
  expect(on.reader.messages).toHaveLength(2_000)
  for (const key of keys) expect(on.stepsOf(key)).toEqual(oneTo(40))
})

test('P-02 a mark that is lost with the connection is made good, and nothing is sent again', async () => {
  const key = newId()
  await on.walk([key], 1, 3)
  const letGo = await holdMarks()
  on.relayHere()
  await waitFor(() => on.reader.messages.length === 3, 15_000, 'three messages')
  const session = await leader()
  await markWaits(session)
  await on.admin.query('select pg_terminate_backend($1)', [session])
  await letGo()
  await on.allMarked()
  await on.walk([key], 4, 4)
  await waitFor(() => on.reader.messages.length >= 4, 15_000, 'the fourth')
  expect(on.reader.messages.map(({ value }) => value.step)).toEqual(oneTo(4))
})

test('P-02 kill -9 between acknowledgement and mark repeats what was not marked, and only that, in order', async () => {
  const key = newId()
  const first = await relayElsewhere()
  await on.walk([key], 1, 2)
  await on.allMarked()
  const letGo = await holdMarks()
  await on.walk([key], 3, 5)
  await waitFor(() => on.reader.messages.length === 5, 15_000, 'five messages')
  const session = await leader()
  await markWaits(session)
  await first.kill9()
  await on.admin.query('select pg_terminate_backend($1)', [session])
  await letGo()
  on.relayHere()
  await on.allMarked()
  await on.walk([key], 6, 6)
  await waitFor(() => on.reader.messages.length >= 9, 15_000, 'the repeats and the sixth')
  expect(on.reader.messages.map(({ value }) => value.step)).toEqual([1, 2, 3, 4, 5, 3, 4, 5, 6])
  expect(on.stepsOf(key)).toEqual(oneTo(6))
})

test('P-02 leaders whose sessions end in the middle of a backlog hand over without a gap or a turn of order', async () => {
  const keys = Array.from({ length: 40 }, newId)
  await on.walk(keys, 1, 50)
  on.relayHere()
  on.relayHere()
  for (const sent of [200, 900, 1_500]) {
    await waitFor(() => on.reader.messages.length >= sent, 20_000, `${sent} messages`)
    await on.admin.query('select pg_terminate_backend($1)', [await leader()])
  }
  await on.allMarked()
  const last = () => keys.every((key) => on.stepsOf(key).length === 50)
  await waitFor(last, 20_000, 'all of the backlog')
  for (const key of keys) expect(on.stepsOf(key)).toEqual(oneTo(50))
})

test('P-02 a batch that fails is sent again before what was read behind it', async () => {
  const keys = Array.from({ length: 50 }, newId)
  const Missing = { ...Stepped, topic: 'stepped.aside' }
  await on.walk(keys, 1, 12)
  await on.step(Missing, [newId()], 1)
  await on.walk(keys, 13, 40)
  on.relayHere([Stepped, Missing])
  await on.allMarked()
  await waitFor(() => keys.every((key) => on.stepsOf(key).length === 40), 20_000, 'all of the backlog')
  for (const key of keys) expect(on.stepsOf(key)).toEqual(oneTo(40))
  expect((await on.bus.endOffsets(Missing.topic)).reduce((sum, { offset }) => sum + offset, 0)).toBe(1)
})
