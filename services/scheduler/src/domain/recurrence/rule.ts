import { z } from 'zod'
import { date } from '../input.ts'

/** In the order of the week; their places are those of `weekdayOf`. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Every 99 months is once in eight years; more is a slip of the finger. */
export const LARGEST_INTERVAL = 99
/** Twenty years of a weekly session. Who means more means a series without end. */
export const LARGEST_COUNT = 1_000

/** What is not there at all is told by the caller's words, as for every field. */
const ifThere = (message: string) => ({
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? undefined : message),
})
const weekday = z.enum(WEEKDAYS, ifThere(`must be one of ${WEEKDAYS.join(', ')}`))
const intervalRange = `must be 1 to ${LARGEST_INTERVAL}`
const interval = z
  .int(intervalRange)
  .min(1, intervalRange)
  .max(LARGEST_INTERVAL, intervalRange)
  .default(1)
  .describe('2 is every other')
const countRange = `must be 1 to ${LARGEST_COUNT}; leave it out for a series without end`
const ends = {
  until: date.nullable().default(null).describe('Local date of the last day on which there may be one'),
  count: z
    .int(countRange)
    .min(1, countRange)
    .max(LARGEST_COUNT, countRange)
    .nullable()
    .default(null)
    .describe('How many, the first included; without until and count there is no end'),
}

const named = <Item extends z.ZodType>(item: Item, most: number) =>
  z.array(item).min(1, 'names no day').max(most, `names more than ${most}`)
const namesTwice = (list: readonly unknown[]) =>
  new Set(list.map((item) => JSON.stringify(item))).size < list.length

const byWeekday = (a: Weekday, b: Weekday) => WEEKDAYS.indexOf(a) - WEEKDAYS.indexOf(b)
/** First to last, then those counted from the end. */
const byPlace = (a: number, b: number) => Math.sign(b) - Math.sign(a) || a - b

const place = (most: number, message: string) =>
  z
    .int(ifThere(message))
    .min(-most, message)
    .max(most, message)
    .refine((value) => value !== 0, message)
const nth = place(5, 'must be 1 to 5, or -1 to -5 from the end of the month')
const monthDay = place(31, 'must be 1 to 31, or -1 for the last day of the month, -2 for the one before')
const weekdayOfMonth = z.strictObject({ weekday, nth })
export type WeekdayOfMonth = z.infer<typeof weekdayOfMonth>

const notBoth = {
  path: ['count'],
  message: 'cannot stand beside until',
  // Said together with other faults, not after them.
  when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null,
}
const oneEnd = (rule: { until?: unknown; count?: unknown }) =>
  (rule.until ?? null) === null || (rule.count ?? null) === null

const daily = z.strictObject({ frequency: z.literal('daily'), interval, ...ends }).refine(oneEnd, notBoth)

const weekly = z
  .strictObject({
    frequency: z.literal('weekly'),
    interval,
    weekdays: named(weekday, 7)
      .refine((list) => !namesTwice(list), 'names a weekday twice')
      .overwrite((list) => list.toSorted(byWeekday)),
    weekStart: weekday
      .default('MO')
      .describe('Where every other week begins; with interval 1 it changes nothing'),
    ...ends,
  })
  .refine(oneEnd, notBoth)

const monthly = z
  .strictObject({
    frequency: z.literal('monthly'),
    interval,
    monthDays: named(monthDay, 62)
      .refine((list) => !namesTwice(list), 'names a day twice')
      .overwrite((list) => list.toSorted(byPlace))
      .nullable()
      .default(null)
      .describe('1 to 31, -1 is the last day; a month without the day is passed over'),
    weekdaysOfMonth: named(weekdayOfMonth, 70)
      .refine((list) => !namesTwice(list), 'names a weekday twice')
      .overwrite((list) => list.toSorted((a, b) => byPlace(a.nth, b.nth) || byWeekday(a.weekday, b.weekday)))
      .nullable()
      .default(null)
      .describe('Instead of monthDays: the second Tuesday, the last Friday (nth -1)'),
    ...ends,
  })
  .refine(oneEnd, notBoth)
  .refine((rule) => rule.monthDays !== null || rule.weekdaysOfMonth !== null, {
    path: ['monthDays'],
    message: 'is required, or weekdaysOfMonth',
  })
  .refine((rule) => rule.monthDays === null || rule.weekdaysOfMonth === null, {
    path: ['weekdaysOfMonth'],
    message: 'cannot stand beside monthDays',
  })

/**
 * How a series repeats (S-13), as a person enters it. Days are listed in the order of the week or month, whatever the order
 * in which they came, so that two rules that say the same are equal.
 */
export const recurrenceRule = z.discriminatedUnion('frequency', [daily, weekly, monthly], {
  error: (issue) =>
    issue.code === 'invalid_union' ? 'must be daily, weekly or monthly; a year is 12 months' : undefined,
})
export type RecurrenceRule = z.infer<typeof recurrenceRule>
export type WeeklyRule = z.infer<typeof weekly>
export type MonthlyRule = z.infer<typeof monthly>
