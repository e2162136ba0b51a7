import { setTimeout as delay } from 'node:timers/promises'
import type { EventContract } from '@praxisbus/contracts'
import {
  type Admin,
  CompressionTypes,
  type Consumer,
  type ConsumerConfig,
  type IHeaders,
  Kafka,
  logLevel,
  type Producer,
} from 'kafkajs'
import type { Log } from '../log.ts'
import type { OutgoingEvent } from './cloud-event.ts'
import { partitionOf } from './partition.ts'

/**
 * The one file that touches kafkajs, because it has known defects (docs/decisions/0003-kafkajs-wrapped.md): with an
 * idempotent producer a lost answer makes it reuse a sequence number, and the broker then drops a message that was
 * acknowledged. So the producer is not idempotent, has one send outstanding, and is thrown away after any error.
 */
export interface Bus {
  /** Makes the topics of these contracts where they are missing. Existing topics are left as the operator set them. */
  ensureTopics(contracts: readonly EventContract[]): Promise<void>
  sender(): Sender
  consumer(config: ConsumerConfig): Consumer
  topicName(topic: string): string
  /** The topic without the prefix of this installation. */
  plainTopic(name: string): string
  endOffsets(topic: string): Promise<{ partition: number; offset: number }[]>
  /** How far the group's committed places are behind the ends of these topics' partitions. */
  behind(groupId: string, topics: readonly string[]): Promise<Behind[]>
  close(): Promise<void>
}

export interface Behind {
  readonly topic: string
  readonly partition: number
  readonly messages: number
}

export interface OutgoingMessage extends Pick<OutgoingEvent, 'topic' | 'key' | 'body'> {
  readonly headers: Record<string, string>
}

export interface Sender {
  /** Resolves when every in-sync replica has all of them; after a fault, which of them arrived is unknown: send again. */
  send(messages: readonly OutgoingMessage[]): Promise<void>
  close(): Promise<void>
}

export interface BusSettings {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly topicPrefix: string
  readonly replicationFactor: number
}

const ACKS_ALL = -1
const SEND_TIMEOUT_MS = 10_000
const DAY_MS = 86_400_000
/**
 * A member that joins before a new topic shows in its broker's view gets none of its partitions until it looks again; kafkajs
 * does so every five minutes, in which a visit would wait.
 */
const METADATA_MAX_AGE_MS = 5_000
const SERVED_WITHIN_MS = 15_000

export function openBus(settings: BusSettings, log: Log): Bus {
  const kafka = new Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    connectionTimeout: 3_000,
    requestTimeout: SEND_TIMEOUT_MS,
    // Outer loops decide about waiting and retrying; inside, a few quick tries bridge a change of leader.
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ level, log: entry }) => {
        const { message, error } = entry
        log[level === logLevel.ERROR ? 'warn' : 'debug'](
          { kafka: entry.namespace ?? 'kafkajs', error },
          message,
        )
      },
  })
  const topicName = (topic: string) => settings.topicPrefix + topic
  const plainTopic = (name: string) => name.slice(settings.topicPrefix.length)
  let sharedAdmin: Promise<Admin> | undefined
  const admin = async () => {
    sharedAdmin ??= (async () => {
      const created = kafka.admin()
      await created.connect()
      return created
    })()
    return sharedAdmin.catch((error: unknown) => {
      sharedAdmin = undefined
      throw error
    })
  }
  return {
    topicName,
    plainTopic,
    ensureTopics: async (contracts) => {
      const topics = contracts.map((contract) =>
        topicConfig(contract, topicName(contract.topic), settings.replicationFactor),
      )
      const connected = await admin()
      const present = new Set(await connected.listTopics())
      // Versions of one fact share its topic.
      const missing = [...new Map(topics.map((each) => [each.topic, each])).values()].filter(
        ({ topic }) => !present.has(topic),
      )
      // kafkajs gives up waiting for leaders where a new topic is not in the broker's own view yet, so we wait ourselves.
      if (missing.length > 0)
        await connected.createTopics({ topics: missing, waitForLeaders: false, timeout: 15_000 })
      await untilServed(
        connected,
        topics.map(({ topic }) => topic),
      )
    },
    sender: () => openSender(kafka, topicName),
    consumer: (config) => kafka.consumer({ metadataMaxAge: METADATA_MAX_AGE_MS, ...config }),
    endOffsets: async (topic) => {
      const offsets = await (await admin()).fetchTopicOffsets(topicName(topic))
      return offsets.map(({ partition, high }) => ({ partition, offset: Number(high) }))
    },
    behind: async (groupId, topics) => {
      const connected = await admin()
      const reached = await connected.fetchOffsets({ groupId, topics: topics.map(topicName) })
      const found = reached.map(async ({ topic, partitions }) => {
        const ends = new Map(
          (await connected.fetchTopicOffsets(topic)).map((end) => [end.partition, end] as const),
        )
        return partitions.map(({ partition, offset }) => {
          const { low, high } = ends.get(partition)!
          // -1 where nothing was committed yet; and what is kept no longer will never be read.
          const messages = Math.max(0, Number(high) - Math.max(Number(offset), Number(low)))
          return { topic: plainTopic(topic), partition, messages }
        })
      })
      return (await Promise.all(found)).flat()
    },
    close: async () => {
      await (await sharedAdmin?.catch(() => undefined))?.disconnect()
    },
  }
}

/** Until every partition has a leader. A group that is joined before would leave out what has none. */
async function untilServed(admin: Admin, topics: string[]): Promise<void> {
  if (topics.length === 0) return
  for (const until = performance.now() + SERVED_WITHIN_MS; ; ) {
    try {
      const found = await admin.fetchTopicMetadata({ topics })
      if (
        found.topics.every(
          ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
        )
      )
        return
    } catch (error) {
      if (performance.now() > until) throw error
    }
    if (performance.now() > until) throw new Error(`no leader yet for some of ${topics.join(', ')}`)
    await delay(100)
  }
}

function topicConfig(contract: EventContract, topic: string, replicationFactor: number) {
  const retention = contract.compacted
    ? [{ name: 'cleanup.policy', value: 'compact' }]
    : [
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'retention.ms', value: String(contract.retentionDays * DAY_MS) },
      ]
  // By the broker's clock: it refuses what a service dates more than an hour ahead of it, and would keep by a wrong clock
  // for too long or too short a time.
  const dated = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]
  return {
    topic,
    numPartitions: contract.partitions,
    replicationFactor,
    configEntries: [...retention, ...dated, ...onDisk(replicationFactor)],
  }
}

/**
 * Kafka acknowledges what is in the memory of all in-sync replicas. Where there is one, a power cut would take facts that are marked
 * as sent, so that one waits for its disk; several lose nothing as long as not all fail at once (docs/decisions/0002-relay.md).
 */
function onDisk(replicationFactor: number) {
  return replicationFactor === 1 ? [{ name: 'flush.messages', value: '1' }] : []
}

function openSender(kafka: Kafka, topicName: (topic: string) => string): Sender {
  const producer: Producer = kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message, partitionMetadata }) =>
        partitionOf(String(message.key), partitionMetadata.length),
    maxInFlightRequests: 1,
    retry: { retries: 0 },
  })
  let connecting: Promise<void> | undefined
  return {
    send: async (messages) => {
      connecting ??= producer.connect()
      await connecting
      const byTopic = Map.groupBy(messages, ({ topic }) => topic)
      await producer.sendBatch({
        acks: ACKS_ALL,
        timeout: SEND_TIMEOUT_MS,
        compression: CompressionTypes.None,
        topicMessages: [...byTopic].map(([topic, group]) => ({
          topic: topicName(topic),
          messages: group.map(({ key, body, headers }) => ({ key, value: body, headers })),
        })),
      })
    },
    close: () => producer.disconnect(),
  }
}

/** Whether a send failed because its topic does not exist, or is not known to the broker yet. kafkajs wraps what it retried. */
export function isMissingTopic(error: unknown): boolean {
  const { type, cause } = (error ?? {}) as { type?: string; cause?: unknown }
  return type === 'UNKNOWN_TOPIC_OR_PARTITION' || (cause !== undefined && isMissingTopic(cause))
}

/** Kafka's headers as text. A header that came twice keeps its first value. */
export function headerTexts(headers: IHeaders | undefined): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) texts[name] = first.toString()
  }
  return texts
}
