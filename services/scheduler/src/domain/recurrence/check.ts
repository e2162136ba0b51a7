import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { dayOf, wallText, weekdayOf } from './calendar.ts'
import { type RecurrenceRule, WEEKDAYS } from './rule.ts'
import { occurrenceAt, recurrence } from './seek.ts'

/**
 * S-13: whether a rule and the start of its series go together. `until` is not before the start, and the start is itself a
 * day of the rule, as RFC 5545 (3.8.5.3) wants: of a Thursday with a rule for Mondays nobody knows whether the Thursday is
 * meant. `at` is where the rule stands in the request.
 */
export function checkStart(
  rule: RecurrenceRule,
  start: string,
  at = 'recurrence',
): Refusal<'until_before_start' | 'start_outside_rule'> | undefined {
  const startDate = start.slice(0, 10)
  if (rule.until !== null && rule.until < startDate) {
    return refuse('until_before_start', {
      field: `${at}.until`,
      detail: `The series would end on ${rule.until}, before its start on ${startDate}.`,
      next: `Send an until of ${startDate} or later, or null for no end.`,
    })
  }
  const endless = recurrence({ ...rule, until: null, count: null }, start)
  const first = occurrenceAt(endless, 0)
  if (first === endless.start) return undefined
  const weekday = WEEKDAYS[weekdayOf(dayOf(endless.start))]
  return refuse('start_outside_rule', {
    field: `${at}.${daysField(rule)}`,
    detail: `The start, ${startDate} (${weekday}), is not one of the days that the rule names.`,
    next:
      first === undefined
        ? 'Name the day of the start: with this interval the rule names no day at all.'
        : `Name the day of the start, or start on ${wallText(first).slice(0, 10)}, the first day that the rule names.`,
    extra: first === undefined ? {} : { firstStart: wallText(first) },
  })
}

/**
 * S-13: occurrences last from their local start to their local end. On a day whose clock is set back a single appointment may
 * end at a time that the clock showed before its start; on the other days of a series there is no such time.
 */
export function checkEnd(start: string, end: string): Refusal<'end_not_after_start'> | undefined {
  if (end > start) return undefined
  return refuse('end_not_after_start', {
    field: 'end',
    detail: `By the clock the end, ${end}, is not after the start, ${start}: it is on this one day alone, whose clock is set back.`,
    next: 'Send an end that is later by the clock; or leave out the recurrence, and schedule this day by itself.',
  })
}

function daysField(rule: RecurrenceRule): string {
  if (rule.frequency === 'weekly') return 'weekdays'
  return rule.frequency === 'monthly' && rule.monthDays === null ? 'weekdaysOfMonth' : 'monthDays'
}
