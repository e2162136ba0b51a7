import { z } from 'zod'
import { date } from '../input.ts'

export const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00')
export const endTime = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day such as 17:30, or 24:00')

export interface DayRange {
  readonly from: string
  readonly to: string
}

/** Times of one day. */
export const isForward = ({ from, to }: DayRange) => minuteOf(from) < minuteOf(to)
const backward = { path: ['to'], message: 'is not after from; hours past midnight are two ranges' }
const range = z.strictObject({ from: time, to: endTime }).refine(isForward, backward)

const weeklyRange = z
  .strictObject({
    weekday: z.int().min(1).max(7).describe('1 is Monday, 7 Sunday'),
    from: time,
    to: endTime,
  })
  .refine(isForward, backward)

const exception = z
  .strictObject({
    date,
    closed: z.boolean().default(false).describe('The weekly hours do not hold on that day'),
    extra: z.array(range).max(10).default([]).describe('Hours of that day alone'),
  })
  .refine(({ closed, extra }) => closed || extra.length > 0, 'is neither closed nor has extra hours')

/** When a practitioner takes bookings, by the clock of the practice (S-18). */
export const openingHours = z
  .strictObject({
    weekly: z.array(weeklyRange).max(70).describe('Several ranges a day; back to back they are one'),
    exceptions: z.array(exception).max(400).default([]),
  })
  .superRefine(({ weekly, exceptions }, ctx) => {
    const refuse = (path: (string | number)[], message: string) =>
      ctx.addIssue({ code: 'custom', path, message })
    const ofDay = Map.groupBy(weekly.entries(), ([, { weekday }]) => weekday)
    for (const ranges of ofDay.values())
      for (const index of overlapping(ranges.map(([index, range]) => ({ ...range, index }))))
        refuse(['weekly', index], 'overlaps another range of that weekday')
    const seen = new Set<string>()
    for (const [index, { date, extra }] of exceptions.entries()) {
      if (seen.has(date)) refuse(['exceptions', index, 'date'], 'is named twice')
      seen.add(date)
      for (const place of overlapping(extra.map((range, place) => ({ ...range, index: place }))))
        refuse(['exceptions', index, 'extra', place], 'overlaps another range of that day')
    }
  })
export type OpeningHours = z.infer<typeof openingHours>

/** `09:30` -> 570; `24:00` -> 1440. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** The places of those that begin before an earlier one ends. */
function overlapping(ranges: readonly (DayRange & { readonly index: number })[]): number[] {
  const sorted = ranges.toSorted((a, b) => minuteOf(a.from) - minuteOf(b.from))
  return sorted
    .filter((range, place) => place > 0 && minuteOf(range.from) < minuteOf(sorted[place - 1]!.to))
    .map(({ index }) => index)
}
