/**
 * Days and wall times as numbers. Seeking asks for thousands of them, and a step by Temporal's objects costs about a
 * microsecond; these cost a few nanoseconds. The years are those of `localMinute`, 1970 to 2199.
 */

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

/** Wall time, as the milliseconds since 1970 at which a clock in UTC shows it: compares and adds like any number. */
export type WallMs = number
/** Days since 1 January 1970. */
export type DayNumber = number
/** Months since January 1970. */
export type MonthNumber = number

const FIRST_YEAR = 1970
const YEARS = 230
/** The month after the last one in which there are appointments. */
export const END_MONTH: MonthNumber = YEARS * 12
const AVERAGE_MONTH_DAYS = 30.436_875

/** The first day of each month, and of the one after the last. */
const MONTH_STARTS = monthStarts()
export const END_DAY: DayNumber = MONTH_STARTS[END_MONTH]!

/** 0 is Monday; 1 January 1970 was a Thursday. */
export const weekdayOf = (day: DayNumber): number => (day + 3) % 7

export const monthStart = (month: MonthNumber): DayNumber => MONTH_STARTS[month]!
export const monthLength = (month: MonthNumber): number => MONTH_STARTS[month + 1]! - MONTH_STARTS[month]!

export function monthOf(day: DayNumber): MonthNumber {
  if (day < 0) return -1
  if (day >= END_DAY) return END_MONTH
  let month = Math.floor(day / AVERAGE_MONTH_DAYS)
  // Months before were up to two days longer or shorter than the average says.
  while (MONTH_STARTS[month]! > day) month--
  while (MONTH_STARTS[month + 1]! <= day) month++
  return month
}

/** `2026-03-05T09:10` */
export function wallOf(local: string): WallMs {
  return Temporal.Instant.from(`${local}Z`).epochMilliseconds
}

/** `2026-03-05T09:10` */
export function wallText(wall: WallMs): string {
  return Temporal.Instant.fromEpochMilliseconds(wall).toString({ smallestUnit: 'minute' }).slice(0, 16)
}

/** `2026-03-05` */
export const dayNumber = (date: string): DayNumber => wallOf(`${date}T00:00`) / DAY_MS
/** `2026-03-05` */
export const dayText = (day: DayNumber): string => wallText(day * DAY_MS).slice(0, 10)
export const dayOf = (wall: WallMs): DayNumber => Math.floor(wall / DAY_MS)

function monthStarts(): readonly DayNumber[] {
  const starts: DayNumber[] = []
  let day = 0
  for (let month = 0; month <= END_MONTH; month++) {
    starts.push(day)
    day += lengthOf(FIRST_YEAR + Math.floor(month / 12), month % 12)
  }
  return starts
}

function lengthOf(year: number, month: number): number {
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31
}
