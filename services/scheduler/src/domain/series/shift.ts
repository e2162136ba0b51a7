import { dayText, wallOf, weekdayOf } from '../recurrence/calendar.ts'
import {
  type MonthlyRule,
  type RecurrenceRule,
  WEEKDAYS,
  type WeekdayOfMonth,
  type WeeklyRule,
} from '../recurrence/rule.ts'
import { occurrencesBefore, recurrence } from '../recurrence/seek.ts'
import { type Series, startDay } from './slots.ts'

/**
 * S-14: the rule of a series from one occurrence on, when that occurrence is moved: its weekday, or day of the month, is
 * replaced by the new one; other days of the rule stay. A count is what is left of it, an end date stays.
 */
export function ruleFrom(series: Series, occurrenceLocal: string, newStart: string): RecurrenceRule {
  const { rule } = series
  const before = occurrencesBefore(recurrence(rule, series.start), wallOf(occurrenceLocal))
  const left = rule.count === null ? rule : { ...rule, count: rule.count - before }
  const [from, to] = [startDay(occurrenceLocal), startDay(newStart)]
  if (from === to || left.frequency === 'daily') return left
  return left.frequency === 'weekly' ? shiftWeekly(left, from, to) : shiftMonthly(left, from, to)
}

function shiftWeekly(rule: WeeklyRule, from: number, to: number): WeeklyRule {
  const [was, becomes] = [WEEKDAYS[weekdayOf(from)]!, WEEKDAYS[weekdayOf(to)]!]
  const weekdays = WEEKDAYS.filter((day) => day === becomes || (day !== was && rule.weekdays.includes(day)))
  return { ...rule, weekdays }
}

function shiftMonthly(rule: MonthlyRule, from: number, to: number): MonthlyRule {
  if (rule.monthDays !== null) {
    const kept = rule.monthDays.filter((day) => !isMonthDay(from, day))
    const day = Number(dayText(to).slice(8))
    return { ...rule, monthDays: kept.includes(day) ? kept : [...kept, day].toSorted(firstToLast) }
  }
  const kept = rule.weekdaysOfMonth!.filter((place) => !isWeekdayOfMonth(from, place))
  return { ...rule, weekdaysOfMonth: [...kept, weekdayOfMonth(to)] }
}

const firstToLast = (a: number, b: number) => Math.sign(b) - Math.sign(a) || a - b

function isMonthDay(day: number, monthDay: number): boolean {
  const date = Temporal.PlainDate.from(dayText(day))
  return date.day === (monthDay > 0 ? monthDay : date.daysInMonth + 1 + monthDay)
}

function isWeekdayOfMonth(day: number, { weekday, nth }: WeekdayOfMonth): boolean {
  if (WEEKDAYS[weekdayOf(day)] !== weekday) return false
  const date = Temporal.PlainDate.from(dayText(day))
  const place = nth > 0 ? Math.ceil(date.day / 7) : -Math.ceil((date.daysInMonth - date.day + 1) / 7)
  return place === nth
}

/** The fifth one is said as the last: not every month has a fifth. */
function weekdayOfMonth(day: number): WeekdayOfMonth {
  const nth = Math.ceil(Number(dayText(day).slice(8)) / 7)
  return { weekday: WEEKDAYS[weekdayOf(day)]!, nth: nth === 5 ? -1 : nth }
}
