import { expect, test } from '@jest/globals'
import { givingWay } from './giving-way.ts'

const busy = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until; );
}

test('P-04 who has not computed for long goes on at once', () => {
  expect(Array.from({ length: 100 }, () => givingWay()())).toContain(undefined)
})

test('P-04 who computes for long lets others go first', async () => {
  const giveWay = givingWay()
  let others = 0
  const other = () => {
    others++
    again = setImmediate(other)
  }
  let again = setImmediate(other)
  try {
    busy(25)
    await giveWay()
    expect(others).toBe(1)
    busy(25)
    await giveWay()
    expect(others).toBe(2)
  } finally {
    clearImmediate(again)
  }
})
