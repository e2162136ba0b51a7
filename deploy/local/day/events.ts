import { EVENTS } from '@praxisbus/contracts'
import { type TopicReader, topicReader } from '@praxisbus/testing/topics.ts'
import type { Reachable } from '../services.ts'

/** Facts as a subscriber from outside sees them: read from the topics, nothing else. */
export interface Events {
  /** Of this practice, each once however often it was delivered. */
  count(topic: string, about?: (data: Record<string, unknown>) => boolean): number
  byTopic(): Record<string, number>
  stop(): Promise<void>
}

/** Starts reading every topic of the system from its beginning. */
export async function readEvents(around: Reachable, practiceId: string): Promise<Events> {
  const reader: TopicReader = await topicReader(
    { kafka: { brokers: around.brokers } },
    { topicPrefix: around.topicPrefix, topics: EVENTS.map(({ topic }) => topic) },
  )
  const count: Events['count'] = (topic, about = () => true) => {
    const ids = reader.messages
      .filter((message) => message.topic === topic && message.headers.ce_practiceid === practiceId)
      .filter((message) => about(message.value ?? {}))
      .map((message) => message.headers.ce_id)
    return new Set(ids).size
  }
  return {
    count,
    byTopic: () =>
      Object.fromEntries(
        EVENTS.map(({ topic }) => [topic, count(topic)] as const).filter(([, total]) => total > 0),
      ),
    // A Kafka that was started again meanwhile has closed this connection already.
    stop: () => reader.stop().catch(() => undefined),
  }
}
