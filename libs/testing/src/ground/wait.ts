import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks `condition` again and again until it gives something truthy, and returns that. A condition that throws counts
 * as "not yet"; its last error is the cause of the one thrown when `timeoutMs` have passed.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  timeoutMs: number,
  what: string,
  pauseMs = 50,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    let last: unknown
    try {
      const value = await condition()
      if (value) return value as Exclude<T, false | null | undefined | 0 | ''>
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() >= deadline) {
      const reason = last instanceof Error ? `: ${last.message}` : ''
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}${reason}`, { cause: last })
    }
    await sleep(pauseMs)
  }
}
