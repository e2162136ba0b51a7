import {
  type DayNumber,
  END_DAY,
  END_MONTH,
  monthLength,
  monthOf,
  monthStart,
  weekdayOf,
} from './calendar.ts'
import { type MonthlyRule, type RecurrenceRule, WEEKDAYS, type WeeklyRule } from './rule.ts'
import { lastAtMost } from './search.ts'

/**
 * The days that a rule chooses, numbered from the beginning of the week or month in which it starts; end and count are not
 * looked at. Both answers cost the same wherever the day lies.
 */
export interface Pattern {
  /** How many chosen days lie before this one. */
  before(day: DayNumber): number
  /** The chosen day of that number; Infinity where the calendar has ended. */
  at(number: number): DayNumber
}

export function patternOf(rule: RecurrenceRule, startDay: DayNumber): Pattern {
  switch (rule.frequency) {
    case 'daily':
      return everyPeriod(startDay, rule.interval, [0])
    case 'weekly':
      return weeklyPattern(rule, startDay)
    case 'monthly':
      return monthlyPattern(rule, startDay)
  }
}

function weeklyPattern({ interval, weekdays, weekStart }: WeeklyRule, startDay: DayNumber): Pattern {
  const first = WEEKDAYS.indexOf(weekStart)
  const intoWeek = (weekday: number) => (weekday - first + 7) % 7
  const offsets = weekdays.map((weekday) => intoWeek(WEEKDAYS.indexOf(weekday))).sort((a, b) => a - b)
  return everyPeriod(startDay - intoWeek(weekdayOf(startDay)), 7 * interval, offsets)
}

/** The same days of each period of so many days: closed form in both directions. */
function everyPeriod(anchor: DayNumber, period: number, offsets: readonly number[]): Pattern {
  const each = offsets.length
  return {
    before(day) {
      const periods = Math.floor((day - anchor) / period)
      const into = day - anchor - periods * period
      let earlier = 0
      while (earlier < each && offsets[earlier]! < into) earlier++
      return Math.max(0, periods * each + earlier)
    },
    at(number) {
      const periods = Math.floor(number / each)
      const day = anchor + periods * period + offsets[number - periods * each]!
      return day < END_DAY ? day : Infinity
    },
  }
}

/**
 * Months differ in what they hold (the 31st, a fifth Tuesday), so chosen days are counted month by month, each month once:
 * a look-up of a few nanoseconds, and at most 2,760 of them up to the end of the calendar.
 */
function monthlyPattern(rule: MonthlyRule, startDay: DayNumber): Pattern {
  const { interval } = rule
  const anchor = monthOf(startDay)
  const periods = Math.ceil((END_MONTH - anchor) / interval)
  const daysIn = chosenInMonth(rule)
  /** How many chosen days lie before each period. */
  const counted = [0]
  const countTo = (period: number) => {
    for (let done = counted.length - 1; done < period; done++)
      counted.push(counted[done]! + daysIn(anchor + done * interval).length)
    return counted[period]!
  }
  return {
    before(day) {
      const months = monthOf(day) - anchor
      if (months < 0) return 0
      const period = Math.floor(months / interval)
      if (period >= periods) return countTo(periods)
      if (months % interval !== 0) return countTo(period + 1)
      const start = monthStart(anchor + months)
      return countTo(period) + daysIn(anchor + months).filter((into) => start + into < day).length
    },
    at(number) {
      while (counted.at(-1)! <= number && counted.length <= periods) countTo(counted.length)
      if (counted.at(-1)! <= number) return Infinity
      const period = lastAtMost(counted, number)
      const month = anchor + period * interval
      return monthStart(month) + daysIn(month)[number - counted[period]!]!
    },
  }
}

/** Days after the first of the month, ascending. There are 28 kinds of months: 28 to 31 days, beginning on one of seven. */
function chosenInMonth(rule: MonthlyRule): (month: number) => readonly number[] {
  const kinds: (readonly number[] | undefined)[] = []
  return (month) => {
    const length = monthLength(month)
    const begins = weekdayOf(monthStart(month))
    const kind = (length - 28) * 7 + begins
    kinds[kind] ??= chosenDays(rule, length, begins)
    return kinds[kind]
  }
}

function chosenDays(rule: MonthlyRule, length: number, begins: number): readonly number[] {
  const days = new Set<number>()
  for (const day of rule.monthDays ?? []) days.add(day > 0 ? day - 1 : length + day)
  for (const { weekday, nth } of rule.weekdaysOfMonth ?? []) {
    const first = (WEEKDAYS.indexOf(weekday) - begins + 7) % 7
    const last = first + 7 * Math.floor((length - 1 - first) / 7)
    days.add(nth > 0 ? first + 7 * (nth - 1) : last + 7 * (nth + 1))
  }
  return [...days].filter((day) => day >= 0 && day < length).sort((a, b) => a - b)
}
