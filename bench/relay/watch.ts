import type { OutgoingEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import { waitFor } from '@praxisbus/testing'
import { Kafka, logLevel, type Message } from 'kafkajs'
import { CONTRACT } from './facts.ts'

/** What has to be known of a fact to tell whether it arrived, and in its order. */
export type WrittenFact = Pick<OutgoingEvent, 'eventId' | 'key'>

export interface Delivery {
  readonly lost: number
  readonly repeats: number
  /** Keys whose events that came did not come in order. */
  readonly keysOutOfOrder: number
}

/** In words; empty where all came once and in order. */
export function faultsOf({ lost, repeats, keysOutOfOrder }: Delivery): string {
  return [
    lost > 0 ? `${lost} lost` : '',
    repeats > 0 ? `${repeats} repeated` : '',
    keysOutOfOrder > 0 ? `${keysOutOfOrder} keys out of order` : '',
  ]
    .filter(Boolean)
    .join(', ')
}

/** The topic of one measurement, read by the same bare kafkajs consumer whoever writes to it. */
export interface WatchedTopic {
  readonly name: string
  readonly prefix: string
  /** By event id: when the consumer was handed it first, in microseconds of the machine's own clock. */
  readonly arrivedMicros: ReadonlyMap<string, number>
  /** How many messages are in the topic. */
  length(): Promise<number>
  /** Waits for all, then compares: whether each came, how often, and each key in its order. Throws where others came. */
  compare(facts: readonly WrittenFact[], timeoutMs: number): Promise<Delivery>
  close(): Promise<void>
}

export const nowMicros = () => Number(process.hrtime.bigint() / 1_000n)

export function bareKafka(brokers: string, clientId: string): Kafka {
  return new Kafka({ brokers: brokers.split(','), clientId, logLevel: logLevel.NOTHING })
}

export async function watchTopic(
  brokers: string,
  { reading }: { reading: 'now' | 'afterwards' },
): Promise<WatchedTopic> {
  const prefix = `bench-${crypto.randomUUID()}.`
  const name = prefix + CONTRACT.topic
  const kafka = bareKafka(brokers, 'bench')
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: [
      {
        topic: name,
        numPartitions: CONTRACT.partitions,
        // As ours are made where there is one broker; the peers write to the same kind.
        configEntries: [{ name: 'flush.messages', value: '1' }],
      },
    ],
    waitForLeaders: false,
  })
  const length = async () =>
    (await admin.fetchTopicOffsets(name)).reduce((sum, { high }) => sum + Number(high), 0)
  await waitFor(async () => (await length()) === 0 || true, 15_000, `the topic ${name}`)
  const seen = openSeen()
  const consumer = kafka.consumer({ groupId: prefix, maxWaitTimeInMs: 500, maxBytesPerPartition: 4_194_304 })
  const read = async () => {
    await consumer.connect()
    await consumer.subscribe({ topics: [name], fromBeginning: true })
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => seen.note(batch.messages, nowMicros()),
    })
    await joined
  }
  if (reading === 'now') await read()
  return {
    name,
    prefix,
    arrivedMicros: seen.arrivedMicros,
    length,
    compare: async (facts, timeoutMs) => {
      if (reading === 'afterwards') await read()
      await waitFor(() => seen.arrivedMicros.size >= facts.length, timeoutMs, 'all events').catch(
        () => undefined,
      )
      return seen.compare(facts)
    },
    close: async () => {
      await consumer.disconnect()
      await admin.deleteTopics({ topics: [name] })
      await admin.disconnect()
    },
  }
}

function openSeen() {
  const arrivedMicros = new Map<string, number>()
  const idsByKey = new Map<string, string[]>()
  let repeats = 0
  return {
    arrivedMicros,
    note: (messages: readonly Pick<Message, 'key' | 'headers'>[], atMicros: number) => {
      for (const { key, headers } of messages) {
        const id = String(headers?.ce_id)
        if (arrivedMicros.has(id)) {
          repeats++
          continue
        }
        arrivedMicros.set(id, atMicros)
        const ids = idsByKey.get(String(key))
        if (ids) ids.push(id)
        else idsByKey.set(String(key), [id])
      }
    },
    compare: (facts: readonly WrittenFact[]): Delivery => {
      const written = new Set(facts.map(({ eventId }) => eventId))
      const lost = facts.filter(({ eventId }) => !arrivedMicros.has(eventId)).length
      if (
        arrivedMicros.size !== facts.length - lost ||
        [...arrivedMicros.keys()].some((id) => !written.has(id))
      )
        throw new Error('events came that nobody wrote')
      const outOfOrder = [...Map.groupBy(facts, (fact) => fact.key)].filter(([key, ofKey]) => {
        const expected = ofKey.map(({ eventId }) => eventId).filter((id) => arrivedMicros.has(id))
        return expected.join() !== (idsByKey.get(key) ?? []).join()
      })
      return { lost, repeats, keysOutOfOrder: outOfOrder.length }
    },
  }
}
