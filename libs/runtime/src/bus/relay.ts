import type { EventContract } from '@praxisbus/contracts'
import pg from 'pg'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { OutgoingEvent } from './cloud-event.ts'
import { type Bus, isMissingTopic, type Sender } from './kafka.ts'
import { oneAtATime, openBell, pause } from './waiting.ts'

/**
 * Publishes the outbox in commit order per key (mission P-02; docs/decisions/0002-relay.md).
 *
 * One relay per database leads, by an advisory lock that lives and dies with the connection that also reads and marks the
 * rows. It takes unpublished rows by id: because a command locks its aggregate before its facts are inserted, the ids of
 * one key follow the order of their commits. It never pages by `id > last`, which would lose rows that commit late.
 * A crash between Kafka's acknowledgement and the mark repeats messages; consumers drop them by event id.
 */
export interface Relay {
  /** Call after a commit that recorded facts: publishes without waiting for the next poll. */
  wake(): void
  /** false: the last send of this process failed, so events wait. A relay that does not lead has nothing to say. */
  sending(): boolean
  stop(): Promise<void>
}

interface OutboxRow {
  id: string
  event_id: string
  practice_id: string
  topic: string
  key: string
  type: string
  sequence: string
  headers: Record<string, string>
  body: string
}

export interface RelaySettings {
  readonly url: string
  readonly bus: Bus
  /** The facts that may lie in the outbox: a topic that is missing is made. */
  readonly publishes: readonly EventContract[]
  readonly log: Log
  readonly metrics: Metrics
}

const LEADER_LOCK = 7_301_202
const BATCH_ROWS = 500
/** Stays below the 1 MiB that a broker takes as one record batch, whatever the keys' partitions. */
const BATCH_BYTES = 900_000
/** Only for rows whose wake-up was lost with a process: the rule is to wake at commit. */
const POLL_MS = 500
const CANDIDATE_MS = 1_000
const RETRY_MS = 300

export function startRelay(settings: RelaySettings): Relay {
  const { log, metrics } = settings
  const stopping = new AbortController()
  const bell = openBell(stopping.signal)
  const publisher = openPublisher(settings)
  let notify: (() => void) | undefined

  const lead = async (client: pg.Client) => {
    while (!stopping.signal.aborted) {
      const batch = fitting(await unpublished(client))
      if (batch.length === 0) {
        metrics.relayLagRows.set(0)
        metrics.relayLagSeconds.set(0)
        await bell.rung(POLL_MS)
      } else if (await publisher.publish(batch)) {
        await markPublished(client, batch, metrics)
      } else {
        await measureLag(client, metrics)
        await pause(RETRY_MS, stopping.signal)
      }
    }
  }

  const term = async () => {
    const client = new pg.Client({
      connectionString: settings.url,
      connectionTimeoutMillis: 3_000,
      query_timeout: 15_000,
      keepAlive: true,
    })
    client.on('error', () => bell.ring())
    client.on('notification', () => bell.ring())
    try {
      await client.connect()
      await client.query('listen outbox')
      // A follower passes its commits on to the leader.
      notify = oneAtATime(() => client.query('notify outbox'))
      while (!stopping.signal.aborted && !(await tryLead(client))) await pause(CANDIDATE_MS, stopping.signal)
      if (stopping.signal.aborted) return
      notify = undefined
      metrics.relayLeader.set(1)
      log.info('this process publishes the outbox')
      await lead(client)
    } finally {
      notify = undefined
      metrics.relayLeader.set(0)
      await publisher.close()
      await client.end().catch(() => undefined)
    }
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await term().catch((error: unknown) =>
        log.warn({ err: error }, 'the relay lost its database; it tries again'),
      )
      await pause(RETRY_MS, stopping.signal)
    }
  })()

  return {
    wake: () => (notify ? notify() : bell.ring()),
    sending: publisher.working,
    stop: async () => {
      stopping.abort()
      bell.ring()
      await running
    },
  }
}

/** Sends batches with one producer until it fails once; the next batch gets a new one. */
function openPublisher({ bus, publishes, log }: RelaySettings) {
  let sender: Sender | undefined
  let working = true
  const close = async () => {
    await sender?.close().catch(() => undefined)
    sender = undefined
  }
  return {
    close,
    working: () => working,
    /** false: it is not known which of the rows arrived; the oldest unmarked ones are to be sent again. */
    publish: async (batch: readonly OutboxRow[]): Promise<boolean> => {
      try {
        sender ??= bus.sender()
        await sender.send(batch.map(toEvent))
        working = true
      } catch (error) {
        working = false
        log.warn(
          { err: error },
          'Kafka did not acknowledge; the oldest rows are sent again by a new producer',
        )
        await close()
        // An operator may have deleted a topic; without it every row behind would wait.
        if (isMissingTopic(error)) await bus.ensureTopics(publishes).catch(() => undefined)
      }
      return working
    },
  }
}

async function markPublished(
  client: pg.Client,
  batch: readonly OutboxRow[],
  metrics: Metrics,
): Promise<void> {
  const ids = batch.map((row) => row.id)
  await client.query('update outbox set published_at = clock_timestamp() where id = any($1::bigint[])', [ids])
  for (const row of batch) metrics.published.inc({ topic: row.topic })
  if (batch.length === BATCH_ROWS) await measureLag(client, metrics)
}

async function tryLead(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ leads: boolean }>(
    `select pg_try_advisory_lock(${LEADER_LOCK}) as leads`,
  )
  return rows[0]!.leads
}

async function unpublished(client: pg.Client): Promise<OutboxRow[]> {
  const { rows } = await client.query<OutboxRow>({
    name: 'unpublished',
    text: `select id, event_id, practice_id, topic, key, type, sequence, headers, body
             from outbox where published_at is null order by id limit ${BATCH_ROWS}`,
  })
  return rows
}

/** As many of the oldest rows as go into one request; at least one. */
function fitting(rows: OutboxRow[]): OutboxRow[] {
  let bytes = 0
  const end = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(row.body) + 1_024
    return index > 0 && bytes > BATCH_BYTES
  })
  return end === -1 ? rows : rows.slice(0, end)
}

function toEvent(row: OutboxRow): OutgoingEvent {
  const { event_id: eventId, practice_id: practiceId, topic, key, type, headers, body } = row
  return { eventId, practiceId, topic, key, type, sequence: Number(row.sequence), headers, body }
}

async function measureLag(client: pg.Client, metrics: Metrics): Promise<void> {
  const { rows } = await client.query<{ count: string; age: string | null }>(
    'select count(*) as count, extract(epoch from clock_timestamp() - min(recorded_at)) as age from outbox where published_at is null',
  )
  metrics.relayLagRows.set(Number(rows[0]!.count))
  metrics.relayLagSeconds.set(Number(rows[0]!.age ?? 0))
}
