import { type Component, first } from './components.ts'
import { identityOf, isSkip, readEvent, readMoment, type Skip, sequenceOf, skip } from './event.ts'
import type { Single } from './pieces.ts'
import type { GiveWay, Moment, Note, ReadEvent, Reading } from './reading.ts'
import { type PlannedSeries, planEvent } from './recurring.ts'
import { singlesOf } from './singles.ts'
import { readText } from './values.ts'

/** What becomes of one event of a file. */
export interface Entry {
  readonly uid: string
  readonly recurrenceKey: string
  readonly sequence: number
  /** The same as long as the event says the same. */
  readonly fingerprint: string
  readonly line: number
  readonly component: string
  readonly summary: string | null
  readonly notes: Note[]
  outcome: Skip | Carried
}

export interface Carried {
  readonly singles: readonly Single[]
  readonly series?: PlannedSeries
  /** The entry that changes an occurrence, by occurrenceLocal. */
  readonly changedBy: ReadonlyMap<string, Entry>
}

/** An exception that goes with the series of another entry. */
export const IN_SERIES: Carried = { singles: [], changedBy: new Map() }

const THIS_AND_FUTURE = skip(
  'this_and_future',
  'A change of this and all future occurrences (RANGE=THISANDFUTURE) cannot be carried.',
)

/** The entries of a calendar's events and of all else that stands in it, in the order of the file. */
export async function planCalendars(
  calendars: readonly { readonly calendar: Component; readonly reading: Reading }[],
  { now, giveWay }: { readonly now: Temporal.Instant; readonly giveWay: GiveWay },
): Promise<Entry[]> {
  const all: Candidate[] = []
  for (const { calendar, reading } of calendars) {
    const cancelled = first(calendar, 'METHOD')?.value.trim().toUpperCase() === 'CANCEL'
    for (const component of calendar.children) {
      if (component.name === 'VTIMEZONE') continue
      all.push(candidate(component, reading, cancelled))
      await giveWay()
    }
  }
  const events = all.filter(({ entry }) => entry.component === 'VEVENT')
  for (const group of Map.groupBy(events, ({ entry }) => entry.uid).values()) {
    planGroup(group, now)
    await giveWay()
  }
  return all.map(({ entry }) => entry)
}

interface Candidate {
  readonly reading: Reading
  readonly entry: Entry
  readonly component: Component
  readonly event: ReadEvent | Skip
  readonly cancelled: boolean
}

function candidate(component: Component, reading: Reading, all: boolean): Candidate {
  const { uid, recurrenceKey } = identityOf(component, reading)
  const event =
    component.name === 'VEVENT'
      ? readEvent(component, reading)
      : skip('not_an_event', `${component.name.slice(0, 40)} is no event.`)
  const summary = readText(first(component, 'SUMMARY')?.value ?? '')
    .trim()
    .slice(0, 200)
    .toWellFormed()
  const said = component.properties.filter(({ name }) => name !== 'DTSTAMP')
  const fingerprint = reading.digest(
    said.map(({ name, params, value }) => JSON.stringify([name, [...params], value])).join('\n'),
  )
  const entry: Entry = {
    uid,
    recurrenceKey,
    sequence: sequenceOf(component),
    fingerprint,
    line: component.line,
    component: component.name.slice(0, 40),
    summary: summary || null,
    notes: isSkip(event) ? [] : event.notes,
    outcome: isSkip(event) ? event : IN_SERIES,
  }
  const cancelled = all || first(component, 'STATUS')?.value.trim().toUpperCase() === 'CANCELLED'
  return { reading, entry, component, event, cancelled }
}

/** An event with its exceptions: all that have one UID. */
function planGroup(group: readonly Candidate[], now: Temporal.Instant): void {
  const { reading } = group[0]!
  const kept = newest(group)
  const cancelledAt: Moment[] = []
  for (const { entry, cancelled, component } of kept) {
    if (!cancelled) continue
    entry.outcome = skip('cancelled', 'It is cancelled.')
    const named = first(component, 'RECURRENCE-ID')
    const at = named && readMoment(named, reading)
    if (at && !isSkip(at)) cancelledAt.push(at)
  }
  const alive = kept.flatMap(({ entry, event, cancelled }) =>
    cancelled || isSkip(event) ? [] : [{ entry, event }],
  )
  const master = alive.find(({ event }) => !event.recurrenceId)
  const changed = alive.filter(({ event }) => event.recurrenceId)
  if (
    changed.some(
      ({ event }) =>
        first(event.component, 'RECURRENCE-ID')!.params.get('RANGE')?.[0]?.toUpperCase() === 'THISANDFUTURE',
    )
  ) {
    for (const { entry } of alive) entry.outcome = THIS_AND_FUTURE
    return
  }
  const exceptions = { changed: changed.map(({ event }) => event), cancelled: cancelledAt }
  const planned = master && planEvent(master.event, exceptions, reading, now)
  const entryOf = new Map(alive.map(({ entry, event }) => [event, entry]))
  if (!master || !planned || isSkip(planned)) {
    if (master && planned) master.entry.outcome = planned as Skip
    for (const { entry, event } of changed) entry.outcome = alone(event, reading)
    return
  }
  master.entry.notes.push(...planned.notes)
  const moved = [...(planned.series?.moved ?? [])]
  const changedBy = new Map(moved.map(([occurrence, { by }]) => [occurrence, entryOf.get(by)!]))
  master.entry.outcome = {
    singles: planned.singles,
    changedBy,
    ...(planned.series ? { series: planned.series } : {}),
  }
  for (const [event, singles] of planned.apart)
    entryOf.get(event)!.outcome = isSkip(singles) ? singles : { ...IN_SERIES, singles }
}

function alone(event: ReadEvent, reading: Reading): Skip | Carried {
  const singles = singlesOf(event, reading)
  return isSkip(singles) ? singles : { ...IN_SERIES, singles }
}

/** Of several that have one UID and RECURRENCE-ID the newest holds (RFC 5546 2.1.5); the others are told. */
function newest(group: readonly Candidate[]): Candidate[] {
  const kept = new Map<string, Candidate>()
  for (const one of group) {
    const at = isSkip(one.event) ? one.entry.recurrenceKey : String(one.event.recurrenceId?.ms ?? '')
    const other = kept.get(at)
    if (!other || !isNewer(other, one)) kept.set(at, one)
  }
  const winners = new Set(kept.values())
  for (const one of group)
    if (!winners.has(one))
      one.entry.outcome = skip('superseded', 'Another version of it in this file is newer.')
  return [...winners]
}

function isNewer(a: Candidate, b: Candidate): boolean {
  if (isSkip(a.event) || isSkip(b.event)) return isSkip(b.event)
  if (a.event.sequence !== b.event.sequence) return a.event.sequence > b.event.sequence
  return a.event.stamp > b.event.stamp
}
