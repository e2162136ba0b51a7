import { afterAll, beforeAll, expect, test } from '@jest/globals'
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

beforeAll(async () => {
  clone = await database('runtime')
  db = openDatabase(clone.appUrl)
})
afterAll(async () => {
  await Promise.all([db?.close(), ...buses.map((bus) => bus.close())])
  await clone?.drop()
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

const relayOf = (bus: Bus) =>
  startRelay({
    url: clone.relayUrl,
    bus,
    publishes: [ThingStated],
    log,
    metrics: openMetrics('overtaken-test'),
    requestGoneMs: 3_000,
  })

/** A compacted topic keeps the last message of a key: a request of a former leader that arrives late must not be it. */
test('P-02 the last message of a key is its newest version, also when a former leader’s request arrives late', async () => {
  const thing = newId()
  let release: () => void = () => undefined
  let waiting: Promise<void> | undefined
  const normal = busOf('normal')
  await normal.ensureTopics([ThingStated])
  let asked = false
  const former = relayOf(
    slow(busOf('slow'), () => {
      asked = waiting !== undefined
      return waiting
    }),
  )
  const reader = await topicReader(testGround(), { topicPrefix, topics: [ThingStated.topic] })
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
  await waitFor(() => asked, 15_000, 'the former leader to send version 2')
  const next = relayOf(normal)
  const admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(
    `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and granted and datname = current_database()`,
  )
  await admin.end()
  await state(thing, 3)
  next.wake()
  await waitFor(() => versions().includes(3), 15_000, 'version 3 by the next leader')

  release()
  waiting = undefined
  await waitFor(() => versions().at(-1) === 2, 15_000, 'version 2, sent by the former leader')
  await waitFor(() => versions().at(-1) === 3, 15_000, 'version 3 once more')
  await Promise.all([former.stop(), next.stop(), reader.stop()])
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
  const publisher = openPublisher({ bus, publishes: [ThingStated], log })
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
