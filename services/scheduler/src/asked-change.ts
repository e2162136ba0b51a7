import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '@praxisbus/runtime'
import { chooseServices } from './appointment-details.ts'
import type { AppointmentRecord } from './appointment-rows.ts'
import { type Change, staysInTime, TAKEN_OVER } from './domain/change.ts'
import { slotsBetween } from './domain/series/slots.ts'
import type { SeriesRecord } from './series/rows.ts'

/**
 * S-14: what a change says that is not so already. A form may send all its fields: its unchanged start is no move, and what it
 * repeats is not in the way of a bill. Of a series it counts what the chosen occurrence and the series itself have: the time or
 * the room of one that was changed alone is meant for the others when it is named for all future ones.
 */
export async function reallyAsked(
  tx: Tx,
  change: Change,
  before: AppointmentRecord,
  series?: SeriesRecord,
): Promise<Change> {
  const meant = series?.details ?? before
  const same = new Set<string>(
    DETAILS.filter(
      (name) => isDeepStrictEqual(change[name], before[name]) && isDeepStrictEqual(change[name], meant[name]),
    ),
  )
  if (change.services && (await sameServices(tx, change.services, before, meant))) same.add('services')
  // A location that stays is said of another room: it does not bring its own along.
  if (change.roomId && !same.has('roomId')) same.delete('locationId')
  if (staysInTime(before, change) && (!series || standsInPlace(before, series))) {
    for (const name of TIMES) same.add(name)
  }
  return Object.fromEntries(Object.entries(change).filter(([name]) => !same.has(name)))
}

const TIMES = ['start', 'end', 'timeZone', 'ambiguousTime', 'endAmbiguousTime'] as const
/** What a record has by the name that a change has for it. */
const DETAILS = ['practitionerId', 'locationId', 'roomId', 'modifiers', ...TAKEN_OVER] as const

/** One without an amount that has one in the catalogue by now is not the same (S-03). */
async function sameServices(
  tx: Tx,
  asked: NonNullable<Change['services']>,
  before: AppointmentRecord,
  meant: Pick<AppointmentRecord, 'services'>,
): Promise<boolean> {
  const same = [before, meant].every(({ services }) => isDeepStrictEqual(chosen(services), chosen(asked)))
  return same && isDeepStrictEqual(await chooseServices(tx, asked, before.services), before.services)
}

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
