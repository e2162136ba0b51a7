import { type Log, startWorker, type Worker } from '@praxisbus/runtime'
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
  const failing = 'booking requests or offers wait'
  return startWorker({
    log,
    failing,
    everyMs: lookMs,
    look: async () => {
      // What keeps the one from being done does not hold up the other.
      await lapseRequests(settings, now()).catch((error: unknown) => log.warn({ err: error }, failing))
      await passOnFreed(settings, now())
    },
  })
}
