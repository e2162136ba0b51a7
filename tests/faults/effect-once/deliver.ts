import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceName } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { database, type Issuer, startService, testFolder, testGround, waitFor } from '@praxisbus/testing'
import { type Admin, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'
import type { Random } from '../scenario.ts'
import type { Delivery } from './shuffle.ts'
import { readTables, type Tables } from './tables.ts'

/** What a service needs besides what it is told: the records that its own people entered. */
export type Seed = (adminUrl: string) => Promise<void>

/** Starts the service alone, with an empty database and topics of its own, delivers, and returns its tables. */
export async function deliver(
  service: ServiceName,
  deliveries: readonly Delivery[],
  { signIn, seed, random }: { signIn: Issuer; seed?: Seed; random: Random },
): Promise<Tables> {
  const ground = testGround()
  const topicPrefix = `${newId()}.`
  const own = await database(service)
  const kafka = new Kafka({ brokers: ground.kafka.brokers.split(','), logLevel: logLevel.NOTHING })
  const [admin, producer] = [
    kafka.admin(),
    kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner }),
  ]
  const nowhere = { grpcAddress: '127.0.0.1:1' }
  try {
    await Promise.all([admin.connect(), producer.connect(), seed?.(own.adminUrl)])
    const running = await startService(service, {
      database: own,
      ground,
      issuer: signIn,
      topicPrefix,
      peers: { billing: nowhere, ehr: nowhere },
      env: { OBJECT_STORE_DIR: await testFolder('objects') },
    })
    try {
      const topics = [...new Set(deliveries.map(({ message }) => message.topic))]
      const partitions = await partitionsOf(admin, topicPrefix, topics)
      const sending = { producer, partitions, topicPrefix, random }
      for (const part of [deliveries.filter(isSetUp), deliveries.filter((each) => !isSetUp(each))]) {
        await send(sending, part)
        await untilTaken(admin, topicPrefix + service, [
          ...new Set(part.map(({ message }) => topicPrefix + message.topic)),
        ])
      }
    } finally {
      await running.stop()
    }
    return await readTables(
      own.adminUrl,
      deliveries.map(({ message }) => message),
    )
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()])
    await own.drop()
  }
}

/** How many each topic has. The service makes its topics; a new one takes a while until it is served. */
async function partitionsOf(
  admin: Admin,
  topicPrefix: string,
  topics: readonly string[],
): Promise<Map<string, number>> {
  const counted = topics.map(async (topic) => {
    const ask = () => admin.fetchTopicOffsets(topicPrefix + topic)
    return [topic, (await waitFor(ask, 60_000, `the topic ${topic}`)).length] as const
  })
  return new Map(await Promise.all(counted))
}

/**
 * A practice is set up before its first visit. Where a reader met the visit first, billing would date it by UTC instead of
 * the practice's calendar.
 */
function isSetUp({ message, repeat }: Delivery): boolean {
  return message.topic === 'practice.changed' && !repeat
}

interface Sending {
  readonly producer: Producer
  readonly partitions: ReadonlyMap<string, number>
  readonly topicPrefix: string
  readonly random: Random
}

const MOST_AT_ONCE = 6
const PAUSE_MS = 20

/** A few at a time while the service reads, so that the order of topics is about that of the deliveries. */
async function send(
  { producer, partitions, topicPrefix, random }: Sending,
  deliveries: readonly Delivery[],
): Promise<void> {
  for (let sent = 0; sent < deliveries.length; ) {
    const some = deliveries.slice(sent, sent + 1 + random.next(MOST_AT_ONCE))
    sent += some.length
    const byTopic = Map.groupBy(some, ({ message }) => message.topic)
    await producer.sendBatch({
      acks: -1,
      topicMessages: [...byTopic].map(([topic, group]) => ({
        topic: topicPrefix + topic,
        messages: group.map(({ message: { key, headers, body }, repeat }) => ({
          key,
          headers: { ...headers },
          value: body,
          partition: repeat ? random.next(partitions.get(topic)!) : undefined,
        })),
      })),
    })
    await sleep(random.next(PAUSE_MS))
  }
}

/** Until the group has committed past everything that lies in the topics. */
async function untilTaken(admin: Admin, groupId: string, topics: string[]): Promise<void> {
  const behind = async () => {
    const committed = await admin.fetchOffsets({ groupId, topics })
    const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)))
    return topics.flatMap((topic, index) =>
      ends[index]!.filter(({ partition, high }) => {
        const done = committed
          .find((each) => each.topic === topic)
          ?.partitions.find((each) => each.partition === partition)
        return Number(high) > 0 && Number(done?.offset ?? -1) < Number(high)
      }),
    ).length
  }
  await waitFor(async () => (await behind()) === 0, 60_000, `${groupId} to take everything`, 100)
}
