import { defineEvent, type EventContract } from '@praxisbus/contracts'
import { database, testGround, topicReader, waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { z } from 'zod'
import { openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { openBus } from './kafka.ts'
import { insertEvents, openOutbox } from './outbox.ts'
import { type Relay, startRelay } from './relay.ts'

/** A fact for tests of the relay: a walk is an aggregate, its versions are its steps. */
export const Stepped: EventContract<{ step: number }> = defineEvent({
  topic: 'stepped',
  version: 1,
  owner: 'scheduler',
  aggregate: 'walk',
  partitions: 3,
  description: 'A step was taken.',
  data: z.object({ step: z.int() }),
})

export const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

const log = openLog('relay-test', 'silent')
const practiceId = newId()

export type Walks = Awaited<ReturnType<typeof openWalks>>

/** An empty outbox, an empty topic with its reader, and what a test of the relay does with them. */
export async function openWalks() {
  const clone = await database('runtime')
  const db = openDatabase(clone.appUrl)
  const admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  const topicPrefix = `${newId()}.`
  const brokers = testGround().kafka.brokers.split(',')
  const bus = openBus({ brokers, clientId: 'relay-test', topicPrefix, replicationFactor: 1 }, log)
  await bus.ensureTopics([Stepped])
  const reader = await topicReader(testGround(), { topicPrefix, topics: [Stepped.topic] })
  const cleanUps: (() => Promise<unknown>)[] = [
    clone.drop,
    () => db.close(),
    () => admin.end(),
    () => bus.close(),
    () => reader.stop(),
  ]

  const step = (
    contract: EventContract<{ step: number }>,
    keys: readonly string[],
    version: number,
    before?: () => Promise<void>,
  ) =>
    db.write(practiceId, async (tx) => {
      const outbox = openOutbox(practiceId, Temporal.Now.instant())
      for (const subject of keys) outbox.record(contract, { subject, version, data: { step: version } })
      await tx.run(insertEvents(outbox.events))
      await before?.()
    })

  return {
    clone,
    admin,
    bus,
    reader,
    topicPrefix,
    cleanUps,
    /** One step of each walk in one transaction, which commits when `before` is over. */
    step,
    walk: async (keys: readonly string[], from: number, to: number) => {
      for (let version = from; version <= to; version++) await step(Stepped, keys, version)
    },
    relayHere: (publishes: readonly EventContract[] = [Stepped]): Relay => {
      const metrics = openMetrics('relay-test')
      const relay = startRelay({ url: clone.relayUrl, bus, publishes, log, metrics })
      cleanUps.push(relay.stop)
      return relay
    },
    /** What a consumer sees that drops repeats by event id. */
    stepsOf: (key: string): number[] => {
      const ofKey = reader.messages.filter((message) => message.key === key)
      return [...new Map(ofKey.map(({ headers, value }) => [headers.ce_id, value.step as number])).values()]
    },
    allMarked: () =>
      waitFor(
        async () => (await admin.query('select from outbox where published_at is null')).rowCount === 0,
        20_000,
        'every mark',
      ),
    close: async () => {
      for (const cleanUp of cleanUps.reverse()) await cleanUp()
    },
  }
}
