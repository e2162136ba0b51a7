import { setTimeout as delay } from 'node:timers/promises'
import type { Log, Worker } from '@praxisbus/runtime'
import { type Lapsing, lapseRequests } from './booking/lapse.ts'

const LOOK_MS = 1_000

/** What happens because time passed, without anybody asking: requests that nobody answered lapse (S-18). */
export function startTimekeeping(
  settings: Lapsing & {
    readonly log: Log
    readonly now?: () => Temporal.Instant
    readonly lookMs?: number
  },
): Worker {
  const { log, now = () => Temporal.Now.instant(), lookMs = LOOK_MS } = settings
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await lapseRequests(settings, now())
      } catch (error) {
        log.warn({ err: error }, 'booking requests wait: the database cannot be asked')
      }
      await delay(lookMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
