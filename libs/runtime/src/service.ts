import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { EVENTS, type ServiceName } from '@praxisbus/contracts'
import { openAuth } from './auth.ts'
import { startConsuming } from './bus/consume.ts'
import { openBus } from './bus/kafka.ts'
import { startPruning } from './bus/prune.ts'
import type { Reaction } from './bus/reaction.ts'
import { startRelay } from './bus/relay.ts'
import type { ServiceSettings } from './config.ts'
import { type Database, openDatabase } from './db.ts'
import type { RpcTable } from './grpc/method.ts'
import { type GrpcSettings, startGrpc } from './grpc/server.ts'
import { openHttp } from './http/app.ts'
import { openLimiter } from './http/limit.ts'
import { openPages } from './http/open-pages.ts'
import { openApi } from './http/openapi.ts'
import type { Route } from './http/route.ts'
import { type Log, openLog } from './log.ts'
import { openMetrics } from './metrics.ts'

export interface Worker {
  /** Finishes what is in hand. */
  stop(): Promise<void>
}

export interface ServiceDefinition {
  readonly name: ServiceName
  readonly description: string
  readonly settings: ServiceSettings
  readonly routes: readonly Route[]
  readonly rpc: RpcTable
  readonly reactions: readonly Reaction[]
  /** What else runs in this process, for instance the sender of emails. */
  readonly workers?: (parts: { database: Database; log: Log; wakeRelay: () => void }) => readonly Worker[]
  /** Closed last: clients of other services. */
  readonly closing?: () => void | Promise<void>
}

/** In-flight requests get this long after SIGTERM; then the process ends all the same. */
const SHUTDOWN_LIMIT_MS = 15_000
const TOPIC_RETRY_MS = 1_000

/** Starts a service and resolves when it answers; SIGTERM stops it in order: stop taking, finish, commit offsets, close. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const { name, settings } = definition
  const log = openLog(name, settings.LOG_LEVEL)
  const metrics = openMetrics(name)
  const database = openDatabase(settings.DATABASE_URL, {
    onError: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
  })
  const relayDatabase = openDatabase(settings.RELAY_DATABASE_URL, { max: 4 })
  const bus = openBus(
    {
      brokers: settings.KAFKA_BROKERS,
      clientId: name,
      topicPrefix: settings.KAFKA_TOPIC_PREFIX,
      replicationFactor: settings.KAFKA_REPLICATION_FACTOR,
    },
    log,
  )
  const authenticate = openAuth({ issuer: settings.OIDC_ISSUER, audience: settings.OIDC_AUDIENCE })
  const limiter = openLimiter(settings.REDIS_URL, settings.RATE_LIMIT_PER_MINUTE, name, log)
  const relay = startRelay({
    url: settings.RELAY_DATABASE_URL,
    bus,
    publishes: definition.publishes,
    log,
    metrics,
  })
  let stopping = false
  let topicsReady = false

  const app = openHttp({
    routes: definition.routes,
    database,
    authenticate,
    log,
    metrics,
    onFacts: relay.wake,
    limit: limiter.limit,
    open: openPages({
      service: name,
      metrics,
      openApi: openApi(name, definition.description, definition.routes),
      notReady: async () => {
        if (stopping) return ['stopping']
        return database.ping().then(
          () => [],
          () => ['database'],
        )
      },
      degraded: () => (topicsReady ? [] : ['kafka']),
    }),
  })
  const grpc = await startGrpc({
    ...definition.rpc,
    host: settings.SERVICE_HOST,
    port: settings.GRPC_PORT,
    database,
    authenticate,
    log,
    onCall: ({ method, code, ms }) => metrics.grpcSeconds.observe({ method, code: String(code) }, ms / 1000),
  } as RpcTable & GrpcSettings)
  // While stopping, a kept-alive connection ends with its answer, so that its client goes to another replica.
  const http = createServer((request, response) => {
    if (stopping) response.setHeader('connection', 'close')
    app(request, response)
  })
  await new Promise<void>((resolve, reject) =>
    http.once('error', reject).listen(settings.HTTP_PORT, settings.SERVICE_HOST, resolve),
  )

  const owned = EVENTS.filter(({ owner }) => owner === name)
  const makingTopics = (async () => {
    while (!stopping && !topicsReady) {
      await bus.ensureTopics(owned).then(
        () => {
          topicsReady = true
        },
        (error: unknown) => log.warn({ err: error }, 'Kafka is away; commands go on, events wait'),
      )
      if (!topicsReady) await delay(TOPIC_RETRY_MS)
    }
  })()
  const consuming =
    definition.reactions.length === 0
      ? undefined
      : startConsuming({
          consumer: name,
          groupId: settings.KAFKA_TOPIC_PREFIX + name,
          bus,
          database,
          relay: relayDatabase,
          reactions: definition.reactions,
          log,
          metrics,
          onFacts: relay.wake,
        })
  const pruning = startPruning(relayDatabase, log)
  const workers = definition.workers?.({ database, log, wakeRelay: relay.wake }) ?? []

  const stop = async () => {
    stopping = true
    grpc.setServing(false)
    const closed = new Promise((resolve) => http.close(resolve))
    http.closeIdleConnections()
    await Promise.all([
      closed,
      grpc.shutdown(),
      consuming?.stop(),
      pruning.stop(),
      ...workers.map((worker) => worker.stop()),
    ])
    await relay.stop()
    await makingTopics
    await definition.closing?.()
    await Promise.all([bus.close(), limiter.close(), database.close(), relayDatabase.close()])
  }
  stopOnSignal(stop, settings.PRAXISBUS_PARENT_PIPE === '1', log)
  log.info({ http: (http.address() as AddressInfo).port, grpc: grpc.port }, 'ready')
}

function stopOnSignal(stop: () => Promise<void>, watchStdin: boolean, log: Log): void {
  let begun = false
  const end = (why: string) => {
    if (begun) return
    begun = true
    log.info({ why }, 'stopping')
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', () => end('SIGTERM'))
  process.once('SIGINT', () => end('SIGINT'))
  if (watchStdin)
    process.stdin
      .on('end', () => end('the supervisor is gone'))
      .on('error', () => undefined)
      .resume()
}

/** A fault in the settings is said in words, without a stack. */
export function startOrExplain(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    const text =
      (error as Error).name === 'Error' && (error as { issues?: unknown }).issues === undefined
        ? (error as Error).message
        : String(error)
    process.stderr.write(`${text}\n`)
    process.exit(1)
  })
}
