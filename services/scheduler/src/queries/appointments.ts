import { isRefusal, type QueryContext, refuse, type Sql, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import type { AppointmentAnswer, AppointmentWithCheckout } from '../appointment-answers.ts'
import { APPOINTMENT_VIEW, appointmentById } from '../appointment-view.ts'
import { date } from '../domain/input.ts'
import { detailsOf } from '../feedback/details.ts'
import { notFound } from '../lookups.ts'
import { paged, timePage } from '../page.ts'

export const appointmentsInput = z.strictObject({
  list: z
    .enum(['open', 'completed', 'upcoming', 'pending', 'declined', 'cancelled'])
    .optional()
    .describe(
      'open: past, neither complete nor cancelled. pending: asked for online and not answered. declined: those that came to nothing, also by lapse. Without it: all that are neither declined nor deleted',
    ),
  from: date.optional().describe('First day of the start, in the zone of the practice’s calendar'),
  to: date.optional().describe('Last day of the start'),
  ...timePage,
})
type Input = z.infer<typeof appointmentsInput>

/**
 * S-21: the list is Open when the end has passed and the session is not complete. By start; what is over: latest first. Each is a range
 * of one index, however long the history: so bounds of the start are said where the end decides (nothing lasts longer than 26 hours).
 */
const LISTS: Readonly<Record<NonNullable<Input['list']>, (now: string) => Sql>> = {
  open: (now) =>
    sql` and status in ('scheduled', 'checked-in') and kind <> 'other-event' and ends_at <= ${now} and starts_at < ${now}`,
  upcoming: (now) =>
    sql` and status in ('scheduled', 'checked-in') and ends_at > ${now} and starts_at > ${now}::timestamptz - interval '26 hours'`,
  // What nobody answered by its start has lapsed, also before the worker writes it down.
  pending: (now) => sql` and status = 'pending' and starts_at > ${now}`,
  declined: () => sql` and status = 'declined'`,
  completed: () => sql` and status = 'completed'`,
  cancelled: () => sql` and status = 'cancelled'`,
}

const LATEST_FIRST: readonly string[] = ['completed', 'declined', 'cancelled']

export async function listAppointments(ctx: QueryContext, input: Input, { timeZone }: PracticeAnswer) {
  const days = daysAsked(input, timeZone)
  if (isRefusal(days)) return days
  const rows = await ctx.tx.many<AppointmentAnswer>(listRows(input, days, ctx.now))
  const page = paged(rows, input.limit, (row) => [row.startsAt, row.appointmentId])
  for (const { appointmentId } of page.items) ctx.audit('appointment', appointmentId)
  return page
}

export function listRows(
  { list, after, limit }: Pick<Input, 'list' | 'after' | 'limit'>,
  days: Sql,
  now: Temporal.Instant,
): Sql {
  const latestFirst = list !== undefined && LATEST_FIRST.includes(list)
  return sql`
    ${APPOINTMENT_VIEW}
     where status ${list === 'declined' ? sql`<> 'deleted'` : sql`not in ('declined', 'deleted')`}
       ${list ? LISTS[list](now.toString()) : sql``}${days}
       ${after ? afterPlace(after, latestFirst) : sql``}
     order by ${latestFirst ? sql`starts_at desc, appointment.id desc` : sql`starts_at, appointment.id`}
     limit ${limit + 1}`
}

function afterPlace([startsAt, id]: readonly [string, string], latestFirst: boolean): Sql {
  return latestFirst
    ? sql` and (starts_at, appointment.id) < (${startsAt}, ${id})`
    : sql` and (starts_at, appointment.id) > (${startsAt}, ${id})`
}

/** S-21: what the clinician wants to be said when the visit ends. */
const CHECKOUT = sql`
  select jsonb_build_object('patientInstructions', patient_instructions, 'frontDeskInstructions', front_desk_instructions)
    from checkout_instructions as told where num_nonnulls(patient_instructions, front_desk_instructions) > 0`

/** null: nothing is to be said. */
export async function checkoutOf(
  tx: Tx,
  appointmentId: string,
): Promise<AppointmentWithCheckout['checkout']> {
  const { checkout } = await tx.one<Pick<AppointmentWithCheckout, 'checkout'>>(
    sql`select (${CHECKOUT} and told.appointment_id = ${appointmentId}) as checkout`,
  )
  return checkout
}

/** One appointment by id, with its Checkout section (S-21); a deleted one says so. */
export async function getAppointment(ctx: QueryContext, { appointmentId }: { appointmentId: string }) {
  const query = sql`
    select found.*, (${CHECKOUT} and told.appointment_id = found.appointment_id) as checkout
      from (${appointmentById(appointmentId)}) as found`
  const [[found], details] = await Promise.all([
    ctx.shown<AppointmentWithCheckout>('appointment', sql`appointment_id`, query),
    detailsOf(ctx, appointmentId),
  ])
  return found ? { ...found, ...details } : notFound('appointment', appointmentId)
}

function daysAsked({ from, to }: Input, timeZone: string) {
  if (from && to && from > to) {
    return refuse('to_before_from', {
      field: 'to',
      detail: `The last day, ${to}, is before the first, ${from}.`,
      next: 'Send a last day that is not before the first.',
    })
  }
  const midnight = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).toInstant().toString()
  const begin = from && sql` and starts_at >= ${midnight(Temporal.PlainDate.from(from))}`
  const end = to && sql` and starts_at < ${midnight(Temporal.PlainDate.from(to).add({ days: 1 }))}`
  return sql`${begin ?? sql``}${end ?? sql``}`
}
