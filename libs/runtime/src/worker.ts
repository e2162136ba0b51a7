import { pause } from './bus/waiting.ts'
import type { Log } from './log.ts'

/** What runs in a process beside its requests. */
export interface Worker {
  /** Finishes what is in hand. */
  stop(): Promise<void>
}

export interface Work {
  readonly log: Log
  /** Logged with the error of a look that failed; the next one comes after the pause. */
  readonly failing: string
  readonly everyMs: number
  /** One step. Where it resolves to true there is more to do, and the next one comes without a pause. */
  readonly look: (stopping: AbortSignal) => Promise<unknown>
}

/** Looks at once and then again and again. `stop` ends the pause, and waits for the look that is under way. */
export function startWorker({ log, failing, everyMs, look }: Work): Worker {
  const stopping = new AbortController()
  const once = async () => {
    try {
      return await look(stopping.signal)
    } catch (error) {
      log.warn({ err: error }, failing)
    }
  }
  const running = (async () => {
    while (!stopping.signal.aborted) if ((await once()) !== true) await pause(everyMs, stopping.signal)
  })()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
