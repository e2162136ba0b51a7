/** More than this many may work, or wait: whoever comes now is told to come again. */
export class TooBusy extends Error {}

/**
 * A bounded queue in front of a scarce thing: `size` hold a turn, at most `maxWaiting` wait for theirs in the order in which they
 * came, none longer than `maxWaitMs`. Throws TooBusy.
 */
export function openTurns(size: number, maxWaiting: number, maxWaitMs: number) {
  let free = size
  const waiting = new Set<() => void>()

  const take = (): Promise<void> => {
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    if (waiting.size >= maxWaiting) return Promise.reject(new TooBusy(`${maxWaiting} are waiting already`))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(called)
        reject(new TooBusy(`no turn within ${maxWaitMs} ms`))
      }, maxWaitMs)
      const called = () => {
        clearTimeout(timer)
        resolve()
      }
      waiting.add(called)
    })
  }

  /** The turn goes to whoever waits longest; a set keeps the order of its entries. */
  const give = () => {
    const [next] = waiting
    if (next === undefined) free++
    else {
      waiting.delete(next)
      next()
    }
  }

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    await take()
    try {
      return await work()
    } finally {
      give()
    }
  }
  return Object.assign(inTurn, { load: (): Load => ({ working: size - free, waiting: waiting.size }) })
}

/** How many have a turn, and how many wait for theirs. */
export interface Load {
  readonly working: number
  readonly waiting: number
}
