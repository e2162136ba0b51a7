import { setTimeout as delay } from 'node:timers/promises'
import type { Consumer, EachBatchPayload } from 'kafkajs'
import { type Database, DatabaseUnavailable } from '../db.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { sql } from '../sql.ts'
import { MalformedEvent } from './cloud-event.ts'
import { type Delivered, openInbox } from './inbox.ts'
import { type Bus, headerTexts } from './kafka.ts'
import { countParked, park, retryParked } from './parking.ts'
import type { Reaction } from './reaction.ts'

export interface Consuming {
  /** Finishes the batch in hand, commits its offsets, leaves the group. */
  stop(): Promise<void>
}

export interface ConsumeSettings {
  /** The service's name: group id, and the name its effects are marked with. */
  readonly consumer: string
  readonly groupId: string
  readonly bus: Bus
  readonly database: Database
  readonly relay: Database
  readonly reactions: readonly Reaction[]
  readonly log: Log
  readonly metrics: Metrics
  readonly onFacts: () => void
}

/** With the waits between them (50, 100, 200, 400 ms) a poison message holds up its partition for less than a second. */
export const MAX_ATTEMPTS = 5
const FIRST_WAIT_MS = 50
const UNAVAILABLE_WAIT_MS = 250
const PARTITIONS_AT_ONCE = 3
const HOUSEKEEPING_MS = 500

export function startConsuming(settings: ConsumeSettings): Consuming {
  const { bus, log, metrics, consumer, reactions } = settings
  const stopping = new AbortController()
  const inbox = openInbox(settings)
  let kafka: Consumer | undefined

  const session = async () => {
    await bus.ensureTopics(reactions.map((entry) => entry.contract))
    // Offsets are committed by hand after the database's commit, so a long session only delays what a dead member held.
    kafka = bus.consumer({
      groupId: settings.groupId,
      sessionTimeout: 10_000,
      rebalanceTimeout: 20_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
    })
    const crashed = new Promise<void>((_, reject) => {
      kafka!.on(kafka!.events.CRASH, ({ payload }) => reject(payload.error))
    })
    crashed.catch(() => undefined)
    await kafka.connect()
    await kafka.subscribe({
      topics: reactions.map((entry) => bus.topicName(entry.contract.topic)),
      fromBeginning: true,
    })
    await kafka.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => handleBatch(payload),
    })
    await Promise.race([crashed, aborted(stopping.signal)])
  }

  const handleBatch = async (payload: EachBatchPayload) => {
    const { batch } = payload
    const topic = bus.plainTopic(batch.topic)
    const messages: Delivered[] = batch.messages.map((message) => ({
      topic,
      partition: batch.partition,
      offset: Number(message.offset),
      key: message.key?.toString() ?? '',
      headers: headerTexts(message.headers),
      body: message.value?.toString() ?? null,
    }))
    metrics.consumerLag.set({ topic, partition: batch.partition }, Number(batch.offsetLag()))
    const live = () => payload.isRunning() && !payload.isStale() && !stopping.signal.aborted
    const done = await takeAll(messages, live, payload.heartbeat)
    if (done === undefined) return
    payload.resolveOffset(String(done))
    await payload.commitOffsetsIfNecessary({
      topics: [
        { topic: batch.topic, partitions: [{ partition: batch.partition, offset: String(done + 1) }] },
      ],
    })
    metrics.consumerLag.set(
      { topic, partition: batch.partition },
      Math.max(0, Number(batch.highWatermark) - done - 1),
    )
  }

  /** Returns the last offset that is done with. First all at once; where that fails, one by one. */
  const takeAll = async (
    messages: Delivered[],
    live: () => boolean,
    heartbeat: () => Promise<void>,
  ): Promise<number | undefined> => {
    const first = messages[0]!
    if ((await beginAttempt(settings.database, consumer, first)) === 1) {
      try {
        await applyTogether(messages)
        return messages.at(-1)!.offset
      } catch (error) {
        log.debug(
          { err: error, topic: first.topic },
          'a batch did not go through; its messages are taken one by one',
        )
      }
    }
    let done: number | undefined
    for (const message of messages) {
      if (!live()) return done
      if (!(await takeOne(message, live, heartbeat))) return done
      done = message.offset
      await heartbeat()
    }
    return done
  }

  const applyTogether = async (messages: Delivered[]) => {
    const outcomes = await inbox.apply(messages)
    for (const [index, outcome] of outcomes.entries()) await settle(messages[index]!, outcome)
    await endAttempt(settings.database, consumer, messages[0]!)
  }

  /** Where the message was to wait behind a parked one that is gone by now, it is applied after all. */
  const settle = async (message: Delivered, outcome: string) => {
    metrics.consumed.inc({ topic: message.topic, outcome })
    if (outcome !== 'behind-parked') return
    if (await park(settings.relay, consumer, message, 'behind-parked')) return
    await inbox.apply([message], { evenIfParked: true })
  }

  /** false: it could not be decided now, because the process is to stop or has lost the partition. */
  const takeOne = async (
    message: Delivered,
    live: () => boolean,
    heartbeat: () => Promise<void>,
  ): Promise<boolean> => {
    let waitMs = FIRST_WAIT_MS
    while (live()) {
      try {
        const attempts = await beginAttempt(settings.database, consumer, message)
        try {
          const [outcome] = await inbox.apply([message])
          await settle(message, outcome!)
          await endAttempt(settings.database, consumer, message)
          return true
        } catch (error) {
          if (error instanceof DatabaseUnavailable) throw error
          if (attempts >= MAX_ATTEMPTS || error instanceof MalformedEvent) {
            await park(settings.relay, consumer, message, { error: String(error), attempts })
            await endAttempt(settings.database, consumer, message)
            metrics.consumed.inc({ topic: message.topic, outcome: 'parked' })
            log.error(
              { err: error, topic: message.topic, offset: message.offset, partition: message.partition },
              'message parked',
            )
            return true
          }
          await delay(waitMs)
          waitMs *= 2
        }
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) throw error
        // Not the message's fault: no attempt is counted against it while the database is away.
        await delay(UNAVAILABLE_WAIT_MS)
      }
      await heartbeat()
    }
    return false
  }

  const consuming = keepTrying(session, async () => disconnect(kafka), stopping.signal, log)
  const housekeeping = everyWhile(stopping.signal, HOUSEKEEPING_MS, async () => {
    metrics.parked.set(await countParked(settings.relay))
    await retryParked(settings.relay, inbox)
  })

  return {
    stop: async () => {
      stopping.abort()
      await disconnect(kafka)
      await Promise.all([consuming, housekeeping])
    },
  }
}

/** Counts before the attempt and commits, so that a message which kills the process counts too. */
async function beginAttempt(
  database: Database,
  consumer: string,
  { topic, partition, offset }: Delivered,
): Promise<number> {
  const row = await database.plain(async (tx) => {
    // Must outlive this process, not the machine: no wait for the disk.
    await tx.run(sql`set local synchronous_commit = off`)
    return tx.one<{ attempts: number }>(sql`
      insert into delivery_attempt as held (consumer, topic, partition, "offset", attempts)
      values (${consumer}, ${topic}, ${partition}, ${offset}, 1)
      on conflict (consumer, topic, partition) do update
        set attempts = case when held."offset" = excluded."offset" then held.attempts + 1 else 1 end, "offset" = excluded."offset"
      returning attempts`)
  })
  return row.attempts
}

async function endAttempt(
  database: Database,
  consumer: string,
  { topic, partition }: Delivered,
): Promise<void> {
  await database.plain(async (tx) => {
    await tx.run(sql`set local synchronous_commit = off`)
    await tx.run(
      sql`delete from delivery_attempt where consumer = ${consumer} and topic = ${topic} and partition = ${partition}`,
    )
  })
}

async function disconnect(kafka: Consumer | undefined): Promise<void> {
  await kafka?.disconnect().catch(() => undefined)
}

async function keepTrying(
  session: () => Promise<void>,
  cleanUp: () => Promise<void>,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await session()
    } catch (error) {
      log.warn({ err: error }, 'consuming stopped; it starts again')
    }
    await cleanUp()
    if (!signal.aborted) await delay(1_000, undefined, { signal }).catch(() => undefined)
  }
}

async function everyWhile(signal: AbortSignal, ms: number, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined)
    await delay(ms, undefined, { signal }).catch(() => undefined)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
