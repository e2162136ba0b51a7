import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { defineEvent, type EventContract } from '@praxisbus/contracts'
import { database, type TestDatabase, testGround, topicReader, waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { z } from 'zod'
import { type Database, openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { type Bus, openBus } from './kafka.ts'
import { insertEvents, openOutbox } from './outbox.ts'
import { openOvertaken } from './overtaken.ts'
import { openPublisher } from './publisher.ts'
import { startRelay } from './relay.ts'

const ThingStated: EventContract<{ state: string }> = defineEvent({
  topic: 'thing.stated',
  version: 1,
  owner: 'scheduler',
  aggregate: 'thing',
  compacted: true,
  description: 'The whole state of a thing.',
  data: z.object({ state: z.string() }),
})

const log = openLog('overtaken-test', 'silent')
const topicPrefix = `${newId()}.`
const practiceId = newId()
let clone: TestDatabase
let db: Database
const buses: Bus[] = []
/** Also where a test fails: whatever still runs would keep jest's worker from ending. */
const closing: (() => Promise<void> | void)[] = []

beforeAll(async () => {
  clone = await database('runtime')
  db = openDatabase(clone.appUrl)
})
afterAll(async () => {
  await Promise.all([db?.close(), ...buses.map((bus) => bus.close())])
  await clone?.drop()
})

afterEach(async () => {
  for (const end of closing.splice(0).reverse()) await end()
})

function busOf(clientId: string): Bus {
  const brokers = testGround().kafka.brokers.split(',')
  const bus = openBus({ brokers, clientId, topicPrefix, replicationFactor: 1 }, log)
  buses.push(bus)
  return bus
}

/** The same bus on a network that keeps requests back from the moment `hold` says so. */
function slow(bus: Bus, held: () => Promise<void> | undefined): Bus {
  return {
    ...bus,
    sender: () => {
      const sender = bus.sender()
      return {
        send: async (events) => {
          await held()
          await sender.send(events)
        },
        close: async () => {
          await held()
          await sender.close()
        },
      }
    },
  }
}

async function state(thing: string, version: number, text = `state ${version}`): Promise<void> {
  await db.write(practiceId, async (tx) => {
    const outbox = openOutbox(practiceId, Temporal.Now.instant())
    outbox.record(ThingStated, { subject: thing, version, data: { state: text } })
    await tx.run(insertEvents(outbox.events))
  })
}

function relayOf(bus: Bus) {
  const relay = startRelay({
    url: clone.relayUrl,
    bus,
    publishes: [ThingStated],
    log,
    metrics: openMetrics('overtaken-test'),
    requestGoneMs: 3_000,
  })
  closing.push(relay.stop)
  return relay
}

/** A leader whose request with version 2 of the thing is held up from here on, and a way to let it go. */
async function holdUp(thing: string) {
  let release: () => void = () => undefined
  let waiting: Promise<void> | undefined
  let asked = false
  const normal = busOf('normal')
  await normal.ensureTopics([ThingStated])
  const former = relayOf(
    slow(busOf('slow'), () => {
      asked = waiting !== undefined
      return waiting
    }),
  )
  const reader = await topicReader(testGround(), { topicPrefix, topics: [ThingStated.topic] })
  closing.push(reader.stop)
  const versions = () =>
    reader.messages.filter(({ key }) => key === thing).map(({ headers }) => Number(headers.ce_sequence))
  await state(thing, 1)
  former.wake()
  await waitFor(() => versions().includes(1), 15_000, 'version 1')
  waiting = new Promise((resolve) => {
    release = resolve
  })
  await state(thing, 2)
  former.wake()
  const letGo = () => {
    release()
    waiting = undefined
  }
  closing.push(letGo)
  await waitFor(() => asked, 15_000, 'the former leader to send version 2')
  return { reader, normal, versions, letGo }
}

async function unseat(): Promise<void> {
  const admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(
    `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and granted and datname = current_database()`,
  )
  await admin.end()
}

/** A compacted topic keeps the last message of a key: a request of a former leader that arrives late must not be it. */
test('P-02 the last message of a key is its newest version, also when a former leader’s request arrives late', async () => {
  const thing = newId()
  const { normal, versions, letGo } = await holdUp(thing)
  const next = relayOf(normal)
  await unseat()
  await state(thing, 3)
  next.wake()
  await waitFor(() => versions().includes(3), 15_000, 'version 3 by the next leader')

  letGo()
  await waitFor(() => versions().at(-1) === 2, 15_000, 'version 2, sent by the former leader')
  await waitFor(() => versions().at(-1) === 3, 15_000, 'version 3 once more')
  expect(versions().slice(-3)).toEqual([3, 2, 3])
}, 90_000)

/** Kafka refuses a record batch above 1 MiB: sent as one, the relay would be told no for ever, and everything behind would wait. */
test('P-02 newest versions that do not fit into one request are said again in several', async () => {
  const bus = busOf('large')
  await bus.ensureTopics([ThingStated])
  const reader = await topicReader(testGround(), { topicPrefix, topics: [ThingStated.topic] })
  // So many that three meet in one partition.
  const things = Array.from({ length: 2 * ThingStated.partitions + 1 }, newId)
  const large = 'x'.repeat(500_000)
  for (const thing of things) await state(thing, 1, large)
  const client = new pg.Client(clone.relayUrl)
  await client.connect()
  const stopping = new AbortController().signal
  const publisher = openPublisher({ bus, publishes: [ThingStated], log, stopping })
  try {
    const overtaken = await openOvertaken(client, [ThingStated.topic], 0)
    await client.query('update outbox set published_at = clock_timestamp() where published_at is null')
    expect(await overtaken.sayAgain(publisher, [])).toBe(true)
    const told = () => reader.messages.filter(({ key }) => things.includes(key!))
    await waitFor(() => told().length >= things.length, 15_000, 'all of them')
    expect(await overtaken.sayAgain(publisher, [])).toBe(true)
    expect(
      told()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(things.sort())
    for (const { value } of told()) expect(value.state).toHaveLength(large.length)
  } finally {
    await Promise.all([publisher.close(), client.end(), reader.stop()])
  }
}, 60_000)

test('P-02 nor when yet another leads by then, for whom nothing was unsent', async () => {
  const thing = newId()
  const { reader, normal, versions, letGo } = await holdUp(thing)
  const next = relayOf(normal)
  await unseat()
  await state(thing, 3)
  next.wake()
  await waitFor(() => versions().includes(3), 15_000, 'version 3 by the next leader')
  await next.stop()

  const third = relayOf(busOf('third'))
  const other = newId()
  await state(other, 1)
  third.wake()
  await waitFor(() => reader.messages.some(({ key }) => key === other), 15_000, 'the third to lead')
  letGo()
  await waitFor(() => versions().at(-1) === 2, 15_000, 'version 2, sent by the former leader')
  await waitFor(() => versions().at(-1) === 3, 15_000, 'version 3 once more')
}, 90_000)
