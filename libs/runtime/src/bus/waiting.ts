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

/** Ends early at the signal, without throwing. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
