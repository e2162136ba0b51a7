import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { DAY_MS, wallOf } from './calendar.ts'
import { instantsBetween } from './instants.ts'
import { recurrence } from './seek.ts'
import { readRule } from './text.ts'

/** Calendars from the tests of other projects, with the occurrences that recurring-ical-events finds in them. */
const folder = fileURLToPath(new URL('../../../../../../shared/material/open/ics', import.meta.url))
const there = existsSync(folder)
const ifThere = there ? test : test.skip
const note = there ? '' : ' (skipped: the outside material is not there)'

/** Where we differ, and why that is right. */
const LOCAL_UNTIL =
  'UNTIL without Z is read in the zone of DTSTART, as sabre/vobject does; there it is read as UTC'
const DIFFERS: Readonly<Record<string, string>> = {
  'jens-maus__non-utc-until-ny.ics': LOCAL_UNTIL,
  'sabre-io__UntilRespectsTimezoneTest.ics': LOCAL_UNTIL,
}

interface Calendar {
  /** Missing where there is no event, or where recurring-ical-events refuses the file. */
  readonly window?: readonly [string, string]
  readonly truncated?: boolean
  readonly occurrences?: readonly { readonly uid: string; readonly start: string }[]
}

/** A property's parameters and value; of one name there may be several. */
type Event = ReadonlyMap<string, readonly { readonly parameters: string; readonly value: string }[]>

function eventsOf(text: string): Event[] {
  const unfolded = text.replaceAll(/\r?\n[ \t]/g, '')
  return [...unfolded.matchAll(/^BEGIN:VEVENT\r?$(.*?)^END:VEVENT\r?$/gms)].map(([, body]) => {
    const properties = [...body!.matchAll(/^([A-Z-]+)((?:;[^:\r\n]*)?):(.*?)\r?$/gm)]
    return Map.groupBy(
      properties.map(([, name, parameters = '', value = '']) => ({ name: name!, parameters, value })),
      ({ name }) => name,
    )
  })
}

const OTHER_PARTS = ['EXDATE', 'RDATE', 'EXRULE', 'RECURRENCE-ID']

/** What else than its rule says when the event takes place; the import of calendars reads these (RFC 5545 3.8.5). */
function outOfScope(event: Event, events: readonly Event[]): string | undefined {
  const uid = event.get('UID')?.[0]?.value
  if (events.filter((other) => other.get('UID')?.[0]?.value === uid).length > 1)
    return 'several events with one UID'
  const other = OTHER_PARTS.find((name) => event.has(name))
  if (other) return `has ${other}`
  return event.get('RRULE')!.length > 1 ? 'several rules' : undefined
}

interface Dtstart {
  readonly start: string
  readonly timeZone: string
}

function startOf(event: Event): Dtstart | undefined {
  const { parameters, value } = event.get('DTSTART')![0]!
  const timeZone = /;TZID="?([^;"]*)/.exec(parameters)?.[1] ?? 'UTC'
  const [, year, month, day, hour = '00', minute = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)00Z?)?$/.exec(value) ?? []
  try {
    const start = Temporal.PlainDateTime.from(`${year}-${month}-${day}T${hour}:${minute}`)
    start.toZonedDateTime(timeZone)
    return { start: start.toString({ smallestUnit: 'minute' }), timeZone }
  } catch {
    return undefined
  }
}

const instant = (text: string) =>
  Temporal.Instant.from(
    /T.*([+-]\d\d:\d\d|Z)$/.test(text) ? text : `${text.slice(0, 10)}T${text.slice(11) || '00:00'}Z`,
  ).epochMilliseconds

type Outcome = { readonly same: number } | { readonly outOfScope: string } | { readonly differs: string }

function outcomeOf(event: Event, events: readonly Event[], calendar: Required<Calendar>): Outcome {
  const beyond = outOfScope(event, events)
  if (beyond) return { outOfScope: beyond }
  const dtstart = startOf(event)
  if (!dtstart) return { outOfScope: 'a zone that is none of IANA’s, or no DTSTART of whole minutes' }
  const text = event.get('RRULE')![0]!.value
  const read = readRule(text, dtstart)
  if (isRefusal(read) && read.refused !== 'rule_without_occurrence')
    return { outOfScope: read.detail.replace(/^A series cannot repeat by /, '').replace(/\.$/, '') }
  const uid = event.get('UID')?.[0]?.value ?? 'None'
  const expected = calendar.occurrences.filter((one) => one.uid === uid).map(({ start }) => instant(start))
  // Windows are days; what lies at their edges depends on whose. A list that was cut ends before its last.
  const from = wallOf(`${calendar.window[0]}T00:00`) + DAY_MS
  const to = calendar.truncated
    ? Math.max(...calendar.occurrences.map(({ start }) => instant(start)))
    : wallOf(`${calendar.window[1]}T00:00`) - DAY_MS
  const session = { timeZone: dtstart.timeZone, wallMinutes: 60 }
  const found = isRefusal(read)
    ? []
    : instantsBetween(recurrence(read.rule, read.start), session, from, to, 2_000).map(
        ({ startMs }) => startMs,
      )
  const within = expected.filter((startMs) => startMs >= from && startMs < to)
  if (JSON.stringify(found) === JSON.stringify(within)) return { same: found.length }
  return { differs: `${text} gave ${found.length} instead of ${within.length}` }
}

ifThere(`S-13 rules in the calendars of others give the same instants${note}`, () => {
  const { calendars } = JSON.parse(readFileSync(join(folder, 'occurrences.json'), 'utf8')) as {
    calendars: Readonly<Record<string, Calendar>>
  }
  const kinds = new Map<string, number>()
  const differing: string[] = []
  let same = 0
  let instants = 0
  for (const name of readdirSync(folder).filter((file) => calendars[file]?.window)) {
    const events = eventsOf(readFileSync(join(folder, name), 'utf8'))
    for (const event of events.filter((one) => one.has('RRULE'))) {
      const outcome = outcomeOf(event, events, calendars[name] as Required<Calendar>)
      if ('same' in outcome) {
        same++
        instants += outcome.same
      } else if ('differs' in outcome) differing.push(DIFFERS[name] ? name : `${name}: ${outcome.differs}`)
      else kinds.set(outcome.outOfScope, (kinds.get(outcome.outOfScope) ?? 0) + 1)
    }
  }
  const outside = [...kinds].toSorted((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} (${count})`)
  console.info(
    `${same} of ${same + differing.length} events of others that repeat by a rule alone, one that a series can express, give ` +
      `the same instants, ${instants} of them. Out of scope here:\n  ${outside.join('\n  ')}\nOf those that differ: ${LOCAL_UNTIL}.`,
  )
  expect(differing.toSorted()).toEqual(Object.keys(DIFFERS))
  expect(instants).toBeGreaterThan(1_000)
})
