import { isRefusal, type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { dayOf, wallOf, wallText, weekdayOf } from './calendar.ts'
import { splitParts } from './parts.ts'
import { type RecurrenceRule, recurrenceRule, WEEKDAYS } from './rule.ts'
import { occurrenceAt, recurrence } from './seek.ts'
import { type NotOurs, notExpressible, type Start, type Translated, translate } from './translate.ts'
import { untilDate, untilText } from './until.ts'

/** When and where a series starts; without a zone its times float, as RFC 5545 calls it. */
export interface SeriesStart {
  /** A local minute, as in `2026-03-05T09:10`. */
  readonly start: string
  readonly timeZone: string | null
}

/** The rule as RFC 5545 (3.3.10) writes it, for DTSTART in that zone. UNTIL is the last second of its day. */
export function ruleText(rule: RecurrenceRule, timeZone: string | null): string {
  const parts = [`FREQ=${rule.frequency.toUpperCase()}`]
  if (rule.interval > 1) parts.push(`INTERVAL=${rule.interval}`)
  if (rule.frequency === 'weekly') {
    parts.push(`BYDAY=${rule.weekdays.join(',')}`)
    if (rule.weekStart !== 'MO') parts.push(`WKST=${rule.weekStart}`)
  } else if (rule.frequency === 'monthly') {
    if (rule.monthDays) parts.push(`BYMONTHDAY=${rule.monthDays.join(',')}`)
    if (rule.weekdaysOfMonth)
      parts.push(`BYDAY=${rule.weekdaysOfMonth.map(({ weekday, nth }) => `${nth}${weekday}`).join(',')}`)
  }
  if (rule.count !== null) parts.push(`COUNT=${rule.count}`)
  if (rule.until !== null) parts.push(`UNTIL=${untilText(rule.until, timeZone)}`)
  return parts.join(';')
}

export interface ReadRule {
  readonly rule: RecurrenceRule
  /**
   * Where the series starts: the first time that the rule names, which is DTSTART in all that follow RFC 5545. Of others readers
   * agree on this; the RFC leaves them open.
   */
  readonly start: string
}

/**
 * Reads a rule of RFC 5545. Takes whatever means the same as one of ours, and refuses all else with the part that ours cannot
 * say in `extra.part`: nothing is dropped. Refuses `rule_malformed`, `rule_not_expressible`, `rule_without_occurrence`.
 */
export function readRule(
  text: string,
  { start, timeZone }: SeriesStart,
): ReadRule | NotOurs | Refusal<'rule_without_occurrence'> {
  const other = /^(RDATE|EXDATE|EXRULE)[:;]/i.exec(text)?.[1]
  if (other) return notExpressible(other.toUpperCase())
  const parts = splitParts(text)
  if (isRefusal(parts)) return parts
  const until = parts.until === null ? null : untilDate(parts.until, start, timeZone)
  if (isRefusal(until)) return until
  const translated = translate(parts, startOf(start))
  if (isRefusal(translated)) return translated
  const rule = recurrenceRule.parse(translated.rule)
  const from = translated.anchor === 'start' ? start : monthText(translated.anchor, start)
  const first = from && occurrenceAt(recurrence(rule, from), 0)
  if (!first) return withoutOccurrence('The rule names no day.')
  const local = wallText(first)
  if (until !== null && until < local.slice(0, 10))
    return withoutOccurrence('The rule ends before its first day.')
  return { rule: { ...rule, until, count: parts.count }, start: local }
}

function startOf(local: string): Start {
  const { year, month, day, hour, minute } = Temporal.PlainDateTime.from(local)
  return { year, month, day, hour, minute, weekday: WEEKDAYS[weekdayOf(dayOf(wallOf(local)))]! }
}

/** The first of a month at the time of the start; undefined past the calendar. */
function monthText(
  { year, month }: Exclude<Translated['anchor'], 'start'>,
  start: string,
): string | undefined {
  return year > 2199 ? undefined : `${year}-${String(month).padStart(2, '0')}-01${start.slice(10)}`
}

function withoutOccurrence(detail: string): Refusal<'rule_without_occurrence'> {
  return refuse('rule_without_occurrence', {
    detail,
    next: 'Leave the series out, or correct its rule or start.',
  })
}
