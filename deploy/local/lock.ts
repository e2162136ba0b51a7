import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EXIT, Fault } from './fault.ts'
import type { Home } from './home.ts'

/** What a run leaves beside its data while it lives, so that a second one is told and the doctor finds its way. */
export interface RunRecord {
  readonly pid: number
  readonly verb: string
  readonly startedAt: string
  /** Set once the parts are there. */
  readonly parts?: RunningParts
}

export interface RunningParts {
  readonly brokers: string
  readonly redisUrl: string
  readonly topicPrefix: string
  /** Login that owns the tables, by service. The file is readable by its owner alone. */
  readonly databases: Readonly<Record<string, string>>
}

const fileOf = (home: Home) => join(home.folder, 'run.json')

export interface HomeLock {
  /** Notes where the parts are. */
  tell(parts: RunningParts): void
  release(): void
  /** The run before this one was killed; its reaper may still be ending its parts. */
  readonly afterCrash: boolean
}

/** Takes the home for this process; throws where another run has it. */
export async function takeHome(home: Home, verb: string): Promise<HomeLock> {
  mkdirSync(home.folder, { recursive: true })
  const file = fileOf(home)
  const record = { pid: process.pid, verb, startedAt: Temporal.Now.instant().toString() }
  const write = (content: RunRecord, flag: 'w' | 'wx') =>
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag })
  const other = await livingRun(home)
  if (other) throw alreadyRunning(home, other)
  const afterCrash = existsSync(file)
  if (afterCrash) rmSync(file, { force: true })
  try {
    write(record, 'wx') // of two that come at the same moment, one fails here
  } catch (error) {
    const winner = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await livingRun(home))
    throw winner ? alreadyRunning(home, winner) : error
  }
  return {
    tell: (parts) => write({ ...record, parts }, 'w'),
    release: () => rmSync(file, { force: true }),
    afterCrash,
  }
}

/** The run that uses this home now; undefined where there is none, or only the note of one that was killed. */
export async function livingRun(home: Home): Promise<RunRecord | undefined> {
  const file = fileOf(home)
  if (!existsSync(file)) return undefined
  const record = readRecord(file)
  if (!record || record.pid === process.pid) return undefined
  // After a reboot the pid may be another program's.
  return /deploy\/local/.test(await commandLine(record.pid)) ? record : undefined
}

function readRecord(file: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord
  } catch {
    return undefined // cut short by a crash
  }
}

function alreadyRunning(home: Home, { pid, verb, startedAt }: RunRecord): Fault {
  return new Fault(
    `Praxisbus already runs from ${home.folder} (npm ${verb === 'start' ? 'start' : `run ${verb}`}, process ${pid}, since ${startedAt}).`,
    `Stop it with Ctrl-C there (or: kill ${pid}), or set PRAXISBUS_HOME and PRAXISBUS_PORT_BASE for a second one beside it.`,
    EXIT.alreadyRunning,
  )
}

/** Linux tells without `ps`, which slim images lack. */
async function commandLine(pid: number): Promise<string> {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    if (process.platform === 'linux') return ''
    const found = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => undefined)
    return found?.stdout ?? ''
  }
}
