import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceName } from '@praxisbus/contracts'
import { loginUrl, migrate, PLUMBING_MIGRATIONS } from '@praxisbus/runtime'
import pg from 'pg'
import { REPOSITORY } from './ground/maven.ts'
import { testGround } from './test-ground.ts'

/** `runtime` has the plumbing's tables alone. */
export type TestService = ServiceName | 'runtime'

export interface TestDatabase {
  /** The superuser's URL of this database. */
  readonly adminUrl: string
  /** As the service itself connects: bound by row-level security. */
  readonly appUrl: string
  readonly relayUrl: string
  /** Ends its sessions and removes it. */
  drop(): Promise<void>
}

/** Logins belong to the whole server: every clone has the same, and none is one that a running system there may use. */
const PASSWORD = 'test-only'
const loginsOf = (service: TestService) => `test_${service}`
const TEMPLATE_LOCK = 7_301_202

/**
 * A new, empty, migrated database of that service for one test file: a clone, which takes some 50 ms. On the ground's
 * server, or on the one whose superuser's URL is given.
 */
export async function database(
  service: TestService,
  serverUrl = testGround().postgres.adminUrl,
): Promise<TestDatabase> {
  const name = `test_${service}_${randomBytes(8).toString('hex')}`
  await withClient(serverUrl, async (client) => {
    const template = await ensureTemplate(client, serverUrl, service)
    await client.query(`create database ${name} template ${template}`)
    // What migrate grants on the database itself is not cloned.
    await client.query(`revoke connect, temporary on database ${name} from public`)
    await client.query(
      `grant connect on database ${name} to ${loginsOf(service)}_app, ${loginsOf(service)}_relay`,
    )
  })
  const adminUrl = databaseUrl(serverUrl, name)
  return {
    adminUrl,
    appUrl: loginUrl(adminUrl, loginsOf(service), 'app', PASSWORD),
    relayUrl: loginUrl(adminUrl, loginsOf(service), 'relay', PASSWORD),
    drop: () =>
      withClient(serverUrl, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`)
      }),
  }
}

/**
 * Made by the first who asks, while the others wait. Named after what is in the migrations, so that a server that lives
 * longer than one run keeps the templates that still hold. Closed to connections as the last step, since a template in use
 * cannot be cloned: one that is still open was left by a run cut short, and is made again.
 */
async function ensureTemplate(client: pg.Client, serverUrl: string, service: TestService): Promise<string> {
  const dirs = [
    PLUMBING_MIGRATIONS,
    ...(service === 'runtime' ? [] : [join(REPOSITORY, 'services', service, 'migrations')]),
  ]
  const name = `template_${service}_${await hashOf(dirs)}`
  if (await isComplete(client, name)) return name
  await client.query(`select pg_advisory_lock(${TEMPLATE_LOCK})`)
  try {
    if (await isComplete(client, name)) return name
    await client.query(`drop database if exists ${name} with (force)`)
    await client.query(`create database ${name}`)
    const login = { password: PASSWORD }
    const adminUrl = databaseUrl(serverUrl, name)
    await migrate({
      adminUrl,
      service: loginsOf(service),
      migrationsDirs: dirs,
      logins: { app: login, relay: login },
    })
    await client.query(`alter database ${name} with allow_connections false`)
    return name
  } finally {
    await client.query(`select pg_advisory_unlock(${TEMPLATE_LOCK})`)
  }
}

async function isComplete(client: pg.Client, template: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1 and not datallowconn', [
    template,
  ])
  return rowCount === 1
}

async function hashOf(dirs: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(loginsOf.toString())
  for (const dir of dirs) {
    for (const file of (await readdir(dir)).sort())
      hash.update(`${file}\0`).update(await readFile(join(dir, file)))
  }
  return hash.digest('hex').slice(0, 12)
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
