import { randomUUID } from 'node:crypto'
import { waitFor } from '@praxisbus/testing'
import { Kafka, logLevel } from 'kafkajs'

export interface RawMessage {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** All that lies in these topics now, as bytes that became text; in order within a partition. */
export async function wholeTopics(brokers: string, topics: readonly string[]): Promise<RawMessage[]> {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 10 } })
  const admin = kafka.admin()
  const consumer = kafka.consumer({ groupId: `whole-topic-${randomUUID()}`, maxWaitTimeInMs: 100 })
  await Promise.all([admin.connect(), consumer.connect()])
  try {
    const left = new Map<string, number>()
    for (const topic of topics)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (Number(high) > Number(low)) left.set(`${topic} ${partition}`, Number(high))
    const messages: RawMessage[] = []
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        const offset = Number(message.offset)
        messages.push({
          topic,
          partition,
          offset,
          key: message.key?.toString() ?? '',
          headers: Object.fromEntries(
            Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
          ),
          body: message.value?.toString() ?? '',
        })
        if (offset + 1 >= (left.get(`${topic} ${partition}`) ?? 0)) left.delete(`${topic} ${partition}`)
      },
    })
    await waitFor(() => left.size === 0, 60_000, `the end of ${topics.join(', ')}`)
    return messages
  } finally {
    await Promise.all([admin.disconnect(), consumer.disconnect()])
  }
}
