import { type CommandContext, json, type Refusal, sql, staleWrite, type Tx } from '@praxisbus/runtime'
import { type AppointmentRecord, type LockedRecord, lockRecords } from '../appointment-rows.ts'
import type { RecurrenceRule } from '../domain/recurrence/rule.ts'
import type { Series } from '../domain/series/slots.ts'
import { notFound } from '../lookups.ts'

/** What an occurrence is made of, besides its place on the calendar. */
export type Details = Omit<
  AppointmentRecord,
  | 'appointmentId'
  | 'startLocal'
  | 'endLocal'
  | 'timeZone'
  | 'startFold'
  | 'endFold'
  | 'startsAt'
  | 'endsAt'
  | 'seriesId'
  | 'occurrenceLocal'
  | 'version'
>

/** A series as its row has it. Occurrences before `madeBefore` (local time) have their appointments. */
export interface SeriesRecord extends Series {
  readonly seriesId: string
  readonly splitFrom: string | null
  readonly details: Details
  readonly madeBefore: string
  /** No occurrence is left to be made. */
  readonly finished: boolean
  readonly version: number
}

const LOCAL = 'YYYY-MM-DD"T"HH24:MI'

/** The series, locked until the transaction ends: whoever changes or lengthens it comes one after the other. */
export function lockSeries(tx: Tx, seriesId: string): Promise<SeriesRecord | undefined> {
  return tx.maybe<SeriesRecord>(sql`
    select id as series_id, split_from, rule, to_char(start_local, ${LOCAL}) as start, to_char(end_local, ${LOCAL}) as "end",
           time_zone, details, to_char(made_before, ${LOCAL}) as made_before, finished, version
      from series where id = ${seriesId} for update`)
}

/** However many, in one statement: a calendar that is brought along may have thousands. */
export async function insertSeries(tx: Tx, ...series: readonly SeriesRecord[]): Promise<void> {
  if (series.length === 0) return
  const rows = series.map(
    ({ seriesId, splitFrom, rule, start, end, timeZone, details, madeBefore, ...rest }) => ({
      ...{
        id: seriesId,
        split_from: splitFrom,
        rule,
        start_local: start,
        end_local: end,
        time_zone: timeZone,
        details,
      },
      ...{ made_before: madeBefore, finished: rest.finished, version: rest.version },
    }),
  )
  await tx.run(sql`
    insert into series (practice_id, id, split_from, rule, start_local, end_local, time_zone, details, made_before, finished,
                        version)
    select current_practice(), series.*
      from jsonb_to_recordset(${json(rows)}) as series (id uuid, split_from uuid, rule jsonb, start_local timestamp,
                                                        end_local timestamp, time_zone text, details jsonb,
                                                        made_before timestamp, finished boolean, version bigint)`)
}

/**
 * Locks the series of an appointment, where it has one, before the appointment itself: whoever changes a series takes both in
 * this order.
 */
export async function lockSeriesOf(tx: Tx, appointmentId: string): Promise<void> {
  await tx.many(sql`
    select from series where id = (select series_id from appointment where id = ${appointmentId}) for update`)
}

/** Of a verb about this and all future ones: the series, then the occurrence it was asked of. Refuses `not_found` and `stale`. */
export async function lockAnchor(
  ctx: CommandContext,
  appointmentId: string,
): Promise<LockedRecord | Refusal<'not_found' | 'stale'>> {
  await lockSeriesOf(ctx.tx, appointmentId)
  const [anchor] = await lockRecords(ctx.tx, [appointmentId])
  if (!anchor) return notFound('appointment', appointmentId)
  return staleWrite(ctx, anchor.version) ?? anchor
}

/** What of a series can change while it stays the same one: its end, what it is made of, how far it is made. */
export async function updateSeries(
  tx: Tx,
  seriesId: string,
  to: { rule: RecurrenceRule; details: Details; madeBefore: string; finished: boolean },
): Promise<void> {
  await tx.run(sql`
    update series set rule = ${json(to.rule)}, details = ${json(to.details)}, made_before = ${to.madeBefore},
           finished = ${to.finished}, version = version + 1
     where id = ${seriesId}`)
}

/** The occurrences of a series from one on, as the rule has them, whatever became of them. */
export async function occurrenceIdsFrom(
  tx: Tx,
  seriesId: string,
  occurrenceLocal: string,
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from appointment where series_id = ${seriesId} and occurrence_local >= ${occurrenceLocal}`)
  return rows.map(({ id }) => id)
}

/** Says of appointments which occurrence of which series they are; they are the same otherwise. */
export async function assignOccurrences(
  tx: Tx,
  assigned: readonly { appointmentId: string; seriesId: string; occurrenceLocal: string }[],
): Promise<void> {
  if (assigned.length === 0) return
  await tx.run(sql`
    update appointment set series_id = assigned.series_id, occurrence_local = assigned.occurrence_local
      from unnest(${assigned.map((one) => one.appointmentId)}::uuid[], ${assigned.map((one) => one.seriesId)}::uuid[],
                  ${assigned.map((one) => one.occurrenceLocal)}::timestamp[]) as assigned (id, series_id, occurrence_local)
     where appointment.id = assigned.id`)
}
