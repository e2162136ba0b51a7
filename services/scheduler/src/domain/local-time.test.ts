import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { localMinute, resolveLocal, sessionTimes } from './local-time.ts'

type Row = [
  zone: string,
  asked: string,
  fold: 'earlier' | 'later' | undefined,
  local: string,
  instant: string,
  told: 'as asked' | 'skipped' | 'doubled',
]

// Clock changes as the IANA database (2025b) has them.
const TABLE: Row[] = [
  // ordinary times, on and off the quarter hour
  ['America/Chicago', '2026-01-15T09:07', undefined, '2026-01-15T09:07', '2026-01-15T15:07:00Z', 'as asked'],
  ['America/Chicago', '2026-07-15T23:59', undefined, '2026-07-15T23:59', '2026-07-16T04:59:00Z', 'as asked'],
  ['Asia/Kolkata', '2026-07-15T00:00', undefined, '2026-07-15T00:00', '2026-07-14T18:30:00Z', 'as asked'],
  ['Asia/Kathmandu', '2026-07-15T00:01', undefined, '2026-07-15T00:01', '2026-07-14T18:16:00Z', 'as asked'],
  ['UTC', '2028-02-29T12:00', undefined, '2028-02-29T12:00', '2028-02-29T12:00:00Z', 'as asked'],
  // United States: 02:00 is skipped on 8 March 2026, 01:00 to 02:00 happens twice on 1 November
  ['America/Chicago', '2026-03-08T01:59', undefined, '2026-03-08T01:59', '2026-03-08T07:59:00Z', 'as asked'],
  ['America/Chicago', '2026-03-08T02:00', undefined, '2026-03-08T03:00', '2026-03-08T08:00:00Z', 'skipped'],
  ['America/Chicago', '2026-03-08T02:30', undefined, '2026-03-08T03:30', '2026-03-08T08:30:00Z', 'skipped'],
  ['America/Chicago', '2026-03-08T02:30', 'earlier', '2026-03-08T03:30', '2026-03-08T08:30:00Z', 'skipped'],
  ['America/Chicago', '2026-03-08T03:00', undefined, '2026-03-08T03:00', '2026-03-08T08:00:00Z', 'as asked'],
  ['America/Chicago', '2026-11-01T01:30', undefined, '2026-11-01T01:30', '2026-11-01T06:30:00Z', 'doubled'],
  ['America/Chicago', '2026-11-01T01:30', 'earlier', '2026-11-01T01:30', '2026-11-01T06:30:00Z', 'as asked'],
  ['America/Chicago', '2026-11-01T01:30', 'later', '2026-11-01T01:30', '2026-11-01T07:30:00Z', 'as asked'],
  ['America/Chicago', '2026-11-01T02:00', undefined, '2026-11-01T02:00', '2026-11-01T08:00:00Z', 'as asked'],
  ['America/Phoenix', '2026-03-08T02:30', undefined, '2026-03-08T02:30', '2026-03-08T09:30:00Z', 'as asked'],
  // European Union: changes at 01:00 UTC everywhere
  ['Europe/Berlin', '2026-03-29T02:30', undefined, '2026-03-29T03:30', '2026-03-29T01:30:00Z', 'skipped'],
  ['Europe/Berlin', '2026-10-25T02:30', undefined, '2026-10-25T02:30', '2026-10-25T00:30:00Z', 'doubled'],
  ['Europe/Berlin', '2026-10-25T02:30', 'later', '2026-10-25T02:30', '2026-10-25T01:30:00Z', 'as asked'],
  ['Europe/Lisbon', '2026-03-29T01:30', undefined, '2026-03-29T02:30', '2026-03-29T01:30:00Z', 'skipped'],
  // Dublin has winter time as its negative "saving"
  ['Europe/Dublin', '2026-10-25T01:15', undefined, '2026-10-25T01:15', '2026-10-25T00:15:00Z', 'doubled'],
  // Lord Howe changes by half an hour
  [
    'Australia/Lord_Howe',
    '2026-10-04T02:10',
    undefined,
    '2026-10-04T02:40',
    '2026-10-03T15:40:00Z',
    'skipped',
  ],
  [
    'Australia/Lord_Howe',
    '2026-04-05T01:45',
    undefined,
    '2026-04-05T01:45',
    '2026-04-04T14:45:00Z',
    'doubled',
  ],
  [
    'Australia/Lord_Howe',
    '2026-04-05T01:45',
    'later',
    '2026-04-05T01:45',
    '2026-04-04T15:15:00Z',
    'as asked',
  ],
  [
    'Australia/Lord_Howe',
    '2026-04-05T01:29',
    undefined,
    '2026-04-05T01:29',
    '2026-04-04T14:29:00Z',
    'as asked',
  ],
  // Apia skipped 30 December 2011 whole
  ['Pacific/Apia', '2011-12-30T10:00', undefined, '2011-12-31T10:00', '2011-12-30T20:00:00Z', 'skipped'],
  // Santiago, Beirut: the clock changes at midnight, so the day begins at 01:00
  ['America/Santiago', '2026-09-06T00:15', undefined, '2026-09-06T01:15', '2026-09-06T04:15:00Z', 'skipped'],
  ['Asia/Beirut', '2026-03-29T00:00', undefined, '2026-03-29T01:00', '2026-03-28T22:00:00Z', 'skipped'],
  // Casablanca goes back for Ramadan
  ['Africa/Casablanca', '2026-02-15T02:30', undefined, '2026-02-15T02:30', '2026-02-15T01:30:00Z', 'doubled'],
  // Troll station jumps by two hours
  ['Antarctica/Troll', '2026-03-29T01:30', undefined, '2026-03-29T03:30', '2026-03-29T01:30:00Z', 'skipped'],
]

describe('wall time in a zone', () => {
  test.each(TABLE)('S-08 %s %s (%s) is %s, %s, %s', (zone, asked, fold, local, instant, told) => {
    const moment = resolveLocal(asked, zone, 'start', fold)
    expect(moment.local).toBe(local)
    expect(moment.instant.toString()).toBe(instant)
    expect(moment.warning?.code).toBe(told === 'as asked' ? undefined : `${told}_local_time`)
    // What is stored leads to the same instant again.
    expect(resolveLocal(moment.local, zone, 'start', moment.fold).instant.toString()).toBe(instant)
  })

  test.each([
    ['2026-03-05T09:10', true],
    ['2026-02-29T09:10', false],
    ['2026-13-01T09:10', false],
    ['2026-03-05T24:00', false],
    ['2026-03-05T09:60', false],
    ['2026-03-05 09:10', false],
    ['2026-03-05T09:10:00', false],
    ['2026-03-05T09:10Z', false],
    ['1969-12-31T23:59', false],
    ['2200-01-01T00:00', false],
    ['٢٠٢٦-03-05T09:10', false],
    ['', false],
  ])('S-08 takes %s as a local minute: %s', (text, valid) => {
    expect(localMinute.safeParse(text).success).toBe(valid)
  })
})

describe('start and end together', () => {
  const chicago = (start: string, end: string, more = {}) =>
    sessionTimes({ start, end, timeZone: 'America/Chicago', ...more })
  const refused = (result: ReturnType<typeof chicago>) => (isRefusal(result) ? result.refused : 'taken')

  test.each([
    ['2026-03-05T09:00', '2026-03-05T09:01', 'taken'],
    ['2026-03-05T09:00', '2026-03-05T09:00', 'end_not_after_start'],
    ['2026-03-05T09:00', '2026-03-05T08:59', 'end_not_after_start'],
    ['2026-03-05T09:00', '2026-03-06T09:00', 'taken'],
    ['2026-03-05T09:00', '2026-03-06T09:01', 'too_long'],
    // Across the clock changes 24 hours of real time count, not what the wall shows.
    ['2026-03-07T12:00', '2026-03-08T13:00', 'taken'],
    ['2026-10-31T12:00', '2026-11-01T11:30', 'too_long'],
    // The start moves past the end.
    ['2026-03-08T02:15', '2026-03-08T03:00', 'end_not_after_start'],
  ])('S-08 from %s to %s: %s', (start, end, outcome) => {
    expect(refused(chicago(start, end))).toBe(outcome)
  })

  test('S-08 a session may span the moment the clock is set back', () => {
    expect(refused(chicago('2026-11-01T01:50', '2026-11-01T01:10'))).toBe('end_not_after_start')
    const times = chicago('2026-11-01T01:50', '2026-11-01T01:10', { startFold: 'earlier', endFold: 'later' })
    if (isRefusal(times)) throw new Error(times.detail)
    expect(times.end.instant.since(times.start.instant).total('minutes')).toBe(20)
    expect(times.warnings).toEqual([])
  })

  test('S-08 each moved or doubled time is told by field', () => {
    const times = chicago('2026-11-01T01:00', '2026-11-01T01:30')
    if (isRefusal(times)) throw new Error(times.detail)
    expect(times.warnings.map(({ code, field }) => [code, field])).toEqual([
      ['doubled_local_time', 'start'],
      ['doubled_local_time', 'end'],
    ])
  })
})
