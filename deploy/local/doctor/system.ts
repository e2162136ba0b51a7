import { readdirSync } from 'node:fs'
import { EVENTS } from '@praxisbus/contracts'
import { openBus, openDatabase, PLUMBING_MIGRATIONS, sql } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import { migrationsOf } from '../databases.ts'
import { type Home, SERVICES, type ServiceName } from '../home.ts'
import type { RunningParts } from '../lock.ts'
import { httpUrl, issuerUrl } from '../services.ts'
import { bad, ok, type Verdict, warn } from './verdict.ts'

/** A second behind is the usual; a minute is not. */
const LATE_SECONDS = 30
const MANY_BEHIND = 1_000
const TIMEOUT_MS = 3_000

/** Looks at a running system from outside. */
export async function checkSystem(home: Home, parts: RunningParts): Promise<Verdict[]> {
  const found = await Promise.all([
    checkIssuer(home),
    checkKafka(parts),
    ...SERVICES.map((service) => checkDatabase(service, parts.databases[service]!)),
    ...SERVICES.map((service) => checkService(home, service)),
  ])
  return found.flat()
}

async function checkIssuer(home: Home): Promise<Verdict> {
  const url = issuerUrl(home)
  const answer = await ask(`${url}/.well-known/openid-configuration`)
  return answer?.ok
    ? ok('Issuer', url)
    : bad('Issuer', `${url} does not answer`, `See ${home.logs}/issuer.log`)
}

async function checkKafka({ brokers, topicPrefix }: RunningParts): Promise<Verdict> {
  const log = openLog('doctor', 'silent')
  const bus = openBus(
    { brokers: brokers.split(','), clientId: 'doctor', topicPrefix, replicationFactor: 1 },
    log,
  )
  try {
    const ends = await Promise.all(
      EVENTS.map(async ({ topic }) => ({ topic, ends: await bus.endOffsets(topic).catch(() => undefined) })),
    )
    const missing = ends.filter((entry) => !entry.ends).map(({ topic }) => topic)
    if (missing.length === EVENTS.length)
      return bad(
        'Kafka',
        `${brokers} does not answer`,
        'Does it run, and does it advertise an address that is reached from here?',
      )
    if (missing.length > 0)
      return warn(
        'Kafka',
        `topics are missing: ${missing.join(', ')}`,
        'The service that owns them makes them at its start: see its log.',
      )
    const messages = ends.flatMap((entry) => entry.ends!).reduce((sum, { offset }) => sum + offset, 0)
    return ok('Kafka', `${brokers}, ${EVENTS.length} topics, ${messages} messages so far`)
  } finally {
    await bus.close().catch(() => undefined)
  }
}

async function checkDatabase(service: ServiceName, url: string): Promise<Verdict> {
  const name = `Database of ${service}`
  const database = openDatabase(url, { max: 1 })
  try {
    const rows = await database.plain((tx) => tx.many<{ name: string }>(sql`select name from migration`))
    const applied = new Set(rows.map((row) => row.name))
    const pending = expectedMigrations(service).filter((file) => !applied.has(file))
    if (pending.length > 0)
      return warn(name, `not migrated yet: ${pending.join(', ')}`, 'Start anew: npm start migrates first.')
    return ok(name, `${applied.size} migrations, up to date`)
  } catch (error) {
    const cause = (error as Error).cause ?? error
    return bad(name, `cannot be reached: ${(cause as Error).message}`, 'Does PostgreSQL run? See its log.')
  } finally {
    await database.close()
  }
}

function expectedMigrations(service: ServiceName): string[] {
  const files = (folder: string, prefix: string) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .map((file) => `${prefix}/${file}`)
  return [
    ...files(PLUMBING_MIGRATIONS, 'runtime'),
    ...migrationsOf(service).flatMap((folder) => files(folder, service)),
  ]
}

async function checkService(home: Home, service: ServiceName): Promise<Verdict[]> {
  const url = httpUrl(home, service)
  const logFile = `${home.logs}/${service}.log`
  const ready = await ask(`${url}/readyz`)
  if (!ready) return [bad(service, `${url} does not answer`, `See ${logFile}`)]
  const { missing, degraded } = (await ready.json()) as { missing: string[]; degraded: string[] }
  if (missing.length > 0) return [bad(service, `is not ready: ${missing.join(', ')}`, `See ${logFile}`)]
  if (degraded.length > 0)
    return [
      warn(
        service,
        `answers, but without ${degraded.join(', ')}`,
        `Events wait until it is back. See ${logFile}`,
      ),
    ]
  const metrics = (await (await ask(`${url}/metrics`))?.text()) ?? ''
  return [ok(service, `ready at ${url}`), ...checkFlow(home, service, metrics)]
}

/** Whether facts go out and come in. */
function checkFlow(home: Home, service: ServiceName, metrics: string): Verdict[] {
  const logFile = `${home.logs}/${service}.log`
  const waiting = total(metrics, 'relay_lag_rows')
  const oldest = total(metrics, 'relay_lag_seconds')
  const behind = total(metrics, 'consumer_lag_messages')
  const parked = total(metrics, 'parked_messages')
  const found: Verdict[] = []
  if (oldest > LATE_SECONDS)
    found.push(
      bad(
        `${service}: relay`,
        `${waiting} facts wait to be published, the oldest for ${Math.round(oldest)} s`,
        `Does Kafka run? See ${logFile}`,
      ),
    )
  if (behind > MANY_BEHIND)
    found.push(
      warn(
        `${service}: consumer`,
        `${behind} messages behind`,
        'It catches up by itself; where it does not, see its log.',
      ),
    )
  if (parked > 0)
    found.push(
      bad(
        `${service}: parked`,
        `${parked} ${parked === 1 ? 'message' : 'messages'} could not be applied`,
        `source '${home.folder}/env'; npm run praxisbus -- parked list --service ${service} (docs/operating.md)`,
      ),
    )
  if (found.length > 0) return found
  return [ok(`${service}: events`, `${waiting} waiting to go out, ${behind} to come in, none parked`)]
}

/** Sum over the labels of a metric in Prometheus text. */
export function total(metrics: string, name: string): number {
  const values = metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0)
}

async function ask(url: string): Promise<Response | undefined> {
  return fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined)
}
