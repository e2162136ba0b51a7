import { setTimeout as delay } from 'node:timers/promises'

/** A bell that remembers having been rung while nobody listened. */
export function openBell(stopping: AbortSignal) {
  let pending = false
  let wakeUp: (() => void) | undefined
  return {
    ring: () => {
      pending = true
      wakeUp?.()
    },
    /** Waits for the bell, for that time, or for `orUntil`, and says whether the bell rang since it was last asked. */
    rung: async (timeoutMs: number, orUntil?: Promise<unknown>): Promise<boolean> => {
      if (!pending && !stopping.aborted) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<unknown>((resolve) => {
          timer = setTimeout(resolve, timeoutMs)
          wakeUp = () => resolve(undefined)
          orUntil?.then(resolve, resolve)
        })
        clearTimeout(timer)
        wakeUp = undefined
      }
      const rang = pending
      pending = false
      return rang
    },
  }
}

export type Bell = ReturnType<typeof openBell>

/** Asking again while an answer is under way adds nothing. */
export function oneAtATime(ask: () => Promise<unknown>): () => void {
  let asking = false
  return () => {
    if (asking) return
    asking = true
    ask()
      .catch(() => undefined)
      .finally(() => {
        asking = false
      })
  }
}

/**
 * Kafka or PostgreSQL may be silent when a process is to stop, and an answer may take 10 s to time out, several times over; the
 * process has 15 s to end in order. So once it is to stop, a wait ends after this long at the latest.
 */
export const GOODBYE_MS = 3_000

/**
 * What it is given comes out as it is. Once it is to stop, what is open longer than that rejects; after one that did, the next
 * reject at once. A wait that begins later has its whole time: what was in hand may have taken long, with Kafka as it should be.
 */
export function openPatience(
  stopping: AbortSignal,
  goodbyeMs = GOODBYE_MS,
): <T>(work: Promise<T>) => Promise<T> {
  const waiting = new Set<() => void>()
  let silent = false
  stopping.addEventListener(
    'abort',
    () => {
      for (const count of waiting) count()
    },
    { once: true },
  )
  // No race with one promise that never settles: it would keep a reaction for each.
  return (work) =>
    new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const giveUp = () => {
        silent = true
        reject(new Error('No answer came before the process had to stop'))
      }
      const count = () => {
        timer = setTimeout(giveUp, silent ? 0 : goodbyeMs)
      }
      if (stopping.aborted) count()
      else waiting.add(count)
      work.then(resolve, reject).finally(() => {
        waiting.delete(count)
        clearTimeout(timer)
      })
    })
}

/** Resolves when the work has ended, however it did, or the goodbye is over. */
export async function goodbye(work: Promise<unknown>, goodbyeMs = GOODBYE_MS): Promise<void> {
  const silent = new AbortController()
  const ended = work.then(
    () => undefined,
    () => undefined,
  )
  await Promise.race([ended, pause(goodbyeMs, silent.signal)])
  silent.abort()
}

/** Ends early at the signal, without throwing. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
