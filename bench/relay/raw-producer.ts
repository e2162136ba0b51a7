import { Partitioners } from 'kafkajs'
import { serveParent } from './child.ts'
import { makeFacts } from './facts.ts'
import { bareKafka, type WrittenFact } from './watch.ts'

export interface RawProducerPart {
  readonly brokers: string
  readonly topicPrefix: string
  readonly count: number
  readonly batch: number
  /** How many sends are under way at a time. */
  readonly atOnce: number
}

/** The bytes of a backlog, from memory, by a bare kafkajs producer: what no relay that uses kafkajs can pass. */
serveParent<RawProducerPart>(async ({ brokers, topicPrefix, count, batch, atOnce }) => {
  const producer = bareKafka(brokers, 'bench-raw').producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  })
  await producer.connect()
  const facts = makeFacts(count)
  return async (): Promise<WrittenFact[]> => {
    let next = 0
    const sendOn = async () => {
      while (next < facts.length) {
        const part = facts.slice(next, next + batch)
        next += batch
        await producer.send({
          topic: topicPrefix + part[0]!.topic,
          acks: -1,
          messages: part.map(({ key, body, headers }) => ({ key, value: body, headers: { ...headers } })),
        })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, sendOn))
    return facts.map(({ eventId, key }) => ({ eventId, key }))
  }
})
