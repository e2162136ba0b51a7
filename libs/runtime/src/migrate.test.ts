import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testGround, waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { newId } from './ids.ts'
import { ensureDatabase, loginUrl, migrate, PLUMBING_MIGRATIONS } from './migrate.ts'

const name = `migrate_${newId().replaceAll('-', '')}`
const dir = mkdtempSync(join(tmpdir(), 'migrate-'))
const logins = { app: { password: 'a' }, relay: { password: 'b' } }
const plumbing = readdirSync(PLUMBING_MIGRATIONS)
  .sort()
  .map((file) => `runtime/${file}`)
const FIRST = `create table first (practice_id uuid not null, id int); select practice_table('first', 'select')`
let adminUrl: string

const run = () => migrate({ adminUrl, service: 'migratetest', migrationsDirs: [dir], logins })
const write = (file: string, text: string) => writeFileSync(join(dir, file), text)

async function ask(url: string, text: string) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  adminUrl = await ensureDatabase(testGround().postgres.adminUrl, name)
  write('000001_first.sql', FIRST)
})
afterAll(async () => {
  await ask(testGround().postgres.adminUrl, `drop database ${name} with (force)`)
  await ask(testGround().postgres.adminUrl, 'drop role migratetest_app, migratetest_relay')
  rmSync(dir, { recursive: true })
})

describe('migrations', () => {
  test('four starters at once apply each file once', async () => {
    const applied = (await Promise.all([run(), run(), run(), run()])).flat()
    expect(applied).toEqual([...plumbing, 'migratetest/000001_first.sql'])
  })

  test('a new file is applied, in one transaction or not at all', async () => {
    write('000002_second.sql', 'create table second (practice_id uuid); select 1 / 0')
    await expect(run()).rejects.toThrow('migratetest/000002_second.sql: division by zero')
    expect(await ask(adminUrl, `select to_regclass('second') as found`)).toEqual([{ found: null }])
    write('000002_second.sql', 'create table second (practice_id uuid)')
    expect(await run()).toEqual(['migratetest/000002_second.sql'])
  })

  test('a file that was changed after it ran is refused by name', async () => {
    write('000001_first.sql', 'create table other (id int)')
    await expect(run()).rejects.toThrow(/migratetest\/000001_first.sql was changed/)
    write('000001_first.sql', FIRST)
  })

  test('the service’s logins reach their database, and no other login does', async () => {
    const own = loginUrl(adminUrl, 'migratetest', 'app', 'a')
    expect(await ask(own, 'select current_user as who')).toEqual([{ who: 'migratetest_app' }])
    await expect(ask(own, 'select * from outbox')).rejects.toThrow(/permission denied/)
    await ask(adminUrl, `create role ${name} login password 'x'`)
    const stranger = new URL(own)
    stranger.username = name
    stranger.password = 'x'
    await expect(ask(stranger.href, 'select 1')).rejects.toThrow(/permission denied for database/)
    await ask(adminUrl, `drop role ${name}`)
  })

  test('a login that merely may create roles is enough, and roles with too much power lose it', async () => {
    const owner = `${name}_owner`
    const own = `${name}_own`
    const server = testGround().postgres.adminUrl
    await ask(server, `create role ${owner} login createrole password 'x'`)
    await ask(server, `create database ${own} owner ${owner}`)
    const ownUrl = new URL(adminUrl)
    Object.assign(ownUrl, { username: owner, password: 'x', pathname: `/${own}` })
    const settings = { adminUrl: ownUrl.href, service: owner, migrationsDirs: [], logins }
    // Another login made the groups here; this is what a server of one's own allows its one owner.
    await ask(server, `grant praxisbus_app, praxisbus_relay to ${owner} with admin option`)
    expect(await migrate(settings)).toEqual(plumbing)
    expect(await migrate(settings)).toEqual([])
    await ask(server, `alter role ${owner}_app superuser`)
    await expect(migrate(settings)).rejects.toThrow(/permission denied/)
    const asSuperuser = new URL(adminUrl)
    asSuperuser.pathname = `/${own}`
    await migrate({ ...settings, adminUrl: asSuperuser.href })
    expect(await ask(server, `select rolsuper from pg_roles where rolname = '${owner}_app'`)).toEqual([
      { rolsuper: false },
    ])
    await ask(server, `drop database ${own} with (force)`)
    await ask(server, `drop role ${owner}_app, ${owner}_relay, ${owner}`)
  })

  test('P-04 a file waits for a table that is in use without holding up those who come after, and says so', async () => {
    await ask(adminUrl, 'create table busy (id int)')
    write('000003_third.sql', 'alter table busy add column more int')
    const reader = new pg.Client(adminUrl)
    await reader.connect()
    await reader.query('begin; select * from busy')
    const said: string[] = []
    const running = migrate({
      ...{ adminUrl, service: 'migratetest', migrationsDirs: [dir], logins },
      say: (line) => said.push(line),
    })
    await waitFor(() => said.length === 1, 10_000, 'the first attempt to be given up')
    await ask(adminUrl, `set statement_timeout = '5s'; select * from busy`)
    await reader.query('commit')
    await reader.end()
    expect(await running).toEqual(['migratetest/000003_third.sql'])
    expect(said[0]).toBe('migratetest/000003_third.sql: a table is in use; attempt 1 of 40')
  }, 30_000)

  test('P-04 a password goes to the server in no statement, and opens the door all the same', async () => {
    const { hostname, port } = new URL(adminUrl)
    const sent: Buffer[] = []
    const listening = createServer((socket) => {
      const server = connect(Number(port), hostname)
      socket.on('data', (bytes: Buffer) => sent.push(bytes))
      socket.pipe(server).pipe(socket)
    })
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    const overheard = new URL(adminUrl)
    overheard.host = `127.0.0.1:${(listening.address() as AddressInfo).port}`
    const passwords = { app: { password: 'straight-Ahead' }, relay: { password: 'Größe\u00a0ﬁne' } }
    await migrate({
      adminUrl: overheard.href,
      service: 'migratetest',
      migrationsDirs: [dir],
      logins: passwords,
    })
    listening.close()
    const text = Buffer.concat(sent).toString()
    expect(text).toContain('alter role "migratetest_app" with login password')
    for (const { password } of Object.values(passwords)) expect(text).not.toContain(password)
    for (const kind of ['app', 'relay'] as const) {
      const login = (password: string) =>
        ask(loginUrl(adminUrl, 'migratetest', kind, password), 'select current_user as who')
      const { password } = passwords[kind]
      // libpq normalises what is typed (RFC 4013); pg sends it as it is, so here it is given as that would be.
      expect(await login(password.replace('\u00a0', ' ').normalize('NFKC'))).toEqual([
        { who: `migratetest_${kind}` },
      ])
      await expect(login('b')).rejects.toThrow(/password authentication failed/)
    }
  })
})
