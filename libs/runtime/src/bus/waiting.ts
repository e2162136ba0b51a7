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
    rung: async (timeoutMs: number) => {
      if (!pending && !stopping.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs)
          wakeUp = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wakeUp = undefined
      }
      pending = false
    },
  }
}

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
