import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@praxisbus/runtime'
import { insertEvents } from '@praxisbus/runtime/bus/outbox.ts'
import { database, type TestDatabase, testGround } from '@praxisbus/testing'
import { postgresPid } from '../ground.ts'
import { startPart } from './child.ts'
import { cpuSeconds, familyCpuSeconds } from './cpu.ts'
import { makeFacts, PRACTICE_ID } from './facts.ts'
import { insertOther } from './other-outbox.ts'
import {
  dropSlot,
  makeOtherOutbox,
  makeSlot,
  type Running,
  startDebezium,
  startOtherOutbox,
  type Where,
} from './peers.ts'
import type { RawProducerPart } from './raw-producer.ts'
import { type Delivery, faultsOf, type WatchedTopic, type WrittenFact, watchTopic } from './watch.ts'

export interface DrainFigures {
  readonly rowsPerSecond: number
  /** Of the carrier's own process. */
  readonly rowsPerCpuSecond: number
  readonly postgresCpuMicrosPerRow: number
  readonly delivery: Delivery
}

export interface Drainer {
  /** Makes what the carrier needs before the rows are written. */
  prepare?(database: TestDatabase): Promise<void>
  /** Default: into the outbox. */
  fill?(database: TestDatabase, count: number): Promise<WrittenFact[]>
  start(where: Where): Promise<Running>
  finish?(database: TestDatabase): Promise<void>
}

/** Lets a carrier find that many committed rows, and measures from the first in the topic to the last. */
export async function measureDrain(drainer: Drainer, count: number): Promise<DrainFigures> {
  const own = await database('runtime')
  const topic = await watchTopic(testGround().kafka.brokers, { reading: 'afterwards' })
  try {
    await drainer.prepare?.(own)
    const facts = await (drainer.fill ?? fillOutbox)(own, count)
    const carrier = await drainer.start({ database: own, topic })
    const figures = await untilDrained(topic, count, carrier.pid).finally(carrier.stop)
    return { ...figures, delivery: await whole(topic, facts) }
  } finally {
    await topic.close()
    await drainer.finish?.(own)
    await own.drop()
  }
}

/** The same bytes from memory, by a bare kafkajs producer. */
export async function measureRaw(
  settings: Pick<RawProducerPart, 'batch' | 'atOnce'>,
  count: number,
): Promise<DrainFigures> {
  const { brokers } = testGround().kafka
  const topic = await watchTopic(brokers, { reading: 'afterwards' })
  const part = await startPart('relay/raw-producer.ts', {
    ...settings,
    brokers,
    topicPrefix: topic.prefix,
    count,
  } satisfies RawProducerPart)
  try {
    const sent = part.ask<WrittenFact[]>({})
    const figures = await untilDrained(topic, count, part.pid)
    return { ...figures, delivery: await whole(topic, await sent) }
  } finally {
    await part.stop()
    await topic.close()
  }
}

async function whole(topic: WatchedTopic, facts: readonly WrittenFact[]): Promise<Delivery> {
  const delivery = await topic.compare(facts, 60_000)
  if (delivery.lost > 0 || delivery.keysOutOfOrder > 0)
    throw new Error(`of ${facts.length} rows: ${faultsOf(delivery)}`)
  return delivery
}

async function untilDrained(topic: WatchedTopic, count: number, pid: number) {
  const look = async () => ({
    length: await topic.length(),
    atMs: performance.now(),
    cpu: cpuSeconds(pid) ?? Number.NaN,
    postgres: postgresPid() === undefined ? Number.NaN : familyCpuSeconds(postgresPid()!)!,
  })
  let first = await look()
  const until = performance.now() + 120_000
  for (;;) {
    const now = await look()
    if (first.length === 0) first = now
    if (now.length >= count) {
      const rows = now.length - first.length
      return {
        rowsPerSecond: (rows / (now.atMs - first.atMs)) * 1_000,
        rowsPerCpuSecond: rows / (now.cpu - first.cpu),
        postgresCpuMicrosPerRow: ((now.postgres - first.postgres) / rows) * 1e6,
      }
    }
    if (now.atMs > until) throw new Error(`only ${now.length} of ${count} rows came within two minutes`)
    await sleep(10)
  }
}

const ROWS_A_COMMIT = 1_000

async function fillOutbox({ appUrl }: TestDatabase, count: number): Promise<WrittenFact[]> {
  const facts = makeFacts(count)
  const app = openDatabase(appUrl)
  try {
    for (let start = 0; start < count; start += ROWS_A_COMMIT)
      await app.write(PRACTICE_ID, async (tx) => {
        await tx.run(insertEvents(facts.slice(start, start + ROWS_A_COMMIT)))
      })
  } finally {
    await app.close()
  }
  return facts.map(({ eventId, key }) => ({ eventId, key }))
}

export const OURS: Drainer = {
  start: ({ database: { relayUrl }, topic }) =>
    startPart('relay/relay-process.ts', {
      relayUrl,
      brokers: testGround().kafka.brokers,
      topicPrefix: topic.prefix,
    }),
}

export const viaDebezium = (pollMs: number): Drainer => ({
  prepare: (database) => makeSlot(database, 'tailed', 'outbox'),
  start: (where) => startDebezium(where, { pollMs, lingerMs: 5 }),
  finish: dropSlot,
})

export const viaOtherOutbox: Drainer = {
  prepare: makeOtherOutbox,
  fill: fillOtherOutbox,
  start: (where) => startOtherOutbox(where, { listener: 'replication' }),
  finish: dropSlot,
}

async function fillOtherOutbox({ adminUrl }: TestDatabase, count: number): Promise<WrittenFact[]> {
  const facts = makeFacts(count)
  const app = openDatabase(adminUrl)
  try {
    for (let start = 0; start < count; start += ROWS_A_COMMIT) {
      const part = facts.slice(start, start + ROWS_A_COMMIT)
      await app.plain((tx) => tx.run(insertOther(part)))
    }
  } finally {
    await app.close()
  }
  return facts.map(({ eventId, key }) => ({ eventId, key }))
}
