import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { WEEKDAYS, type Weekday } from './rule.ts'

/** A recurrence rule as RFC 5545 (3.3.10) writes it, taken apart; whether ours can express it is not asked yet. */
export interface Parts {
  readonly freq: string
  readonly interval: number
  readonly count: number | null
  readonly until: string | null
  readonly wkst: Weekday
  readonly byDay: readonly { readonly weekday: Weekday; readonly nth: number | null }[] | null
  /** BYMONTHDAY, BYSETPOS and the like, without repetitions, in ascending order. */
  readonly numbers: Readonly<Partial<Record<NumberPart, readonly number[]>>>
  /** RSCALE and SKIP of RFC 7529. */
  readonly others: readonly string[]
}

const NUMBER_PARTS = {
  BYSECOND: [0, 60, 'unsigned'],
  BYMINUTE: [0, 59, 'unsigned'],
  BYHOUR: [0, 23, 'unsigned'],
  BYMONTH: [1, 12, 'unsigned'],
  BYMONTHDAY: [1, 31, 'signed'],
  BYYEARDAY: [1, 366, 'signed'],
  BYWEEKNO: [1, 53, 'signed'],
  BYSETPOS: [1, 366, 'signed'],
} as const
export type NumberPart = keyof typeof NUMBER_PARTS

const FREQUENCIES = ['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']
const KNOWN = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY', 'RSCALE', 'SKIP']
/** Every day of a year named one by one fits in. */
const LONGEST = 2_000
const UNTIL = /^\d{8}(T\d{6}Z?)?$/

type Malformed = Refusal<'rule_malformed'>

/** Takes `RRULE:` before it, small letters and a semicolon too many. Refuses `rule_malformed`, naming the part. */
export function splitParts(text: string): Parts | Malformed {
  if (text.length > LONGEST) return malformed('RRULE', `is longer than ${LONGEST} characters`)
  const values = new Map<string, string>()
  for (const part of text
    .trim()
    .replace(/^RRULE:/i, '')
    .toUpperCase()
    .split(';')
    .filter(Boolean)) {
    const [, name = part, value] = /^([^=]*)=(.*)$/s.exec(part) ?? []
    if (!KNOWN.includes(name) && !(name in NUMBER_PARTS))
      return malformed(name, 'is no part of a recurrence rule')
    if (!value) return malformed(name, 'has no value')
    if (values.has(name)) return malformed(name, 'is there twice')
    values.set(name, value)
  }
  return readParts(values)
}

function readParts(values: ReadonlyMap<string, string>): Parts | Malformed {
  const freq = values.get('FREQ') ?? ''
  const wkst = values.get('WKST') ?? 'MO'
  const until = values.get('UNTIL') ?? null
  const count = values.get('COUNT')
  const byDay = values.get('BYDAY')?.split(',').map(readDay)
  if (!FREQUENCIES.includes(freq)) return malformed('FREQ', `must be one of ${FREQUENCIES.join(', ')}`)
  if (!isWeekday(wkst)) return malformed('WKST', 'must be a weekday such as MO')
  if (until !== null && !UNTIL.test(until)) return malformed('UNTIL', 'must be a date, or a date and time')
  if (until !== null && count !== undefined) return malformed('COUNT', 'cannot stand beside UNTIL')
  for (const name of ['INTERVAL', 'COUNT'])
    if (!/^0*[1-9]\d{0,8}$/.test(values.get(name) ?? '1')) return malformed(name, 'must be 1 or more')
  if (byDay?.includes(undefined)) return malformed('BYDAY', 'must be weekdays such as MO, 2TU or -1FR')
  const numbers: Partial<Record<NumberPart, number[]>> = {}
  for (const name of Object.keys(NUMBER_PARTS) as NumberPart[]) {
    const read = readNumbers(name, values.get(name))
    if (read === 'wrong')
      return malformed(name, `must be numbers ${NUMBER_PARTS[name].slice(0, 2).join(' to ')}`)
    if (read) numbers[name] = read
  }
  return {
    freq,
    interval: Number(values.get('INTERVAL') ?? 1),
    count: count === undefined ? null : Number(count),
    until,
    wkst,
    byDay: byDay ? withoutRepetitions(byDay.filter((day) => day !== undefined)) : null,
    numbers,
    others: ['RSCALE', 'SKIP'].filter((name) => values.has(name)),
  }
}

function readDay(text: string): { weekday: Weekday; nth: number | null } | undefined {
  const [, place, weekday] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? []
  if (!weekday || !isWeekday(weekday) || Number(place) === 0 || Math.abs(Number(place ?? 1)) > 53)
    return undefined
  return { weekday, nth: place === undefined ? null : Number(place) }
}

function readNumbers(name: NumberPart, text: string | undefined): number[] | undefined | 'wrong' {
  if (text === undefined) return undefined
  const [least, most, sign] = NUMBER_PARTS[name]
  const form = sign === 'signed' ? /^[+-]?\d{1,3}$/ : /^\d{1,2}$/
  const list = text.split(',')
  const size = (item: string) => Math.abs(Number(item))
  if (!list.every((item) => form.test(item) && size(item) >= least && size(item) <= most)) return 'wrong'
  return [...new Set(list.map(Number))].sort((a, b) => a - b)
}

export function withoutRepetitions<Item>(list: readonly Item[]): Item[] {
  return [...new Map(list.map((item) => [JSON.stringify(item), item])).values()]
}

const isWeekday = (text: string): text is Weekday => (WEEKDAYS as readonly string[]).includes(text)

export function malformed(part: string, problem: string): Malformed {
  const name = part.slice(0, 40)
  return refuse('rule_malformed', {
    detail: `${name} ${problem}.`,
    next: 'Correct the rule as RFC 5545 (3.3.10) writes it.',
    extra: { part: name },
  })
}
