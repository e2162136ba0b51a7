import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { whyNoContainers } from './engine.ts'
import { GroundFault } from './fault.ts'
import { type KafkaServer, startKafka } from './kafka.ts'
import { ownKafka, ownPostgres, ownRedis } from './own.ts'
import type { GroundAddresses, PartStarters } from './part.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { type RedisServer, startRedis } from './redis.ts'

export type { GroundAddresses } from './part.ts'

/**
 * embedded: local processes. containers: of the official images, by testcontainers. auto: containers where a Docker engine answers
 * and has the images or fetches them within a minute, else embedded.
 */
export type GroundKind = 'auto' | 'embedded' | 'containers'

export type GroundPart = 'PostgreSQL' | 'Kafka' | 'Redis'

export interface GroundOptions {
  /** Folder for data and logs; kept when the ground is stopped. */
  dir: string
  /** false: data that a power cut may take, and servers that are soon there rather than fast (test runs). Default true. */
  durable?: boolean
  /** Default: free ones. */
  ports?: { postgres?: number; kafka?: number; redis?: number }
  /** Where downloaded servers are kept. Default: `.praxisbus/cache` of the repository. */
  cacheDir?: string
  /** What PRAXISBUS_GROUND means where it is not set. Default embedded. */
  usually?: GroundKind
  /** Told where the servers run, and why, when there was a choice. */
  onChoice?: (text: string) => void
  /** Called when a part is ready, with the time it took. A part that was there already takes 0 ms. */
  onProgress?: (part: GroundPart, ms: number) => void
}

export interface Ground extends GroundAddresses {
  /** Undefined where a server named by the environment, or in a container, is used. */
  postgresServer?: PostgresServer
  kafkaServer?: KafkaServer
  redisServer?: RedisServer
  /** Stops what was started here, and only that. */
  stop(): Promise<void>
}

/**
 * PostgreSQL, Kafka and Redis, side by side. Each is the one that DATABASE_ADMIN_URL, KAFKA_BROKERS or REDIS_URL names, else
 * where PRAXISBUS_GROUND says (GroundKind).
 */
export async function startGround(options: GroundOptions): Promise<Ground> {
  await mkdir(options.dir, { recursive: true })
  await requireRoom(options.dir)
  const kind = kindAsked(options.usually)
  if (kind === 'embedded' || allNamed()) return startAll(embedded(options), options)
  const noContainers = await whyNoContainers()
  if (kind === 'containers' && noContainers) {
    throw new GroundFault(
      `PRAXISBUS_GROUND=containers, but ${noContainers}.`,
      'Start Docker where it can fetch images, or leave the setting out.',
    )
  }
  try {
    if (noContainers) throw new GroundFault(noContainers, '')
    const ground = await startAll((await containers()).containerStarters(options), options)
    options.onChoice?.('PostgreSQL, Kafka and Redis run as containers')
    return ground
  } catch (error) {
    if (kind === 'containers') throw error
    const why = (error as Error).message.split('\n')[0]
    options.onChoice?.(`PostgreSQL, Kafka and Redis run as local processes: ${why}`)
    return startAll(embedded(options), options)
  }
}

function kindAsked(usually: GroundKind = 'embedded'): GroundKind {
  const asked = process.env.PRAXISBUS_GROUND || usually
  if (asked === 'auto' || asked === 'embedded' || asked === 'containers') return asked
  throw new GroundFault(
    `PRAXISBUS_GROUND is "${asked}".`,
    'It may be auto, embedded or containers; for pure tests none.',
  )
}

/** Nothing is to be started. */
function allNamed(): boolean {
  const { DATABASE_ADMIN_URL, KAFKA_BROKERS, REDIS_URL } = process.env
  return Boolean(DATABASE_ADMIN_URL && KAFKA_BROKERS && REDIS_URL)
}

async function startAll(starters: PartStarters, options: GroundOptions): Promise<Ground> {
  const { DATABASE_ADMIN_URL, KAFKA_BROKERS, REDIS_URL } = process.env
  if (DATABASE_ADMIN_URL)
    starters.postgres = async () => ({ address: { adminUrl: await ownPostgres(DATABASE_ADMIN_URL) } })
  if (KAFKA_BROKERS) starters.kafka = async () => ({ address: { brokers: await ownKafka(KAFKA_BROKERS) } })
  if (REDIS_URL) starters.redis = async () => ({ address: { url: await ownRedis(REDIS_URL) } })

  const started = await Promise.allSettled([
    timed('PostgreSQL', starters.postgres, options),
    timed('Kafka', starters.kafka, options),
    timed('Redis', starters.redis, options),
  ])
  const stop = async () => {
    await Promise.all(started.map((part) => part.status === 'fulfilled' && part.value.stop?.()))
  }
  const faults = started.flatMap((part) => (part.status === 'rejected' ? [part.reason as Error] : []))
  if (faults.length > 0) {
    await stop()
    throw faults.length === 1
      ? faults[0]
      : new AggregateError(faults, faults.map((fault) => fault.message).join('\n'))
  }
  const [postgres, kafka, redis] = started.map((part) => (part as PromiseFulfilledResult<unknown>).value) as [
    Awaited<ReturnType<PartStarters['postgres']>>,
    Awaited<ReturnType<PartStarters['kafka']>>,
    Awaited<ReturnType<PartStarters['redis']>>,
  ]
  return {
    postgres: postgres.address,
    kafka: kafka.address,
    redis: redis.address,
    postgresServer: postgres.server,
    kafkaServer: kafka.server,
    redisServer: redis.server,
    stop,
  }
}

async function timed<T>(
  part: GroundPart,
  start: () => Promise<T>,
  { onProgress }: GroundOptions,
): Promise<T> {
  const begun = performance.now()
  const started = await start()
  onProgress?.(part, Math.round(performance.now() - begun))
  return started
}

function embedded({ dir, durable, ports = {}, cacheDir }: GroundOptions): PartStarters {
  const common = (name: string) => ({
    dataDir: join(dir, name),
    logFile: join(dir, 'logs', `${name}.log`),
    cacheDir,
  })
  return {
    postgres: async () => {
      const server = await startPostgres({ ...common('postgres'), port: ports.postgres, durable })
      return { address: { adminUrl: server.adminUrl() }, server, stop: server.stop }
    },
    kafka: async () => {
      const server = await startKafka({ ...common('kafka'), port: ports.kafka, durable })
      return { address: { brokers: server.brokers }, server, stop: server.stop }
    },
    redis: async () => {
      const server = await startRedis({ ...common('redis'), port: ports.redis })
      return { address: { url: server.url }, server, stop: server.stop }
    },
  }
}

/** Loaded only when asked for: testcontainers is large. */
const containers = () => import('./containers.ts')

/** Too little room shows up in Kafka as a log folder gone offline, long after the start: better said before. */
async function requireRoom(dir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir)
  const freeMb = Math.floor((bavail * bsize) / 1_000_000)
  if (freeMb >= 500) return
  throw new GroundFault(
    `The disk of ${dir} has ${freeMb} MB left; the servers need 500 MB.`,
    'Make room, then start again.',
  )
}
