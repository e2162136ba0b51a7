import fc from 'fast-check'
import {
  LARGEST_COUNT,
  LARGEST_INTERVAL,
  type RecurrenceRule,
  recurrenceRule,
  WEEKDAYS,
} from '../domain/recurrence/rule.ts'

/** Rules and starts for tests, and a reading of rules that shares nothing with seeking: each day is asked by itself. */

const date = fc
  .integer({ min: 0, max: 83_900 })
  .map((days) => Temporal.PlainDate.from('1970-01-01').add({ days }).toString())

/** Any local minute of the calendar. */
export const starts = fc
  .tuple(date, fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([day, hour, minute]) => `${day}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)

const ends = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  fc.record({ count: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: LARGEST_COUNT })) }),
  fc.record({ until: date }),
)
// Small ones more often: with large ones little happens in a window.
const interval = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: LARGEST_INTERVAL }))
const weekday = fc.constantFrom(...WEEKDAYS)
const place = (most: number) => fc.integer({ min: -most, max: most }).filter((value) => value !== 0)
const shape = fc.oneof(
  fc.record({ frequency: fc.constant('daily'), interval }),
  fc.record({
    frequency: fc.constant('weekly'),
    interval,
    weekdays: fc.uniqueArray(weekday, { minLength: 1 }),
    weekStart: weekday,
  }),
  fc.record({
    frequency: fc.constant('monthly'),
    interval,
    monthDays: fc.uniqueArray(place(31), { minLength: 1, maxLength: 6 }),
  }),
  fc.record({
    frequency: fc.constant('monthly'),
    interval,
    weekdaysOfMonth: fc.uniqueArray(fc.record({ weekday, nth: place(5) }), {
      minLength: 1,
      maxLength: 6,
      selector: ({ weekday, nth }) => `${nth}${weekday}`,
    }),
  }),
)
export const rules = fc.tuple(shape, ends).map(([days, end]) => recurrenceRule.parse({ ...days, ...end }))

/** Whether the rule names that day of a series that starts on the other, its end aside. */
export function names(rule: RecurrenceRule, start: Temporal.PlainDate, day: Temporal.PlainDate): boolean {
  if (Temporal.PlainDate.compare(day, start) < 0) return false
  switch (rule.frequency) {
    case 'daily':
      return start.until(day, { largestUnit: 'days' }).days % rule.interval === 0
    case 'weekly': {
      const first = WEEKDAYS.indexOf(rule.weekStart) + 1
      const week = (of: Temporal.PlainDate) => of.subtract({ days: (of.dayOfWeek - first + 7) % 7 })
      const weeks = week(start).until(week(day), { largestUnit: 'days' }).days / 7
      return weeks % rule.interval === 0 && rule.weekdays.includes(WEEKDAYS[day.dayOfWeek - 1]!)
    }
    case 'monthly': {
      const months = (day.year - start.year) * 12 + day.month - start.month
      if (months % rule.interval !== 0) return false
      const { daysInMonth } = day
      const byDay = rule.monthDays?.some((named) => (named > 0 ? named : daysInMonth + 1 + named) === day.day)
      const byWeekday = rule.weekdaysOfMonth?.some(
        ({ weekday, nth }) =>
          WEEKDAYS[day.dayOfWeek - 1] === weekday &&
          nth === (nth > 0 ? Math.ceil(day.day / 7) : -Math.ceil((daysInMonth + 1 - day.day) / 7)),
      )
      return byDay || byWeekday || false
    }
  }
}

/** The occurrences of that many days from the start on, as local minutes. */
export function replay(rule: RecurrenceRule, start: string, days: number): string[] {
  const first = Temporal.PlainDate.from(start.slice(0, 10))
  const found: string[] = []
  for (let passed = 0; passed < days && found.length < (rule.count ?? Infinity); passed++) {
    const day = first.add({ days: passed })
    const past = day.year > 2199 || (rule.until !== null && day.toString() > rule.until)
    if (past) break
    if (names(rule, first, day)) found.push(`${day}${start.slice(10)}`)
  }
  return found
}
