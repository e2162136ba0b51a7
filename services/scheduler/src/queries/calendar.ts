import { fields } from '@praxisbus/contracts'
import { type QueryContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import { appointmentAnswer } from '../appointment-answers.ts'
import { date, id } from '../domain/input.ts'
import { kind, showAs } from '../domain/kind.ts'
import { type Series, slotsBetween } from '../domain/series/slots.ts'
import type { Details } from '../series/rows.ts'

/** Six weeks, as a month on the wall shows them. */
const MOST_DAYS = 42
const MOST = 20_000

export const calendarInput = z.strictObject({
  from: date.describe('First day of the start, in the zone of the practice’s calendar'),
  to: date.describe(`Last day of the start, ${MOST_DAYS} days at most`),
  practitionerId: id.optional(),
})

export const calendarAnswer = z.strictObject({
  items: z.array(
    z.strictObject({
      appointmentId: fields.id.nullable().describe('null: an occurrence of a series that is not made yet'),
      seriesId: fields.id.nullable(),
      kind,
      status: appointmentAnswer.shape.status,
      patientId: fields.id.nullable(),
      patientName: z.string().nullable(),
      practitionerId: fields.id,
      locationId: fields.id.nullable(),
      roomId: fields.id.nullable(),
      start: z.string(),
      end: z.string(),
      timeZone: fields.timeZone,
      startsAt: fields.instant,
      endsAt: fields.instant,
      title: z.string().nullable(),
      showAs,
      version: z.int().nullable(),
    }),
  ),
})
type Item = z.infer<typeof calendarAnswer>['items'][number]

/**
 * The calendar of some days: everything that takes place, in the order of its start, without what only the details show. Of
 * series without end also what lies beyond the appointments made so far. It is one reading of one calendar, so the audit trail
 * says which days of whom were looked at.
 */
export async function getCalendar(
  ctx: QueryContext,
  { from, to, practitionerId }: z.infer<typeof calendarInput>,
  { timeZone }: PracticeAnswer,
) {
  const [first, last] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(to)]
  const days = first.until(last).days + 1
  if (days < 1 || days > MOST_DAYS) return wrongDays(days)
  const begin = first.toZonedDateTime(timeZone).toInstant().toString()
  const end = last.add({ days: 1 }).toZonedDateTime(timeZone).toInstant().toString()
  const whose = practitionerId ? sql` and practitioner_id = ${practitionerId}` : sql``
  const asked = ctx.tx.many<Item>(sql`
    select appointment.id as appointment_id, series_id, kind, status, patient_id, patient.name as patient_name,
           practitioner_id, location_id, room_id, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start,
           to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end", time_zone, starts_at, ends_at, title, show_as,
           appointment.version
      from appointment left join patient on patient.id = patient_id
     where status not in ('cancelled', 'declined', 'deleted') and starts_at >= ${begin} and starts_at < ${end}${whose}
     order by starts_at, appointment.id limit ${MOST + 1}`)
  const [made, toCome] = await Promise.all([asked, notMadeYet(ctx, begin, end, practitionerId)])
  if (made.length + toCome.length > MOST) return tooManyEvents()
  ctx.audit('calendar', `${from}/${to}${practitionerId ? `/${practitionerId}` : ''}`)
  if (toCome.length === 0) return { items: made }
  return { items: [...made, ...toCome].toSorted((a, b) => compare(a.startsAt, b.startsAt)) }
}

function tooManyEvents(): Refusal<'too_many_events'> {
  return refuse('too_many_events', {
    field: 'to',
    detail: `More than ${MOST} appointments lie on these days.`,
    next: 'Ask for fewer days, or for one practitioner.',
  })
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Beyond the appointments made so far, by the rules of series that go on. */
async function notMadeYet(ctx: QueryContext, begin: string, end: string, practitionerId: string | undefined) {
  const series = await ctx.tx.many<
    Series & { seriesId: string; details: Details; madeBefore: string; patientName: string | null }
  >(sql`
    select series.id as series_id, rule, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start,
           to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end", time_zone, details,
           to_char(made_before, 'YYYY-MM-DD"T"HH24:MI') as made_before, patient.name as patient_name
      from series left join patient on patient.id = (details ->> 'patientId')::uuid
     where not finished and made_before < ${end}::timestamptz at time zone 'utc' + interval '1 day'`)
  return series
    .filter(({ details }) => practitionerId === undefined || details.practitionerId === practitionerId)
    .flatMap((one) => slotsOf(one, begin, end).map((slot): Item => itemOf(one, slot)))
}

function slotsOf(series: Series & { readonly madeBefore: string }, begin: string, end: string) {
  const local = (instant: string) =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(series.timeZone).toPlainDateTime()
  // A day on either side: a skipped hour moves an occurrence, and the instants below decide.
  const from = local(begin).subtract({ days: 1 }).toString({ smallestUnit: 'minute' })
  const before = local(end).add({ days: 1 }).toString({ smallestUnit: 'minute' })
  const start = [from, series.madeBefore].toSorted()[1]!
  return slotsBetween(series, start, before, MOST_DAYS + 2).filter(
    ({ startsAt }) => startsAt >= begin && startsAt < end,
  )
}

function itemOf(
  {
    seriesId,
    details,
    timeZone,
    patientName,
  }: Series & { seriesId: string; details: Details; patientName: string | null },
  { startLocal, endLocal, startsAt, endsAt }: ReturnType<typeof slotsBetween>[number],
): Item {
  const { kind, patientId, practitionerId, locationId, roomId, title, showAs } = details
  const who = { kind, patientId, patientName, practitionerId, locationId, roomId, title }
  const when = { start: startLocal, end: endLocal, timeZone, startsAt, endsAt }
  const shown = showAs as Item['showAs']
  return { ...who, ...when, showAs: shown, appointmentId: null, seriesId, status: 'scheduled', version: null }
}

function wrongDays(days: number): Refusal<'to_before_from' | 'too_many_days'> {
  return days < 1
    ? refuse('to_before_from', {
        field: 'to',
        detail: 'The last day is before the first.',
        next: 'Send a last day that is not before the first.',
      })
    : refuse('too_many_days', {
        field: 'to',
        detail: `These are ${days} days; the calendar shows ${MOST_DAYS} at once.`,
        next: 'Ask for fewer days, or page through GET /v1/appointments.',
      })
}
