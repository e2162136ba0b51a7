import type { EventContract } from '@praxisbus/contracts'
import pg from 'pg'
import { sessionOptions } from '../db-session.ts'
import { socketOf } from '../db-watch.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Bus } from './kafka.ts'
import { type Acknowledged, lead } from './lead.ts'
import { openOvertaken, REQUEST_GONE_MS } from './overtaken.ts'
import { openPublisher } from './publisher.ts'
import { GOODBYE_MS, oneAtATime, openBell, openPatience, pause } from './waiting.ts'

/**
 * Publishes the outbox in commit order per key (mission P-02; docs/decisions/0002-relay.md).
 *
 * One relay per database leads, by an advisory lock that lives and dies with the connection that also reads and marks the
 * rows. It takes unpublished rows by id: because a command locks its aggregate before its facts are inserted, the ids of
 * one key follow the order of their commits. It never pages by `id > last`, which would lose rows that commit late.
 * While Kafka acknowledges one batch the next is read; only one is ever on its way. Marks follow in the round trip of a
 * later read. A crash between Kafka's acknowledgement and the mark repeats messages; consumers drop them by event id.
 */
export interface Relay {
  /** Call after a commit that recorded facts: publishes without waiting for the next poll. */
  wake(): void
  /** false: the last send of this process failed, so events wait. A relay that does not lead has nothing to say. */
  sending(): boolean
  /** Sends no more, waits for what is on its way and marks it; each wait for a silent Kafka or PostgreSQL ends after 4 s. */
  stop(): Promise<void>
}

export interface RelaySettings {
  readonly url: string
  readonly bus: Bus
  /** The facts that may lie in the outbox: a topic that is missing is made. */
  readonly publishes: readonly EventContract[]
  readonly log: Log
  readonly metrics: Metrics
  /** When a request of a former leader must have arrived or died. Default 15 s. */
  readonly requestGoneMs?: number
}

const LEADER_LOCK = 7_301_202
const CANDIDATE_MS = 1_000
const RETRY_MS = 300

/**
 * A mark that a power cut takes back repeats a message; waiting for the disk would hold up the rows behind it. Unsent rows
 * are read along their index: by a bitmap and a sort, which statistics of an empty outbox suggest, every row that was sent
 * since the last vacuum is visited again (330 to 1160 µs of CPU a read, planned anew or not, against 165).
 */
const SESSION = `
  set synchronous_commit = off; set plan_cache_mode = force_generic_plan;
  set enable_bitmapscan = off; set enable_seqscan = off; set enable_sort = off;
  listen outbox`

export function startRelay(settings: RelaySettings): Relay {
  const { log, metrics } = settings
  const stopping = new AbortController()
  const bell = openBell(stopping.signal)
  const publisher = openPublisher({ ...settings, stopping: stopping.signal })
  // Longer than the publisher's, so that what Kafka took is still marked.
  const patience = openPatience(stopping.signal, GOODBYE_MS + 1_000)
  const acknowledged: Acknowledged = { ids: [], sinceMs: 0 }
  const compactedTopics = settings.publishes.flatMap(({ compacted, topic }) => (compacted ? [topic] : []))
  let notify: (() => void) | undefined

  const term = async () => {
    const client = new pg.Client({
      connectionString: settings.url,
      connectionTimeoutMillis: 3_000,
      query_timeout: 15_000,
      keepAlive: true,
      // A leader whose machine vanishes would keep the lock until the server's kernel misses it, after two hours.
      options: sessionOptions(),
    })
    client.on('error', () => bell.ring())
    client.on('notification', () => bell.ring())
    try {
      await patience(serve(client))
    } finally {
      notify = undefined
      metrics.relayLeader.set(0)
      await publisher.close()
      // A database that hangs does not end the connection either.
      await patience(client.end()).catch(() => socketOf(client).destroy())
    }
  }

  const serve = async (client: pg.Client) => {
    await client.connect()
    await client.query(SESSION)
    // A follower passes its commits on to the leader.
    notify = oneAtATime(() => client.query('notify outbox'))
    while (!stopping.signal.aborted && !(await tryLead(client))) await pause(CANDIDATE_MS, stopping.signal)
    if (stopping.signal.aborted) return
    notify = undefined
    metrics.relayLeader.set(1)
    log.info('this process publishes the outbox')
    const overtaken = await openOvertaken(client, compactedTopics, settings.requestGoneMs ?? REQUEST_GONE_MS)
    await lead({ client, publisher, overtaken, acknowledged, bell, metrics, stopping: stopping.signal })
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

async function tryLead(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ leads: boolean }>(
    `select pg_try_advisory_lock(${LEADER_LOCK}) as leads`,
  )
  return rows[0]!.leads
}
