import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { wallOf } from '../recurrence/calendar.ts'
import { wallAt, type Zone, zoneOf } from '../recurrence/zone.ts'
import { knownTimeZone } from '../time-zone.ts'
import { type Component, first } from './components.ts'
import { readText } from './values.ts'
import { fixedOffset, readVtimezone, sameBetween } from './vtimezone.ts'

/** How a TZID was read, in the words of the answer. */
export type How = 'iana' | 'windows' | 'location' | 'cities' | 'offsets'

/** A zone of IANA; or where there is none, what the file itself says of it, which is enough for single instants. */
export type ZoneFound =
  | { readonly timeZone: string; readonly how: How }
  | { readonly described: Zone }
  | undefined

export interface ZoneSources {
  /** Names of Windows to names of IANA, by Unicode's CLDR. */
  readonly windows: ReadonlyMap<string, string>
  /** Where only the offsets of a zone are known, these are asked whether they have the same. */
  readonly candidates: readonly string[]
  readonly described: ReadonlyMap<string, Component>
}

/** Up to here a zone's description has to agree with what we know of it: farther ahead nobody knows the rules. */
const LAST_YEAR = 2037

/** Reads TZIDs of one file. Each is looked at once for a year from which it is used. */
export function openZones(sources: ZoneSources) {
  const found = new Map<string, ZoneFound>()
  return (tzid: string, year: number): ZoneFound => {
    const key = `${year} ${tzid}`
    if (!found.has(key)) found.set(key, findZone(tzid, year, sources))
    return found.get(key)
  }
}

function findZone(tzid: string, year: number, sources: ZoneSources): ZoneFound {
  const name = readText(tzid).trim()
  const described = sources.described.get(name)
  const iana = ianaName(name)
  if (iana) return { timeZone: iana, how: 'iana' }
  const windows = sources.windows.get(name)
  if (windows) return { timeZone: windows, how: 'windows' }
  const location = described && ianaName(readText(first(described, 'X-LIC-LOCATION')?.value ?? '').trim())
  if (location) return { timeZone: location, how: 'location' }
  const shown = byDisplayName(name, sources)
  if (shown) return shown
  const zone = described && readVtimezone(described)
  return zone && byOffsets(zone, year, sources)
}

/** A name of IANA, also behind a path: `/mozilla.org/20050126_1/Europe/Berlin`. */
export function ianaName(name: string): string | undefined {
  const parts = name.startsWith('/') ? name.split('/') : []
  for (const candidate of [name, parts.slice(-3).join('/'), parts.slice(-2).join('/')]) {
    if (candidate === '' || candidate.length > 64) continue
    const known = knownTimeZone(candidate)
    if (!isRefusal(known)) return known
  }
  return undefined
}

/** As Windows shows zones: `(UTC+10:00) Canberra, Melbourne, Sydney`. One of the cities has to have that offset as its standard. */
function byDisplayName(name: string, { windows }: ZoneSources): ZoneFound {
  const [, hours, minutes, places] = /^\((?:UTC|GMT)(?:([+-]\d\d):(\d\d))?\) *(.+)$/.exec(name) ?? []
  if (!places) return undefined
  const offset = Number(hours ?? 0) * 60 + Math.sign(Number(hours ?? 0) || 1) * Number(minutes ?? 0)
  const american = /^(Eastern|Central|Mountain|Pacific) Time \(US & Canada\)$/.exec(places)?.[1]
  const named = american
    ? [windows.get(`${american} Standard Time`) ?? '']
    : places.split(',').flatMap(zonesOfCity)
  const timeZone = named.find((candidate) => candidate !== '' && standardMinutes(candidate) === offset)
  return timeZone === undefined ? undefined : { timeZone, how: 'cities' }
}

let cities: ReadonlyMap<string, string[]> | undefined

function zonesOfCity(city: string): string[] {
  cities ??= new Map(
    Object.entries(Object.groupBy(Intl.supportedValuesOf('timeZone'), (zone) => zone.split('/').at(-1)!)) as [
      string,
      string[],
    ][],
  )
  return cities.get(city.trim().replaceAll(' ', '_')) ?? []
}

/** Of this century's twenties, by which Windows has its names. */
function standardMinutes(timeZone: string): number {
  const zone = zoneOf(timeZone)
  const offsets = ['2021-01-01T00:00', '2021-07-01T00:00'].map(
    (local) => wallAt(zone, wallOf(local)) - wallOf(local),
  )
  return Math.min(...offsets) / 60_000
}

function byOffsets(zone: Zone, year: number, { candidates }: ZoneSources): ZoneFound {
  const from = wallOf(`${year}-01-01T00:00`)
  const to = wallOf(`${Math.max(year, LAST_YEAR) + 1}-01-01T00:00`)
  const same = candidates.find((candidate) => sameBetween(zone, zoneOf(candidate), from, to))
  if (same !== undefined) return { timeZone: same, how: 'offsets' }
  const hours = (fixedOffset(zone) ?? 0.5) / 3_600_000
  if (!Number.isInteger(hours) || Math.abs(hours) > 12) return { described: zone }
  // By POSIX, hence by IANA, the sign is the other way round.
  return {
    timeZone: hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`,
    how: 'offsets',
  }
}
