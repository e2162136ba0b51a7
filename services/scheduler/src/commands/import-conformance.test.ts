import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { givingWay, isRefusal } from '@praxisbus/runtime'
import { isSkip } from '../domain/ical/event.ts'
import type { Entry } from '../domain/ical/plan.ts'
import { readCalendarFile } from '../domain/ical/read.ts'
import { sendCalendar } from '../testing/ical.ts'
import { type Office, openOffice } from '../testing/office.ts'
import { windowsZones } from '../windows-zones.ts'

/** Calendars of others with their occurrences as another program has them; they stay outside of the repository. */
const folder = fileURLToPath(new URL('../../../../../shared/material/open/ics/', import.meta.url))
const there = existsSync(folder)
const ifThere = there ? test : test.skip
const note = there ? '' : ' (skipped: the outside material is not there)'

let office: Office
beforeAll(async () => {
  if (there) office = await openOffice()
})
afterAll(() => office?.close())

interface Expected {
  readonly window?: readonly [string, string]
  readonly truncated?: boolean
  readonly occurrences?: readonly { readonly uid: string; readonly start: string; readonly status: string }[]
}

/** Where we differ on purpose, by what the event has in it. */
const DIFFERS: readonly (readonly [RegExp, string])[] = [
  [
    /^RRULE:.*UNTIL=\d{8}T\d{6}(;|\r?$)/m,
    'an UNTIL without Z is local time, where the other program takes it for UTC',
  ],
  [
    /^X-WR-TIMEZONE:[\s\S]*^DTSTART:\d{8}T\d{6}Z\r?\n[\s\S]*^RRULE:/m,
    'what repeats at a time of UTC stays there, where the other program moves it to X-WR-TIMEZONE',
  ],
  [
    /TZID="?\((GMT|UTC)/,
    'names of zones as Windows shows them are read, where the other program lets these times float',
  ],
  [
    /TZID= ?\d/,
    'a zone with a number for a name is read by its description, where the other program lets these times float',
  ],
]

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
const settings = {
  timeZone: undefined,
  practiceZone: 'America/Chicago',
  windows: windowsZones,
  digest,
  giveWay: givingWay(),
}

/** Starts to the minute, by UID; what has none goes together. */
function startsOf(entries: readonly Entry[]): ReadonlyMap<string, Set<number>> {
  const found = new Map<string, Set<number>>()
  for (const { uid, outcome } of entries) {
    if (isSkip(outcome)) continue
    const key = uid.startsWith('no-uid:') ? 'None' : uid
    const starts = found.get(key) ?? new Set()
    found.set(key, starts)
    for (const { startsAt } of outcome.singles) starts.add(Temporal.Instant.from(startsAt).epochMilliseconds)
    const { slots, gone, moved } = outcome.series ?? { slots: [], gone: new Set(), moved: new Map() }
    for (const { occurrenceLocal, startsAt } of slots)
      if (!gone.has(occurrenceLocal))
        starts.add(
          Temporal.Instant.from(moved.get(occurrenceLocal)?.single.startsAt ?? startsAt).epochMilliseconds,
        )
  }
  return found
}

function expectedStarts({ occurrences }: Expected, timeZone: string): Map<string, Set<number>> {
  const minute = (ms: number) => Math.floor(ms / 60_000) * 60_000
  const at = (text: string) =>
    /[+-]\d\d:\d\d$/.test(text)
      ? Temporal.Instant.from(text).epochMilliseconds
      : Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds
  const byUid = Map.groupBy(occurrences!, ({ uid }) => uid)
  return new Map([...byUid].map(([uid, list]) => [uid, new Set(list.map(({ start }) => minute(at(start))))]))
}

interface Tally {
  same: number
  readonly outside: Map<string, number>
  readonly onPurpose: Set<string>
  readonly differing: string[]
}

async function compare(name: string, expected: Expected, tally: Tally): Promise<void> {
  const file = readFileSync(join(folder, name))
  const read = await readCalendarFile(file, {
    ...settings,
    now: Temporal.Instant.from('2026-11-22T12:00:00Z'),
  })
  if (isRefusal(read)) throw new Error(`${name} is refused: ${read.detail}`)
  const found = startsOf(read.entries)
  for (const [uid, starts] of expectedStarts(expected, read.timeZone)) {
    const skipped = read.entries.find(
      ({ uid: own, outcome }) =>
        isSkip(outcome) &&
        outcome.skip !== 'superseded' &&
        (own === uid || (uid === 'None' && own.startsWith('no-uid:'))),
    )
    const ours = found.get(uid) ?? new Set()
    // What is one event there is several here where it lasts longer than a day: its first start has to be among ours.
    const missing = [...starts].filter((start) => !ours.has(start))
    const end = Temporal.PlainDate.from(expected.window![1])
      .subtract({ days: 1 })
      .toZonedDateTime('UTC').epochMilliseconds
    const last = expected.truncated ? Math.max(...starts) : end
    const tooMany = [...ours].filter(
      (start) => start > Math.min(...starts) && start < last && !starts.has(start),
    )
    const split = read.entries.some(
      ({ uid: own, notes }) =>
        own === uid && notes.some(({ code }) => code === 'split_by_day' || code === 'longer_than_a_day'),
    )
    if (missing.length === 0 && (tooMany.length === 0 || split || uid === 'None')) tally.same++
    else if (skipped && isSkip(skipped.outcome))
      tally.outside.set(skipped.outcome.skip, (tally.outside.get(skipped.outcome.skip) ?? 0) + 1)
    else {
      const why = DIFFERS.find(([pattern]) => pattern.test(file.toString()))?.[1]
      if (why) tally.onPurpose.add(why)
      else tally.differing.push(`${name} ${uid}: ${missing.length} missing, ${tooMany.length} too many`)
    }
  }
}

ifThere(`S-13 S-08 iCalendar: calendars of others give the same instants${note}`, async () => {
  const { calendars } = JSON.parse(readFileSync(join(folder, 'occurrences.json'), 'utf8')) as {
    calendars: Record<string, Expected>
  }
  const tally: Tally = { same: 0, outside: new Map(), onPurpose: new Set(), differing: [] }
  for (const [name, expected] of Object.entries(calendars))
    if (expected.occurrences) await compare(name, expected, tally)
  const outside = [...tally.outside].map(([kind, count]) => `${kind} (${count})`)
  console.info(
    `${tally.same} events of calendars of others that can be carried have the same occurrences. Not carried: ${outside.join(', ')}.\n` +
      `Those that differ on purpose: ${[...tally.onPurpose].join('; ')}.`,
  )
  expect(tally.differing).toEqual([])
  expect(tally.same).toBeGreaterThan(200)
})

ifThere(
  `P-07 iCalendar: whatever is in a file, the answer is a list or a problem that says what is wrong${note}`,
  async () => {
    const { practitionerId } = office.practitioner
    const files = [folder, join(folder, 'parser-robustness')].flatMap((at) =>
      readdirSync(at, { withFileTypes: true }).flatMap((entry) =>
        entry.isFile() && !entry.name.endsWith('.json') ? [join(at, entry.name)] : [],
      ),
    )
    const wrong: string[] = []
    for (const file of files) {
      const answer = await sendCalendar(office.owner, practitionerId, readFileSync(file), '&dryRun=true')
      const told =
        answer.status === 200
          ? Array.isArray(answer.body.events)
          : answer.status < 500 && !!answer.body.errors?.[0]?.field
      if (!told) wrong.push(`${file}: ${answer.status}`)
    }
    expect(wrong).toEqual([])
    expect(files.length).toBeGreaterThan(100)
  },
  120_000,
)
