import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '@praxisbus/testing/api.ts'

const PAUSE_MS = 200

/**
 * A part that ended is started again within seconds, and the people at their desks press the button once more: a call that
 * met nobody, or a service without its database (503), is sent again as it was. `send` must give the same Idempotency-Key
 * each time.
 */
export async function reached(send: () => Promise<Answer>, patienceMs: number): Promise<Answer> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      const answer = await send()
      if (answer.status !== 503 || performance.now() > deadline) return answer
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await sleep(PAUSE_MS)
  }
}
