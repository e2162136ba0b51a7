import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { knownTimeZone } from './time-zone.ts'

describe('time zones', () => {
  test.each([
    ['America/Chicago', 'America/Chicago'],
    ['america/chicago', 'America/Chicago'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['UTC', 'UTC'],
  ])('S-08 knows %s', (asked, spelled) => {
    expect(knownTimeZone(asked)).toBe(spelled)
  })

  test.each(['Mars/Olympus', '+05:00', '-0600', '', 'Chicago', 'America/Chicago '])(
    'S-08 refuses %j',
    (asked) => {
      const answer = knownTimeZone(asked)
      expect(isRefusal(answer) && [answer.refused, answer.field]).toEqual(['unknown_time_zone', 'timeZone'])
    },
  )
})
