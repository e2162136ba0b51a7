import type { Consumer } from 'kafkajs'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Bus } from './kafka.ts'

/** Heartbeats come every second. Joining takes some, and a member that died is missed after 10. */
const SIGN_WITHIN_MS = 30_000

export interface BehindSettings {
  readonly bus: Bus
  readonly groupId: string
  /** Without the prefix of this installation. */
  readonly topics: readonly string[]
  readonly metrics: Metrics
  readonly log: Log
  /** Default 30 s. */
  readonly signWithinMs?: number
}

/**
 * Whether this process reads, and how far behind its group is, as Kafka has it: batches alone say nothing while none comes,
 * which is how it is with a reader that cannot join.
 */
export function openBehind(settings: BehindSettings) {
  const { bus, groupId, topics, metrics, log } = settings
  const withinMs = settings.signWithinMs ?? SIGN_WITHIN_MS
  let signAtMs = performance.now()
  /** By topic as Kafka has it; undefined while this process is no member. */
  let ours: Readonly<Record<string, readonly number[]>> | undefined
  const sign = () => {
    signAtMs = performance.now()
  }
  const reading = () => performance.now() - signAtMs < withinMs
  metrics.showReading(() => ours !== undefined && reading())
  /** What went to another member is no longer behind here; while nobody knows who has it, all is. */
  const isShown = (topic: string, partition: number) =>
    ours === undefined || (ours[bus.topicName(topic)]?.includes(partition) ?? false)
  return {
    /** false: for longer than it takes to join anew, nothing was heard of the group. */
    reading,
    watch: (kafka: Consumer) => {
      kafka.on(kafka.events.HEARTBEAT, sign)
      kafka.on(kafka.events.GROUP_JOIN, ({ payload }) => {
        sign()
        ours = payload.memberAssignment
        metrics.consumerLag.reset()
      })
    },
    left: () => {
      ours = undefined
    },
    measure: async () => {
      try {
        for (const { topic, partition, messages } of await bus.behind(groupId, topics))
          if (isShown(topic, partition)) metrics.consumerLag.set({ topic, partition }, messages)
      } catch (error) {
        log.debug({ err: error }, 'Kafka does not say how far behind this reader is')
        if (!reading()) metrics.consumerLag.reset()
      }
    },
  }
}
