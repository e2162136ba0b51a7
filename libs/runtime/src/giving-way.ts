import { setImmediate } from 'node:timers/promises'

const AT_LONGEST_MS = 20

/** For long computing in one process with others' requests: awaited often, it lets them go first whenever 20 ms went by since they could. */
export function givingWay(): () => Promise<void> | undefined {
  let since = performance.now()
  return () => {
    if (performance.now() - since < AT_LONGEST_MS) return undefined
    return setImmediate().then(() => {
      since = performance.now()
    })
  }
}
