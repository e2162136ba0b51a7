import type pg from 'pg'
import type { Metrics } from '../metrics.ts'
import { openFloor } from './floor.ts'
import type { Overtaken } from './overtaken.ts'
import type { Publisher } from './publisher.ts'
import { BATCH_ROWS, lagOf, mark, takeUnsent, type UnsentRow } from './unsent.ts'
import { type Bell, pause } from './waiting.ts'

/** Only for rows whose wake-up was lost with a process: the rule is to wake at commit. */
const POLL_MS = 500
/**
 * How long rows that Kafka acknowledged may go unmarked, which is what a crash repeats. At 200 events a second one mark per
 * event cost PostgreSQL more than reading them did.
 */
const MARK_MS = 100
/** Rows read longer ago are read again before they are sent: that they can be read shows that the lock is still held. */
const FRESH_MS = 100
const RETRY_MS = 300
const LAG_EVERY_MS = 1_000

/** Rows that Kafka has acknowledged and that are not marked yet. Outlives a lost connection: they are right whoever leads. */
export interface Acknowledged {
  ids: string[]
  /** Since when the oldest of them waits. */
  sinceMs: number
}

export interface LeadSettings {
  /** Holds the lock. */
  readonly client: pg.Client
  readonly publisher: Publisher
  readonly overtaken: Overtaken
  readonly acknowledged: Acknowledged
  readonly bell: Bell
  readonly metrics: Metrics
  readonly stopping: AbortSignal
}

/**
 * Publishes until stopped; throws when the connection is lost. While one batch is on its way to Kafka the next is read, but
 * never sent: after a failure what was read is dropped, and the oldest rows go first again.
 */
export async function lead(settings: LeadSettings): Promise<void> {
  const { client, publisher, overtaken, acknowledged, bell, metrics, stopping } = settings
  const lag = openLagMeter(client, metrics)
  const floor = openFloor(client)
  let outstanding: { rows: readonly UnsentRow[]; done: Promise<boolean> } | undefined
  let readAtMs = 0
  let highestSent = 0

  /** Waits for the batch that is on its way. false: it failed, and after a pause the oldest rows are to be read again. */
  const settle = async (): Promise<boolean> => {
    const sent = outstanding
    const arrived = (await sent?.done) ?? true
    outstanding = undefined
    if (sent && arrived) {
      note(acknowledged, sent.rows, metrics)
      highestSent = Math.max(highestSent, Number(sent.rows.at(-1)!.id))
    }
    if (!arrived) {
      await lag.measure()
      await pause(RETRY_MS, stopping)
    }
    return arrived
  }

  /** Returns whether to read on at once. */
  const readAndSend = async (): Promise<boolean> => {
    readAtMs = performance.now()
    const marking = markIsDue(acknowledged) ? acknowledged.ids : []
    const unmarked = marking === acknowledged.ids ? [] : acknowledged.ids
    const onTheirWay = [...unmarked, ...(outstanding?.rows ?? []).map(({ id }) => id)]
    const { rows, more } = await takeUnsent(client, {
      above: floor.beginAt(),
      acknowledged: marking,
      onTheirWay,
    })
    const answeredAtMs = performance.now()
    if (marking.length > 0) acknowledged.ids = []
    if (!(await settle())) return true
    if (!(await overtaken.sayAgain(publisher, acknowledged.ids))) {
      await pause(RETRY_MS, stopping)
      return true
    }
    floor.found(rows.length > 0 ? Number(rows[0]!.id) : undefined)
    if (rows.length === 0) lag.none()
    else if (performance.now() - answeredAtMs > FRESH_MS) return true
    else outstanding = { rows, done: publisher.publish(rows) }
    if (more) await lag.measure()
    await floor.raise(highestSent)
    return more
  }

  /** Returns whether there is reason to read. */
  const waitForNews = async (): Promise<boolean> => {
    const lookAtMs = acknowledged.ids.length > 0 ? acknowledged.sinceMs + MARK_MS : readAtMs + POLL_MS
    const waitMs = Math.ceil(lookAtMs - performance.now())
    const rang = waitMs <= 0 || (await bell.rung(waitMs, outstanding?.done))
    return rang || !outstanding || !(await settle())
  }

  try {
    for (let look = true; !stopping.aborted; ) look = look ? await readAndSend() : await waitForNews()
    await settle()
    await mark(client, acknowledged.ids)
    acknowledged.ids = []
  } finally {
    await outstanding?.done
    // Whoever leads next says it; what was true here would be told for as long as this process does not lead again.
    lag.none()
  }
}

function note(acknowledged: Acknowledged, rows: readonly UnsentRow[], metrics: Metrics): void {
  if (acknowledged.ids.length === 0) acknowledged.sinceMs = performance.now()
  for (const { id } of rows) acknowledged.ids.push(id)
  for (const [topic, { length }] of Map.groupBy(rows, (row) => row.topic))
    metrics.published.inc({ topic }, length)
}

/** With a backlog each round trip marks what the one before it sent. */
function markIsDue({ ids, sinceMs }: Acknowledged): boolean {
  return ids.length >= BATCH_ROWS / 4 || (ids.length > 0 && performance.now() - sinceMs >= MARK_MS)
}

/** Counting a long backlog takes the database a while, so it is asked for a twentieth of the time at most. */
function openLagMeter(client: pg.Client, metrics: Metrics) {
  let nextAtMs = 0
  return {
    none: () => {
      metrics.relayLagRows.set(0)
      metrics.relayLagSeconds.set(0)
    },
    measure: async () => {
      const begunMs = performance.now()
      if (begunMs < nextAtMs) return
      const { rows, seconds } = await lagOf(client)
      metrics.relayLagRows.set(rows)
      metrics.relayLagSeconds.set(seconds)
      const tookMs = performance.now() - begunMs
      nextAtMs = performance.now() + Math.max(LAG_EVERY_MS, 20 * tookMs)
    },
  }
}
