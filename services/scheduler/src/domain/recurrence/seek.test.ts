import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { replay, rules, starts } from '../../testing/recurrence.ts'
import { DAY_MS, wallOf, wallText } from './calendar.ts'
import { recurrenceRule } from './rule.ts'
import {
  lastOccurrence,
  nextOccurrences,
  occurrenceAt,
  occurrenceCount,
  occurrenceIndex,
  occurrencesBefore,
  occurrencesBetween,
  type Recurrence,
  recurrence,
} from './seek.ts'

const of = (start: string, rule: object) => recurrence(recurrenceRule.parse(rule), start)
const dates = (walls: readonly number[]) => walls.map((wall) => wallText(wall).slice(0, 10))
const firstDates = (start: string, rule: object, limit = 5) =>
  dates(occurrencesBetween(of(`${start}T09:00`, rule), 0, Infinity, limit))
const all = (series: Recurrence) => occurrencesBetween(series, -Infinity, Infinity, Infinity)

describe('S-13 the days of a rule', () => {
  test.each([
    ['daily', '2026-03-05', { frequency: 'daily' }, '05 06 07 08 09'],
    ['every third day', '2026-03-05', { frequency: 'daily', interval: 3 }, '05 08 11 14 17'],
    ['weekly', '2026-03-05', { frequency: 'weekly', weekdays: ['TH'] }, '05 12 19 26 02'],
    [
      'every other week',
      '2026-03-05',
      { frequency: 'weekly', interval: 2, weekdays: ['TH'] },
      '05 19 02 16 30',
    ],
    ['two days a week', '2026-03-05', { frequency: 'weekly', weekdays: ['TH', 'MO'] }, '05 09 12 16 19'],
  ])('%s', (_, start, rule, days) => {
    expect(firstDates(start, rule).map((date) => date.slice(8))).toEqual(days.split(' '))
  })

  test('every other week counts weeks from where they begin (the two examples of RFC 5545)', () => {
    const rule = { frequency: 'weekly', interval: 2, weekdays: ['TU', 'SU'], count: 4 }
    expect(firstDates('1997-08-05', rule)).toEqual(['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'])
    const fromSunday = { ...rule, weekStart: 'SU' }
    expect(firstDates('1997-08-05', fromSunday)).toEqual([
      '1997-08-05',
      '1997-08-17',
      '1997-08-19',
      '1997-08-31',
    ])
  })

  test('a month without the day is passed over; the last day is -1', () => {
    const monthDays = (...days: number[]) => ({ frequency: 'monthly', monthDays: days })
    expect(firstDates('2026-01-31', monthDays(31), 3)).toEqual(['2026-01-31', '2026-03-31', '2026-05-31'])
    expect(firstDates('2026-01-31', monthDays(-1), 3)).toEqual(['2026-01-31', '2026-02-28', '2026-03-31'])
    // The 28th and the fourth from the end are one day in March.
    expect(firstDates('2026-03-28', monthDays(28, -4), 4)).toEqual([
      '2026-03-28',
      '2026-04-27',
      '2026-04-28',
      '2026-05-28',
    ])
  })

  test('the 29th of February comes in leap years, and 2100 is none', () => {
    const yearly = { frequency: 'monthly', interval: 12, monthDays: [29] }
    expect(firstDates('2092-02-29', yearly, 3)).toEqual(['2092-02-29', '2096-02-29', '2104-02-29'])
  })

  test('by weekday of the month, from both ends', () => {
    const by = (nth: number, weekday = 'TU') => ({
      frequency: 'monthly',
      weekdaysOfMonth: [{ weekday, nth }],
    })
    expect(firstDates('2026-03-10', by(2), 3)).toEqual(['2026-03-10', '2026-04-14', '2026-05-12'])
    expect(firstDates('2026-03-27', by(-1, 'FR'), 3)).toEqual(['2026-03-27', '2026-04-24', '2026-05-29'])
    expect(firstDates('2026-03-31', by(5), 3)).toEqual(['2026-03-31', '2026-06-30', '2026-09-29'])
    expect(firstDates('2026-03-03', by(-5), 3)).toEqual(['2026-03-03', '2026-06-02', '2026-09-01'])
  })

  test('a rule may name no day at all', () => {
    const never = of('2022-02-01T08:00', { frequency: 'monthly', interval: 12, monthDays: [31] })
    expect(all(never)).toEqual([])
    expect(nextOccurrences(never, 0, 5)).toEqual([])
    expect(occurrenceAt(never, 0)).toBeUndefined()
  })
})

describe('S-13 ends', () => {
  test('until is the last day, whatever the time of day', () => {
    const series = of('2026-03-05T23:59', { frequency: 'daily', until: '2026-03-07' })
    expect(all(series).map(wallText)).toEqual(['2026-03-05T23:59', '2026-03-06T23:59', '2026-03-07T23:59'])
    expect(occurrenceCount(series)).toBe(3)
    expect(occurrenceCount(of('2026-03-05T09:00', { frequency: 'daily', until: '2026-03-04' }))).toBe(0)
  })

  test('count includes the first', () => {
    const series = of('2026-03-05T09:00', { frequency: 'weekly', weekdays: ['TH'], count: 2 })
    expect(all(series).map(wallText)).toEqual(['2026-03-05T09:00', '2026-03-12T09:00'])
    expect(wallText(lastOccurrence(series)!)).toBe('2026-03-12T09:00')
    expect(occurrenceAt(series, 2)).toBeUndefined()
  })

  test('without an end there is neither count nor last, and the calendar closes with 2199', () => {
    const series = of('2026-03-05T09:00', { frequency: 'weekly', weekdays: ['TH'] })
    expect(occurrenceCount(series)).toBe(Infinity)
    expect(lastOccurrence(series)).toBeUndefined()
    expect(wallText(all(series).at(-1)!)).toBe('2199-12-26T09:00')
    expect(occurrenceAt(series, 1_000_000)).toBeUndefined()
    expect(nextOccurrences(series, wallOf('2199-12-26T09:00'), 1)).toEqual([])
  })
})

describe('S-13 seeking', () => {
  const DAYS = 1_200
  const cases = fc.tuple(rules, starts)
  const within = (start: string, days: number) => wallOf(start) + days * DAY_MS

  test('gives what asking each day by itself gives', () => {
    fc.assert(
      fc.property(cases, ([rule, start]) => {
        const found = occurrencesBetween(recurrence(rule, start), -Infinity, within(start, DAYS), Infinity)
        expect(found.map(wallText)).toEqual(replay(rule, start, DAYS))
      }),
      { numRuns: 200 },
    )
  })

  test('two windows side by side give what both together give, and a limit its beginning', () => {
    const days = fc.array(fc.integer({ min: -400, max: 30_000 }), { minLength: 3, maxLength: 3 })
    const minutes = fc.integer({ min: -1_440, max: 1_440 })
    fc.assert(
      fc.property(cases, days, minutes, fc.nat(20), ([rule, start], unordered, shift, limit) => {
        const series = recurrence(rule, start)
        const [from, between, to] = unordered
          .toSorted((a, b) => a - b)
          .map((day) => within(start, day) + shift * 60_000) as [number, number, number]
        const whole = occurrencesBetween(series, from, to, Infinity)
        const parts = [[from, between] as const, [between, to] as const]
        expect(parts.flatMap(([a, b]) => occurrencesBetween(series, a, b, Infinity))).toEqual(whole)
        expect(occurrencesBetween(series, from, to, limit)).toEqual(whole.slice(0, limit))
        expect(whole.every((wall) => wall >= from && wall < to)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('a number leads to its occurrence and back, also when asked first', () => {
    fc.assert(
      fc.property(cases, fc.nat(2_000), ([rule, start], number) => {
        const wall = occurrenceAt(recurrence(rule, start), number)
        const listed = all(recurrence(rule, start))
        expect(wall).toBe(listed[number])
        if (wall === undefined) return
        const series = recurrence(rule, start)
        expect(occurrenceIndex(series, wall)).toBe(number)
        expect(occurrencesBefore(series, wall)).toBe(number)
        expect(occurrenceIndex(series, wall + 60_000)).toBeUndefined()
        expect(nextOccurrences(series, wall, 3)).toEqual(listed.slice(number + 1, number + 4))
      }),
      { numRuns: 300 },
    )
  })

  test('count and last are those of the whole list', () => {
    fc.assert(
      fc.property(cases, ([rule, start]) => {
        const series = recurrence(rule, start)
        const listed = all(series)
        if (series.endless) expect(lastOccurrence(series)).toBeUndefined()
        else {
          expect(lastOccurrence(series)).toBe(listed.at(-1))
          expect(occurrenceCount(series)).toBe(listed.length)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('begun again at one of its days it goes on with the same ones', () => {
    fc.assert(
      fc.property(cases, fc.nat(300), ([rule, start], number) => {
        const endless = { ...rule, until: null, count: null }
        const series = recurrence(endless, start)
        const wall = occurrenceAt(series, number)
        fc.pre(wall !== undefined)
        const again = recurrence(endless, wallText(wall!))
        const to = wall! + 4_000 * DAY_MS
        expect(occurrencesBetween(again, 0, to, 50)).toEqual(occurrencesBetween(series, wall!, to, 50))
      }),
      { numRuns: 300 },
    )
  })
})
