import { eventType } from '@praxisbus/contracts'
import type { Database, Tx } from '../db.ts'
import { newId } from '../ids.ts'
import { sql } from '../sql.ts'
import { inTrace, traceFrom } from '../trace.ts'
import { fromMessage, type IncomingEvent } from './cloud-event.ts'
import { insertEvents, openOutbox } from './outbox.ts'
import type { Reaction } from './reaction.ts'

/** A message as it lies in a partition, before anybody looked inside. */
export interface Delivered {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** `other-version`: the topic carries several versions of its fact side by side, and this service reads another one. */
export type Outcome = 'applied' | 'duplicate' | 'behind-parked' | 'other-version'

export interface Inbox {
  /** All of them in one transaction, or none. Returns the outcome of each, in order. */
  apply(
    messages: readonly Delivered[],
    options?: { evenIfParked?: boolean; lockWaitMs?: number },
  ): Promise<Outcome[]>
}

/** What waits longer for a lock is tried again: meanwhile its partition would stand still. */
const LOCK_WAIT_MS = 2_000

/** Applies messages with the mark that they were taken, in one transaction (mission P-02). */
export function openInbox(settings: {
  consumer: string
  database: Database
  reactions: readonly Reaction[]
  onFacts: () => void
}): Inbox {
  const { consumer, database } = settings
  const reactions = new Map(settings.reactions.map((entry) => [eventType(entry.contract), entry]))

  const applyOne = async (tx: Tx, message: Delivered, event: IncomingEvent): Promise<number> => {
    const entry = reactions.get(event.type)!
    const now = Temporal.Now.instant()
    const outbox = openOutbox(event.practiceId, now)
    const trace = traceFrom(event.traceparent, event.correlationId, event.id)
    await inTrace(trace, async () => {
      const { id, subject, version, time } = event
      await entry.run(
        {
          tx,
          practiceId: event.practiceId,
          now,
          newId,
          record: outbox.record,
          event: { id, subject, version, time },
        },
        event.data,
      )
      if (outbox.events.length > 0) tx.later(insertEvents(outbox.events))
      tx.later(sql`insert into audit (practice_id, user_id, action, record_type, record_id, trace_id)
        values (${event.practiceId}, ${`service:${consumer}`}, ${`react ${message.topic}`}, ${'event'}, ${event.id}, ${trace.traceId})`)
    })
    return outbox.events.length
  }

  return {
    apply: async (messages, { evenIfParked = false, lockWaitMs = LOCK_WAIT_MS } = {}) => {
      let facts = 0
      const outcomes = await database.plain(async (tx) => {
        // A process that stands still here would hold what the next owner of the partition needs.
        tx.later(
          sql`select set_config('idle_in_transaction_session_timeout', '5s', true), set_config('lock_timeout', ${String(lockWaitMs)}, true)`,
        )
        const decided: Outcome[] = new Array(messages.length)
        const parsed = messages.map((message, index) => ({
          message,
          index,
          event: fromMessage(message.headers, message.body),
        }))
        const ours = parsed.filter(({ event, index }) => {
          decided[index] = 'other-version'
          return reactions.has(event.type)
        })
        // A key belongs to one practice, so grouping by practice keeps each key's order.
        for (const [practiceId, group] of Map.groupBy(ours, ({ event }) => event.practiceId)) {
          await tx.actFor(practiceId)
          const taken = await take(tx, consumer, practiceId, group, evenIfParked)
          for (const { message, index, event } of group) {
            decided[index] = taken.parkedKeys.has(message.key)
              ? 'behind-parked'
              : taken.fresh.delete(event.id)
                ? 'applied'
                : 'duplicate'
            if (decided[index] === 'applied') facts += await applyOne(tx, message, event)
          }
        }
        return decided
      })
      if (facts > 0) settings.onFacts()
      return outcomes
    },
  }
}

interface Group {
  readonly message: Delivered
  readonly event: IncomingEvent
}

/** Marks the events as taken and says which were new, and which keys have parked messages ahead of them. */
async function take(
  tx: Tx,
  consumer: string,
  practiceId: string,
  group: readonly Group[],
  evenIfParked: boolean,
) {
  const topic = group[0]!.message.topic
  const keys = [...new Set(group.map(({ message }) => message.key))]
  const parkedRows = evenIfParked
    ? []
    : await tx.many<{ key: string }>(
        sql`select distinct key from parked where consumer = ${consumer} and topic = ${topic} and key = any(${keys})`,
      )
  const parkedKeys = new Set(parkedRows.map((row) => row.key))
  const ids = group.filter(({ message }) => !parkedKeys.has(message.key)).map(({ event }) => event.id)
  const freshRows = await tx.many<{ eventId: string }>(
    sql`insert into inbox (practice_id, consumer, event_id)
        select ${practiceId}, ${consumer}, event_id from unnest(${[...new Set(ids)]}::uuid[]) as event_id
        on conflict do nothing returning event_id`,
  )
  return { parkedKeys, fresh: new Set(freshRows.map((row) => row.eventId)) }
}
