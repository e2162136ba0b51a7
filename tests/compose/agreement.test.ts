import { expect, test } from '@jest/globals'
import { disagreements } from './agreement.ts'

const acknowledged = [1, 2, 3].map((version) => ({ key: 'a', version, name: `name ${version}` }))
const event = (version: number, more: object = {}) => ({
  key: 'a',
  eventId: `e${version}`,
  version,
  name: `name ${version}`,
  ...more,
})

test('all there once by id and in order agrees, also where messages came again', () => {
  expect(disagreements(acknowledged, [event(1), event(2), event(3)])).toEqual([])
  expect(disagreements(acknowledged, [event(1), event(2), event(1), event(2), event(3), event(3)])).toEqual(
    [],
  )
})

test.each([
  ['lost', [event(1), event(3)], 'a: version 2 is lost'],
  ['a whole record lost', [], 'a: version 1 is lost'],
  [
    'two events for one change',
    [event(1), event(2), event(2, { eventId: 'x' }), event(3)],
    'a: version 2 has 2 events',
  ],
  ['out of order', [event(2), event(1), event(3)], 'a: out of order: 2 1 3'],
  ['never acknowledged', [event(1), event(2), event(3), event(4)], 'a: version 4 was never acknowledged'],
  ['another content', [event(1), event(2, { name: 'x' }), event(3)], 'a: version 2 says another name'],
  [
    'one id, two contents',
    [event(1), event(2), event(3), event(2, { name: 'x' })],
    'a: event e2 has two contents',
  ],
  ['nobody’s', [event(1), event(2), event(3), event(1, { key: 'b' })], 'b: nobody wrote this record'],
])('says what is wrong: %s', (_, published, fault) => {
  expect(disagreements(acknowledged, published)).toContain(fault)
})
