import { isDeepStrictEqual } from 'node:util'
import type { AppointmentRecord } from './appointment-rows.ts'
import { type Change, staysInTime } from './domain/change.ts'
import { slotsBetween } from './domain/series/slots.ts'
import type { SeriesRecord } from './series/rows.ts'

/**
 * S-14: what a change says that is not so already. A form may send all its fields: its unchanged start is no move, and what it
 * repeats is not in the way of a bill. Of a series it counts what the chosen occurrence and the series itself have: the time or
 * the room of one that was changed alone is meant for the others when it is named for all future ones.
 */
export function reallyAsked(change: Change, before: AppointmentRecord, series?: SeriesRecord): Change {
  const meant = series?.details ?? before
  const same = new Set<string>(
    DETAILS.filter(
      (name) => isDeepStrictEqual(change[name], before[name]) && isDeepStrictEqual(change[name], meant[name]),
    ),
  )
  const services = change.services && chosen(change.services)
  if (
    isDeepStrictEqual(services, chosen(before.services)) &&
    isDeepStrictEqual(services, chosen(meant.services))
  ) {
    same.add('services')
  }
  // A location that stays is said of another room: it does not bring its own along.
  if (change.roomId && !same.has('roomId')) same.delete('locationId')
  if (staysInTime(before, change) && (!series || standsInPlace(before, series))) {
    for (const name of TIMES) same.add(name)
  }
  return Object.fromEntries(Object.entries(change).filter(([name]) => !same.has(name)))
}

const TIMES = ['start', 'end', 'timeZone', 'ambiguousTime', 'endAmbiguousTime'] as const
/** What a record has by the name that a change has for it. */
const DETAILS = [
  'practitionerId',
  'locationId',
  'roomId',
  'modifiers',
  'telehealthUrl',
  'additionalInstructions',
  'reminders',
  'sessionBridge',
  'medium',
  'contactWith',
  'title',
  'showAs',
] as const

const chosen = (services: readonly { readonly serviceId: string; readonly units: number }[]) =>
  services.map(({ serviceId, units }) => ({ serviceId, units }))

const THE_END = '2200-01-01T00:00'

/** Whether an occurrence is where the rule of its series puts it. */
function standsInPlace(
  { occurrenceLocal, startLocal, endLocal, timeZone }: AppointmentRecord,
  series: SeriesRecord,
): boolean {
  const [place] = slotsBetween(series, occurrenceLocal!, THE_END, 1)
  const ruled = place && [place.occurrenceLocal, place.startLocal, place.endLocal, series.timeZone]
  return isDeepStrictEqual(ruled, [occurrenceLocal, startLocal, endLocal, timeZone])
}
