import { randomUUID } from 'node:crypto'
import { type IHeaders, Kafka, logLevel } from 'kafkajs'
import type { GroundAddresses } from './ground/index.ts'
import { waitFor } from './ground/wait.ts'

export interface ReadMessage {
  /** Without the prefix. */
  readonly topic: string
  readonly key: string | null
  readonly headers: Readonly<Record<string, string>>
  /** JSON parsed, or the text where it is none; null for a tombstone. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a message, and fails when it is not so
  readonly value: any
  readonly partition: number
  readonly offset: number
}

export interface TopicReader {
  /** All that was read so far; in order within a partition. Grows while the reader runs. */
  readonly messages: readonly ReadMessage[]
  /** The first message for which this holds, read already or within `timeoutMs` (default 25 000). */
  until(predicate: (message: ReadMessage) => boolean, timeoutMs?: number): Promise<ReadMessage>
  stop(): Promise<void>
}

/** Reads topics from their beginning, as a subscriber from outside would. Waits up to 20 s for a topic that is not there yet. */
export async function topicReader(
  ground: Pick<GroundAddresses, 'kafka'>,
  { topicPrefix = '', topics }: { topicPrefix?: string; topics: readonly string[] },
): Promise<TopicReader> {
  const kafka = new Kafka({
    brokers: ground.kafka.brokers.split(','),
    clientId: 'test-reader',
    logLevel: logLevel.NOTHING,
    retry: { retries: 10 },
  })
  const names = topics.map((topic) => topicPrefix + topic)
  await topicsThere(kafka, names)
  const messages: ReadMessage[] = []
  const consumer = kafka.consumer({ groupId: `test-reader-${randomUUID()}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: names, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message: { key, value, headers, offset } }) => {
      messages.push({
        topic: topic.slice(topicPrefix.length),
        key: key?.toString() ?? null,
        headers: textHeaders(headers),
        value: value && contentOf(value.toString()),
        partition,
        offset: Number(offset),
      })
    },
  })
  return {
    messages,
    until: (predicate, timeoutMs = 25_000) =>
      waitFor(() => messages.find(predicate), timeoutMs, `a message on ${topics.join(', ')}`),
    stop: () => consumer.disconnect(),
  }
}

async function topicsThere(kafka: Kafka, names: readonly string[]): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const missing = async () => {
      const known = new Set(await admin.listTopics())
      return names.filter((name) => !known.has(name))
    }
    await waitFor(async () => (await missing()).length === 0, 20_000, `the topics ${names.join(', ')}`)
  } finally {
    await admin.disconnect()
  }
}

/** A message that somebody malformed must not keep the others from being read. */
function contentOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function textHeaders(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]))
}
