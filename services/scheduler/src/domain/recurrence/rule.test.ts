import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { checkStart } from './check.ts'
import { LARGEST_COUNT, recurrenceRule } from './rule.ts'

const weekly = { frequency: 'weekly', weekdays: ['TH'] }
const monthly = { frequency: 'monthly', monthDays: [5] }
const byWeekday = { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'TH', nth: 1 }] }

/** `field: what is wrong` of each fault, as the HTTP plumbing tells it. */
function faults(input: unknown): string[] {
  const missing = {
    error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is required' : undefined),
  }
  const result = recurrenceRule.safeParse(input, missing)
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('S-13 a rule as a person enters it', () => {
  test('weekly, every other week, custom and monthly are taken, with what is left out filled in', () => {
    expect(recurrenceRule.parse(weekly)).toEqual({
      ...weekly,
      interval: 1,
      weekStart: 'MO',
      until: null,
      count: null,
    })
    for (const rule of [
      { ...weekly, interval: 2 },
      { ...weekly, weekdays: ['MO', 'WE', 'FR'], interval: 3, count: 12 },
      { ...monthly, until: '2027-01-31' },
      byWeekday,
      { frequency: 'daily' },
    ])
      expect(faults(rule)).toEqual([])
  })

  test('the same days in another order are the same rule', () => {
    const parse = recurrenceRule.parse
    expect(parse({ ...weekly, weekdays: ['FR', 'MO'] })).toEqual(parse({ ...weekly, weekdays: ['MO', 'FR'] }))
    expect(parse({ ...monthly, monthDays: [-1, 15, 1] })).toMatchObject({ monthDays: [1, 15, -1] })
    const named = (...list: [string, number][]) => ({
      frequency: 'monthly',
      weekdaysOfMonth: list.map(([weekday, nth]) => ({ weekday, nth })),
    })
    expect(parse(named(['FR', -1], ['TU', 2], ['MO', 2]))).toEqual(
      parse(named(['MO', 2], ['FR', -1], ['TU', 2])),
    )
  })

  test.each([
    [{ ...weekly, weekdays: ['TH', 'TH'] }, 'weekdays: names a weekday twice'],
    [{ ...weekly, weekdays: [] }, 'weekdays: names no day'],
    [{ frequency: 'weekly' }, 'weekdays: is required'],
    [{ ...weekly, weekdays: ['Thursday'] }, 'weekdays.0: must be one of MO, TU, WE, TH, FR, SA, SU'],
    [{ ...weekly, monthDays: [5] }, ': Unrecognized key: "monthDays"'],
    [{ ...weekly, weekStart: 'XX' }, 'weekStart: must be one of MO, TU, WE, TH, FR, SA, SU'],
    [{ ...weekly, interval: 0 }, 'interval: must be 1 to 99'],
    [{ ...weekly, interval: 100 }, 'interval: must be 1 to 99'],
    [{ ...weekly, interval: 1.5 }, 'interval: must be 1 to 99'],
    [{ ...weekly, count: 0 }, 'count: must be 1 to 1000; leave it out for a series without end'],
    [{ ...weekly, count: 1_000_000 }, 'count: must be 1 to 1000; leave it out for a series without end'],
    [{ ...weekly, count: 5, until: '2027-01-01' }, 'count: cannot stand beside until'],
    [{ ...weekly, until: '2027-02-29' }, /^until: /],
    [{ ...weekly, until: '2027-01-01T09:00' }, /^until: /],
    [{ ...weekly, until: '9999-12-31' }, 'until: must lie between 1850 and 2199'],
    [{ frequency: 'monthly' }, 'monthDays: is required, or weekdaysOfMonth'],
    [{ ...monthly, ...byWeekday }, 'weekdaysOfMonth: cannot stand beside monthDays'],
    [{ ...monthly, monthDays: [] }, 'monthDays: names no day'],
    [{ ...monthly, monthDays: [5, 5] }, 'monthDays: names a day twice'],
    [{ ...monthly, monthDays: [0] }, /^monthDays\.0: must be 1 to 31, or -1/],
    [{ ...monthly, monthDays: [32] }, /^monthDays\.0: must be 1 to 31, or -1/],
    [
      { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'TH', nth: 6 }] },
      /^weekdaysOfMonth\.0\.nth: must be 1 to 5/,
    ],
    [{ frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'TH' }] }, 'weekdaysOfMonth.0.nth: is required'],
    [{ frequency: 'yearly' }, 'frequency: must be daily, weekly or monthly; a year is 12 months'],
    [{}, /^frequency: /],
  ])('%j is refused', (input, fault) => {
    const matching = typeof fault === 'string' ? fault : expect.stringMatching(fault)
    expect(faults(input)).toEqual([matching])
  })

  test('several faults are told together', () => {
    expect(faults({ ...weekly, weekdays: [], interval: 0, count: 2, until: '2027-01-01' })).toEqual([
      'interval: must be 1 to 99',
      'weekdays: names no day',
      'count: cannot stand beside until',
    ])
  })
})

describe('S-13 rule and start', () => {
  const refused = (input: object, start = '2026-03-05T09:00') => {
    const answer = checkStart(recurrenceRule.parse(input), start)
    return isRefusal(answer) ? `${answer.refused} ${answer.field}` : 'taken'
  }

  test.each([
    [weekly, 'taken'],
    [{ ...weekly, until: '2026-03-05' }, 'taken'],
    [{ ...weekly, until: '2026-03-04' }, 'until_before_start recurrence.until'],
    [{ ...weekly, weekdays: ['MO', 'WE'] }, 'start_outside_rule recurrence.weekdays'],
    [{ ...weekly, weekdays: ['MO', 'TH'], interval: 2 }, 'taken'],
    [monthly, 'taken'],
    [{ ...monthly, monthDays: [-27] }, 'taken'],
    [{ ...monthly, monthDays: [31] }, 'start_outside_rule recurrence.monthDays'],
    [byWeekday, 'taken'],
    [
      { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'TH', nth: 2 }] },
      'start_outside_rule recurrence.weekdaysOfMonth',
    ],
    [{ frequency: 'daily', interval: 7 }, 'taken'],
  ])('%j from Thursday 5 March 2026: %s', (input, outcome) => {
    expect(refused(input)).toBe(outcome)
  })

  test('says where the first one would be', () => {
    const rule = recurrenceRule.parse({ ...weekly, weekdays: ['MO'], count: 1 })
    const answer = checkStart(rule, '2026-03-05T09:00', 'series.rule')
    expect(answer).toMatchObject({
      field: 'series.rule.weekdays',
      detail: 'The start, 2026-03-05 (TH), is not one of the days that the rule names.',
      next: 'Name the day of the start, or start on 2026-03-09, the first day that the rule names.',
      extra: { firstStart: '2026-03-09T09:00' },
    })
  })

  test('and where there would be none', () => {
    const never = { frequency: 'monthly', interval: 12, monthDays: [31] }
    expect(checkStart(recurrenceRule.parse(never), '2026-02-05T09:00')?.next).toMatch('names no day at all')
    expect(refused({ ...weekly, count: LARGEST_COUNT })).toBe('taken')
  })
})
