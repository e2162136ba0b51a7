import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { testFolder } from '../test-ground.ts'
import { freePort } from './ports.ts'
import { startPostgres } from './postgres.ts'
import { waitFor } from './wait.ts'

let folder: string
let dataDir: string
/** A folder that the user `postgres`, as whom root runs the server, cannot pass. */
beforeAll(async () => {
  folder = await testFolder('postgres')
  const closed = join(folder, 'closed')
  await mkdir(closed, { mode: 0o700 })
  dataDir = join(closed, 'postgres')
})
afterAll(async () => {
  const elsewhere = await readFile(join(dataDir, 'the-data-is-elsewhere'), 'utf8').catch(() => '')
  if (elsewhere) await rm(elsewhere.trim(), { recursive: true })
})

const start = () => startPostgres({ dataDir, durable: false })

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

test('keeps its data over kill -9 and restart, even beside a stale pid file that names a living stranger', async () => {
  const server = await start()
  await query(server.adminUrl(), 'create table kept as select 1 as number')
  await server.kill9()
  await server.restart()
  expect(await query(server.adminUrl(), 'select number from kept')).toEqual([{ number: 1 }])
  expect(await query(server.adminUrl(), 'show wal_level')).toEqual([{ wal_level: 'logical' }])

  const [{ data_directory: real }] = (await query<{ data_directory: string }>(
    server.adminUrl(),
    'show data_directory',
  )) as [{ data_directory: string }]
  await server.stop()
  await writeFile(join(real, 'postmaster.pid'), `${process.pid}\n${real}\n1\n${server.port}\n\n127.0.0.1\n`)
  await chmod(join(real, 'postmaster.pid'), 0o644)
  const again = await start()
  expect(await query(again.adminUrl(), 'select number from kept')).toEqual([{ number: 1 }])
  await again.stop()
}, 60_000)

test('kill -9 of the process that started it ends the server', async () => {
  const code = `import { startPostgres } from '${join(import.meta.dirname, 'postgres.ts')}'
    const server = await startPostgres({ dataDir: '${dataDir}', durable: false })
    console.log(server.adminUrl())`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = await once(parent.stdout, 'data')
  parent.kill('SIGKILL')
  await waitFor(
    () =>
      query(String(url).trim(), 'select 1').then(
        () => false,
        () => true,
      ),
    10_000,
    'its end',
  )
}, 60_000)

test('a folder removed means new data; one of another version and a taken port are faults in words', async () => {
  await rm(dataDir, { recursive: true })
  const fresh = await start()
  expect(await query(fresh.adminUrl(), "select from pg_class where relname = 'kept'")).toEqual([])
  await fresh.stop()

  const old = join(folder, 'old')
  await mkdir(old)
  await writeFile(join(old, 'PG_VERSION'), '16\n')
  await expect(startPostgres({ dataDir: old })).rejects.toThrow(
    /old was made by PostgreSQL 16.*\n.*npm start -- --fresh/,
  )

  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  await expect(startPostgres({ dataDir, port })).rejects.toThrow(
    `Port ${port}, wanted by PostgreSQL, is taken`,
  )
  other.close()
}, 60_000)
