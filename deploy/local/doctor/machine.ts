import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { open, statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { isPortFree } from '@praxisbus/testing/ground/ports.ts'
import { CACHE, lookUp } from '../bootstrap/machine.mjs'
import { javaMajor } from '../bootstrap/preflight.mjs'
import type { Home } from '../home.ts'
import { wantedPorts } from '../ports.ts'
import { bad, ok, type Verdict, warn } from './verdict.ts'

const GB = 1024 ** 3
const LEAST_DISK = GB
const GOOD_DISK = 4 * GB
/** Kafka 0.5, PostgreSQL 0.2, five Node processes 0.1 each, and room for the kernel to cache. */
const LEAST_MEMORY = 1.5 * GB
const SLOW_FLUSH_MS = 10
const FOLDER_CURE = 'Make room or change its owner, or set PRAXISBUS_HOME to a folder of your own.'

/** Looks at this machine. `running`: our own parts hold the ports, so they are not looked at. */
export async function checkMachine(home: Home, running: boolean): Promise<Verdict[]> {
  try {
    mkdirSync(home.folder, { recursive: true })
  } catch (error) {
    return [bad('Folder', (error as Error).message, FOLDER_CURE)]
  }
  const found = [
    ok('Node', `${process.versions.node}, the project's own`),
    await checkNpm(),
    await checkJava(),
    await checkMaven(),
    checkMemory(running),
    await checkDisk(home),
    await checkFlush(home).catch((error: Error) => bad('Folder', error.message, FOLDER_CURE)),
    await checkUser(),
    checkDataFolder(home),
  ]
  return running ? found : [...found, ...(await checkPorts(home))]
}

async function checkNpm(): Promise<Verdict> {
  const version = (await lookUp('npm', ['--version']))?.trim().split('\n').at(-1)
  return version ? ok('npm', version) : bad('npm', 'is missing', 'It comes with Node from https://nodejs.org')
}

async function checkJava(): Promise<Verdict> {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java'
  const major = javaMajor((await lookUp(java, ['-version'])) ?? '')
  const cure = 'Debian, Ubuntu: apt-get install openjdk-17-jdk-headless · macOS: brew install openjdk@17'
  if (process.env.KAFKA_BROKERS) return ok('Java', 'not needed: KAFKA_BROKERS names a Kafka')
  if (major === undefined) return bad('Java', `${java} is missing; Kafka runs on it`, cure)
  return major >= 17 ? ok('Java', `${major}`) : bad('Java', `${major} is too old; Kafka needs 17`, cure)
}

async function checkMaven(): Promise<Verdict> {
  if (existsSync(join(CACHE, 'kafka-4.1.1'))) return ok('Maven', 'not needed any more: Kafka is here')
  if (await lookUp('mvn', ['--version'])) return ok('Maven', 'is there')
  return bad(
    'Maven',
    'mvn is missing; it fetches Kafka once',
    'Debian, Ubuntu: apt-get install maven · macOS: brew install maven',
  )
}

function checkMemory(running: boolean): Verdict {
  const free = freemem()
  const text = `${size(free)} of ${size(totalmem())} free`
  if (running || free >= LEAST_MEMORY) return ok('Memory', text)
  return warn('Memory', text, `All parts together take some ${size(LEAST_MEMORY)}: end other programs.`)
}

async function checkDisk({ folder }: Home): Promise<Verdict> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const text = `${size(free)} free for ${folder}`
  const cure = 'Make room, or set PRAXISBUS_HOME to a folder on a larger disk.'
  if (free < LEAST_DISK) return bad('Disk', text, cure)
  return free < GOOD_DISK ? warn('Disk', text, cure) : ok('Disk', text)
}

/** Every commit waits for the disk at least once: a slow one makes all of it slow. */
async function checkFlush({ folder }: Home): Promise<Verdict> {
  const name = join(folder, `doctor-${process.pid}`)
  const rounds = 20
  const file = await open(name, 'w')
  try {
    const begun = performance.now()
    for (let round = 0; round < rounds; round++) {
      await file.write(Buffer.alloc(4_096), 0, 4_096, round * 4_096)
      await file.sync()
    }
    const ms = (performance.now() - begun) / rounds
    const text = `a write that waits for the disk (fsync) takes ${ms.toFixed(2)} ms`
    const cure = 'Set PRAXISBUS_HOME to a folder on a local disk, not on a network or a synchronised folder.'
    return ms > SLOW_FLUSH_MS ? warn('Disk speed', text, cure) : ok('Disk speed', text)
  } finally {
    await file.close()
    rmSync(name, { force: true })
  }
}

async function checkUser(): Promise<Verdict> {
  if (process.getuid?.() !== 0) return ok('User', 'not root')
  const uid = (await lookUp('id', ['-u', 'postgres']))?.trim()
  const how = uid
    ? `as the user postgres (${uid})`
    : 'as a system user postgres, which is made at the first start'
  return ok('User', `root; PostgreSQL does not run as root, so it runs ${how}`)
}

function checkDataFolder({ data }: Home): Verdict {
  const file = join(data, 'postgres/PG_VERSION')
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  if (version === undefined || version === '18')
    return ok('Data', existsSync(data) ? `kept in ${data}` : 'none yet')
  return bad(
    'Data',
    `${data} was made by PostgreSQL ${version}; this is 18`,
    'Begin anew: npm start -- --fresh',
  )
}

async function checkPorts(home: Home): Promise<Verdict[]> {
  const wanted = wantedPorts(home, process.env)
  const free = await Promise.all(wanted.map(({ port }) => isPortFree(port)))
  const taken = wanted.filter((_, index) => !free[index])
  if (taken.length === 0) {
    const ports = wanted.map(({ port }) => port)
    return [ok('Ports', `${ports.length} of ${Math.min(...ports)} to ${Math.max(...ports)} are free`)]
  }
  return taken.map(({ part, port }) =>
    bad(
      'Ports',
      `${port}, wanted by ${part}, is taken`,
      '`ss -ltnp` shows by whom; or set PRAXISBUS_PORT_BASE',
    ),
  )
}

const size = (bytes: number) => `${(bytes / GB).toFixed(1)} GiB`
