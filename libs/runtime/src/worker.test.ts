import { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { openLog } from './log.ts'
import { startWorker, type Work, type Worker } from './worker.ts'

const LONG_MS = 3_600_000

let worker: Worker | undefined
afterEach(() => worker?.stop())

/** A worker whose looks are told to the test: `looked(3)` resolves when the third begins. */
function start(look: (stopping: AbortSignal) => Promise<unknown>, everyMs: number) {
  const lines: { msg: string; err: { message: string } }[] = []
  const written = new Writable({
    write(line, _, done) {
      lines.push(JSON.parse(String(line)))
      done()
    },
  })
  const looks = [Promise.withResolvers<AbortSignal>()]
  const work: Work = {
    log: openLog('test', 'warn', written),
    failing: 'letters wait',
    everyMs,
    look: (stopping) => {
      looks.at(-1)!.resolve(stopping)
      looks.push(Promise.withResolvers())
      return look(stopping)
    },
  }
  worker = startWorker(work)
  const looked = async (nth: number) => {
    for (let look = 0; look < nth; look++) await looks[look]!.promise
  }
  return { worker, lines, looked, count: () => looks.length - 1, signal: () => looks[0]!.promise }
}

test('P-04 a worker looks at once, and again after each pause', async () => {
  const { looked, count } = start(async () => 500, 20)
  const begun = performance.now()
  expect(count()).toBe(1)
  await looked(4)
  expect(performance.now() - begun).toBeGreaterThan(3 * 20 - 5)
})

test('P-04 where there is more to do it looks again without a pause', async () => {
  let left = 3
  const { looked, count } = start(async () => --left > 0, LONG_MS)
  await looked(3)
  await delay(30)
  expect(count()).toBe(3)
})

test('P-04 a look that fails is logged and does not end it, also one that throws before it waits', async () => {
  const faults = [
    () => Promise.reject(new Error('away')),
    () => {
      throw new Error('broken')
    },
  ]
  const { looked, lines } = start(() => faults.shift()?.() ?? Promise.resolve(), 5)
  await looked(4)
  expect(lines.map(({ msg, err }) => [msg, err.message])).toEqual([
    ['letters wait', 'away'],
    ['letters wait', 'broken'],
  ])
})

test('P-04 a stop ends the pause at once, and nothing is looked at any more', async () => {
  const { worker, looked, count } = start(async () => undefined, LONG_MS)
  await looked(1)
  await delay(10)
  const begun = performance.now()
  await worker.stop()
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(count()).toBe(1)
})

test('P-04 a stop waits for the look under way, which is told, and takes no further one where more is to do', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<boolean>()
  const { worker, signal, count } = start(() => held, 5)
  const stopping = await signal()
  let stopped = false
  const stop = worker.stop().then(() => {
    stopped = true
  })
  expect(stopping.aborted).toBe(true)
  await delay(30)
  expect(stopped).toBe(false)
  release(true)
  await stop
  expect(count()).toBe(1)
})
