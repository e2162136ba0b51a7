import { setTimeout as delay } from 'node:timers/promises'
import { type Database, DatabaseUnavailable } from '../db.ts'
import { isUuid } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { sql } from '../sql.ts'
import { isBusy, isHeldUp } from '../sql-fault.ts'
import { MalformedEvent } from './cloud-event.ts'
import type { Delivered, Inbox, Outcome } from './inbox.ts'
import { MAX_ATTEMPTS, park, waitingText } from './parking.ts'

export interface TakeSettings {
  readonly consumer: string
  readonly database: Database
  readonly relay: Database
  readonly log: Log
  readonly metrics: Metrics
}

/** Whether the partition is still ours, and how to say that we are alive and how far we came. */
export interface Lease {
  readonly live: () => boolean
  readonly heartbeat: () => Promise<void>
  /** The next reader of the partition is to begin behind this offset. */
  readonly passed: (offset: number) => Promise<void>
}

const FIRST_WAIT_MS = 50
const UNAVAILABLE_WAIT_MS = 250
/** What is held up by somebody else for longer than that lets the other keys of its partition go first. */
const HELD_UP_MS = 1_500

/**
 * Takes messages of one partition, in order: all in one transaction, and where that fails one by one, until each is applied
 * or parked (mission P-02).
 */
export function openTaker(settings: TakeSettings, inbox: Inbox) {
  return async (messages: readonly Delivered[], lease: Lease): Promise<void> => {
    const together = await takeTogether(settings, inbox, messages).catch((error: unknown) => {
      settings.log.debug(
        { err: error, topic: messages[0]!.topic },
        'a batch did not go through; its messages are taken one by one',
      )
      return false
    })
    if (together) return lease.passed(messages.at(-1)!.offset)
    for (const message of messages) {
      if (!(await takeOne(settings, inbox, message, lease))) return
      // After each: where one of them kills the process, the next begins with that one, and its attempts add up.
      await lease.passed(message.offset)
      await lease.heartbeat()
    }
  }
}

/** false: an earlier attempt at this place did not come to its end, so each message is tried by itself. */
async function takeTogether(
  settings: TakeSettings,
  inbox: Inbox,
  messages: readonly Delivered[],
): Promise<boolean> {
  const first = messages[0]!
  if ((await beginAttempt(settings, first)) > 1) return false
  const outcomes = await inbox.apply(messages)
  for (const [index, outcome] of outcomes.entries()) await settle(settings, inbox, messages[index]!, outcome)
  await endAttempt(settings, first)
  return true
}

/** false: it could not be decided now, because the process is to stop or has lost the partition. */
async function takeOne(
  settings: TakeSettings,
  inbox: Inbox,
  message: Delivered,
  lease: Lease,
): Promise<boolean> {
  const beganMs = performance.now()
  let said = false
  for (let waitMs = FIRST_WAIT_MS; lease.live(); await lease.heartbeat()) {
    try {
      if (await attempt(settings, inbox, message)) return true
      await delay(waitMs)
      waitMs *= 2
    } catch (error) {
      if (!isNobodysFault(error)) throw error
      if (isHeldUp(error) && performance.now() - beganMs >= HELD_UP_MS) {
        if (await setAside(settings, message, error)) return true
      }
      const { topic, partition, offset } = message
      if (!said)
        settings.log.warn({ err: error, topic, partition, offset }, 'a message waits for the database')
      said = true
      // Not the message's fault: the attempt is not counted against it.
      await delay(UNAVAILABLE_WAIT_MS)
      await endAttempt(settings, message).catch(() => undefined)
    }
  }
  return false
}

/** true: applied or parked. false: it failed, and there are attempts left. */
async function attempt(settings: TakeSettings, inbox: Inbox, message: Delivered): Promise<boolean> {
  const attempts = await beginAttempt(settings, message)
  try {
    // Each attempt was counted before it was made. So many, and none came to its end: it kills the process.
    if (attempts > MAX_ATTEMPTS)
      throw new Error(`the process ended ${attempts - 1} times while it handled this message`)
    const [outcome] = await inbox.apply([message])
    await settle(settings, inbox, message, outcome!)
  } catch (error) {
    if (isNobodysFault(error)) throw error
    if (attempts < MAX_ATTEMPTS && !(error instanceof MalformedEvent)) return false
    await park(settings.relay, settings.consumer, message, { error: String(error), attempts })
    settings.metrics.consumed.inc({ topic: message.topic, outcome: 'parked' })
    const { topic, partition, offset } = message
    settings.log.error({ err: error, topic, partition, offset }, 'message parked')
  }
  await endAttempt(settings, message)
  return true
}

function isNobodysFault(error: unknown): boolean {
  return error instanceof DatabaseUnavailable || isBusy(error)
}

/** It waits with those of its key that come behind it, and is tried again by itself. false: that could not be noted either. */
async function setAside(settings: TakeSettings, message: Delivered, error: unknown): Promise<boolean> {
  const { topic, partition, offset } = message
  const place = { err: error, topic, partition, offset }
  try {
    const fault = { error: waitingText(error), attempts: 0, waits: true }
    await park(settings.relay, settings.consumer, message, fault)
    await endAttempt(settings, message)
  } catch (again) {
    settings.log.warn({ ...place, again }, 'a message waits for somebody’s lock, and its partition with it')
    return false
  }
  settings.metrics.consumed.inc({ topic, outcome: 'set-aside' })
  settings.log.warn(place, 'a message waits for somebody’s lock; it is tried again by itself, others go on')
  return true
}

/** Where the message was to wait behind a parked one that is gone by now, it is applied after all. */
async function settle(
  settings: TakeSettings,
  inbox: Inbox,
  message: Delivered,
  outcome: Outcome,
): Promise<void> {
  settings.metrics.consumed.inc({ topic: message.topic, outcome })
  if (outcome !== 'behind-parked') return
  if (await park(settings.relay, settings.consumer, message, 'behind-parked')) return
  await inbox.apply([message], { evenIfParked: true })
}

/**
 * Counts before the attempt and commits, so that a message which kills the process counts too. A place alone does not say which
 * message it is: offsets start anew when a topic is made anew.
 */
async function beginAttempt(
  { database, consumer }: TakeSettings,
  { topic, partition, offset, headers }: Delivered,
): Promise<number> {
  const eventId = isUuid(headers.ce_id) ? headers.ce_id : null
  const row = await database.plain(async (tx) => {
    // Must outlive this process, not the machine: no wait for the disk.
    tx.later(sql`set local synchronous_commit = off`)
    return tx.one<{ attempts: number }>(sql`
      insert into delivery_attempt as held (consumer, topic, partition, "offset", event_id, attempts)
      values (${consumer}, ${topic}, ${partition}, ${offset}, ${eventId}, 1)
      on conflict (consumer, topic, partition) do update
        set attempts = case
              when held."offset" = excluded."offset" and (held.event_id is null or held.event_id is not distinct from excluded.event_id)
              then held.attempts + 1 else 1 end,
            "offset" = excluded."offset", event_id = excluded.event_id
      returning attempts`)
  })
  return row.attempts
}

async function endAttempt(
  { database, consumer }: TakeSettings,
  { topic, partition }: Delivered,
): Promise<void> {
  await database.plain(async (tx) => {
    tx.later(sql`set local synchronous_commit = off`)
    await tx.run(
      sql`delete from delivery_attempt where consumer = ${consumer} and topic = ${topic} and partition = ${partition}`,
    )
  })
}
