import { expect, test } from '@jest/globals'
import { seeded } from '../scenario.ts'
import type { RawMessage } from '../whole-topic.ts'
import { shuffled } from './shuffle.ts'

const messages: RawMessage[] = ['a', 'b', 'c'].flatMap((key) =>
  [1, 2, 3, 4].map((offset) => ({ topic: 't', partition: 0, offset, key, headers: {}, body: '' })),
)
const run = (seed: number) =>
  shuffled(messages, seeded(seed)).map(({ message: { key, offset }, repeat }) => ({ key, offset, repeat }))

test('each message comes 1 to 5 times, first ones in the order of their key, and a seed says it all', () => {
  for (let seed = 0; seed < 200; seed++) {
    const deliveries = run(seed)
    expect(deliveries).toEqual(run(seed))
    for (const { key, offset } of messages) {
      const times = deliveries.filter((each) => each.key === key && each.offset === offset)
      expect(times.map(({ repeat }) => repeat)).toEqual([false, ...times.slice(1).map(() => true)])
      expect(times.length).toBeLessThanOrEqual(5)
    }
    for (const wanted of ['a', 'b', 'c'])
      expect(
        deliveries.filter(({ key, repeat }) => key === wanted && !repeat).map(({ offset }) => offset),
      ).toEqual([1, 2, 3, 4])
  }
  expect(run(1)).not.toEqual(run(2))
})
