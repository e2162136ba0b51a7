import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Launch, lastLines, launch, type Server } from '@praxisbus/testing/ground/server.ts'

/** Something a person should know while all runs. */
export type OnNews = (news: {
  readonly about: string
  readonly text: string
  readonly log?: string[]
}) => void

export interface Running {
  readonly name: string
  readonly pid: () => number
  stop(): Promise<void>
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** A process that ran this long is taken for healthy: its next end waits short again. */
const HEALTHY_MS = 60_000
const LOOK_MS = 500
const LAST_LINES = 5

/** Starts a process, resolves when it is ready, and starts it again when it ends by itself, later each time. */
export async function keepRunning(spec: Launch, onNews: OnNews): Promise<Running> {
  let current = await launch(spec)
  const stopping = new AbortController()
  const startAgain = async () => {
    try {
      current = await launch(spec)
      onNews({ about: spec.name, text: 'is back' })
    } catch {
      // `current` has ended, so the loop comes round again and says so with the log.
    }
  }
  const tellEnd = (text: string, waitMs: number) =>
    onNews({
      about: spec.name,
      text: `${text}; it starts again in ${waitMs / 1000} s. Log: ${spec.logFile}`,
      log: lastLinesOf(spec.logFile),
    })
  const watching = (async () => {
    let waitMs = FIRST_WAIT_MS
    let since = performance.now()
    for (;;) {
      const { code, signal } = await current.exited
      if (stopping.signal.aborted) return
      if (performance.now() - since > HEALTHY_MS) waitMs = FIRST_WAIT_MS
      tellEnd(`ended (${signal ?? `exit code ${code}`})`, waitMs)
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
      since = performance.now()
      await startAgain()
    }
  })()
  return {
    name: spec.name,
    pid: () => current.pid,
    stop: async () => {
      stopping.abort()
      await current.stop()
      await watching
      await current.stop() // one that was just being started
    },
  }
}

/** The same for a server of the ground, which knows itself how to start again but not that it ended. */
export function watchServer(name: string, server: Server, onNews: OnNews): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const watching = (async () => {
    while (!signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted || isAlive(server.pid)) continue
      onNews({
        about: name,
        text: `ended; it starts again. Log: ${server.logFile}`,
        log: lastLinesOf(server.logFile),
      })
      await server.restart().then(
        () => onNews({ about: name, text: 'is back' }),
        (error: Error) => onNews({ about: name, text: `could not be started again: ${error.message}` }),
      )
      await sleep(FIRST_WAIT_MS, undefined, { signal }).catch(() => undefined)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await watching
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // another user's, as PostgreSQL's is under root
  }
}

export function lastLinesOf(file: string): string[] {
  try {
    return lastLines(readFileSync(file, 'utf8'), LAST_LINES)
  } catch {
    return []
  }
}
