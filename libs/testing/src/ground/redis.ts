import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { GroundFault } from './fault.ts'
import { copyJars, DEFAULT_CACHE, fillOnce } from './maven.ts'
import { answers, freePort } from './ports.ts'
import { launch, requireFreePort, runServer, type Server } from './server.ts'

const run = promisify(execFile)

export interface RedisOptions {
  /** Working folder of the server; nothing is kept in it. */
  dataDir: string
  /** Default: a free one. */
  port?: number
  /** Where the server's binary is kept when the machine has none. Default: `.praxisbus/cache`. */
  cacheDir?: string
  /** Default: `<dataDir>.log`. */
  logFile?: string
}

export interface RedisServer extends Server {
  readonly port: number
  readonly url: string
}

/** Nothing is kept over a restart; when full, what was used least goes. */
export const CACHE_SETTINGS: Readonly<Record<string, string>> = {
  save: '',
  appendonly: 'no',
  maxmemory: '128mb',
  'maxmemory-policy': 'allkeys-lru',
}

/** Starts Redis on the loopback, without persistence: Praxisbus keeps in it only what may be lost. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { dataDir, cacheDir = DEFAULT_CACHE, logFile = `${dataDir}.log` } = options
  if (options.port) await requireFreePort(options.port, 'Redis', 'Stop that program, or choose another port.')
  const port = options.port || (await freePort())
  const command = await findRedis(cacheDir)
  await mkdir(dataDir, { recursive: true })
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: dataDir,
    ...CACHE_SETTINGS,
  }
  const start = () =>
    launch({
      name: 'Redis',
      command,
      args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]),
      logFile,
      ready: () => answers(port, 'PING\r\n', (answer) => answer.toString().startsWith('+PONG')),
      readyTimeoutMs: 20_000,
    })
  const server = await runServer(start, logFile)
  return Object.assign(server, { port, url: `redis://127.0.0.1:${port}` })
}

async function findRedis(cacheDir: string): Promise<string> {
  if (await run('redis-server', ['--version']).catch(() => undefined)) return 'redis-server'
  const folder = await fillOnce(join(cacheDir, 'redis-6.2'), async (fresh) => {
    await copyJars(join(import.meta.dirname, 'redis/pom.xml'), fresh, 'Redis')
    const [jar] = await readdir(fresh)
    await run('jar', ['xf', jar!], { cwd: fresh }).catch((error) => {
      throw new GroundFault(
        'The JDK command `jar` is missing.',
        'Install a JDK, not only a JRE, or redis-server itself.',
        { cause: error },
      )
    })
  })
  const binary = await findBinary(folder)
  await chmod(binary, 0o755)
  return binary
}

async function findBinary(folder: string): Promise<string> {
  const suffix = `-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const files = await readdir(folder, { recursive: true })
  const found = files.find((file) => file.includes('redis-server') && file.endsWith(suffix))
  if (found) return join(folder, found)
  throw new GroundFault(
    `No Redis was found for this machine (${suffix.slice(1)}), looked in ${dirname(folder)}.`,
    'Install redis-server, or name a server in REDIS_URL.',
  )
}
