import { isRefusal, type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { all, type Component, first, readComponents, type Unreadable } from './components.ts'
import type { BadLine } from './content.ts'
import { type Entry, planCalendars } from './plan.ts'
import type { GiveWay, Note, Reading } from './reading.ts'
import { readText } from './values.ts'
import { type How, ianaName, openZones, type ZoneFound } from './zones.ts'

export interface ReadSettings {
  /** For times without a zone; undefined: that of the file (X-WR-TIMEZONE), else the practice's. */
  readonly timeZone: string | undefined
  readonly practiceZone: string
  readonly windows: ReadonlyMap<string, string>
  readonly digest: (text: string) => string
  readonly now: Temporal.Instant
  readonly giveWay: GiveWay
}

export interface ReadZone {
  readonly tzid: string
  /** null: converted by what the file says of it, or not known at all. */
  readonly timeZone: string | null
  readonly how: How | 'described' | 'unknown'
}

export interface ReadFile {
  readonly entries: readonly Entry[]
  /** Of the first calendar in the file. */
  readonly timeZone: string
  readonly zones: readonly ReadZone[]
  /** About lines that belong to no event. */
  readonly notes: readonly Note[]
}

/** What a file of iCalendar (RFC 5545) would put on our calendar, and what of it cannot be carried. Nothing is left unsaid. */
export async function readCalendarFile(
  file: Uint8Array | undefined,
  settings: ReadSettings,
): Promise<ReadFile | Unreadable | Refusal<'too_many_appointments'>> {
  const root = readComponents(file)
  if (isRefusal(root)) return root
  const calendars = root.children.filter(({ name }) => name === 'VCALENDAR')
  const described = describedZones(calendars)
  const used = new Map<string, ReadZone>()
  const room = { appointments: MOST_APPOINTMENTS, dates: MOST_APPOINTMENTS }
  const read = calendars.map((calendar) => {
    const timeZone = settings.timeZone ?? ownZone(calendar) ?? settings.practiceZone
    const candidates = [...new Set([timeZone, settings.practiceZone])]
    const find = openZones({ windows: settings.windows, candidates, described })
    const zone = (tzid: string, year: number) => {
      const found = find(tzid, year)
      if (used.size < MOST_ZONES) used.set(tzid, toldOf(tzid, found))
      return found
    }
    return { calendar, reading: { timeZone, zone, digest: settings.digest, room } satisfies Reading }
  })
  const entries = await planCalendars(read, settings)
  if (room.appointments < 0) return tooMany()
  return {
    entries,
    timeZone: read[0]!.reading.timeZone,
    zones: [...used.values()],
    notes: [
      ...[root, ...calendars].flatMap(({ bad }) => bad.map(badLine)),
      ...root.children
        .filter(({ name }) => name !== 'VCALENDAR')
        .map(({ name, line }) => ({
          code: 'outside_calendar',
          detail: `${name.slice(0, 40)} of line ${line} stands in no calendar.`,
        })),
    ].slice(0, MOST_NOTES),
  }
}

/** Each has a fact of its own, and all of them come in one transaction. */
const MOST_APPOINTMENTS = 20_000

function tooMany(): Refusal<'too_many_appointments'> {
  return refuse('too_many_appointments', {
    field: 'file',
    detail: `The file has more than ${MOST_APPOINTMENTS} appointments in it, those of its series up to two years from now included.`,
    next: 'Export the calendar in parts, for instance without its first years, and send one after the other.',
  })
}

const MOST_ZONES = 200
const MOST_NOTES = 200

const badLine = ({ line, problem }: BadLine): Note => ({
  code: 'unreadable_line',
  detail: `Line ${line} ${problem}.`,
})

function describedZones(calendars: readonly Component[]): ReadonlyMap<string, Component> {
  const zones = calendars.flatMap(({ children }) => children.filter(({ name }) => name === 'VTIMEZONE'))
  return new Map(zones.toReversed().map((zone) => [readText(first(zone, 'TZID')?.value ?? '').trim(), zone]))
}

function ownZone(calendar: Component): string | undefined {
  const said = all(calendar, 'X-WR-TIMEZONE').map(({ value }) => ianaName(readText(value).trim()))
  return said.find((zone) => zone !== undefined)
}

function toldOf(tzid: string, found: ZoneFound): ReadZone {
  const name = tzid.slice(0, 200)
  if (!found) return { tzid: name, timeZone: null, how: 'unknown' }
  return 'timeZone' in found ? { tzid: name, ...found } : { tzid: name, timeZone: null, how: 'described' }
}
