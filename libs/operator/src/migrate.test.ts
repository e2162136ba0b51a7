import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SERVICES } from '@praxisbus/contracts'
import { type PostgresServer, startPostgres, testFolder } from '@praxisbus/testing'
import pg from 'pg'

/** A server of its own: what `migrate` makes has the names that a running system has. */
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const OWNER_PASSWORD = 'owner-of-the-tables'
const passwords = Object.fromEntries(
  SERVICES.flatMap((service) =>
    ['APP', 'RELAY'].map((kind) => [`${kind}_PASSWORD_${service.toUpperCase()}`, `${kind}-of-${service}`]),
  ),
)
let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres({ dataDir: join(await testFolder('migrate'), 'postgres'), durable: false })
  await query(
    server.adminUrl(),
    `create role praxisbus_owner login createdb createrole password '${OWNER_PASSWORD}'`,
  )
}, 60_000)
afterAll(() => server?.stop())

const url = (user: string, password: string, database = 'postgres') =>
  `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`

async function query(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

function migrate(env: Record<string, string>, ...args: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(
      process.execPath,
      [MAIN, 'migrate', ...args],
      { env: { PATH: process.env.PATH, ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

describe('praxisbus migrate', () => {
  test('--all makes every database by a login that is no superuser, and a second time has nothing to do', async () => {
    const env = { DATABASE_ADMIN_URL: url('praxisbus_owner', OWNER_PASSWORD), ...passwords }
    const first = await migrate(env, '--all')
    expect(first).toMatchObject({ code: 0, err: '' })
    for (const service of SERVICES)
      expect(first.out).toContain(`${service}: applied runtime/000001_plumbing.sql`)
    expect((await migrate(env, '--all')).out).toBe(
      SERVICES.map((service) => `${service}: nothing to do\n`).join(''),
    )
    const [app] = await query(
      url('ehr_app', 'APP-of-ehr', 'praxisbus_ehr'),
      'select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user',
    )
    expect(app).toEqual({ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false })
    await expect(query(url('ehr_app', 'APP-of-ehr', 'praxisbus_billing'), 'select 1')).rejects.toThrow(
      /permission denied/,
    )
  }, 60_000)

  test('a changed password is taken over; one service may be named', async () => {
    const env = { DATABASE_ADMIN_URL: url('praxisbus_owner', OWNER_PASSWORD), ...passwords }
    expect(await migrate({ ...env, APP_PASSWORD_EHR: 'another-one' }, '--service', 'ehr')).toMatchObject({
      code: 0,
    })
    expect(await query(url('ehr_app', 'another-one', 'praxisbus_ehr'), 'select 1 as one')).toEqual([
      { one: 1 },
    ])
  }, 60_000)

  test('says what is wrong with the settings', async () => {
    const wrong = await migrate(
      { DATABASE_ADMIN_URL: url('praxisbus_owner', 'forgotten'), ...passwords },
      '--all',
    )
    expect(wrong.code).toBe(1)
    expect(wrong.err).toMatch(/password authentication failed for user "praxisbus_owner".*another password/)
    expect(await migrate({}, '--all', '--service', 'ehr')).toMatchObject({
      code: 2,
      err: expect.stringContaining('exclude each other'),
    })
    expect(await migrate({ ...passwords }, '--all')).toMatchObject({
      code: 2,
      err: expect.stringContaining('DATABASE_URL_SCHEDULER'),
    })
  }, 60_000)
})
