import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { waitFor } from '@praxisbus/testing'
import { type DatabaseWatch, openWatch } from './db-watch.ts'

/** What a server does when it is asked for a connection. */
let alive: 'yes' | 'refuses' | 'silent'
let cuts = 0
let watch: DatabaseWatch

function open() {
  cuts = 0
  watch = openWatch({
    probe: () => {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      if (alive !== 'silent') resolve(alive === 'yes')
      return { answered: promise, abandon: () => resolve(false) }
    },
    cut: () => {
      cuts++
    },
    refusal: () => new Error('silent'),
  })
}
afterEach(() => watch.close())

test('work that takes long is left alone while the server lives', async () => {
  alive = 'yes'
  open()
  expect(await watch.during(() => sleep(1_800, 'done'))).toBe('done')
  expect(cuts).toBe(0)
})

test('a silent server is found within two seconds, once; who comes then is told at once; it is asked until it speaks', async () => {
  alive = 'silent'
  open()
  const began = performance.now()
  const work = watch.during(() => sleep(4_000, 'done'))
  await waitFor(() => cuts > 0, 3_000, 'the cut')
  expect(performance.now() - began).toBeLessThan(2_000)
  await expect(watch.during(async () => 'never')).rejects.toThrow('silent')
  await sleep(300)
  alive = 'yes'
  expect(await waitFor(() => watch.during(async () => 'done'), 3_000, 'the server to be found')).toBe('done')
  expect(cuts).toBe(1)
  await work
})

test('a process that was held up itself does not take that for silence', async () => {
  alive = 'silent'
  open()
  const work = watch.during(() => sleep(700))
  for (const until = performance.now() + 2_500; performance.now() < until; );
  await work
  expect(cuts).toBe(0)
})
