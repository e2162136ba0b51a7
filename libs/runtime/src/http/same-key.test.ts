import { expect, test } from '@jest/globals'
import { TooBusy } from '../turns.ts'
import { openKeyTurns } from './same-key.ts'

const held = () => Promise.withResolvers<string>()

test('D5 P-07 of one key one runs at a time, in the order in which they came; other keys run beside it', async () => {
  const inTurn = openKeyTurns()
  const began: string[] = []
  const first = held()
  const run = (key: string, name: string, until: Promise<string> = Promise.resolve(name)) =>
    inTurn(key, async (waited) => {
      began.push(`${name} ${waited}`)
      return until
    })
  const all = [run('a', 'a1', first.promise), run('a', 'a2'), run('a', 'a3'), run('b', 'b1')]
  expect(await all[3]).toBe('b1')
  expect(began).toEqual(['a1 false', 'b1 false'])
  first.resolve('a1')
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1'])
  expect(began.slice(2)).toEqual(['a2 true', 'a3 true'])
  expect(await run('a', 'a4')).toBe('a4')
  expect(began.at(-1)).toBe('a4 false')
})

test('D5 P-07 those who wait are bounded, of a key and of all, and none waits for ever; a failure is for the one who met it', async () => {
  const inTurn = openKeyTurns({ maxOfKey: 2, maxWaiting: 3, maxWaitMs: 60 })
  const [a, b] = [held(), held()]
  const first = [inTurn('a', () => a.promise), inTurn('b', () => b.promise)]
  const waiting = [inTurn('a', async () => 'a2'), inTurn('a', async () => 'a3')]
  await expect(inTurn('a', async () => 'a4')).rejects.toThrow(TooBusy)
  waiting.push(inTurn('b', async () => 'b2'))
  await expect(inTurn('b', async () => 'b3')).rejects.toThrow('3 repeated requests are waiting already')
  expect(await inTurn('c', async () => 'another key')).toBe('another key')
  a.reject(new Error('failed'))
  await expect(first[0]).rejects.toThrow('failed')
  expect(await Promise.all(waiting.slice(0, 2))).toEqual(['a2', 'a3'])
  await expect(waiting[2]).rejects.toThrow('no turn within 60 ms')
  b.resolve('b1')
  expect(await first[1]).toBe('b1')
  expect(await inTurn('b', async (waited) => waited)).toBe(false)
})
