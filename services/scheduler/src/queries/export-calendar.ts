import { BinaryAnswer, may, type QueryContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import { calendarText, type LiveRow, type SeriesOccurrence, type WholeSeries } from '../domain/ical/export.ts'
import { date, id } from '../domain/input.ts'
import { slotsBetween } from '../domain/series/slots.ts'

const MOST_DAYS = 3_660
const MOST_EVENTS = 20_000

export const exportInput = z.strictObject({
  from: date.describe('First day of the start, in the zone of the practice’s calendar'),
  to: date.describe(`Last day of the start, ${MOST_DAYS} days at most`),
  practitionerId: id.optional(),
  names: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: patients by name, which needs practice.manage; else "Appointment"'),
})

/**
 * S-13: the calendar as a file of iCalendar (RFC 5545): what takes place on these days. A series of which an occurrence does goes out
 * whole, as its rule with its exceptions. Patients are not named unless somebody who manages the practice asks for it.
 */
export async function exportCalendar(
  ctx: QueryContext,
  input: z.infer<typeof exportInput>,
  { timeZone }: PracticeAnswer,
) {
  const wrong = checkInput(ctx, input)
  if (wrong) return wrong
  const { practitionerId } = input
  const begin = Temporal.PlainDate.from(input.from).toZonedDateTime(timeZone).toInstant().toString()
  const end = Temporal.PlainDate.from(input.to)
    .add({ days: 1 })
    .toZonedDateTime(timeZone)
    .toInstant()
    .toString()
  const whose = practitionerId ? sql` and practitioner_id = ${practitionerId}` : sql``
  const rows = await ctx.tx.many<LiveRow>(sql`
    select ${COLUMNS} from appointment left join patient on patient.id = patient_id
     where status not in ('cancelled', 'declined', 'deleted') and starts_at >= ${begin} and starts_at < ${end}${whose}
     order by starts_at, appointment.id limit ${MOST_EVENTS + 1}`)
  if (rows.length > MOST_EVENTS) return tooManyEvents()
  const series = await seriesOf(ctx, rows, { begin, end, practitionerId })
  ctx.audit('calendar', `${input.from}/${input.to}${practitionerId ? `/${practitionerId}` : ''}`)
  const text = calendarText({
    rows,
    series,
    practitionerId,
    timeZone,
    names: input.names === 'true',
    stamp: ctx.now.toString(),
    lastYear: Number(input.to.slice(0, 4)),
  })
  return new BinaryAnswer(Buffer.from(text), 'text/calendar; charset=utf-8', 'calendar.ics')
}

const COLUMNS = sql`appointment.id as appointment_id, kind, status, patient.name as patient_name, practitioner_id,
  to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start_local, to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as end_local,
  time_zone, start_fold, end_fold, starts_at, ends_at, title, show_as,
  case when kind = 'other-event' then additional_instructions end as description, series_id,
  to_char(occurrence_local, 'YYYY-MM-DD"T"HH24:MI') as occurrence_local, appointment.version`

/** The series that these appointments belong to, and those that only reach the days by their rules. */
async function seriesOf(
  ctx: QueryContext,
  rows: readonly LiveRow[],
  { begin, end, practitionerId }: { begin: string; end: string; practitionerId: string | undefined },
): Promise<WholeSeries[]> {
  const ids = new Set(rows.flatMap(({ seriesId }) => seriesId ?? []))
  const found = await ctx.tx.many<Omit<WholeSeries, 'occurrences'> & { finished: boolean }>(sql`
    select series.id as series_id, rule, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start,
           to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end", time_zone, details, patient.name as patient_name,
           to_char(made_before, 'YYYY-MM-DD"T"HH24:MI') as made_before, finished, series.version
      from series left join patient on patient.id = (details ->> 'patientId')::uuid
     where series.id = any(${[...ids]}::uuid[])
        or not finished and made_before < ${end}::timestamptz at time zone 'utc' + interval '1 day'
     order by series.id`)
  const wanted = found.filter(
    (one) =>
      (practitionerId === undefined || one.details.practitionerId === practitionerId) &&
      (ids.has(one.seriesId) || reaches(one, begin, end)),
  )
  const occurrences = await ctx.tx.many<SeriesOccurrence>(sql`
    select ${COLUMNS} from appointment left join patient on patient.id = patient_id
     where series_id = any(${wanted.map(({ seriesId }) => seriesId)}::uuid[]) order by series_id, occurrence_local`)
  const bySeries = Map.groupBy(occurrences, ({ seriesId }) => seriesId!)
  return wanted.map((one) => ({ ...one, occurrences: bySeries.get(one.seriesId) ?? [] }))
}

/** Whether an occurrence that is not made yet lies in the time asked for. */
function reaches(series: Omit<WholeSeries, 'occurrences'>, begin: string, end: string): boolean {
  const local = Temporal.Instant.from(begin)
    .toZonedDateTimeISO(series.timeZone)
    .toPlainDateTime()
    .subtract({ days: 1 })
  const from = [local.toString({ smallestUnit: 'minute' }), series.madeBefore].toSorted()[1]!
  return slotsBetween(series, from, '2200-01-01T00:00', 4).some(
    ({ startsAt }) => startsAt >= begin && startsAt < end,
  )
}

function checkInput(ctx: QueryContext, { from, to, names }: z.infer<typeof exportInput>) {
  const days = Temporal.PlainDate.from(from).until(to).days + 1
  if (days < 1)
    return refuse('to_before_from', {
      field: 'to',
      detail: 'The last day is before the first.',
      next: 'Send a last day that is not before the first.',
    })
  if (days > MOST_DAYS)
    return refuse('too_many_days', {
      field: 'to',
      detail: `These are ${days} days; one file has ${MOST_DAYS} at most.`,
      next: 'Ask for fewer days, and for the rest in another file.',
    })
  if (names === 'true' && !may(ctx.principal, 'practice.manage'))
    return refuse('may_not_name', {
      field: 'names',
      detail: 'A calendar with the names of patients needs the permission practice.manage.',
      next: 'Leave names out, or ask who manages the practice for the file.',
    })
  return undefined
}

function tooManyEvents(): Refusal<'too_many_events'> {
  return refuse('too_many_events', {
    field: 'to',
    detail: `More than ${MOST_EVENTS} appointments take place on these days.`,
    next: 'Ask for fewer days, or for one practitioner.',
  })
}
