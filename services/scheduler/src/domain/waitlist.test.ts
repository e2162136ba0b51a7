import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MINUTE_MS } from './recurrence/calendar.ts'
import { zoneOf } from './recurrence/zone.ts'
import { earliestFit, fitsWindow, freeWithin, mayAnswerOffer, offerUntil } from './waitlist.ts'

const ZONE = 'America/Chicago'
const zone = zoneOf(ZONE)
const at = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime(ZONE).epochMilliseconds
const span = (from: string, to: string) => ({ fromMs: at(from), toMs: at(to) })
const ANY = { firstDay: '2031-03-03', lastDay: '2031-03-14', times: [] }
/** 2031-03-10 is a Monday. */
const MORNINGS = { ...ANY, times: [{ weekdays: [1, 3], from: '09:00', to: '12:00' }] }

describe('S-24 whom a time fits', () => {
  test.each([
    ['2031-03-10T09:00', '2031-03-10T09:45', true],
    ['2031-03-10T11:15', '2031-03-10T12:00', true],
    ['2031-03-10T11:16', '2031-03-10T12:01', false],
    ['2031-03-10T08:59', '2031-03-10T09:44', false],
    ['2031-03-11T09:00', '2031-03-11T09:45', false],
    ['2031-03-17T09:00', '2031-03-17T09:45', false],
    ['2031-03-02T09:00', '2031-03-02T09:45', false],
  ])('S-24 Monday and Wednesday mornings: %s to %s', (from, to, fits) => {
    expect(fitsWindow(MORNINGS, span(from, to), zone)).toBe(fits)
  })

  test('S-24 without times any hour of the days does, also past midnight', () => {
    expect(fitsWindow(ANY, span('2031-03-14T23:30', '2031-03-15T00:15'), zone)).toBe(true)
    expect(fitsWindow(ANY, span('2031-03-15T00:00', '2031-03-15T00:15'), zone)).toBe(false)
    const late = { ...ANY, times: [{ weekdays: [5], from: '22:00', to: '24:00' }] }
    expect(fitsWindow(late, span('2031-03-14T23:15', '2031-03-15T00:00'), zone)).toBe(true)
    expect(fitsWindow(late, span('2031-03-14T23:30', '2031-03-15T00:15'), zone)).toBe(false)
  })

  test('S-24 the earliest that fits is taken, also where it begins within the time', () => {
    const free = [span('2031-03-10T08:00', '2031-03-10T08:30'), span('2031-03-10T08:40', '2031-03-10T10:00')]
    expect(earliestFit(MORNINGS, free, 45 * MINUTE_MS, zone)).toBe(at('2031-03-10T09:00'))
    expect(earliestFit(ANY, free, 45 * MINUTE_MS, zone)).toBe(at('2031-03-10T08:40'))
    expect(earliestFit(ANY, free, 81 * MINUTE_MS, zone)).toBeUndefined()
  })

  test('S-24 what is left of a time is each of its minutes that nobody takes', () => {
    const spans = fc.array(fc.tuple(fc.nat(120), fc.integer({ min: 1, max: 40 })), { maxLength: 6 })
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 60 }), spans, (from, length, others) => {
        const whole = { fromMs: from, toMs: from + length }
        const taken = others
          .map(([start, long]) => ({ fromMs: start, toMs: start + long }))
          .sort((a, b) => a.fromMs - b.fromMs)
        const left = Array.from({ length }, (_, index) => from + index).filter(
          (minute) => !taken.some(({ fromMs, toMs }) => fromMs <= minute && minute < toMs),
        )
        const free = freeWithin(whole, taken).flatMap(({ fromMs, toMs }) =>
          Array.from({ length: toMs - fromMs }, (_, index) => fromMs + index),
        )
        expect(free).toEqual(left)
      }),
    )
  })
})

describe('S-24 how long an offer holds', () => {
  const minutes = (count: number) => count * MINUTE_MS
  test.each([
    [60, 24 * 60, 60],
    [60, 121, 60],
    [60, 90, 45],
    [60, 10, 5],
    [5, 24 * 60, 5],
  ])('S-24 %i minutes by the practice, %i until the start: %i', (limit, left, expected) => {
    expect(offerUntil(0, minutes(left), limit)).toBe(minutes(expected))
  })

  test('S-24 what begins in less than ten minutes is not offered', () => {
    expect(offerUntil(0, minutes(10) - 1000, 60)).toBeUndefined()
    expect(offerUntil(minutes(10), minutes(5), 60)).toBeUndefined()
  })

  test('S-24 an answer counts before it expires, and once', () => {
    const now = Temporal.Instant.from('2031-03-06T18:00:00Z')
    const answered = (status: string, expiresAt: string) =>
      mayAnswerOffer({ status, expiresAt }, now)?.refused
    expect(answered('offered', '2031-03-06T18:00:01Z')).toBeUndefined()
    expect(answered('offered', '2031-03-06T18:00:00Z')).toBe('offer_lapsed')
    expect(answered('lapsed', '2031-03-06T18:00:00Z')).toBe('offer_lapsed')
    for (const status of ['accepted', 'declined', 'withdrawn'])
      expect(answered(status, '2031-03-06T18:00:01Z')).toBe('offer_over')
  })
})
