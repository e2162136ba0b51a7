import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { GroundFault } from './fault.ts'

export interface SpawnOptions {
  /** What a person calls it; stands in messages. */
  name: string
  command: string
  args: readonly string[]
  /** The whole environment, not additions to this process's. Default: this process's. */
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Standard output and error are appended here; without it they go to this process's own. */
  logFile?: string
  /** Signal that asks it to stop in good order. Default SIGTERM. */
  stopSignal?: NodeJS.Signals
  uid?: number
  gid?: number
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Managed {
  readonly name: string
  readonly pid: number
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<Exit>
  readonly running: boolean
  /** Asks it to stop (default: its stop signal), kills it after `timeoutMs` (default 20 000). */
  stop(signal?: NodeJS.Signals, timeoutMs?: number): Promise<Exit>
  /** SIGKILL to it and to all in its process group. */
  kill9(): Promise<Exit>
}

/**
 * Starts a process (in a process group of its own, so that Ctrl-C reaches this process alone, which stops its children in
 * order) that does not outlive this one: when this process dies, even by kill -9, the reaper stops the child.
 */
export async function spawnManaged(options: SpawnOptions): Promise<Managed> {
  const { name, stopSignal = 'SIGTERM' } = options
  const log = options.logFile === undefined ? undefined : openLog(options.logFile)
  const child = spawn(options.command, options.args, {
    env: options.env ?? process.env,
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    detached: true,
    stdio: ['ignore', log ?? 'inherit', log ?? 'inherit'],
  })
  if (log !== undefined) closeSync(log)
  if (child.pid !== undefined) watch(child.pid, stopSignal)
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw new GroundFault(
      `${name} could not be started: ${(error as Error).message}`,
      `Check that ${options.command} is there and may be executed.`,
      { cause: error },
    )
  }
  return manage(name, child, stopSignal)
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  return openSync(file, 'a')
}

function manage(name: string, child: ChildProcess, stopSignal: NodeJS.Signals): Managed {
  const pid = child.pid!
  let running = child.exitCode === null && child.signalCode === null
  const exited = new Promise<Exit>((resolve) => {
    const settle = () => {
      running = false
      signalGroup(pid, 'SIGKILL') // what it left behind in its group goes with it
      unwatch(pid)
      resolve({ code: child.exitCode, signal: child.signalCode })
    }
    if (running) child.once('exit', settle)
    else settle()
  })
  return {
    name,
    pid,
    exited,
    get running() {
      return running
    },
    async stop(signal = stopSignal, timeoutMs = 20_000) {
      if (!running) return await exited
      signalGroup(pid, signal)
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), timeoutMs)
      return await exited.finally(() => clearTimeout(timer))
    },
    async kill9() {
      if (running) signalGroup(pid, 'SIGKILL')
      return await exited
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Lets the folder be removed when this process has ended, however it ended. */
export function removeAtEnd(folder: string): void {
  folders.add(folder)
  tellReaper('folder', folder)
}

/** The same for a container that this process started. */
export function removeContainerAtEnd(id: string): void {
  containers.add(id)
  tellReaper('container', id)
}

/** It is gone already. */
export function releaseContainer(id: string): void {
  containers.delete(id)
  tellReaper('released', id)
  endWhereIdle()
}

// One reaper per process (in jest: per test file), only while there is something to watch.
let pipe: Writable | undefined
const watched = new Set<number>()
const folders = new Set<string>()
const containers = new Set<string>()

function watch(pid: number, stopSignal: NodeJS.Signals): void {
  watched.add(pid)
  tellReaper('start', String(pid), stopSignal)
}

function unwatch(pid: number): void {
  watched.delete(pid)
  tellReaper('ended', String(pid))
  endWhereIdle()
}

function endWhereIdle(): void {
  if (watched.size > 0 || folders.size > 0 || containers.size > 0) return
  pipe?.end()
  pipe = undefined
}

function tellReaper(...words: string[]): void {
  pipe ??= startReaper()
  pipe.write(`${words.join('\t')}\n`)
}

/** Where the Docker engine is, for containers. */
const REAPER_NEEDS = /^(PATH|HOME|XDG_RUNTIME_DIR|DOCKER_\w+|TESTCONTAINERS_\w+)$/

function startReaper(): Writable {
  const reaper = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'reaper.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => REAPER_NEEDS.test(name))),
  })
  const { stdin } = reaper
  stdin.on('error', () => {}) // it ignores signals; if somebody kills it with -9, orphans are theirs to clear
  reaper.unref()
  // A child's pipe is a socket, whose hold on the event loop can be let go; the type does not say so.
  ;(stdin as Writable & { unref?: () => void }).unref?.()
  return stdin
}

/** Runs `stop` at the first Ctrl-C, SIGTERM or SIGHUP, then ends this process; a second signal ends it at once. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + number)
      stopping = true
      stop().then(
        () => process.exit(128 + number),
        (error) => {
          console.error(error)
          process.exit(1)
        },
      )
    })
  }
}
