import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import fc from 'fast-check'
import { rules, starts } from '../../testing/recurrence.ts'
import { wallText } from './calendar.ts'
import { recurrenceRule } from './rule.ts'
import { occurrenceAt, recurrence } from './seek.ts'
import { readRule, ruleText } from './text.ts'

const rule = (input: object) => recurrenceRule.parse(input)
/** A Thursday, the first of its month. */
const START = { start: '2026-03-05T09:00', timeZone: 'America/Chicago' }

/** The rule as ours writes it, or what was refused and for which part. */
function reads(text: string, start = START): string {
  const read = readRule(text, start)
  return isRefusal(read)
    ? `${read.refused} ${read.extra?.part ?? ''}`.trim()
    : ruleText(read.rule, start.timeZone)
}

describe('RRULE out', () => {
  test.each([
    [{ frequency: 'daily', interval: 2 }, 'FREQ=DAILY;INTERVAL=2'],
    [{ frequency: 'weekly', weekdays: ['TH', 'MO'], count: 10 }, 'FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10'],
    [
      { frequency: 'weekly', interval: 2, weekdays: ['TU'], weekStart: 'SU' },
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU',
    ],
    [{ frequency: 'monthly', monthDays: [15, -1] }, 'FREQ=MONTHLY;BYMONTHDAY=15,-1'],
    [
      { frequency: 'monthly', weekdaysOfMonth: [{ weekday: 'FR', nth: -1 }], until: '2026-12-31' },
      'FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270101T055959Z',
    ],
  ])('S-13 %j', (input, text) => {
    expect(ruleText(rule(input), 'America/Chicago')).toBe(text)
  })

  test('S-13 UNTIL is local where the start has no zone', () => {
    const until = rule({ frequency: 'daily', until: '2026-12-31' })
    expect(ruleText(until, null)).toBe('FREQ=DAILY;UNTIL=20261231T235959')
  })
})

describe('RRULE in', () => {
  test.each([
    // the same in other words
    ['rrule:freq=weekly;byday=mo;', 'FREQ=WEEKLY;BYDAY=MO'],
    ['FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=TH'],
    ['FREQ=WEEKLY;BYDAY=TH,MO,TH', 'FREQ=WEEKLY;BYDAY=MO,TH'],
    ['FREQ=DAILY;BYDAY=SU,MO,TU,WE,TH,FR,SA', 'FREQ=DAILY'],
    ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
    ['FREQ=DAILY;BYMONTHDAY=5,-1', 'FREQ=MONTHLY;BYMONTHDAY=5,-1'],
    [
      'FREQ=DAILY;BYMONTH=3',
      `FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=${[...Array(31).keys()].map((day) => day + 1)}`,
    ],
    ['FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0', 'FREQ=DAILY'],
    ['FREQ=MONTHLY', 'FREQ=MONTHLY;BYMONTHDAY=5'],
    ['FREQ=MONTHLY;BYDAY=TH', 'FREQ=WEEKLY;BYDAY=TH'],
    ['FREQ=MONTHLY;INTERVAL=2;BYDAY=TH', 'FREQ=MONTHLY;INTERVAL=2;BYDAY=1TH,2TH,3TH,4TH,5TH'],
    ['FREQ=MONTHLY;BYDAY=TH,1TH,2FR', 'FREQ=MONTHLY;BYDAY=1TH,2TH,2FR,3TH,4TH,5TH'],
    ['FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1,-1', 'FREQ=MONTHLY;BYDAY=1TH,-1TH'],
    ['FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    ['FREQ=MONTHLY;BYMONTH=3,6,9,12', 'FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5'],
    ['FREQ=YEARLY', 'FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=5'],
    ['FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=1SU', 'FREQ=MONTHLY;INTERVAL=24;BYDAY=1SU'],
    ['FREQ=YEARLY;BYDAY=TH,FR', 'FREQ=WEEKLY;BYDAY=TH,FR'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=TH;BYSETPOS=1', 'FREQ=MONTHLY;INTERVAL=12;BYDAY=1TH'],
    ['FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=1TH', 'FREQ=MONTHLY;BYDAY=1TH'],
    // the last day, by date, by local time, by instant
    ['FREQ=DAILY;UNTIL=20261231', 'FREQ=DAILY;UNTIL=20270101T055959Z'],
    ['FREQ=DAILY;UNTIL=20261231T090000', 'FREQ=DAILY;UNTIL=20270101T055959Z'],
    ['FREQ=DAILY;UNTIL=20261231T085959', 'FREQ=DAILY;UNTIL=20261231T055959Z'],
    ['FREQ=DAILY;UNTIL=20261231T150000Z', 'FREQ=DAILY;UNTIL=20270101T055959Z'],
    ['FREQ=DAILY;UNTIL=20261231T145959Z', 'FREQ=DAILY;UNTIL=20261231T055959Z'],
    ['FREQ=DAILY;UNTIL=99991231T235959Z', 'FREQ=DAILY;UNTIL=22000101T055959Z'],
    // what a series cannot say
    ['FREQ=HOURLY', 'rule_not_expressible HOURLY'],
    ['FREQ=MINUTELY;INTERVAL=1440', 'rule_not_expressible MINUTELY'],
    ['FREQ=SECONDLY', 'rule_not_expressible SECONDLY'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', 'rule_not_expressible BYWEEKNO'],
    ['FREQ=YEARLY;BYYEARDAY=100', 'rule_not_expressible BYYEARDAY'],
    ['FREQ=YEARLY;BYDAY=20MO', 'rule_not_expressible BYDAY'],
    ['FREQ=YEARLY;INTERVAL=2;BYDAY=TH', 'rule_not_expressible BYDAY'],
    ['FREQ=YEARLY;BYMONTH=3,4', 'rule_not_expressible BYMONTH'],
    ['FREQ=YEARLY;BYMONTHDAY=5', 'rule_not_expressible BYMONTHDAY'],
    ['FREQ=YEARLY;INTERVAL=9', 'rule_not_expressible INTERVAL'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', 'rule_not_expressible BYDAY'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'rule_not_expressible BYSETPOS'],
    ['FREQ=MONTHLY;BYDAY=1TH;BYSETPOS=2', 'rule_not_expressible BYSETPOS'],
    ['FREQ=MONTHLY;INTERVAL=2;BYMONTH=3', 'rule_not_expressible BYMONTH'],
    ['FREQ=MONTHLY;BYDAY=6TH', 'rule_not_expressible BYDAY'],
    ['FREQ=WEEKLY;INTERVAL=2;BYMONTH=3', 'rule_not_expressible BYMONTH'],
    ['FREQ=DAILY;INTERVAL=2;BYDAY=MO', 'rule_not_expressible BYDAY'],
    ['FREQ=DAILY;BYHOUR=9,14', 'rule_not_expressible BYHOUR'],
    ['FREQ=DAILY;BYMINUTE=30', 'rule_not_expressible BYMINUTE'],
    ['FREQ=DAILY;COUNT=1000000', 'rule_not_expressible COUNT'],
    ['FREQ=DAILY;INTERVAL=100', 'rule_not_expressible INTERVAL'],
    ['FREQ=MONTHLY;RSCALE=HEBREW', 'rule_not_expressible RSCALE'],
    ['RDATE:20260401T090000', 'rule_not_expressible RDATE'],
    ['EXRULE:FREQ=DAILY', 'rule_not_expressible EXRULE'],
    // what is no rule
    ['', 'rule_malformed FREQ'],
    ['FREQ=FORTNIGHTLY', 'rule_malformed FREQ'],
    ['FREQ=WEEKLY;UNTL=20191023', 'rule_malformed UNTL'],
    ['FREQ=WEEKLY;FREQ=DAILY', 'rule_malformed FREQ'],
    ['FREQ=WEEKLY;BYDAY', 'rule_malformed BYDAY'],
    ['FREQ=WEEKLY=DAILY', 'rule_malformed FREQ'],
    ['FREQ=WEEKLY;BYDAY=XX', 'rule_malformed BYDAY'],
    ['FREQ=WEEKLY;BYDAY=2TU', 'rule_malformed BYDAY'],
    ['FREQ=MONTHLY;BYDAY=0TU', 'rule_malformed BYDAY'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'rule_malformed BYMONTHDAY'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'rule_malformed BYMONTHDAY'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'rule_malformed BYMONTHDAY'],
    ['FREQ=WEEKLY;COUNT=0', 'rule_malformed COUNT'],
    ['FREQ=WEEKLY;COUNT=-1', 'rule_malformed COUNT'],
    ['FREQ=WEEKLY;INTERVAL=0', 'rule_malformed INTERVAL'],
    ['FREQ=WEEKLY;UNTIL=20260801;COUNT=3', 'rule_malformed COUNT'],
    ['FREQ=WEEKLY;UNTIL=tomorrow', 'rule_malformed UNTIL'],
    ['FREQ=WEEKLY;UNTIL=20260230T100000Z', 'rule_malformed UNTIL'],
    ['FREQ=WEEKLY;UNTIL=20260801T250000Z', 'rule_malformed UNTIL'],
    ['FREQ=WEEKLY;WKST=2', 'rule_malformed WKST'],
    [`FREQ=MONTHLY;BYMONTHDAY=${'1,'.repeat(2_000)}1`, 'rule_malformed RRULE'],
    ['FREQ=DAILY;UNTIL=20260304T235959Z', 'rule_without_occurrence'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'rule_without_occurrence'],
  ])('S-13 %.60s', (text, outcome) => {
    expect(reads(text)).toBe(outcome)
  })

  test.each([
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH', '2026-03-05T09:00'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '2026-03-16T09:00'],
    ['FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1', '2026-05-01T09:00'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2028-02-29T09:00'],
    ['FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYDAY=1SU', '2029-02-04T09:00'],
    ['FREQ=YEARLY;INTERVAL=3;BYMONTH=4;BYDAY=1SU', '2026-04-05T09:00'],
  ])('S-13 %s starts at the first time that it names, %s', (text, start) => {
    expect(readRule(text, START)).toMatchObject({ start })
  })

  test('S-13 an instant bounds the local days of the zone', () => {
    // Nine in the evening in Los Angeles is the next day in UTC.
    const start = { start: '2026-03-05T21:00', timeZone: 'America/Los_Angeles' }
    const until = (text: string) => readRule(`FREQ=DAILY;UNTIL=${text}`, start)
    expect(until('20260401T040000Z')).toMatchObject({ rule: { until: '2026-03-31' } })
    expect(until('20260401T035959Z')).toMatchObject({ rule: { until: '2026-03-30' } })
  })

  test('S-13 also where the clock is set back into the day before', () => {
    // In St. John's 00:01 on 29 October 2006 was followed by 23:01 on the 28th: midnight came twice.
    const start = { start: '2006-10-20T00:00', timeZone: 'America/St_Johns' }
    const read = readRule('FREQ=DAILY;UNTIL=20061029T024500Z', start)
    expect(read).toMatchObject({ rule: { until: '2006-10-29' } })
  })
})

describe('RRULE out and in', () => {
  /** Its zone left out a whole day, so that two days there share their instants. */
  const twoDaysAtOnce = [
    'Pacific/Apia',
    'Pacific/Fakaofo',
    'Pacific/Kiritimati',
    'Pacific/Enderbury',
    'Pacific/Kanton',
    'Pacific/Kwajalein',
  ]
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => !twoDaysAtOnce.includes(zone))

  test('S-13 gives the same rule and start again, in every zone and in none', () => {
    const timeZones = fc.option(fc.constantFrom(...zones))
    fc.assert(
      fc.property(rules, starts, timeZones, (rule, anywhere, timeZone) => {
        const first = occurrenceAt(recurrence(rule, anywhere), 0)
        fc.pre(first !== undefined)
        const start = wallText(first!)
        expect(readRule(ruleText(rule, timeZone), { start, timeZone })).toEqual({ rule, start })
      }),
      { numRuns: 3_000 },
    )
  })

  test('S-13 any text is taken or refused, never a fault', () => {
    const words = fc.constantFrom(
      ...'FREQ= WEEKLY DAILY MONTHLY YEARLY INTERVAL= COUNT= UNTIL= BYDAY= BYMONTH= BYMONTHDAY= BYSETPOS= MO -1FR 1 12 99 -1 0 20260305 T250000Z , ; = RDATE: SKIP=OMIT'.split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(words, fc.constant(';'), fc.string({ maxLength: 3 })), { maxLength: 14 }),
        (list) => {
          const read = readRule(`FREQ=${list.join('')}`, START)
          expect(isRefusal(read) || recurrenceRule.parse(read.rule)).toBeTruthy()
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
