import { openTurns, TooBusy } from '../turns.ts'

/** Each holds its request in memory. */
const MAX_OF_KEY = 50
const MAX_WAITING = 500
/** As long as PostgreSQL lets them wait for the lock, behind a request of the same key in another replica. */
const MAX_WAIT_MS = 10_000

/**
 * Requests with one key run one after another, and wait here rather than at the lock in the database, where each would hold a
 * connection: one user who repeats a slow request could hold them all. `work` is told whether it waited. Throws TooBusy.
 */
export function openKeyTurns({
  maxOfKey = MAX_OF_KEY,
  maxWaiting = MAX_WAITING,
  maxWaitMs = MAX_WAIT_MS,
} = {}) {
  const underWay = new Map<string, ReturnType<typeof openTurns>>()
  let callers = 0
  return async <T>(key: string, work: (waited: boolean) => Promise<T>): Promise<T> => {
    const first = underWay.get(key)
    if (first && callers - underWay.size >= maxWaiting)
      throw new TooBusy(`${maxWaiting} repeated requests are waiting already`)
    const inTurn = first ?? openTurns(1, maxOfKey, maxWaitMs)
    underWay.set(key, inTurn)
    callers++
    try {
      return await inTurn(() => work(first !== undefined))
    } finally {
      callers--
      if (inTurn.load().working === 0) underWay.delete(key)
    }
  }
}
