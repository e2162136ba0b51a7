import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '@praxisbus/testing'

/** One request as its sender saw it. Status 0: no answer came. */
export interface Asked {
  readonly status: number
  readonly ms: number
  readonly at: number
  readonly answer?: Answer
  readonly error?: Error
}

export async function timed(ask: () => Promise<Answer>): Promise<Asked> {
  const at = performance.now()
  try {
    const answer = await ask()
    return { status: answer.status, ms: performance.now() - at, at, answer }
  } catch (error) {
    return { status: 0, ms: performance.now() - at, at, error: error as Error }
  }
}

export interface Load {
  readonly asked: readonly Asked[]
  /** Nobody asks anew for so long. */
  rest(ms: number): Promise<void>
  /** Resolves when the last request has its answer. */
  stop(): Promise<readonly Asked[]>
}

/** `workers` ask one after another, each with `pauseMs` between, until stopped. `round` counts over all of them. */
export function keepAsking(
  workers: number,
  pauseMs: number,
  ask: (round: number, worker: number) => Promise<Answer>,
): Load {
  const asked: Asked[] = []
  let over = false
  let round = 0
  let rested = Promise.resolve()
  const work = async (worker: number) => {
    while (!over) {
      await rested
      asked.push(await timed(() => ask(round++, worker)))
      await sleep(pauseMs)
    }
  }
  const all = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))
  return {
    asked,
    rest: (ms) => {
      rested = sleep(ms)
      return rested
    },
    stop: async () => {
      over = true
      await all
      return asked
    },
  }
}

/** How late a timer of this process came at the worst: on a machine with more to do than it can, everybody is that late. */
export function watchLateness(): { stop(): number } {
  const everyMs = 20
  let worstMs = 0
  let due = performance.now() + everyMs
  const timer = setInterval(() => {
    worstMs = Math.max(worstMs, performance.now() - due)
    due = performance.now() + everyMs
  }, everyMs).unref()
  return {
    stop: () => {
      clearInterval(timer)
      return worstMs
    },
  }
}

/** The value that `share` (0 to 1) of them do not pass. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export const latency = (asked: readonly Asked[]) => {
  const ms = asked.map((each) => each.ms)
  return { p50: quantile(ms, 0.5), p99: quantile(ms, 0.99), max: Math.max(0, ...ms) }
}

export const shown = (asked: readonly Asked[]) => {
  const { p50, p99, max } = latency(asked)
  return `${asked.length} requests, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${max.toFixed(0)} ms`
}

/** Asks again until there is an answer below 500; the caller keeps the key, so that a lost answer costs no second effect. */
export async function untilAnswered(ask: () => Promise<Answer>, withinMs = 60_000): Promise<Answer> {
  for (const until = performance.now() + withinMs; ; ) {
    const { status, answer, error } = await timed(ask)
    if (answer && status < 500) return answer
    if (performance.now() > until)
      throw error ?? new Error(`still ${status}: ${JSON.stringify(answer?.body)}`)
    await sleep(100)
  }
}
