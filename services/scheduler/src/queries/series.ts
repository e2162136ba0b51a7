import { fields } from '@praxisbus/contracts'
import { isRefusal, type QueryContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { appointmentAnswer } from '../appointment-answers.ts'
import { id } from '../domain/input.ts'
import { localMinute } from '../domain/local-time.ts'
import { recurrenceRule } from '../domain/recurrence/rule.ts'
import { ruleText } from '../domain/recurrence/text.ts'
import { type Series, slotsBetween } from '../domain/series/slots.ts'
import { notFound } from '../lookups.ts'

export const seriesAnswer = z.strictObject({
  seriesId: fields.id,
  splitFrom: fields.id.nullable().describe('The series that this one goes on from (S-14)'),
  rule: recurrenceRule,
  text: z.string().describe('The rule as RFC 5545 writes it'),
  start: z.string(),
  end: z.string(),
  timeZone: fields.timeZone,
  madeBefore: z.string().describe('Local time: occurrences before it have their appointments'),
  finished: z.boolean().describe('No occurrence is left to be made'),
  version: z.int(),
})
type SeriesAnswer = z.infer<typeof seriesAnswer>

/** S-13: a series: its rule, and how far its appointments are made. */
export async function getSeries(ctx: QueryContext, { seriesId }: { seriesId: string }) {
  const [found] = await ctx.shown<Omit<SeriesAnswer, 'text'>>(
    'series',
    sql`series_id`,
    sql`select id as series_id, split_from, rule, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start,
               to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end", time_zone,
               to_char(made_before, 'YYYY-MM-DD"T"HH24:MI') as made_before, finished, version
          from series where id = ${seriesId}`,
  )
  return found ? { ...found, text: ruleText(found.rule, found.timeZone) } : notFound('series', seriesId)
}

const MOST = 200
export const occurrencesInput = z.strictObject({
  from: localMinute.optional().describe('Local time; default: the first one'),
  limit: z.coerce.number().int().min(1).max(MOST).default(20),
})
export const occurrencesAnswer = z.strictObject({
  items: z.array(
    z.strictObject({
      occurrence: z.string().describe('Local time at which the rule puts it'),
      start: z.string(),
      end: z.string(),
      startsAt: fields.instant,
      endsAt: fields.instant,
      appointmentId: id.nullable().describe('null: its appointment is not made yet'),
      status: appointmentAnswer.shape.status.nullable(),
    }),
  ),
})

const THE_END = '2200-01-01T00:00'

interface Made {
  readonly occurrence: string
  readonly start: string
  readonly end: string
  readonly startsAt: string
  readonly endsAt: string
  readonly appointmentId: string
  readonly status: z.infer<typeof appointmentAnswer>['status']
}

/**
 * S-13: the occurrences of a series from a local time on, however far away: found by arithmetic, never by replaying. What is
 * made is told as its appointment is, also where that was moved or deleted.
 */
export async function listOccurrences(
  ctx: QueryContext,
  { seriesId, from, limit }: z.infer<typeof occurrencesInput> & { seriesId: string },
) {
  const series = await getSeries(ctx, { seriesId })
  if (isRefusal(series)) return series
  const slots = slotsBetween(series satisfies Series, from ?? series.start, THE_END, limit)
  const made = await ctx.tx.many<Made>(sql`
    select to_char(occurrence_local, 'YYYY-MM-DD"T"HH24:MI') as occurrence,
           to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start, to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end",
           starts_at, ends_at, id as appointment_id, status
      from appointment where series_id = ${seriesId}
       and occurrence_local = any(${slots.map((slot) => slot.occurrenceLocal)}::timestamp[])`)
  const known = new Map(made.map((one) => [one.occurrence, one]))
  const items = slots.map(
    ({ occurrenceLocal, startLocal, endLocal, startsAt, endsAt }) =>
      known.get(occurrenceLocal) ?? {
        occurrence: occurrenceLocal,
        start: startLocal,
        end: endLocal,
        startsAt,
        endsAt,
        appointmentId: null,
        status: null,
      },
  )
  return { items }
}
