import type { Batch, Consumer, EachBatchPayload } from 'kafkajs'
import type { Log } from '../log.ts'
import { type Delivered, openInbox } from './inbox.ts'
import { type Bus, headerTexts } from './kafka.ts'
import { countParked, retryParked } from './parking.ts'
import type { Reaction } from './reaction.ts'
import { openTaker, type TakeSettings } from './take.ts'
import { pause } from './waiting.ts'

export interface Consuming {
  /** Finishes the batch in hand, commits its offsets, leaves the group. */
  stop(): Promise<void>
}

/** `consumer` is the service's name: what its effects are marked with. */
export interface ConsumeSettings extends TakeSettings {
  readonly groupId: string
  readonly bus: Bus
  readonly reactions: readonly Reaction[]
  readonly onFacts: () => void
}

const PARTITIONS_AT_ONCE = 3
const HOUSEKEEPING_MS = 500
const RESTART_MS = 1_000

/** Reads the topics of the reactions as one group with the service's other replicas, until stopped. */
export function startConsuming(settings: ConsumeSettings): Consuming {
  const { bus, log, metrics, reactions } = settings
  const stopping = new AbortController()
  const inbox = openInbox(settings)
  const take = openTaker(settings, inbox)
  const topics = reactions.map((entry) => bus.topicName(entry.contract.topic))
  let kafka: Consumer | undefined

  const session = async () => {
    await bus.ensureTopics(reactions.map((entry) => entry.contract))
    kafka = openGroupMember(bus, settings.groupId)
    const crashed = crashOf(kafka)
    await kafka.connect()
    await kafka.subscribe({ topics, fromBeginning: true })
    await kafka.run({
      // Offsets are committed by hand after the database's commit.
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: handle,
    })
    await Promise.race([crashed, aborted(stopping.signal)])
  }

  const handle = async ({ batch, heartbeat, ...payload }: EachBatchPayload) => {
    const { topic, partition } = batch
    const lag = (messages: number) =>
      metrics.consumerLag.set({ topic: bus.plainTopic(topic), partition }, Math.max(0, messages))
    lag(Number(batch.offsetLag()))
    const live = () => payload.isRunning() && !payload.isStale() && !stopping.signal.aborted
    const done = await take(delivered(batch, bus.plainTopic(topic)), { live, heartbeat })
    if (done === undefined) return
    payload.resolveOffset(String(done))
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic, partitions: [{ partition, offset: String(done + 1) }] }],
    })
    lag(Number(batch.highWatermark) - done - 1)
  }

  const leave = async () => kafka?.disconnect().catch(() => undefined)
  const consuming = whileRunning(stopping.signal, RESTART_MS, log, async () => {
    await session().finally(leave)
  })
  const housekeeping = whileRunning(stopping.signal, HOUSEKEEPING_MS, log, async () => {
    metrics.parked.set(await countParked(settings.relay))
    await retryParked(settings.relay, inbox)
  })
  return {
    stop: async () => {
      stopping.abort()
      await leave()
      await Promise.all([consuming, housekeeping])
    },
  }
}

function openGroupMember(bus: Bus, groupId: string): Consumer {
  return bus.consumer({
    groupId,
    sessionTimeout: 10_000,
    rebalanceTimeout: 20_000,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: 500,
    allowAutoTopicCreation: false,
    // After a crash a new consumer is made: the restart inside kafkajs may leave the old one in the group.
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
  })
}

function crashOf(kafka: Consumer): Promise<never> {
  const crashed = new Promise<never>((_, reject) => {
    kafka.on(kafka.events.CRASH, ({ payload }) => reject(payload.error))
  })
  crashed.catch(() => undefined)
  return crashed
}

function delivered(batch: Batch, topic: string): Delivered[] {
  return batch.messages.map((message) => ({
    topic,
    partition: batch.partition,
    offset: Number(message.offset),
    key: message.key?.toString() ?? '',
    headers: headerTexts(message.headers),
    body: message.value?.toString() ?? null,
  }))
}

/** Does the work again and again with a pause between, also after it failed, until stopped. */
async function whileRunning(
  signal: AbortSignal,
  pauseMs: number,
  log: Log,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => log.warn({ err: error }, 'consuming was interrupted; it goes on'))
    await pause(pauseMs, signal)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
