import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ground, startGround } from '@praxisbus/testing/ground/index.ts'
import { CACHE } from './bootstrap/machine.mjs'
import { ownDatabaseOf, prepareDatabases } from './databases.ts'
import { startGoogleStandIn } from './google.ts'
import { type Home, openSecrets, SERVICES, type Secret } from './home.ts'
import { takeHome } from './lock.ts'
import { startMail } from './mail.ts'
import { startPaymentPartner } from './payment-partner.ts'
import { requireFreePorts, wantedPorts } from './ports.ts'
import type { Practice } from './practice/folder.ts'
import { httpUrl, issuerSpec, issuerUrl, type Surroundings, serviceSpec } from './services.ts'
import { issuerUsers } from './sign-in.ts'
import { keepRunning, type OnNews, type Running, watchServer } from './supervise.ts'

export interface LocalOptions {
  readonly verb: 'start' | 'dev'
  readonly fresh: boolean
  readonly watch: boolean
}

export interface OnProgress {
  /** What is being done now. */
  busy(text: string): void
  /** A part is there. `where` is how one reaches it. */
  ready(part: string, ms: number, where: string): void
  news: OnNews
}

export interface LocalRun {
  readonly around: Surroundings
  readonly ground: Ground
  stop(): Promise<void>
}

/** Things to undo, in reverse; usable while still starting. */
class Undo {
  readonly #steps: (() => unknown)[] = []
  add(step: () => unknown): void {
    this.#steps.push(step)
  }
  async run(): Promise<void> {
    while (this.#steps.length > 0) await this.#steps.pop()!()
  }
}

const PATIENCE_AFTER_CRASH_MS = 12_000

/**
 * Starts all parts. `stop` ends what is there at that moment, also while it is still starting; what is being started just
 * then is ended by the reaper of libs/testing when this process ends.
 */
export function startLocal(
  home: Home,
  practice: Practice,
  options: LocalOptions,
  on: OnProgress,
): { started: Promise<LocalRun>; stop(): Promise<void> } {
  const undo = new Undo()
  return { started: startAll(home, practice, options, on, undo), stop: () => undo.run() }
}

async function startAll(
  home: Home,
  practice: Practice,
  options: LocalOptions,
  on: OnProgress,
  undo: Undo,
): Promise<LocalRun> {
  const lock = await takeHome(home, options.verb)
  undo.add(lock.release)
  await requireFreePorts(wantedPorts(home, process.env), lock.afterCrash ? PATIENCE_AFTER_CRASH_MS : 0)
  if (options.fresh) removeData(home)
  for (const folder of [home.data, home.logs]) mkdirSync(folder, { recursive: true })
  const secret = openSecrets(home)

  const ground = await startServers(home, on, undo)
  on.busy('databases')
  const begun = performance.now()
  const databases = await prepareDatabases(ground.postgres.adminUrl, secret)
  const applied = SERVICES.reduce((sum, service) => sum + databases[service].applied, 0)
  on.ready('databases', performance.now() - begun, applied ? `${applied} migrations applied` : 'up to date')

  const outside = await startOutside(home, practice, secret, on, undo)
  on.busy('sign-in')
  const users = issuerUsers(practice)
  const issuer = await timed(on, 'issuer', issuerUrl(home), () =>
    keepRunning(issuerSpec(home, users, secret('issuer-cookies')), on.news),
  )
  undo.add(issuer.stop)

  const around: Surroundings = {
    home,
    databases,
    brokers: ground.kafka.brokers,
    topicPrefix: process.env.KAFKA_TOPIC_PREFIX ?? '',
    redisUrl: ground.redis.url,
    ...outside,
    paysOnline: true,
    sendsEmail: true,
    mailbox: home.mail,
    // A secret has 32 characters, as many as the key has bytes.
    googleTokenKey: Buffer.from(secret('google-token-key')).toString('base64'),
  }
  writeOperatorEnv(around)
  await startServices(around, options.watch, on, undo)
  lock.tell({
    brokers: around.brokers,
    redisUrl: around.redisUrl,
    topicPrefix: around.topicPrefix,
    databases: Object.fromEntries(SERVICES.map((service) => [service, databases[service].adminUrl])),
  })
  return { around, ground, stop: () => undo.run() }
}

/** Stand-ins for what is not ours and is elsewhere: mail, Stripe, Google. */
async function startOutside(home: Home, practice: Practice, secret: Secret, on: OnProgress, undo: Undo) {
  on.busy('stand-ins for mail, Stripe and Google')
  const mail = await timed(on, 'mail', `${home.mail} (nothing is delivered)`, () =>
    startMail(home.ports.smtp, home.mail),
  )
  undo.add(mail.stop)
  const paymentPartner = {
    url: `http://127.0.0.1:${home.ports.paymentPartner}`,
    apiKey: secret('payment-partner-key'),
    webhookSecret: secret('payment-partner-webhook'),
  }
  const partner = await timed(on, 'pay online', `${paymentPartner.url} (in place of Stripe)`, () =>
    startPaymentPartner(paymentPartner, {
      file: join(home.data, 'payment-partner.json'),
      webhookUrl: `${httpUrl(home, 'billing')}/v1/webhooks/stripe`,
    }),
  )
  undo.add(partner.stop)
  const google = {
    url: `http://127.0.0.1:${home.ports.google}`,
    clientId: 'praxisbus.apps.google.example',
    clientSecret: secret('google-client-secret'),
  }
  const calendars = await timed(on, 'google', `${google.url} (in place of Google Calendar)`, () =>
    startGoogleStandIn(google, practice, join(home.data, 'google.json')),
  )
  undo.add(calendars.stop)
  return { smtpUrl: mail.url, paymentPartner, google }
}

/** What the world outside has: mail, Google, the payment partner. */
const OUTSIDE = ['mail', 'google.json', 'payment-partner.json']

/** Only what the local run made: a database of the user's own is never touched, nor what the world outside has of its doings. */
function removeData({ data, logs }: Home): void {
  const kept = process.env.DATABASE_ADMIN_URL || SERVICES.every(ownDatabaseOf) ? OUTSIDE : []
  const present = existsSync(data) ? readdirSync(data) : []
  const removed = present.filter((name) => !kept.includes(name)).map((name) => join(data, name))
  for (const path of [...removed, logs]) rmSync(path, { recursive: true, force: true, maxRetries: 3 })
}

async function startServers(home: Home, on: OnProgress, undo: Undo): Promise<Ground> {
  // Where each service has a database of its own, no server is started: the ground takes this one for given.
  const own = SERVICES.every(ownDatabaseOf)
  if (own) process.env.DATABASE_ADMIN_URL ??= ownDatabaseOf('scheduler')
  const { postgres, kafka, redis } = home.ports
  on.busy(`PostgreSQL, Kafka, Redis${existsSync(CACHE) ? '' : ' (the first time, Maven fetches Kafka)'}`)
  const ground = await startGround({
    dir: home.data,
    ports: { postgres, kafka, redis },
    onProgress: (part, ms) => on.ready(part, ms, addressOf(part, home)),
  })
  undo.add(ground.stop)
  const servers = { PostgreSQL: ground.postgresServer, Kafka: ground.kafkaServer, Redis: ground.redisServer }
  for (const [name, server] of Object.entries(servers)) {
    if (server) undo.add(watchServer(name, server, on.news).stop)
  }
  return ground
}

function addressOf(part: 'PostgreSQL' | 'Kafka' | 'Redis', { ports }: Home): string {
  const { DATABASE_ADMIN_URL, KAFKA_BROKERS, REDIS_URL } = process.env
  const own = { PostgreSQL: DATABASE_ADMIN_URL, Kafka: KAFKA_BROKERS, Redis: REDIS_URL }[part]
  if (own) return 'your own'
  return `127.0.0.1:${{ PostgreSQL: ports.postgres, Kafka: ports.kafka, Redis: ports.redis }[part]}`
}

/** What the operator's command line (libs/operator) reads: `source .praxisbus/env`. Nothing in it changes a later start. */
function writeOperatorEnv({ home, databases }: Surroundings): void {
  const lines = SERVICES.map(
    (service) => `export RELAY_DATABASE_URL_${service.toUpperCase()}='${databases[service].relayUrl}'`,
  )
  lines.push(`export DATABASE_URL_BILLING='${databases.billing.appUrl}'`)
  writeFileSync(join(home.folder, 'env'), `${lines.join('\n')}\n`, { mode: 0o600 })
}

async function startServices(
  around: Surroundings,
  watch: boolean,
  on: OnProgress,
  undo: Undo,
): Promise<void> {
  on.busy(SERVICES.join(', '))
  const running = await Promise.allSettled(
    SERVICES.map((service) => {
      const { http, grpc } = around.home.ports
      const where = `http://127.0.0.1:${http[service]}  gRPC 127.0.0.1:${grpc[service]}`
      return timed(on, service, where, () => keepRunning(serviceSpec(service, around, watch), on.news))
    }),
  )
  const up = running.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  undo.add(() => Promise.all(up.map((part: Running) => part.stop())))
  const faults = running.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (faults.length > 0) throw new AggregateError(faults)
}

async function timed<T>(on: OnProgress, part: string, where: string, start: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  const started = await start()
  on.ready(part, performance.now() - begun, where)
  return started
}
