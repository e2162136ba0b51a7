import { describe, expect, test } from '@jest/globals'
import { type Closing, chainOf, openingsOf } from './period.ts'

/** Closed and reopened at these minutes of one morning. */
function closing(
  name: string,
  [startsOn, endsOn]: [string | null, string],
  closedMinute: number,
  reopenedMinute?: number,
): Closing {
  const at = (minute: number) => `2026-07-01T08:${String(minute).padStart(2, '0')}:00Z`
  return {
    periodId: name,
    startsOn,
    endsOn,
    closedAt: at(closedMinute),
    seal: `seal of ${name}`,
    previousSeal: null,
    reopenedAt: reopenedMinute === undefined ? null : at(reopenedMinute),
  }
}
const MARCH: [null, string] = [null, '2026-03-31']
const APRIL: [string, string] = ['2026-04-01', '2026-04-30']
const names = (closings: readonly Closing[]) => closings.map(({ periodId }) => periodId)

describe('the chain of closings', () => {
  const all = [
    closing('march', MARCH, 1, 4),
    closing('april', APRIL, 2, 3),
    closing('march again', MARCH, 5),
    closing('april again', APRIL, 6),
  ]

  test('B-19 leads to the closing that stood when each was made', () => {
    expect(names(chainOf(all[1]!, all))).toEqual(['march', 'april'])
    expect(names(chainOf(all[3]!, all))).toEqual(['march again', 'april again'])
    expect(names(chainOf(all[2]!, all))).toEqual(['march again'])
  })

  test('B-19 ends where the period before is missing', () => {
    expect(names(chainOf(all[3]!, [all[3]!]))).toEqual(['april again'])
  })

  test('B-19 seconds with and without a fraction keep their order', () => {
    const [first, second] = [closing('march', MARCH, 1), closing('april', APRIL, 2)]
    const close = [
      { ...first, closedAt: '2026-07-01T08:01:00Z' },
      { ...second, closedAt: '2026-07-01T08:01:00.5Z' },
    ]
    expect(names(chainOf(close[1]!, close))).toEqual(['march', 'april'])
  })
})

describe('openings of a range of days', () => {
  const march = { startsOn: null, endsOn: '2026-03-31' }
  const told = (all: readonly Closing[], range: Parameters<typeof openingsOf>[0] = march) =>
    openingsOf(range, all).map(({ closed, reopenings, closedAgain }) => [
      closed.periodId,
      names(reopenings),
      closedAgain?.periodId ?? null,
    ])

  test('B-19 there are none before the first closing and while it stands', () => {
    expect(told([])).toEqual([])
    expect(told([closing('march', MARCH, 1)])).toEqual([])
  })

  test('B-19 each lasts from one closing to the next, the last perhaps until now', () => {
    expect(told([closing('a', MARCH, 1, 2), closing('b', MARCH, 3, 4), closing('c', MARCH, 5, 6)])).toEqual([
      ['a', ['a'], 'b'],
      ['b', ['b'], 'c'],
      ['c', ['c'], null],
    ])
  })

  test('B-19 the opening of a later period does not touch an earlier one', () => {
    const all = [closing('march', MARCH, 1), closing('april', APRIL, 2, 3), closing('april again', APRIL, 4)]
    expect(told(all)).toEqual([])
    expect(told(all, { startsOn: '2026-04-01', endsOn: '2026-04-30' })).toEqual([
      ['april', ['april'], 'april again'],
    ])
  })

  test('B-19 a period closed again in two parts is open until both are closed', () => {
    const all = [
      closing('march', MARCH, 1, 2),
      closing('half', [null, '2026-03-15'], 3),
      closing('rest', ['2026-03-16', '2026-03-31'], 4, 5),
    ]
    expect(told(all)).toEqual([
      ['march', ['march'], 'rest'],
      ['rest', ['rest'], null],
    ])
  })
})
