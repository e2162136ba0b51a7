import type { Log } from './log.ts'

/** What is in hand gets this long once nothing new is taken; then the process ends all the same. */
const SHUTDOWN_LIMIT_MS = 15_000

/** Stops in order at SIGTERM or SIGINT, exit code 0 if it could within `delayMs` and 15 s. A second signal ends it at once. */
export function stopOnSignal(stop: () => Promise<void>, log: Log, delayMs = 0): void {
  let begun = false
  const end = (signal: NodeJS.Signals) => {
    if (begun) {
      log.warn({ signal }, 'ended at once by a second signal')
      process.exit(1)
    }
    begun = true
    log.info({ why: signal }, 'stopping')
    setTimeout(() => {
      log.error('could not stop in time')
      process.exit(1)
    }, delayMs + SHUTDOWN_LIMIT_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

/** A fault in the settings or a taken port is said in words, without a stack. */
export function startOrExplain(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  })
}
