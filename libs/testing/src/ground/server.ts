import { execFile } from 'node:child_process'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GroundFault } from './fault.ts'
import { isPortFree } from './ports.ts'
import { type Exit, type Managed, type SpawnOptions, spawnManaged } from './processes.ts'
import { waitFor } from './wait.ts'

/** A server that this process started and may stop, kill and start again on the same ports and data. */
export interface Server {
  readonly pid: number
  readonly logFile: string
  /** How the process that runs now ends, some time. */
  readonly exited: Promise<Exit>
  stop(): Promise<void>
  kill9(): Promise<void>
  /** Stops it in good order when it still runs, then starts it again. */
  restart(): Promise<void>
}

export interface Launch extends SpawnOptions {
  logFile: string
  /** Asked until it says yes. */
  ready: () => Promise<boolean>
  readyTimeoutMs: number
  pauseMs?: number
  /** Words for a log that tells why it ended; undefined when this log says nothing known. */
  explain?: (log: string) => GroundFault | undefined
}

export async function runServer(start: () => Promise<Managed>, logFile: string): Promise<Server> {
  let current = await start()
  return {
    logFile,
    get pid() {
      return current.pid
    },
    get exited() {
      return current.exited
    },
    async stop() {
      await current.stop()
    },
    async kill9() {
      await current.kill9()
    },
    async restart() {
      await current.stop()
      current = await start()
    },
  }
}

/** Starts the process and waits until it is ready; a process that ends before that is explained from its log. */
export async function launch(options: Launch): Promise<Managed> {
  const { name, logFile } = options
  const logStart = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  )
  const server = await spawnManaged(options)
  const failure = await untilReady(server, options).catch((error: Error) => error)
  if (server.running && !failure) return server
  await server.kill9()
  if (failure instanceof GroundFault) throw failure
  const log = (await readFile(logFile)).subarray(logStart).toString()
  const why = failure?.message ?? `${name} ended while it started.`
  throw (
    options.explain?.(log) ??
    explainCommon(log, name) ??
    new GroundFault(`${why} Its last words:\n${lastLines(log, 12).join('\n')}`, `The whole log: ${logFile}`, {
      cause: failure,
    })
  )
}

/** Gives up early when the server ends, or when `ready` throws a fault that waiting does not cure. */
async function untilReady(server: Managed, options: Launch): Promise<undefined> {
  const asked = async () =>
    !server.running ||
    (await options.ready().catch((error: unknown) => {
      if (error instanceof GroundFault) return { fault: error }
      throw error
    }))
  const answer = await waitFor(asked, options.readyTimeoutMs, `${options.name} to be ready.`, options.pauseMs)
  if (typeof answer === 'object') throw answer.fault
}

export function explainCommon(log: string, name: string): GroundFault | undefined {
  if (/No space left on device|ENOSPC/.test(log)) {
    return new GroundFault(
      `${name} found the disk full.`,
      'Make room (`df -h` shows where), then start again.',
    )
  }
  if (/Address already in use|could not bind/i.test(log)) {
    return new GroundFault(
      `${name} found its port taken by another program.`,
      '`ss -ltnp` (macOS: `lsof -iTCP -sTCP:LISTEN`) shows who holds it.',
    )
  }
  return undefined
}

/** Words of a log for a person: pino's JSON lines shown as time, level and message. */
export function lastLines(text: string, count: number): string[] {
  return text.trimEnd().split('\n').filter(Boolean).slice(-count).map(readable)
}

const LEVELS: Record<number, string> = { 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

function readable(line: string): string {
  try {
    const { level, msg, err, time } = JSON.parse(line)
    return `${time} ${LEVELS[level] ?? level} ${msg ?? ''}${err ? `: ${err.message ?? err}` : ''}`.trim()
  } catch {
    return line
  }
}

export async function requireFreePort(port: number, name: string, cure: string): Promise<void> {
  if (await isPortFree(port)) return
  throw new GroundFault(`Port ${port}, wanted by ${name}, is taken by another program.`, cure)
}

/**
 * A server may still be there from a run that was killed a moment ago, while that run's reaper ends it. Waits for that;
 * says so when it stays. A pid that belongs to another program by now is nobody's predecessor: `marker` must stand in its
 * command line.
 */
export async function waitForPredecessor(pidFile: string, marker: string, name: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10)
  if (Number.isNaN(pid)) return
  for (let tries = 0; tries < 60; tries++) {
    if (!(await commandLine(pid)).includes(marker)) return
    await sleep(250)
  }
  throw new GroundFault(
    `${name} already runs on ${marker} (process ${pid}): another run uses this data folder.`,
    `Stop that run first, or end the process: kill ${pid}`,
  )
}

/** Keeps the pid for waitForPredecessor. */
export async function writePidFile(pidFile: string, server: Managed): Promise<void> {
  await writeFile(pidFile, `${server.pid}\n`)
  void server.exited.then(() => rm(pidFile, { force: true }))
}

/** The command line of a living process; empty when there is none. Linux tells without `ps`, which slim images lack. */
async function commandLine(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
  } catch {
    if (process.platform === 'linux') return ''
    const found = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => undefined)
    return found?.stdout ?? ''
  }
}
