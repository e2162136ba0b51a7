import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MINUTE_MS } from '../recurrence/calendar.ts'
import { zoneOf } from '../recurrence/zone.ts'
import { minuteOf, type OpeningHours } from './hours.ts'
import { hoursOf, openTimes } from './open-times.ts'
import { type Buffers, type Busy, blockedTimes, hoursAllow, isBlocked, slotStarts } from './slots.ts'

const ZONE = 'America/Chicago'
const NO_BUFFERS: Buffers = { bufferBeforeMinutes: 0, bufferAfterMinutes: 0 }
const at = (text: string, zone = ZONE) =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds

interface Question {
  readonly zone: string
  readonly hours: OpeningHours
  readonly busy: readonly Busy[]
  readonly buffers: Buffers
  readonly stepMinutes: number
  readonly lengthMinutes: number
  readonly fromMs: number
  readonly toMs: number
}

function found({ zone, hours, busy, buffers, stepMinutes, lengthMinutes, fromMs, toMs }: Question) {
  const lengthMs = lengthMinutes * MINUTE_MS
  const open = openTimes(hoursOf(hours), zoneOf(zone), { fromMs, toMs: toMs + lengthMs })
  const how = { stepMs: stepMinutes * MINUTE_MS, lengthMs, fromMs, toMs }
  return slotStarts(open, blockedTimes(busy, buffers), how)
}

/** The same, minute by minute, by what the clock on the wall shows. */
function naive({ zone, hours, busy, buffers, stepMinutes, lengthMinutes, fromMs, toMs }: Question) {
  const rangesAt = (ms: number) => {
    const wall = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
    const minute = wall.hour * 60 + wall.minute
    const exception = hours.exceptions.find(({ date }) => date === wall.toPlainDate().toString())
    const weekly = exception?.closed ? [] : hours.weekly.filter(({ weekday }) => weekday === wall.dayOfWeek)
    return [...weekly, ...(exception?.extra ?? [])]
      .map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to), minute }))
      .filter(({ from, to }) => from <= minute && minute < to)
  }
  const minutes = (toMs - fromMs) / MINUTE_MS + lengthMinutes
  const ranges = Array.from({ length: minutes }, (_, index) => rangesAt(fromMs + index * MINUTE_MS))
  const clear = (start: number, end: number) =>
    busy.every((other) => {
      const { bufferBeforeMinutes: before, bufferAfterMinutes: after } = buffers
      const behindIt = other.visit ? Math.max(before, after) : before
      const aheadOfIt = other.visit ? Math.max(before, after) : after
      return start >= other.toMs + behindIt * MINUTE_MS || end <= other.fromMs - aheadOfIt * MINUTE_MS
    })
  const starts: number[] = []
  for (let index = 0; index < minutes - lengthMinutes; index++) {
    const start = fromMs + index * MINUTE_MS
    const onStep = ranges[index]!.some(({ from, minute }) => (minute - from) % stepMinutes === 0)
    const open = ranges.slice(index, index + lengthMinutes).every((list) => list.length > 0)
    if (onStep && open && clear(start, start + lengthMinutes * MINUTE_MS)) starts.push(start)
  }
  return starts
}

const time = fc.integer({ min: 0, max: 96 }).map((quarter) => quarter * 15 + (quarter % 7 === 3 ? 5 : 0))
const text = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const range = fc
  .tuple(time, time)
  .filter(([a, b]) => a !== b && Math.max(a, b) <= 1440)
  .map(([a, b]) => ({ from: text(Math.min(a, b)), to: text(Math.max(a, b)) }))

/** Days on which the clock changes there, and an ordinary one. */
const DAYS = [
  ['America/Chicago', '2031-03-09'],
  ['America/Chicago', '2031-11-02'],
  ['Europe/Berlin', '2031-03-30'],
  ['Europe/Berlin', '2031-10-26'],
  ['Australia/Lord_Howe', '2031-04-06'],
  ['Australia/Lord_Howe', '2031-10-05'],
  ['America/Santiago', '2031-04-06'], // the hour before midnight is doubled
  ['Africa/Cairo', '2031-04-25'], // midnight is skipped
  ['Asia/Kolkata', '2031-06-18'],
] as const

const question = fc
  .record({
    day: fc.constantFrom(...DAYS),
    weekly: fc.array(
      range.chain((own) => fc.integer({ min: 1, max: 7 }).map((weekday) => ({ ...own, weekday }))),
      { minLength: 4, maxLength: 12 },
    ),
    exception: fc.record({ closed: fc.boolean(), extra: fc.array(range, { maxLength: 2 }) }),
    busy: fc.array(fc.tuple(fc.nat(4300), fc.integer({ min: 1, max: 300 }), fc.boolean()), { maxLength: 8 }),
    buffers: fc.record({ bufferBeforeMinutes: fc.nat(30), bufferAfterMinutes: fc.nat(30) }),
    stepMinutes: fc.constantFrom(5, 10, 15, 50, 60),
    lengthMinutes: fc.integer({ min: 1, max: 200 }),
    late: fc.nat(1440),
  })
  .map(({ day: [zone, date], late, busy, weekly, exception, ...rest }): Question => {
    const fromMs = at(`${Temporal.PlainDate.from(date).subtract({ days: 1 })}T00:00`, zone) + late * MINUTE_MS
    return {
      ...rest,
      zone,
      hours: { weekly, exceptions: [{ date, ...exception }] },
      busy: busy.map(([start, length, visit]) => {
        const begins = fromMs + start * MINUTE_MS
        return { fromMs: begins, toMs: begins + length * MINUTE_MS, visit }
      }),
      fromMs,
      toMs: fromMs + 3 * 1440 * MINUTE_MS,
    }
  })

describe('slots', () => {
  test('S-18 are those that a walk minute by minute finds, also where the clock changes', () => {
    let slots = 0
    fc.assert(
      fc.property(question, (asked) => {
        const expected = naive(asked)
        slots += expected.length
        expect(found(asked)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
    expect(slots).toBeGreaterThan(500)
  })

  test('S-18 the question of one start is answered as the search answers it', () => {
    fc.assert(
      fc.property(question, fc.nat(800), (asked, quarter) => {
        const startMs = asked.fromMs + quarter * 5 * MINUTE_MS
        const how = { stepMs: asked.stepMinutes * MINUTE_MS, lengthMs: asked.lengthMinutes * MINUTE_MS }
        const open = openTimes(hoursOf(asked.hours), zoneOf(asked.zone), {
          fromMs: startMs,
          toMs: startMs + how.lengthMs,
        })
        const free =
          hoursAllow(open, startMs, how) === 'yes' &&
          !isBlocked(blockedTimes(asked.busy, asked.buffers), startMs, how.lengthMs)
        expect(free).toBe(found(asked).includes(startMs))
      }),
      { numRuns: 300 },
    )
  })

  const day = (date: string, from: string, to: string, lengthMinutes = 60): Question => ({
    zone: ZONE,
    hours: { weekly: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from, to })), exceptions: [] },
    busy: [],
    buffers: NO_BUFFERS,
    stepMinutes: 30,
    lengthMinutes,
    fromMs: at(`${date}T00:00`),
    toMs: at(`${Temporal.PlainDate.from(date).add({ days: 1 })}T00:00`),
  })
  const shown = (starts: readonly number[]) =>
    starts.map((ms) =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(ZONE).toString().slice(11, 22),
    )

  test('S-18, S-08 none lies in the hour that the clock skips, and what spans it lasts its real length', () => {
    expect(shown(found(day('2031-03-09', '01:00', '04:00')))).toEqual([
      '01:00:00-06',
      '01:30:00-06',
      '03:00:00-05',
    ])
    expect(shown(found(day('2031-03-09', '02:00', '03:00', 15)))).toEqual([])
  })

  test('S-18, S-08 the hour that the clock shows twice is open twice', () => {
    expect(shown(found(day('2031-11-02', '01:00', '02:00', 30)))).toEqual([
      '01:00:00-05',
      '01:30:00-05',
      '01:00:00-06',
      '01:30:00-06',
    ])
  })

  test('S-18 ranges that touch are one, also over midnight; steps are counted from the beginning of each', () => {
    const hours: OpeningHours = {
      weekly: [
        { weekday: 1, from: '22:10', to: '24:00' },
        { weekday: 2, from: '00:00', to: '01:00' },
      ],
      exceptions: [],
    }
    const asked = { ...day('2031-06-09', '00:00', '01:00', 50), hours, stepMinutes: 50 }
    expect(shown(found({ ...asked, toMs: at('2031-06-10T12:00') }))).toEqual([
      '22:10:00-05',
      '23:00:00-05',
      '23:50:00-05',
      '00:00:00-05',
    ])
  })

  test('S-18 between two visits lies the longer buffer; a meeting has none of its own', () => {
    const buffers = { bufferBeforeMinutes: 5, bufferAfterMinutes: 10 }
    const busy = (visit: boolean) => [{ fromMs: 100, toMs: 200, visit }].map(minutes)
    expect(blockedTimes(busy(true), buffers)).toEqual([minutes({ fromMs: 90, toMs: 210 })])
    expect(blockedTimes(busy(false), buffers)).toEqual([minutes({ fromMs: 90, toMs: 205 })])
  })
})

function minutes<Of extends { fromMs: number; toMs: number }>(span: Of): Of {
  return { ...span, fromMs: span.fromMs * MINUTE_MS, toMs: span.toMs * MINUTE_MS }
}
