import { join } from 'node:path'
import { PERMISSIONS, SERVICES, type ServiceName } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import {
  type Api,
  api,
  database,
  freePorts,
  type Ground,
  type GroundAddresses,
  issuer,
  type RunningService,
  type ServiceOptions,
  type StripeServer,
  startGround,
  startService,
  startStripe,
  type TestDatabase,
  type TokenOptions,
  testFolder,
} from '@praxisbus/testing'
import { lastWords } from '../last-words.ts'

/** Services of one installation, a practice, and somebody who may do everything there. */
export interface Site {
  readonly practiceId: string
  readonly topicPrefix: string
  readonly brokers: string
  /** The payment partner that billing is set up with. No practice is connected to it by itself. */
  readonly stripe: StripeServer
  database(name: ServiceName): Promise<TestDatabase>
  /** One more replica. All replicas of the others are its peers, whether they run already or not. */
  start(name: ServiceName, env?: Readonly<Record<string, string>>): Promise<RunningService>
  token(options?: TokenOptions & { readonly practiceId?: string }): Promise<string>
  api(service: { readonly httpUrl: string }): Promise<Api>
  /** So many lines of what each replica logged last. */
  lastWords(lines: number): Promise<string>
  close(): Promise<void>
}

/** A ground of its own, whose servers a scenario may kill; `shareOwnGround` lets several use one. */
let shared: Promise<Ground> | undefined

export async function withOwnGround<T>(work: (ground: Required<Ground>) => Promise<T>): Promise<T> {
  if (shared) return work((await shared) as Required<Ground>)
  const ground = await openOwnGround()
  try {
    return await work(ground as Required<Ground>)
  } finally {
    await ground.stop()
  }
}

/** Returns how to end it. */
export function shareOwnGround(): () => Promise<void> {
  shared = openOwnGround()
  return async () => {
    const ground = await shared
    shared = undefined
    await ground?.stop()
  }
}

async function openOwnGround(): Promise<Ground> {
  // The environment may name servers that others use: these are not to be killed.
  const named = ['DATABASE_ADMIN_URL', 'KAFKA_BROKERS', 'REDIS_URL', 'PRAXISBUS_GROUND'] as const
  const before = named.map((name) => process.env[name])
  for (const name of named) delete process.env[name]
  try {
    return await startGround({ dir: await testFolder('ground'), durable: false })
  } finally {
    for (const [index, name] of named.entries())
      if (before[index] !== undefined) process.env[name] = before[index]
  }
}

/** Ends what was opened, also where the work fails. */
export async function withSite<T>(
  ground: GroundAddresses,
  work: (site: Site) => Promise<T>,
  replicas = 1,
): Promise<T> {
  const site = await openSite(ground, replicas)
  try {
    return await work(site)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${message}\n${await site.lastWords(6)}`, { cause: error })
  } finally {
    await site.close()
  }
}

export async function openSite(ground: GroundAddresses, replicas: number): Promise<Site> {
  const practiceId = newId()
  const topicPrefix = `${newId()}.`
  const signIn = await issuer()
  const stripe = await startStripe()
  const { portsOf, peers } = await addresses(replicas)
  const own: Partial<Record<ServiceName, Record<string, string>>> = {
    billing: {
      // Nobody takes its mail: documents can be sent, and wait.
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'billing@practice.example',
      STRIPE_URL: stripe.url,
      STRIPE_API_KEY: stripe.apiKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
    },
    imaging: { OBJECT_STORE_DIR: join(await testFolder('objects')) },
  }
  const databases = new Map<ServiceName, Promise<TestDatabase>>()
  const databaseOf = (name: ServiceName) => {
    const known = databases.get(name) ?? database(name, ground.postgres.adminUrl)
    databases.set(name, known)
    return known
  }
  const running: RunningService[] = []
  const started = new Map<ServiceName, number>()
  const token: Site['token'] = (options) => {
    const practices = {
      [options?.practiceId ?? practiceId]: { roles: ['Therapist'], permissions: [...PERMISSIONS] },
    }
    return signIn.token({ userId: 'owner', name: 'Owner', practices }, options)
  }
  return {
    practiceId,
    topicPrefix,
    brokers: ground.kafka.brokers,
    stripe,
    database: databaseOf,
    start: async (name, env = {}) => {
      const index = started.get(name) ?? 0
      started.set(name, index + 1)
      const options: ServiceOptions = {
        database: await databaseOf(name),
        ground,
        issuer: signIn,
        topicPrefix,
        peers,
        ports: portsOf(name)[index],
        env: { RATE_LIMIT_PER_MINUTE: '1000000', LOG_LEVEL: 'info', ...own[name], ...env },
      }
      const service = await startService(name, options)
      running.push(service)
      return service
    },
    token,
    api: async ({ httpUrl }) => api(httpUrl, await token({ expiresInSeconds: 3 * 86_400 })),
    lastWords: (lines) => lastWords(running, lines),
    close: async () => {
      // Not asked to stop: a scenario that failed may have left a server away, for which they would wait.
      await Promise.all(running.map((service) => service.kill9()))
      const opened = await Promise.allSettled(databases.values())
      await Promise.all(
        opened.map((each) => each.status === 'fulfilled' && each.value.drop().catch(() => undefined)),
      )
      await Promise.all([signIn.stop(), stripe.stop()])
    },
  }
}

/** Known before anybody starts, since services ask each other. */
async function addresses(replicas: number) {
  const ports = await freePorts(SERVICES.length * replicas * 2)
  const portsOf = (name: ServiceName) => {
    const first = SERVICES.indexOf(name) * replicas * 2
    return Array.from({ length: replicas }, (_, index) => ({
      http: ports[first + index * 2]!,
      grpc: ports[first + index * 2 + 1]!,
    }))
  }
  const grpcAddress = (name: ServiceName) =>
    portsOf(name)
      .map(({ grpc }) => `127.0.0.1:${grpc}`)
      .join(',')
  return {
    portsOf,
    peers: Object.fromEntries(SERVICES.map((name) => [name, { grpcAddress: grpcAddress(name) }])),
  }
}
