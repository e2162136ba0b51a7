import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceName } from '@praxisbus/contracts'
import { COMPILED } from './compiled.ts'
import type { GroundAddresses } from './ground/index.ts'
import { REPOSITORY } from './ground/maven.ts'
import { freePorts } from './ground/ports.ts'
import { launch, runServer, type Server } from './ground/server.ts'
import { testFolder } from './test-ground.ts'

export interface ServiceOptions {
  readonly database: { readonly appUrl: string; readonly relayUrl: string }
  readonly ground: GroundAddresses
  readonly issuer: { readonly url: string }
  /** Keeps the topics of tests that share a Kafka apart. Default: none. */
  readonly topicPrefix?: string
  /** Services it asks: `{ ehr }` becomes EHR_GRPC. */
  readonly peers?: Partial<Record<ServiceName, { readonly grpcAddress: string }>>
  /** Default: free ones. Named where services ask each other, so each address is known before the first starts. */
  readonly ports?: { readonly http: number; readonly grpc: number }
  /** More settings; they win. */
  readonly env?: Readonly<Record<string, string>>
}

export interface RunningService extends Server {
  readonly name: ServiceName
  readonly httpUrl: string
  /** `host:port`. */
  readonly grpcAddress: string
  /** What it has logged since its first start. */
  logs(): Promise<string>
}

/** Starts a service as the process it is in production and waits until it says it is ready. */
export async function startService(name: ServiceName, options: ServiceOptions): Promise<RunningService> {
  const [freeHttp, freeGrpc] = await freePorts(2)
  const { http, grpc } = options.ports ?? { http: freeHttp!, grpc: freeGrpc! }
  const httpUrl = `http://127.0.0.1:${http}`
  const logFile = join(await testFolder(name), `${name}.log`)
  const start = () =>
    launch({
      name: `The service ${name}`,
      command: process.execPath,
      // kafkajs 2.2 sets a negative timer with each request
      args: ['--disable-warning=TimeoutNegativeWarning', join(REPOSITORY, 'services', name, 'src/main.ts')],
      env: { ...ofProcess(), ...environment(options, http, grpc) },
      logFile,
      ready: async () => (await fetch(`${httpUrl}/readyz`, { signal: AbortSignal.timeout(2000) })).ok,
      readyTimeoutMs: 60_000,
    })
  const server = await runServer(start, logFile)
  return Object.assign(server, {
    name,
    httpUrl,
    grpcAddress: `127.0.0.1:${grpc}`,
    logs: () => readFile(logFile, 'utf8'),
  })
}

const ofProcess = () => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_COMPILE_CACHE: COMPILED,
})

function environment(options: ServiceOptions, http: number, grpc: number): Record<string, string> {
  const { database, ground, issuer, topicPrefix = '', peers = {}, env = {} } = options
  const asked = Object.entries(peers).map(([peer, { grpcAddress }]) => [
    `${peer.toUpperCase()}_GRPC`,
    grpcAddress,
  ])
  return {
    SERVICE_HOST: '127.0.0.1',
    HTTP_PORT: String(http),
    GRPC_PORT: String(grpc),
    DATABASE_URL: database.appUrl,
    RELAY_DATABASE_URL: database.relayUrl,
    KAFKA_BROKERS: ground.kafka.brokers,
    KAFKA_TOPIC_PREFIX: topicPrefix,
    REDIS_URL: ground.redis.url,
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: 'praxisbus',
    LOG_LEVEL: 'debug',
    ...Object.fromEntries(asked),
    ...env,
  }
}
