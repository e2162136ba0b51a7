import { type CommandContext, type Refusal, refuse } from '@praxisbus/runtime'
import type { Warning } from '../appointment-answers.ts'
import { tellScheduled } from '../appointment-facts.ts'
import { type AppointmentRecord, insertAppointments } from '../appointment-rows.ts'
import { keptTimes, type SessionTimes } from '../domain/local-time.ts'
import { wallOf } from '../domain/recurrence/calendar.ts'
import { clockAt, zoneOf } from '../domain/recurrence/zone.ts'
import {
  endsBefore,
  horizonOf,
  MOST_MADE,
  type Series,
  type Slot,
  slotsBetween,
} from '../domain/series/slots.ts'
import { planReminders } from '../messages/plan.ts'
import { type Details, insertSeries, type SeriesRecord } from './rows.ts'

type Making = Pick<CommandContext, 'tx' | 'record' | 'audit' | 'newId' | 'now'>

/**
 * The places of a series from a local time on, up to where its appointments are made by now. `first`: the times that were said
 * for the first of them, where the clock shows those of the rule twice and a person said which is meant (S-08).
 */
export function placesFrom(
  series: Series,
  from: string,
  madeBefore: string,
  first?: Pick<SessionTimes, 'start' | 'end'>,
): Slot[] | Refusal<'series_too_long'> {
  const slots = slotsBetween(series, from, madeBefore, MOST_MADE + 1)
  if (first && slots[0]) slots[0] = { ...slots[0], ...keptTimes(first) }
  if (slots.length <= MOST_MADE) return slots
  return refuse('series_too_long', {
    field: 'start',
    detail: `The series has more than ${MOST_MADE} occurrences up to two years from now.`,
    next: 'Send a later start, or a rule with fewer days.',
  })
}

/** S-13: begins a series and makes its appointments, two years ahead. Refuses `series_too_long`. */
export async function beginSeries(
  ctx: Making,
  series: Series,
  details: Details,
  first: Pick<SessionTimes, 'start' | 'end'>,
): Promise<AppointmentRecord[] | Refusal<'series_too_long'>> {
  const madeBefore = horizonOf(series.start, series.timeZone, ctx.now)
  const places = placesFrom(series, series.start, madeBefore, first)
  if (!Array.isArray(places)) return places
  const finished = endsBefore(series, madeBefore)
  const begun: SeriesRecord = {
    ...series,
    seriesId: ctx.newId(),
    splitFrom: null,
    details,
    madeBefore,
    finished,
    version: 1,
  }
  await insertSeries(ctx.tx, begun)
  return makeOccurrences(ctx, begun, details, places)
}

/** Makes the appointments of these places, and tells of each. */
export async function makeOccurrences(
  ctx: Making,
  { seriesId, timeZone }: Pick<SeriesRecord, 'seriesId' | 'timeZone'>,
  details: Details,
  places: readonly Slot[],
): Promise<AppointmentRecord[]> {
  if (places.length === 0) return []
  const records = places.map((place) => ({
    ...details,
    ...place,
    appointmentId: ctx.newId(),
    timeZone,
    seriesId,
    version: 1,
  }))
  await insertAppointments(ctx.tx, records)
  for (const record of records) tellScheduled(ctx, record)
  await planReminders(
    ctx,
    records.map(({ appointmentId }) => appointmentId),
  )
  return records
}

const MOST_TOLD = 20

/**
 * S-08: what the clock did to occurrences of a series for which nobody said anything, as for a single appointment. All but the
 * one for which the times were said: what was decided for that one its times tell.
 */
export function clockWarnings(records: readonly AppointmentRecord[]): Warning[] {
  const warnings: Warning[] = []
  for (const record of records) {
    if (warnings.length >= MOST_TOLD) break
    warnings.push(...toldOf(record))
  }
  return warnings.slice(0, MOST_TOLD)
}

function toldOf({
  appointmentId,
  startLocal,
  endLocal,
  occurrenceLocal,
  timeZone,
}: AppointmentRecord): Warning[] {
  const skipped = startLocal !== occurrenceLocal
  const zone = zoneOf(timeZone)
  const doubled = (
    [
      ['start', startLocal],
      ['end', endLocal],
    ] as const
  ).filter(([, local]) => clockAt(zone, wallOf(local)) === 'doubled')
  return [
    ...(skipped
      ? [
          {
            code: 'skipped_local_time' as const,
            field: 'start',
            detail: `${occurrenceLocal} does not exist in ${timeZone}: the clock is set forward over it. It became ${startLocal}.`,
            appointmentId,
          },
        ]
      : []),
    ...doubled.map(([field, local]) => ({
      code: 'doubled_local_time' as const,
      field,
      detail: `${local} happens twice in ${timeZone}, because the clock is set back. The first one was taken; change this occurrence alone, with ambiguousTime "later", for the second.`,
      appointmentId,
    })),
  ]
}
