import { setTimeout as delay } from 'node:timers/promises'
import type { Log, Worker } from '@praxisbus/runtime'
import { type Lapsing, lapseRequests } from './booking/lapse.ts'
import { passOnFreed } from './waitlist/pass-on.ts'

const LOOK_MS = 1_000

/**
 * What happens because time passed, without anybody asking: requests that nobody answered lapse (S-18), and what
 * became free is offered to those who wait, one after another (S-24).
 */
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
      for (const step of [lapseRequests, passOnFreed])
        await step(settings, now()).catch((error: unknown) =>
          log.warn({ err: error }, 'booking requests or offers wait'),
        )
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
