import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { recurrenceRule } from '../recurrence/rule.ts'
import { matchOccurrences } from './match.ts'
import { ruleFrom } from './shift.ts'
import { endsBefore, horizonOf, MOST_MADE, type Series, slotsBetween } from './slots.ts'

const rule = (input: object) => recurrenceRule.parse(input)
const series = (input: object, start = '2026-03-05T09:10', end = '2026-03-05T10:00'): Series => ({
  rule: rule(input),
  start,
  end,
  timeZone: 'America/Chicago',
})
const weekly = (...weekdays: string[]) => ({ frequency: 'weekly', weekdays })

describe('the rule from one occurrence on', () => {
  test.each<[string, object, string, string, object]>([
    ['the same day', weekly('TH'), '2026-03-12T09:10', '2026-03-12T11:00', weekly('TH')],
    ['another weekday', weekly('TH'), '2026-03-12T09:10', '2026-03-13T09:10', weekly('FR')],
    ['one of two weekdays', weekly('TU', 'TH'), '2026-03-12T09:10', '2026-03-13T09:10', weekly('TU', 'FR')],
    ['onto the other of two', weekly('TU', 'TH'), '2026-03-12T09:10', '2026-03-17T09:10', weekly('TU')],
    ['a week later', weekly('TH'), '2026-03-12T09:10', '2026-03-19T09:10', weekly('TH')],
    [
      'every third day',
      { frequency: 'daily', interval: 3 },
      '2026-03-08T09:10',
      '2026-03-09T09:10',
      { frequency: 'daily', interval: 3 },
    ],
    [
      'a count goes on',
      { ...weekly('TH'), count: 10 },
      '2026-03-19T09:10',
      '2026-03-20T09:10',
      { ...weekly('FR'), count: 8 },
    ],
    [
      'a day of the month',
      { frequency: 'monthly', monthDays: [5, -1] },
      '2026-04-05T09:10',
      '2026-04-07T09:10',
      { frequency: 'monthly', monthDays: [7, -1] },
    ],
    [
      'the last day of the month',
      { frequency: 'monthly', monthDays: [5, -1] },
      '2026-04-30T09:10',
      '2026-05-02T09:10',
      { frequency: 'monthly', monthDays: [2, 5] },
    ],
    [
      'a weekday of the month',
      { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'TH', nth: 1 }] },
      '2026-04-02T09:10',
      '2026-04-10T09:10',
      { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'FR', nth: 2 }] },
    ],
    [
      'the fifth is the last',
      { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'TH', nth: 1 }] },
      '2026-04-02T09:10',
      '2026-04-30T09:10',
      { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'TH', nth: -1 }] },
    ],
  ])('S-14 moved to %s', (_, before, occurrence, start, after) => {
    expect(ruleFrom(series(before), occurrence, start)).toEqual(rule(after))
  })
})

const named = (...locals: string[]) => locals.map((occurrenceLocal) => ({ occurrenceLocal }))
const matchedDays = (rows: string[], places: string[], ...rules: object[]) =>
  matchOccurrences(named(...rows), named(...places), rules.map(rule)).map(({ row, place }) => [
    row?.occurrenceLocal.slice(5, 10),
    place?.occurrenceLocal.slice(5, 10),
  ])

describe('which occurrence goes where', () => {
  test('S-14 to another weekday: each within its week', () => {
    const rows = ['2026-03-05T09:00', '2026-03-12T09:00', '2026-03-19T09:00']
    const places = ['2026-03-06T09:00', '2026-03-13T09:00', '2026-03-20T09:00']
    expect(matchedDays(rows, places, weekly('TH'), weekly('FR'))).toEqual([
      ['03-05', '03-06'],
      ['03-12', '03-13'],
      ['03-19', '03-20'],
    ])
  })

  test('S-14 to the next week: the chosen one is the first, the others follow it', () => {
    const rows = ['2026-03-05T09:00', '2026-03-12T09:00']
    const places = ['2026-03-13T09:00', '2026-03-20T09:00']
    expect(matchedDays(rows, places, weekly('TH'), weekly('FR'))).toEqual([
      ['03-05', '03-13'],
      ['03-12', '03-20'],
    ])
  })

  test('S-14 one of two days is moved: the other days stay', () => {
    const rows = ['2026-03-04T09:00', '2026-03-09T09:00', '2026-03-11T09:00']
    const places = ['2026-03-05T09:00', '2026-03-09T09:00', '2026-03-12T09:00']
    expect(matchedDays(rows, places, weekly('MO', 'WE'), weekly('MO', 'TH'))).toEqual([
      ['03-04', '03-05'],
      ['03-09', '03-09'],
      ['03-11', '03-12'],
    ])
  })

  test('S-14 to a sparser rule: what has no place is left over; to a denser one: places are new', () => {
    const rows = ['2026-03-05T09:00', '2026-03-12T09:00', '2026-03-19T09:00']
    const every = { ...weekly('TH'), interval: 2 }
    expect(matchedDays(rows, ['2026-03-05T10:00', '2026-03-19T10:00'], weekly('TH'), every)).toEqual([
      ['03-05', '03-05'],
      ['03-19', '03-19'],
      ['03-12', undefined],
    ])
    expect(matchedDays(rows.slice(0, 1), rows, every, weekly('TH'))).toEqual([
      ['03-05', '03-05'],
      [undefined, '03-12'],
      [undefined, '03-19'],
    ])
  })

  test('S-14 to a monthly rule: one of each month', () => {
    const rows = ['2026-03-05T09:00', '2026-03-12T09:00', '2026-04-02T09:00', '2026-04-09T09:00']
    const places = ['2026-03-05T09:00', '2026-04-05T09:00']
    expect(matchedDays(rows, places, weekly('TH'), { frequency: 'monthly', monthDays: [5] })).toEqual([
      ['03-05', '03-05'],
      ['04-02', '04-05'],
      ['03-12', undefined],
      ['04-09', undefined],
    ])
  })

  test('S-14 whatever the rules: each occurrence and each place appears once, the chosen one at the first place', () => {
    const day = fc
      .integer({ min: 0, max: 200 })
      .map((days) => `${Temporal.PlainDate.from('2026-01-01').add({ days })}T09:00`)
    const days = fc.uniqueArray(day, { minLength: 1, maxLength: 30 }).map((list) => list.toSorted())
    const rules = fc.constantFrom(
      weekly('MO'),
      { frequency: 'daily' },
      { frequency: 'monthly', monthDays: [1] },
    )
    fc.assert(
      fc.property(days, days, rules, rules, (rows, places, before, after) => {
        const found = matchOccurrences(named(...rows), named(...places), [rule(before), rule(after)])
        expect(found.flatMap(({ row }) => row?.occurrenceLocal ?? []).sort()).toEqual(rows)
        expect(found.flatMap(({ place }) => place?.occurrenceLocal ?? []).sort()).toEqual(places)
        expect(found[0]).toMatchObject({
          row: { occurrenceLocal: rows[0] },
          place: { occurrenceLocal: places[0] },
        })
        const unplaced = found.filter(({ place }) => !place).length
        expect(found).toHaveLength(places.length + unplaced)
      }),
    )
  })
})

describe('the places of a series', () => {
  test('S-08 S-13 a skipped hour moves forward and keeps its name, a doubled one is the first', () => {
    const sundays = series({ frequency: 'weekly', weekdays: ['SU'] }, '2026-03-01T02:30', '2026-03-01T03:00')
    const [, second] = slotsBetween(sundays, sundays.start, '2026-03-20T00:00', 10)
    expect(second).toMatchObject({ occurrenceLocal: '2026-03-08T02:30', startLocal: '2026-03-08T03:30' })
    const doubled = slotsBetween(
      { ...sundays, start: '2026-10-25T01:30', end: '2026-10-25T02:30' },
      '2026-11-01T00:00',
      '2026-11-02T00:00',
      10,
    )
    expect(doubled).toMatchObject([
      { startsAt: '2026-11-01T06:30:00Z', startFold: 'earlier', endsAt: '2026-11-01T08:30:00Z' },
    ])
  })

  test('S-13 they are made two years ahead of today, or of their start', () => {
    const now = Temporal.Instant.from('2026-06-01T12:00:00Z')
    expect(horizonOf('2020-01-01T09:00', 'America/Chicago', now)).toBe('2028-06-01T07:00')
    expect(horizonOf('2030-01-01T09:00', 'America/Chicago', now)).toBe('2032-01-02T09:00')
    const daily = series({ frequency: 'daily' })
    expect(slotsBetween(daily, daily.start, '2199-01-01T00:00', MOST_MADE)).toHaveLength(MOST_MADE)
    expect(endsBefore(daily, '2190-01-01T00:00')).toBe(false)
    expect(endsBefore(series({ frequency: 'daily', count: 3 }), '2026-03-08T00:00')).toBe(true)
    expect(endsBefore(series({ frequency: 'daily', count: 4 }), '2026-03-08T00:00')).toBe(false)
  })
})
