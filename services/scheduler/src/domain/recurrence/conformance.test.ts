import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { instantsBetween } from './instants.ts'
import { recurrence } from './seek.ts'
import { readRule } from './text.ts'

/** Rules with the occurrences that the tests of other projects expect; they stay outside of the repository. */
const material = fileURLToPath(
  new URL('../../../../../../shared/material/open/recurrence/rrule-cases.json', import.meta.url),
)
const there = existsSync(material)
const ifThere = there ? test : test.skip
const note = there ? '' : ' (skipped: the outside material is not there)'

interface Case {
  readonly id: string
  readonly name: string
  readonly dtstart?: string
  readonly tzid?: string
  readonly rrule?: string
  /** Several properties, of which the rule is one. */
  readonly ical?: string
  readonly expected?: readonly string[]
  readonly prefix_only?: boolean
  /** As prefix_only. */
  readonly limit?: string
  readonly window_end?: string
  readonly dateutil_agrees?: boolean
}

/** Where we differ, and why that is right. */
const DIFFERS: Readonly<Record<string, string>> = {
  bf58da86b3: 'its source also has EXDATE, which the case leaves out',
  fb7b7d7771:
    'ical.js counts a start that is no day of the rule; RFC 5545 leaves it open, dateutil does as we do',
}

type Outcome = 'same' | { readonly outOfScope: string } | { readonly differs: string }

/** `19970902T090000`, with Z or not, or a date alone. */
const local = (text: string) =>
  `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(9, 11) || '00'}:${text.slice(11, 13) || '00'}`

function instant(text: string): string {
  const basic = /^\d{8}(T\d{6}Z?)?$/.test(text)
  const at = basic ? `${local(text)}:${text.slice(13, 15) || '00'}Z` : text
  return Temporal.Instant.from(at).toString()
}

function outcomeOf(one: Case): Outcome {
  if (!one.rrule || !one.dtstart) return { outOfScope: 'several properties' }
  const timeZone = one.tzid ?? 'UTC'
  // Floating times are read in a zone without clock changes.
  const read = readRule(one.rrule, { start: local(one.dtstart), timeZone })
  const expected = (one.expected ?? []).map(instant)
  if (isRefusal(read)) {
    if (read.refused === 'rule_without_occurrence' && expected.length === 0) return 'same'
    return { outOfScope: read.detail.replace(/^A series cannot repeat by /, '').replace(/\.$/, '') }
  }
  const to = one.window_end ? Temporal.Instant.from(instant(one.window_end)).epochMilliseconds + 1 : Infinity
  const limit = one.prefix_only || one.limit ? expected.length : expected.length + 1
  const session = { timeZone, wallMinutes: 60 }
  const found = instantsBetween(recurrence(read.rule, read.start), session, -Infinity, to, limit).map(
    ({ startMs }) => Temporal.Instant.fromEpochMilliseconds(startMs).toString(),
  )
  return JSON.stringify(found) === JSON.stringify(expected)
    ? 'same'
    : { differs: `${one.rrule} gave ${found}` }
}

ifThere(`S-13 what the rules of others expect and ours can say gives the same instants${note}`, () => {
  const { cases } = JSON.parse(readFileSync(material, 'utf8')) as { cases: Case[] }
  const outcomes = cases.map((one) => [one, outcomeOf(one)] as const)
  const kinds = new Map<string, number>()
  const differing: string[] = []
  let same = 0
  for (const [one, outcome] of outcomes) {
    if (outcome === 'same') same++
    else if ('differs' in outcome) differing.push(DIFFERS[one.id] ? one.id : `${one.id}: ${outcome.differs}`)
    else kinds.set(outcome.outOfScope, (kinds.get(outcome.outOfScope) ?? 0) + 1)
  }
  const outside = [...kinds].toSorted((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} (${count})`)
  const inScope = same + differing.length
  console.info(
    `${same} of ${inScope} rules of others that a series can express give the same instants. ` +
      `Out of scope are ${cases.length - inScope} of ${cases.length}:\n  ${outside.join('\n  ')}\n` +
      `Of those that differ: ${Object.values(DIFFERS).join('; ')}.`,
  )
  expect(differing.toSorted()).toEqual(Object.keys(DIFFERS))
  expect(inScope).toBeGreaterThan(100)
})
