import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Api, RunningService } from '@praxisbus/testing'
import { readiness } from './patients.ts'

/**
 * What stands before replicas in production, as far as it matters here: asks each whether it is ready, sends new requests
 * to those that are, in turn, over connections that it keeps. It sends nothing again.
 */
export interface Balancer {
  ask(request: (api: Api) => Promise<Answer>): Promise<Answer>
  /** Resolves when the replica at this place is seen ready, or not. */
  seen(index: number, ready: boolean): Promise<void>
  stop(): Promise<void>
}

const LOOK_MS = 100

export async function openBalancer(
  replicas: readonly { service: RunningService; api: Api }[],
): Promise<Balancer> {
  const ready = replicas.map(() => true)
  let next = 0
  let over = false
  const looking = Promise.all(
    replicas.map(async ({ service }, index) => {
      while (!over) {
        ready[index] = (await readiness(service)).status === 200
        await sleep(LOOK_MS)
      }
    }),
  )
  return {
    ask: async (request) => {
      for (let tries = 0; tries < replicas.length; tries++) {
        const index = next++ % replicas.length
        if (ready[index]) return request(replicas[index]!.api)
      }
      throw new Error('no replica is ready')
    },
    seen: async (index, state) => {
      while (ready[index] !== state) await sleep(20)
    },
    stop: async () => {
      over = true
      await looking
    },
  }
}
