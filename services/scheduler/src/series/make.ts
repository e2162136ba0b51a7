import { type CommandContext, type Refusal, refuse } from '@praxisbus/runtime'
import type { Warning } from '../appointment-answers.ts'
import { tellScheduled } from '../appointment-facts.ts'
import { type AppointmentRecord, insertAppointments } from '../appointment-rows.ts'
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

/** The places of a series from a local time on, up to where its appointments are made by now. */
export function placesFrom(
  series: Series,
  from: string,
  madeBefore: string,
): Slot[] | Refusal<'series_too_long'> {
  const slots = slotsBetween(series, from, madeBefore, MOST_MADE + 1)
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
): Promise<AppointmentRecord[] | Refusal<'series_too_long'>> {
  const madeBefore = horizonOf(series.start, series.timeZone, ctx.now)
  const places = placesFrom(series, series.start, madeBefore)
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

/** S-08: what the clock did to occurrences of a series, as for a single appointment. */
export function skippedTimes(records: readonly AppointmentRecord[]): Warning[] {
  return records
    .filter(({ startLocal, occurrenceLocal }) => startLocal !== occurrenceLocal)
    .slice(0, MOST_TOLD)
    .map(({ appointmentId, startLocal, occurrenceLocal, timeZone }) => ({
      code: 'skipped_local_time',
      field: 'start',
      detail: `${occurrenceLocal} does not exist in ${timeZone}: the clock is set forward over it. It became ${startLocal}.`,
      appointmentId,
    }))
}
