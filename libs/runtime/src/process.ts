import type { Log } from './log.ts'

/** In-flight requests get this long after SIGTERM; then the process ends all the same. */
const SHUTDOWN_LIMIT_MS = 15_000

/** Stops in order at SIGTERM or SIGINT; exit code 0 if it could. */
export function stopOnSignal(stop: () => Promise<void>, log: Log): void {
  let begun = false
  const end = (why: string) => {
    if (begun) return
    begun = true
    log.info({ why }, 'stopping')
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', () => end('SIGTERM'))
  process.once('SIGINT', () => end('SIGINT'))
}

/** A fault in the settings or a taken port is said in words, without a stack. */
export function startOrExplain(start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  })
}
