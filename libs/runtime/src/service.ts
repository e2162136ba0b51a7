import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { EVENTS, type ServiceName } from '@praxisbus/contracts'
import { openAuth } from './auth.ts'
import { startConsuming } from './bus/consume.ts'
import { openBus } from './bus/kafka.ts'
import { startPruning } from './bus/prune.ts'
import type { Reaction } from './bus/reaction.ts'
import { startRelay } from './bus/relay.ts'
import { goodbye } from './bus/waiting.ts'
import type { ServiceSettings } from './config.ts'
import { type Database, openDatabase } from './db.ts'
import type { RpcTable } from './grpc/method.ts'
import { type GrpcSettings, startGrpc } from './grpc/server.ts'
import { openHttp } from './http/app.ts'
import { openLimiter } from './http/limit.ts'
import { openPages } from './http/open-pages.ts'
import { openApi } from './http/openapi.ts'
import type { Route } from './http/route.ts'
import { type HttpServer, openServer } from './http/server.ts'
import { type Log, openLog } from './log.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { stopOnSignal } from './process.ts'
import type { Worker } from './worker.ts'

export interface ServiceDefinition {
  readonly name: ServiceName
  readonly description: string
  readonly settings: ServiceSettings
  readonly routes: readonly Route[]
  readonly rpc: RpcTable
  readonly reactions: readonly Reaction[]
  /** What else runs in this process, for instance the sender of emails. */
  readonly workers?: (parts: {
    database: Database
    log: Log
    relayDatabase: Database
    metrics: Metrics
    /** Says that a worker's transaction recorded facts. */
    onFacts: () => void
  }) => readonly Worker[]
  /** Closed last: clients of other services. */
  readonly closing?: () => void | Promise<void>
}

const TOPIC_RETRY_MS = 1_000

/**
 * Starts a service and resolves when it answers. SIGTERM stops it in order: it says that it is not ready and hands over its
 * partitions, still answers for SHUTDOWN_DELAY_MS, then takes nothing new, finishes, publishes, closes.
 */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const parts = openParts(definition)
  const { log, relay, bus, limiter, database, relayDatabase } = parts
  const delayMs = definition.settings.SHUTDOWN_DELAY_MS
  const state: State = { stopping: false, topicsReady: false, reading: () => true }
  const grpc = await serveGrpc(definition, parts)
  const http = await serveHttp(definition, parts, state)
  const makingTopics = makeTopics(parts, state)
  const background = startBackground(definition, parts, state)
  stopOnSignal(
    async () => {
      state.stopping = true
      grpc.setServing(false)
      await Promise.all([
        ...background.map((worker) => worker.stop()),
        delay(delayMs).then(() => Promise.all([http.close(), grpc.shutdown()])),
      ])
      await Promise.all([relay.stop(), goodbye(makingTopics)])
      await definition.closing?.()
      await Promise.all([goodbye(bus.close()), limiter.close(), database.close(), relayDatabase.close()])
    },
    log,
    delayMs,
  )
  log.info({ http: (http.server.address() as AddressInfo).port, grpc: grpc.port }, 'ready')
}

interface State {
  stopping: boolean
  topicsReady: boolean
  /** Whether facts of others come in. */
  reading: () => boolean
}

type Parts = ReturnType<typeof openParts>

function openParts({ name, settings }: ServiceDefinition) {
  const log = openLog(name, settings.LOG_LEVEL)
  const metrics = openMetrics(name)
  const bus = openBus(
    {
      brokers: settings.KAFKA_BROKERS,
      clientId: name,
      topicPrefix: settings.KAFKA_TOPIC_PREFIX,
      replicationFactor: settings.KAFKA_REPLICATION_FACTOR,
    },
    log,
  )
  const publishes = EVENTS.filter(({ owner }) => owner === name)
  const database = openDatabase(settings.DATABASE_URL, {
    onError: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
  })
  metrics.showLoad(database.load)
  return {
    log,
    metrics,
    bus,
    publishes,
    database,
    relayDatabase: openDatabase(settings.RELAY_DATABASE_URL, { max: 4 }),
    authenticate: openAuth({
      issuer: settings.OIDC_ISSUER,
      audience: settings.OIDC_AUDIENCE,
      discoveryUrl: settings.OIDC_DISCOVERY_URL,
    }),
    limiter: openLimiter(settings.REDIS_URL, settings.RATE_LIMIT_PER_MINUTE, name, log),
    relay: startRelay({ url: settings.RELAY_DATABASE_URL, bus, publishes, log, metrics }),
  }
}

function serveGrpc({ rpc, settings }: ServiceDefinition, { database, authenticate, log, metrics }: Parts) {
  return startGrpc({
    ...rpc,
    host: settings.SERVICE_HOST,
    port: settings.GRPC_PORT,
    database,
    authenticate,
    log,
    onCall: ({ method, code, ms }) => metrics.grpcSeconds.observe({ method, code }, ms / 1000),
  } as RpcTable & GrpcSettings)
}

async function serveHttp(
  { name, description, routes, settings }: ServiceDefinition,
  parts: Parts,
  state: State,
): Promise<HttpServer> {
  const { database, relayDatabase, authenticate, log, metrics, relay, limiter } = parts
  const notReady = async () => {
    if (state.stopping) return ['stopping']
    return (await database.ping().catch(() => ['database'])) ?? []
  }
  const degraded = () => [
    ...(state.topicsReady && relay.sending() ? (state.reading() ? [] : ['reader']) : ['kafka']),
    ...(limiter.counting() ? [] : ['redis']),
  ]
  const app = openHttp({
    routes,
    database,
    relayDatabase,
    authenticate,
    log,
    metrics,
    onFacts: relay.wake,
    limit: limiter.limit,
    trustedProxies: settings.TRUSTED_PROXIES,
    open: openPages({
      service: name,
      metrics,
      openApi: openApi(name, description, routes),
      notReady,
      degraded,
    }),
  })
  // While stopping, a kept-alive connection ends with its answer, so that its client goes to another replica.
  const http = openServer((request, response) => {
    if (state.stopping) response.setHeader('connection', 'close')
    app(request, response)
  })
  await new Promise<void>((resolve, reject) =>
    http.server.once('error', reject).listen(settings.HTTP_PORT, settings.SERVICE_HOST, resolve),
  )
  return http
}

async function makeTopics({ bus, publishes, log }: Parts, state: State): Promise<void> {
  while (!state.stopping && !state.topicsReady) {
    try {
      await bus.ensureTopics(publishes)
      state.topicsReady = true
    } catch (error) {
      log.warn({ err: error }, 'Kafka is away; commands go on, events wait')
      await delay(TOPIC_RETRY_MS)
    }
  }
}

function startBackground(
  { name, settings, reactions, workers }: ServiceDefinition,
  parts: Parts,
  state: State,
): Worker[] {
  const { bus, database, relayDatabase, relay, log, metrics } = parts
  const consuming = () => {
    const reader = startConsuming({
      consumer: name,
      groupId: settings.KAFKA_TOPIC_PREFIX + name,
      bus,
      database,
      relay: relayDatabase,
      reactions,
      log,
      metrics,
      onFacts: relay.wake,
    })
    state.reading = reader.reading
    return reader
  }
  return [
    ...(reactions.length > 0 ? [consuming()] : []),
    startPruning(relayDatabase, log),
    ...(workers?.({ database, relayDatabase, log, metrics, onFacts: relay.wake }) ?? []),
  ]
}
