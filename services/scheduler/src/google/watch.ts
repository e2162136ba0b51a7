import { type Database, type Log, type Metrics, sql, startWorker, type Worker } from '@praxisbus/runtime'

const LOOK_MS = 15_000

export interface Doing {
  readonly connected: number
  readonly reconnectNeeded: number
  /** Of the connected ones: the last round failed, and the next is put off. */
  readonly failing: number
  /** How long ago the one that is furthest behind was in step; it may never have been, and then counts from its connecting. */
  readonly behindSeconds: number
}

/** How the connections of all practices are doing (S-19). The relay's login sees states and times of them, not whose they are. */
export function lookAtConnections(relay: Database): Promise<Doing> {
  return relay.plain((tx) =>
    tx.one<Doing>(sql`
      select count(*) filter (where state = 'connected')::int as connected,
             count(*) filter (where state = 'reconnect_needed')::int as reconnect_needed,
             count(*) filter (where state = 'connected' and attempts > 0)::int as failing,
             coalesce(extract(epoch from clock_timestamp() - min(coalesce(last_synced_at, connected_at))
                                filter (where state = 'connected')), 0)::float8 as behind_seconds
        from google_connection where state <> 'disconnected'`),
  )
}

/** Shows it as metrics. Which connection it is says GET /v1/practitioners/{id}/google-calendar. */
export function startWatchingConnections({
  relay,
  log,
  metrics,
  lookMs = LOOK_MS,
}: {
  readonly relay: Database
  readonly log: Log
  readonly metrics: Metrics
  readonly lookMs?: number
}): Worker {
  const connections = metrics.gauge('google_connections', 'Google calendars that are connected, by state', [
    'state',
  ])
  const failing = metrics.gauge(
    'google_connections_failing',
    'Connected Google calendars whose last round failed',
  )
  const behind = metrics.gauge(
    'google_sync_behind_seconds',
    'Since when the connected Google calendar that is furthest behind was in step',
  )
  return startWorker({
    log,
    failing: 'connections to Google could not be looked at',
    everyMs: lookMs,
    look: async () => {
      const found = await lookAtConnections(relay)
      connections.set({ state: 'connected' }, found.connected)
      connections.set({ state: 'reconnect_needed' }, found.reconnectNeeded)
      failing.set(found.failing)
      behind.set(found.behindSeconds)
    },
  })
}
