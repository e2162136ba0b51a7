import { setTimeout as sleep } from 'node:timers/promises'
import { database, type TestDatabase, testGround } from '@praxisbus/testing'
import { percentile } from '../comparison.ts'
import { postgresPid } from '../ground.ts'
import { startPart } from './child.ts'
import { cpuSeconds, familyCpuSeconds } from './cpu.ts'
import {
  dropSlot,
  makeOtherOutbox,
  makeSlot,
  type OtherOutboxSettings,
  type Running,
  startDebezium,
  startOtherOutbox,
  type Where,
} from './peers.ts'
import { type Delivery, faultsOf, watchTopic } from './watch.ts'
import type { WriterPart, Written } from './writer.ts'

export interface Carrier {
  readonly via: WriterPart['via']
  /** What it loses, repeats or turns is told; of ours, and of the floor, it would be a defect. */
  readonly isPeer?: boolean
  prepare?(database: TestDatabase): Promise<void>
  /** Starts what carries rows from that database to that topic, where it is not the writer itself. */
  start?(where: Where): Promise<Running>
  finish?(database: TestDatabase): Promise<void>
}

export interface LatencyFigures {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the carrier's own process. */
  readonly eventsPerCpuSecond?: number
  /** Of PostgreSQL: the commits themselves and what the carrier asked of it. */
  readonly postgresCpuMicrosPerEvent?: number
  readonly delivery: Delivery
}

export interface Load {
  readonly perSecond: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** Writes facts at a steady rate through that carrier; each figure is of what was written after the warm-up. */
export async function measureLatency(carrier: Carrier, load: Load): Promise<LatencyFigures> {
  const own = await database('runtime')
  const { brokers } = testGround().kafka
  const topic = await watchTopic(brokers, { reading: 'now' })
  const count = load.perSecond * (load.warmUpSeconds + load.seconds)
  const { appUrl, relayUrl, adminUrl } = own
  await carrier.prepare?.(own)
  const carrying = await carrier.start?.({ database: own, topic })
  const writer = await startPart('relay/writer.ts', {
    via: carrier.via,
    appUrl,
    relayUrl,
    adminUrl,
    brokers,
    topicPrefix: topic.prefix,
    perSecond: load.perSecond,
    count,
  } satisfies WriterPart)
  try {
    const used = () => ({
      carrier: carrying && cpuSeconds(carrying.pid),
      postgres: postgresPid() === undefined ? undefined : familyCpuSeconds(postgresPid()!),
    })
    const writing = writer.ask<Written>({})
    await sleep(load.warmUpSeconds * 1_000)
    const [before, seenBefore] = [used(), topic.arrivedMicros.size]
    await sleep((load.seconds - 1) * 1_000)
    const [after, seenAfter] = [used(), topic.arrivedMicros.size]
    const { facts, startedMicros } = await writing
    const delivery = await topic.compare(facts, 30_000)
    if (!carrier.isPeer && faultsOf(delivery)) throw new Error(`of ${count} events: ${faultsOf(delivery)}`)
    const sorted = facts
      .map(
        ({ eventId }, index) =>
          ((topic.arrivedMicros.get(eventId) ?? Number.NaN) - startedMicros[index]!) / 1_000,
      )
      .slice(load.perSecond * load.warmUpSeconds)
      .filter((ms) => !Number.isNaN(ms))
      .sort((a, b) => a - b)
    const events = seenAfter - seenBefore
    return {
      p50Ms: percentile(sorted, 50),
      p99Ms: percentile(sorted, 99),
      eventsPerCpuSecond:
        before.carrier === undefined ? undefined : events / (after.carrier! - before.carrier),
      postgresCpuMicrosPerEvent:
        before.postgres === undefined ? undefined : ((after.postgres! - before.postgres) / events) * 1e6,
      delivery,
    }
  } finally {
    await writer.stop()
    await carrying?.stop()
    await topic.close()
    await carrier.finish?.(own)
    await own.drop()
  }
}

export const FLOOR: Carrier = { via: 'bare producer' }
export const OURS_HERE: Carrier = { via: 'relay here' }
export const OURS_ELSEWHERE: Carrier = {
  via: 'relay elsewhere',
  start: ({ database: { relayUrl }, topic }) =>
    startPart('relay/relay-process.ts', {
      relayUrl,
      brokers: testGround().kafka.brokers,
      topicPrefix: topic.prefix,
    }),
}

export const debezium = (pollMs: number): Carrier => ({
  via: 'tailing',
  isPeer: true,
  prepare: (database) => makeSlot(database, 'tailed', 'outbox'),
  start: (where) => startDebezium(where, { pollMs, lingerMs: 0 }),
  finish: dropSlot,
})

export const otherOutbox = (settings: OtherOutboxSettings): Carrier => ({
  via: 'pg-transactional-outbox',
  isPeer: true,
  prepare: makeOtherOutbox,
  start: (where) => startOtherOutbox(where, settings),
  finish: dropSlot,
})
