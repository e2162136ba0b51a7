import type { Random } from '../scenario.ts'
import type { RawMessage } from '../whole-topic.ts'

export interface Delivery {
  readonly message: RawMessage
  /** A repeat may lie on any partition; undefined: the one of its key. */
  readonly repeat: boolean
}

const MOST_TIMES = 5

/**
 * Each message 1 to 5 times. First occurrences of one key of one topic keep their order, which Kafka does; everything else
 * is in any order, and older messages come again behind newer ones.
 */
export function shuffled(messages: readonly RawMessage[], random: Random): Delivery[] {
  const queues = [...Map.groupBy(messages, ({ topic, key }) => `${topic} ${key}`).values()].map((queue) => [
    ...queue,
  ])
  const repeats: RawMessage[] = []
  const deliveries: Delivery[] = []
  for (;;) {
    const open = queues.filter((queue) => queue.length > 0)
    if (open.length + repeats.length === 0) return deliveries
    const choice = random.next(open.length + repeats.length)
    if (choice < open.length) {
      const message = open[choice]!.shift()!
      deliveries.push({ message, repeat: false })
      repeats.push(...Array.from({ length: random.next(MOST_TIMES) }, () => message))
    } else {
      const [message] = repeats.splice(choice - open.length, 1)
      deliveries.push({ message: message!, repeat: true })
    }
  }
}
