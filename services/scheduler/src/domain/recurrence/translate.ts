import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { malformed, type NumberPart, type Parts, withoutRepetitions } from './parts.ts'
import { LARGEST_COUNT, LARGEST_INTERVAL, type Weekday } from './rule.ts'

export interface Start {
  readonly year: number
  /** 1 is January. */
  readonly month: number
  readonly day: number
  readonly weekday: Weekday
  readonly hour: number
  readonly minute: number
}

/** A rule of ours without its end, and the month from which its months are counted. */
export interface Translated {
  readonly rule: Readonly<Record<string, unknown>>
  readonly anchor: { readonly year: number; readonly month: number } | 'start'
}

export type NotOurs = Refusal<'rule_malformed' | 'rule_not_expressible'>
type Days = readonly { readonly weekday: Weekday; readonly nth: number | null }[]

const ALL_DAYS = Array.from({ length: 31 }, (_, index) => index + 1)
const EVERY_NTH = [1, 2, 3, 4, 5]

/**
 * What of RFC 5545 means the same as one of our rules, in whatever words: with INTERVAL 1 each frequency only sets what is
 * meant where a part is missing, so that BYDAY makes a weekly rule of a daily one, and a yearly one is one of twelve months.
 * Refuses what ours cannot say, and names the part.
 */
export function translate(parts: Parts, start: Start): Translated | NotOurs {
  const { freq, interval } = parts
  const wrong = neverOurs(parts, start)
  if (wrong) return wrong
  const chosen = chosenDays(parts, start)
  if ('refused' in chosen) return chosen
  const { months, days, weekdays } = chosen
  if (freq === 'WEEKLY' && !months) return weekly(interval, weekdays!, parts.wkst)
  if (freq === 'DAILY' && !months && !days && !weekdays)
    return { rule: { frequency: 'daily', interval }, anchor: 'start' }
  if (interval > 1 && (freq === 'DAILY' || freq === 'WEEKLY'))
    return notExpressible(
      months ? 'BYMONTH' : days ? 'BYMONTHDAY' : 'BYDAY',
      'with an INTERVAL of days or weeks',
    )
  if (interval === 1 && !months && !days) {
    if (!weekdays) return { rule: { frequency: 'daily', interval }, anchor: 'start' }
    if (weekdays.every(({ nth }) => nth === null)) return weekly(1, weekdays, parts.wkst)
  }
  const every = monthsApart(freq, interval, months)
  if (typeof every !== 'number') return every
  if (every > LARGEST_INTERVAL) return notExpressible('INTERVAL', `beyond ${LARGEST_INTERVAL} months`)
  const named = weekdays
    ? { weekdaysOfMonth: withoutRepetitions(weekdays.flatMap(nthOf)) }
    : { monthDays: days ?? ALL_DAYS }
  return {
    rule: { frequency: 'monthly', interval: every, ...named },
    anchor: months ? firstMonth(months, freq === 'YEARLY' ? interval : 1, start) : 'start',
  }
}

function neverOurs({ freq, interval, count, others, numbers }: Parts, start: Start): NotOurs | undefined {
  if (['SECONDLY', 'MINUTELY', 'HOURLY'].includes(freq)) return notExpressible(freq, 'more than once a day')
  const unknown = others[0] ?? (['BYWEEKNO', 'BYYEARDAY'] as const).find((name) => numbers[name])
  if (unknown) return notExpressible(unknown)
  const times: [NumberPart, number][] = [
    ['BYHOUR', start.hour],
    ['BYMINUTE', start.minute],
    ['BYSECOND', 0],
  ]
  const other = times.find(([name, own]) => numbers[name]?.some((value) => value !== own))
  if (other) return notExpressible(other[0], 'at another time than the start')
  if (interval > LARGEST_INTERVAL) return notExpressible('INTERVAL', `beyond ${LARGEST_INTERVAL}`)
  if (count !== null && count > LARGEST_COUNT) return notExpressible('COUNT', `beyond ${LARGEST_COUNT}`)
  return undefined
}

interface Chosen {
  /** null: all. */
  readonly months: readonly number[] | null
  readonly days: readonly number[] | null
  readonly weekdays: Days | null
}

/** With what the start says where a part is missing. */
function chosenDays(parts: Parts, start: Start): Chosen | NotOurs {
  const { freq, numbers } = parts
  const named = numbers.BYSETPOS ? bySetPosition(parts) : { days: numbers.BYMONTHDAY, weekdays: parts.byDay }
  if ('refused' in named) return named
  const wrong = checkDays(parts, named.weekdays)
  if (wrong) return wrong
  const missing = !named.days && !named.weekdays
  const ofStart = missing && (freq === 'MONTHLY' || freq === 'YEARLY')
  const months = numbers.BYMONTH ?? (missing && freq === 'YEARLY' ? [start.month] : null)
  const weekdays = missing && freq === 'WEEKLY' ? [{ weekday: start.weekday, nth: null }] : named.weekdays
  const all = weekdays?.filter(({ nth }) => nth === null).length === 7
  const chosen = {
    months: months?.length === 12 ? null : months,
    days: ofStart ? [start.day] : (named.days ?? null),
    // A weekly rule of all seven days stays what it is.
    weekdays: all && (freq !== 'WEEKLY' || numbers.BYMONTH) ? null : (weekdays ?? null),
  }
  return chosen.days && chosen.weekdays ? notExpressible('BYDAY', 'together with BYMONTHDAY') : chosen
}

function checkDays({ freq, numbers }: Parts, weekdays: Days | null | undefined): NotOurs | undefined {
  if (freq === 'WEEKLY' && numbers.BYMONTHDAY) return malformed('BYMONTHDAY', 'cannot stand in a weekly rule')
  const counted = weekdays?.filter(({ nth }) => nth !== null)
  if (counted?.length && (freq === 'DAILY' || freq === 'WEEKLY'))
    return malformed('BYDAY', 'with a number stands in monthly and yearly rules only')
  if (counted?.length && freq === 'YEARLY' && !numbers.BYMONTH)
    return notExpressible('BYDAY', 'counted through the year')
  if (counted?.some(({ nth }) => Math.abs(nth!) > 5))
    return notExpressible('BYDAY', 'beyond the fifth of a month')
  if (freq === 'YEARLY' && numbers.BYMONTHDAY && !numbers.BYMONTH)
    return notExpressible('BYMONTHDAY', 'in a yearly rule without BYMONTH: calendars read it differently')
  return undefined
}

/** Of one weekday of a month, or of all its days, BYSETPOS is another way to say which; Outlook writes it so. */
function bySetPosition({ freq, byDay, numbers }: Parts): Pick<Chosen, 'days' | 'weekdays'> | NotOurs {
  const ofMonth = freq === 'MONTHLY' || (freq === 'YEARLY' && numbers.BYMONTH?.length === 1)
  const positions = numbers.BYSETPOS!
  const plain = byDay?.every(({ nth }) => nth === null) && !numbers.BYMONTHDAY
  const within = (most: number) => positions.every((position) => Math.abs(position) <= most)
  if (ofMonth && plain && byDay?.length === 1 && within(5))
    return { days: null, weekdays: positions.map((nth) => ({ weekday: byDay[0]!.weekday, nth })) }
  if (ofMonth && plain && byDay?.length === 7 && within(31)) return { days: positions, weekdays: null }
  return notExpressible('BYSETPOS')
}

function weekly(interval: number, weekdays: Days, weekStart: Weekday): Translated {
  return {
    rule: { frequency: 'weekly', interval, weekdays: weekdays.map(({ weekday }) => weekday), weekStart },
    anchor: 'start',
  }
}

/** After how many months the rule's months come again. */
function monthsApart(freq: string, interval: number, months: readonly number[] | null): number | NotOurs {
  if (!months) {
    if (freq !== 'YEARLY' || interval === 1) return freq === 'MONTHLY' ? interval : 1
    return notExpressible('BYDAY', 'of whole years with an INTERVAL')
  }
  if (freq === 'MONTHLY' && interval > 1) return notExpressible('BYMONTH', 'with an INTERVAL of months')
  if (months.length === 1) return 12 * (freq === 'YEARLY' ? interval : 1)
  const apart = 12 / months.length
  const even = months.every((month, index) => month === months[0]! + index * apart)
  return even && interval === 1 ? apart : notExpressible('BYMONTH', 'of months that are not evenly apart')
}

/** The first of the months that is not before the start's; years are counted from that of the start. */
function firstMonth(
  months: readonly number[],
  everyYears: number,
  { year, month }: Start,
): Translated['anchor'] {
  if (months.includes(month)) return 'start'
  const later = months.find((candidate) => candidate > month)
  return later ? { year, month: later } : { year: year + everyYears, month: months[0]! }
}

const nthOf = ({ weekday, nth }: Days[number]) =>
  (nth === null ? EVERY_NTH : [nth]).map((each) => ({ weekday, nth: each }))

export function notExpressible(part: string, how = ''): Refusal<'rule_not_expressible'> {
  return refuse('rule_not_expressible', {
    detail: `A series cannot repeat by ${part}${how && ` ${how}`}.`,
    next: 'Enter the appointments as one or more series of days, weeks or months, or one by one.',
    extra: { part },
  })
}
