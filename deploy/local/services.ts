import { join } from 'node:path'
import { COMPILED } from '@praxisbus/testing/compiled.ts'
import type { Launch } from '@praxisbus/testing/ground/server.ts'
import type { ServiceDatabase } from './databases.ts'
import { type Home, ROOT, SERVICES, type ServiceName } from './home.ts'
import { DEVELOPMENT_PASSWORD, type IssuerUser } from './sign-in.ts'

/** A running system as its public interfaces show it. */
export interface Reachable {
  readonly home: Home
  readonly brokers: string
  readonly topicPrefix: string
  /** Whether billing has a payment partner, so that the day can be paid online in part. */
  readonly paysOnline: boolean
  /** Whether the scheduler has a mail server, so that patients can be reminded by email. */
  readonly sendsEmail: boolean
  /** The folder in which each email becomes a file; undefined: emails go where the day cannot look. */
  readonly mailbox: string | undefined
  /** The server that speaks Google's protocols; undefined: there is none that the day may write into. */
  readonly google: GoogleSettings | undefined
}

export interface GoogleSettings {
  /** Of the stand-in; the API and the sign-in lie below. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
}

export interface PaymentPartnerSettings {
  readonly url: string
  readonly apiKey: string
  readonly webhookSecret: string
}

/** What the services are started with. */
export interface Surroundings extends Reachable {
  readonly databases: Readonly<Record<ServiceName, ServiceDatabase>>
  readonly redisUrl: string
  readonly smtpUrl: string
  readonly paymentPartner: PaymentPartnerSettings
  readonly google: GoogleSettings
  /** Seals consents to calendars: 32 bytes in base64. */
  readonly googleTokenKey: string
}

export const issuerUrl = (home: Home) => `http://127.0.0.1:${home.ports.issuer}`
export const httpUrl = (home: Home, service: ServiceName) => `http://127.0.0.1:${home.ports.http[service]}`
export const googleCalendarUrl = ({ url }: GoogleSettings) => `${url}/calendar/v3`
export const grpcAddress = (home: Home, service: ServiceName) => `127.0.0.1:${home.ports.grpc[service]}`
export const tokenCommand = (home: Home, signIn: string) =>
  `curl -s -u ${signIn}:${DEVELOPMENT_PASSWORD} -d grant_type=client_credentials ${issuerUrl(home)}/token`

/** Slow machines need a while for four at once; a service that ends by itself is noticed at once. */
const READY_MS = 60_000
/** Asking the stand-in costs nothing, so nobody waits for the five minutes that are usual with Google. */
const GOOGLE_POLL_SECONDS = '2'
/** kafkajs 2.2 sets a negative timer with each request. */
const QUIET = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning']

export function issuerSpec(home: Home, users: readonly IssuerUser[], cookieKey: string): Launch {
  return {
    name: 'issuer',
    command: process.execPath,
    args: [...QUIET, join(ROOT, 'deploy/local/issuer.ts')],
    env: {
      ...inherited(),
      ISSUER_PORT: String(home.ports.issuer),
      ISSUER_KEYS_FILE: join(home.folder, 'issuer-key.json'),
      ISSUER_COOKIE_KEY: cookieKey,
      ISSUER_USERS: JSON.stringify(users),
    },
    logFile: join(home.logs, 'issuer.log'),
    ready: () => answersOk(`${issuerUrl(home)}/.well-known/openid-configuration`),
    readyTimeoutMs: READY_MS,
  }
}

/** `watch`: Node restarts the service when a file it imports changes. */
export function serviceSpec(service: ServiceName, around: Surroundings, watch: boolean): Launch {
  const main = join(ROOT, 'services', service, 'src/main.ts')
  return {
    name: service,
    command: process.execPath,
    args: [...QUIET, ...(watch ? ['--watch', '--watch-preserve-output'] : []), main],
    env: { ...inherited(), NODE_COMPILE_CACHE: COMPILED, ...serviceEnvironment(service, around) },
    logFile: join(around.home.logs, `${service}.log`),
    ready: () => isReady(around.home, service),
    readyTimeoutMs: READY_MS,
  }
}

export function serviceEnvironment(service: ServiceName, around: Surroundings): Record<string, string> {
  const { home, databases, paymentPartner, google } = around
  const peers = SERVICES.map((peer) => [`${peer.toUpperCase()}_GRPC`, grpcAddress(home, peer)])
  return {
    SERVICE_HOST: '127.0.0.1',
    HTTP_PORT: String(home.ports.http[service]),
    GRPC_PORT: String(home.ports.grpc[service]),
    DATABASE_URL: databases[service].appUrl,
    RELAY_DATABASE_URL: databases[service].relayUrl,
    KAFKA_BROKERS: around.brokers,
    REDIS_URL: around.redisUrl,
    OIDC_ISSUER: issuerUrl(home),
    SMTP_URL: around.smtpUrl,
    MAIL_FROM: 'Praxisbus development <billing@praxisbus.example>',
    STRIPE_URL: paymentPartner.url,
    STRIPE_API_KEY: paymentPartner.apiKey,
    STRIPE_WEBHOOK_SECRET: paymentPartner.webhookSecret,
    PUBLIC_URL: httpUrl(home, 'scheduler'),
    GOOGLE_CLIENT_ID: google.clientId,
    GOOGLE_CLIENT_SECRET: google.clientSecret,
    GOOGLE_TOKEN_KEY: around.googleTokenKey,
    GOOGLE_CALENDAR_URL: googleCalendarUrl(google),
    GOOGLE_OAUTH_URL: google.url,
    GOOGLE_POLL_SECONDS: GOOGLE_POLL_SECONDS,
    OBJECT_STORE_DIR: join(home.data, 'objects'),
    ...Object.fromEntries(peers),
  }
}

/** Settings of a person's own that a service may take, and what any program needs; nothing else of this environment. */
function inherited(): Record<string, string> {
  const names =
    /^(PATH|HOME|TMPDIR|LANG|LC_.*|TZ|NO_COLOR|LOG_LEVEL|KAFKA_TOPIC_PREFIX|KAFKA_REPLICATION_FACTOR|RATE_LIMIT_PER_MINUTE)$/
  const kept = Object.entries(process.env).filter(([name, value]) => names.test(name) && value !== undefined)
  return Object.fromEntries(kept) as Record<string, string>
}

async function answersOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  await answer.body?.cancel()
  return answer.ok
}

/** Ready and with nothing amiss: `degraded` names Kafka while the topics are not made yet. */
export async function isReady(home: Home, service: ServiceName): Promise<boolean> {
  const answer = await fetch(`${httpUrl(home, service)}/readyz`, { signal: AbortSignal.timeout(2_000) })
  const { degraded } = (await answer.json()) as { degraded: string[] }
  return answer.ok && degraded.length === 0
}
