import { expect, test } from '@jest/globals'
import { openTurns, TooBusy } from './turns.ts'

test('at most so many at once, in the order in which they came, each exactly once', async () => {
  const inTurn = openTurns(3, 100, 5_000)
  let working = 0
  let most = 0
  const began: number[] = []
  await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      inTurn(async () => {
        if (number === 0) expect(inTurn.load()).toEqual({ working: 3, waiting: 17 })
        began.push(number)
        most = Math.max(most, ++working)
        await new Promise((resolve) => setImmediate(resolve))
        working--
      }),
    ),
  )
  expect(inTurn.load()).toEqual({ working: 0, waiting: 0 })
  expect(most).toBe(3)
  expect(began).toEqual(Array.from({ length: 20 }, (_, number) => number))
})

test('a full queue and a long wait are told; a turn that failed is given on', async () => {
  const inTurn = openTurns(1, 1, 20)
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const first = inTurn(() => held)
  const second = inTurn(async () => 'second')
  await expect(inTurn(async () => 'third')).rejects.toThrow(TooBusy)
  await expect(second).rejects.toThrow('no turn within 20 ms')
  release()
  await first
  await expect(inTurn(async () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await inTurn(async () => 'next')).toBe('next')
})
