import { createHash } from 'node:crypto'
import type { Batch, Consumer, EachBatchPayload } from 'kafkajs'
import type { Log } from '../log.ts'
import { openAside } from './aside.ts'
import { openBehind } from './behind.ts'
import { setBack } from './clock.ts'
import { type Delivered, openInbox } from './inbox.ts'
import { type Bus, headerTexts } from './kafka.ts'
import { countParked } from './parking.ts'
import type { Reaction } from './reaction.ts'
import { retryParked } from './retry.ts'
import { openTaker, type TakeSettings } from './take.ts'
import { openPatience, pause } from './waiting.ts'

export interface Consuming {
  /** false: this process could not read for longer than it takes to join its group anew. */
  reading(): boolean
  /** Finishes the batch in hand, commits its offsets, leaves the group; without the last two where Kafka is silent. */
  stop(): Promise<void>
}

/** `consumer` is the service's name: what its effects are marked with. */
export interface ConsumeSettings extends TakeSettings {
  readonly groupId: string
  readonly bus: Bus
  readonly reactions: readonly Reaction[]
  readonly onFacts: () => void
  /** When a reader of which nothing is heard counts as not reading. Default 30 s. */
  readonly signWithinMs?: number
}

const PARTITIONS_AT_ONCE = 3
const HOUSEKEEPING_MS = 500
const BEHIND_MS = 5_000
const RESTART_MS = 1_000

/** Reads the topics of the reactions as one group with the service's other replicas, until stopped. */
export function startConsuming(settings: ConsumeSettings): Consuming {
  const { bus, log, metrics, reactions } = settings
  const stopping = new AbortController()
  const patience = openPatience(stopping.signal)
  const inbox = openInbox(settings)
  const take = openTaker(settings, inbox)
  const topics = reactions.map((entry) => bus.topicName(entry.contract.topic))
  const lagOf = (topic: string, partition: number, messages: number) =>
    metrics.consumerLag.set({ topic: bus.plainTopic(topic), partition }, Math.max(0, messages))
  const behind = openBehind({ ...settings, topics: reactions.map((entry) => entry.contract.topic) })
  let kafka: Consumer | undefined
  let aside: ReturnType<typeof openAside> | undefined

  const session = async () => {
    await bus.ensureTopics(reactions.map((entry) => entry.contract))
    kafka = openGroupMember(bus, settings.groupId)
    const slow = openAside(kafka, log)
    aside = slow
    const crashed = crashOf(kafka)
    behind.watch(kafka)
    await kafka.connect()
    await kafka.subscribe({ topics, fromBeginning: true })
    await kafka.run({
      // Offsets are committed by hand after the database's commit.
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => slow.run(payload, (ours) => handle(payload, ours)),
    })
    const over = new AbortController()
    const until = AbortSignal.any([stopping.signal, over.signal])
    await Promise.race([crashed, aborted(until), setBack(until)]).finally(() => over.abort())
  }

  const handle = async ({ batch, ...payload }: EachBatchPayload, ours: () => boolean) => {
    const { topic, partition } = batch
    const lag = (messages: number) => lagOf(topic, partition, messages)
    lag(Number(batch.highWatermark) - Number(batch.firstOffset()))
    const live = () => payload.isRunning() && !payload.isStale() && ours() && !stopping.signal.aborted
    const passed = async (offset: number) => {
      if (!ours()) return
      payload.resolveOffset(String(offset))
      const place = { topic, partitions: [{ partition, offset: String(offset + 1) }] }
      await patience(payload.commitOffsetsIfNecessary({ topics: [place] }))
      lag(Number(batch.highWatermark) - offset - 1)
    }
    const heartbeat = () => patience(payload.heartbeat())
    await take(delivered(batch, bus.plainTopic(topic)), { live, heartbeat, passed })
  }

  /** What is set aside is not fetched, so nothing else tells how far it falls behind. */
  const measureAside = async () => {
    const places = aside?.places() ?? []
    for (const [topic, behind] of Map.groupBy(places, (place) => place.topic)) {
      const ends = new Map(
        (await patience(bus.endOffsets(bus.plainTopic(topic)))).map((end) => [end.partition, end.offset]),
      )
      for (const { partition, offset } of behind)
        lagOf(topic, partition, (ends.get(partition) ?? offset) - offset)
    }
  }

  const leave = async () => {
    behind.left()
    if (stopping.signal.aborted) await aside?.finished()
    if (kafka) await patience(kafka.disconnect()).catch(() => undefined)
  }
  const consuming = whileRunning(stopping.signal, RESTART_MS, log, async () => {
    await session().finally(leave)
  })
  const housekeeping = whileRunning(stopping.signal, HOUSEKEEPING_MS, log, async () => {
    metrics.parked.set(await countParked(settings.relay))
    await retryParked(settings.relay, inbox, stopping.signal)
    await measureAside()
  })
  const measuring = whileRunning(stopping.signal, BEHIND_MS, log, () => patience(behind.measure()))
  return {
    reading: behind.reading,
    stop: async () => {
      stopping.abort()
      await leave()
      await patience(Promise.all([consuming, housekeeping, measuring])).catch(() => undefined)
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
    key: keyText(message.key?.toString() ?? ''),
    headers: Object.fromEntries(
      Object.entries(headerTexts(message.headers)).map(([name, value]) => [storable(name), storable(value)]),
    ),
    body: message.value && storable(message.value.toString()),
  }))
}

/** What PostgreSQL can keep, so that anything can be parked: it has no zero bytes in texts. No event of ours has them. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}

const MAX_KEY_CHARACTERS = 500

/** Parked messages are found by key, and an index takes no more than 2,700 bytes. Ours are ids. */
function keyText(key: string): string {
  if (key.length <= MAX_KEY_CHARACTERS) return storable(key)
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
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
