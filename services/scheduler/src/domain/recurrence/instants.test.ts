import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import fc from 'fast-check'
import { rules, starts } from '../../testing/recurrence.ts'
import { sessionTimes } from '../local-time.ts'
import { DAY_MS, MINUTE_MS, wallText } from './calendar.ts'
import { instantsBetween, momentAt, occurrenceOn } from './instants.ts'
import { recurrenceRule } from './rule.ts'
import { occurrencesBetween, recurrence } from './seek.ts'

const ms = (instant: string) => Temporal.Instant.from(instant).epochMilliseconds
const text = (instantMs: number) => Temporal.Instant.fromEpochMilliseconds(instantMs).toString()
const daily = (start: string) => recurrence(recurrenceRule.parse({ frequency: 'daily' }), start)

/** Start and end of the occurrence of that day, as instants. */
function onDay(start: string, timeZone: string, wallMinutes: number, number = 1): string[] {
  const { startMs, endMs } = occurrenceOn(daily(start), { timeZone, wallMinutes }, number)!
  return [text(startMs), text(endMs)]
}

describe('S-13 wall clock over clock changes', () => {
  test('a session keeps its local start and end through the year', () => {
    const weekly = recurrence(
      recurrenceRule.parse({ frequency: 'weekly', weekdays: ['SU'] }),
      '2026-01-04T09:00',
    )
    const session = { timeZone: 'America/Chicago', wallMinutes: 50 }
    const year = instantsBetween(weekly, session, ms('2026-01-01T00:00Z'), ms('2027-01-01T00:00Z'), 100)
    expect(year).toHaveLength(52)
    for (const { startMs, endMs } of year) {
      expect(momentAt('America/Chicago', startMs).local).toMatch(/T09:00$/)
      expect(momentAt('America/Chicago', endMs).local).toMatch(/T09:50$/)
    }
    expect(new Set(year.map(({ startMs }) => text(startMs).slice(11)))).toEqual(
      new Set(['15:00:00Z', '14:00:00Z']),
    )
  })

  test.each([
    // The clock skips 02:00 to 03:00 on 8 March 2026, and shows 01:00 to 02:00 twice on 1 November.
    ['skipped', '2026-03-07T02:30', 50, ['2026-03-08T08:30:00Z', '2026-03-08T09:20:00Z'], 'whole'],
    [
      'ends in the gap',
      '2026-03-07T01:30',
      60,
      ['2026-03-08T07:30:00Z', '2026-03-08T08:30:00Z'],
      'moved end',
    ],
    [
      'spans the gap',
      '2026-03-07T01:30',
      120,
      ['2026-03-08T07:30:00Z', '2026-03-08T08:30:00Z'],
      'an hour less',
    ],
    [
      'would end before',
      '2026-03-07T02:15',
      45,
      ['2026-03-08T08:15:00Z', '2026-03-08T09:00:00Z'],
      'its length',
    ],
    ['doubled', '2026-10-31T01:15', 30, ['2026-11-01T06:15:00Z', '2026-11-01T06:45:00Z'], 'the first'],
    ['spans it', '2026-10-31T00:30', 120, ['2026-11-01T05:30:00Z', '2026-11-01T08:30:00Z'], 'an hour more'],
  ])('%s: from %s on, %d minutes (%j, %s)', (_, start, minutes, instants) => {
    expect(onDay(start, 'America/Chicago', minutes)).toEqual(instants)
  })

  test('what the clock shows is what an appointment keeps', () => {
    expect(momentAt('America/Chicago', ms('2026-03-08T08:30Z'))).toMatchObject({
      local: '2026-03-08T03:30',
      fold: 'earlier',
    })
    expect(momentAt('America/Chicago', ms('2026-11-01T06:15Z')).fold).toBe('earlier')
    expect(momentAt('America/Chicago', ms('2026-11-01T07:15Z'))).toMatchObject({
      local: '2026-11-01T01:15',
      fold: 'later',
    })
  })
})

describe('S-13 instants of occurrences', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const length = fc.integer({ min: 1, max: 1_440 })

  test('each is what a single appointment at that time would be', () => {
    fc.assert(
      fc.property(rules, starts, zones, length, fc.nat(400), (rule, start, timeZone, wallMinutes, number) => {
        const found = occurrenceOn(recurrence(rule, start), { timeZone, wallMinutes }, number)
        fc.pre(found !== undefined)
        const { wall, startMs, endMs } = found!
        const [from, to] = [wall, wall + wallMinutes * MINUTE_MS].map(wallText) as [string, string]
        const times = sessionTimes({ start: from, end: to, timeZone })
        if (isRefusal(times)) {
          // Refused there: the start moves past the end, or a day of 25 hours is too long for one appointment.
          if (times.refused === 'end_not_after_start') expect(endMs - startMs).toBe(wallMinutes * MINUTE_MS)
          return
        }
        const { start: single, end } = times
        expect([momentAt(timeZone, startMs), momentAt(timeZone, endMs)]).toEqual([single, end])
      }),
      { numRuns: 2_000 },
    )
  })

  test('a window holds those that start in it, in order', () => {
    const windows = fc.tuple(fc.nat(40_000 * 1_440), fc.nat(500))
    fc.assert(
      fc.property(rules, starts, zones, windows, (rule, start, timeZone, [minutes, length]) => {
        const series = recurrence(rule, start)
        const session = { timeZone, wallMinutes: 50 }
        const from = series.start + minutes * MINUTE_MS
        const to = from + length * DAY_MS
        const found = instantsBetween(series, session, from, to, Infinity)
        const near = occurrencesBetween(series, from - 3 * DAY_MS, to + 3 * DAY_MS, Infinity)
        const expected = near
          .map((wall) => sessionStart(wallText(wall), timeZone))
          .filter((startMs) => startMs >= from && startMs < to)
        expect(found.map(({ startMs }) => startMs)).toEqual(expected)
        expect(instantsBetween(series, session, from, to, 3)).toEqual(found.slice(0, 3))
        for (const one of found) expect(occurrenceOn(series, session, one.number)).toEqual(one)
      }),
      { numRuns: 300 },
    )
  })

  test('a day that a zone leaves out whole: two share an instant, none is lost', () => {
    const found = instantsBetween(
      daily('2011-12-28T10:00'),
      { timeZone: 'Pacific/Apia', wallMinutes: 50 },
      ms('2011-12-28T00:00Z'),
      ms('2012-01-02T00:00Z'),
      10,
    )
    expect(found.map(({ startMs }) => text(startMs))).toEqual([
      '2011-12-28T20:00:00Z',
      '2011-12-29T20:00:00Z',
      '2011-12-30T20:00:00Z',
      '2011-12-30T20:00:00Z',
      '2011-12-31T20:00:00Z',
      '2012-01-01T20:00:00Z',
    ])
  })
})

const sessionStart = (local: string, timeZone: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, { disambiguation: 'compatible' })
    .epochMilliseconds
