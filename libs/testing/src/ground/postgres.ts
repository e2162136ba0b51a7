import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { GroundFault } from './fault.ts'
import { freePort, SERVER_PORTS } from './ports.ts'
import { findBinaries, reachableDataDir, type ServerUser, serverUser } from './postgres-user.ts'
import type { Managed } from './processes.ts'
import {
  explainCommon,
  launch,
  requireFreePort,
  runServer,
  type Server,
  waitForPredecessor,
} from './server.ts'
import { writeWhole } from './whole-file.ts'

const MAJOR = '18'
const run = promisify(execFile)

export interface PostgresOptions {
  dataDir: string
  /** Default: a free one. */
  port?: number
  /** false: no fsync, for data that a power cut may take. A kill -9 of the server loses nothing either way. Default true. */
  durable?: boolean
  /** Default: `<dataDir>.log`. */
  logFile?: string
}

export interface PostgresServer extends Server {
  readonly port: number
  /** URL of the superuser. Default database: `postgres`. */
  adminUrl(database?: string): string
}

/** One collation everywhere, whatever the locales of the machine. */
export const INITDB_LOCALE = [
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--encoding=UTF8',
] as const

/** `durable` false: without a wait for the disk. */
export function postgresSettings(durable: boolean): Record<string, string | number> {
  return {
    max_connections: 300,
    wal_level: 'logical',
    max_wal_senders: 30,
    max_replication_slots: 60,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
}

/** Starts PostgreSQL 18 on the loopback; makes the data folder when it is new, else goes on with it. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { durable = true, logFile = `${options.dataDir}.log` } = options
  if (options.port)
    await requireFreePort(options.port, 'PostgreSQL', 'Stop that program, or choose another port.')
  const port = options.port || (await freePort(SERVER_PORTS))
  await requireVersion(options.dataDir)
  const user = await serverUser()
  const binaries = await findBinaries(user)
  const dataDir = await reachableDataDir(options.dataDir, user)
  const password = await readPassword(`${options.dataDir}.password`)
  await requireVersion(dataDir)
  if ((await versionOf(dataDir)) === undefined)
    await initialise({ binaries, dataDir, password, user, durable })

  const adminUrl = (database = 'postgres') => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
  const start = async () => {
    await waitForPredecessor(join(dataDir, 'postmaster.pid'), dataDir, 'PostgreSQL')
    // Only a stale one is left by now. Its pid may belong to another program of the same user, which PostgreSQL would
    // take for a running server.
    await rm(join(dataDir, 'postmaster.pid'), { force: true })
    return await startServer({ binaries, dataDir, user, durable, port, logFile, url: adminUrl() })
  }
  const server = await runServer(start, logFile)
  return Object.assign(server, { port, adminUrl })
}

/** The superuser's password, made once per data folder and readable by its owner alone. */
async function readPassword(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true })
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known) return known.trim()
  const password = randomBytes(18).toString('base64url')
  writeWhole(file, `${password}\n`)
  return password
}

async function requireVersion(dataDir: string): Promise<void> {
  const version = await versionOf(dataDir)
  if (version === undefined || version === MAJOR) return
  throw new GroundFault(
    `The data folder ${dataDir} was made by PostgreSQL ${version}; this is ${MAJOR}.`,
    'To begin anew without the data in it: npm start -- --fresh',
  )
}

const versionOf = (dataDir: string) =>
  readFile(join(dataDir, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )

interface Setting {
  binaries: string
  dataDir: string
  user: ServerUser
  durable: boolean
}

async function initialise(options: Setting & { password: string }): Promise<void> {
  const { binaries, dataDir, user } = options
  const fresh = `${dataDir}.new` // takes the name when complete: a run cut short leaves no half-made data
  const folder = await mkdtemp(join(tmpdir(), 'praxisbus-initdb-'))
  const passwordFile = join(folder, 'password')
  try {
    await writeFile(passwordFile, options.password, { mode: 0o600 })
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh, { mode: 0o700 })
    if (user.uid !== undefined && user.gid !== undefined) {
      for (const path of [folder, passwordFile, fresh]) await chown(path, user.uid, user.gid)
    }
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
    const sync = options.durable ? [] : ['--no-sync']
    await run(join(binaries, 'bin/initdb'), ['-D', fresh, ...INITDB_LOCALE, ...access, ...sync], {
      ...user,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    })
    await rename(fresh, dataDir)
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error)
    throw (
      explainCommon(said, 'PostgreSQL') ??
      new GroundFault(
        `PostgreSQL could not make its data folder ${dataDir}:\n${said.trim()}`,
        'When it names a missing library: npm rebuild, then start again.',
        { cause: error },
      )
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function startServer(
  options: Setting & { port: number; logFile: string; url: string },
): Promise<Managed> {
  const settings = {
    port: options.port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // its path would be too long in deep folders
    ...postgresSettings(options.durable),
  }
  const deadline = performance.now() + 10_000
  for (;;) {
    try {
      return await launch({
        name: 'PostgreSQL',
        command: join(options.binaries, 'bin/postgres'),
        args: [
          '-D',
          options.dataDir,
          ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        ],
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
        cwd: '/',
        ...options.user,
        logFile: options.logFile,
        stopSignal: 'SIGINT', // "fast": ends sessions instead of waiting for them
        ready: () => answersQuery(options.url),
        readyTimeoutMs: 60_000,
        explain: explainPostgres,
      })
    } catch (error) {
      // After a kill -9 of the server its sessions need a moment to notice.
      if (!(error instanceof StillInUse) || performance.now() > deadline) throw error
      await sleep(200)
    }
  }
}

class StillInUse extends GroundFault {}

function explainPostgres(log: string): GroundFault | undefined {
  if (!/pre-existing shared memory block|lock file ".*" already exists/.test(log)) return undefined
  return new StillInUse('PostgreSQL already runs on this data folder.', 'Stop that run first.')
}

async function answersQuery(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch (error) {
    // 28P01: the server is up, and its password is not the one kept beside the data
    if ((error as { code?: string }).code !== '28P01') return false
    throw new GroundFault(
      'PostgreSQL refuses the password kept beside its data folder.',
      'To begin anew: npm start -- --fresh',
    )
  } finally {
    await client.end().catch(() => {})
  }
}
