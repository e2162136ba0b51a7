const NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/**
 * Runs `stop` at the first Ctrl-C, SIGTERM or SIGHUP, or when bootstrap.mjs is gone, then ends the process with the code
 * that `stop` gives, else 128 + the signal's number. A second signal ends it at once; the reaper of libs/testing then ends
 * what is left.
 */
export function onEndAsked(stop: () => Promise<number | undefined>): void {
  let stopping = false
  const end = (number: number) => {
    if (stopping) process.exit(128 + number)
    stopping = true
    stop().then(
      (code) => process.exit(code ?? 128 + number),
      (error) => {
        process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
        process.exit(1)
      },
    )
  }
  for (const [signal, number] of Object.entries(NUMBERS)) process.on(signal, () => end(number))
  process.on('disconnect', () => end(NUMBERS.SIGTERM))
  process.channel?.unref()
}
