import { type CommandContext, isRefusal, json, refuse, sql, staleWrite } from '@praxisbus/runtime'
import type { OpeningHours } from '../domain/booking/hours.ts'
import { lockPractitioner, notFound } from '../lookups.ts'

/**
 * S-18: says when a practitioner takes bookings, or replaces what was said: weekly hours, and the days that are otherwise. What
 * stands booked stays. Refuses `not_found`, `version_required`, `stale`.
 */
export async function setOpeningHours(
  ctx: CommandContext,
  { practitionerId, ...hours }: OpeningHours & { practitionerId: string },
) {
  // Whoever books with the practitioner at this moment has finished, or will see the new hours.
  const practitioner = await lockPractitioner(ctx.tx, practitionerId, { evenInactive: true })
  if (isRefusal(practitioner)) return notFound('practitioner', practitionerId)
  const current = await ctx.tx.maybe<{ version: number }>(
    sql`select version from opening_hours where practitioner_id = ${practitionerId}`,
  )
  if (current && ctx.ifMatch === undefined) {
    return refuse('version_required', {
      field: 'If-Match',
      detail: 'The practitioner has opening hours, and a change needs to know which version you edited.',
      next: 'Read them with GET /v1/practitioners/{id}/opening-hours and send their ETag in If-Match.',
    })
  }
  const stale = staleWrite(ctx, current?.version ?? 0)
  if (stale) return stale
  const version = (current?.version ?? 0) + 1
  await ctx.tx.run(sql`
    insert into opening_hours (practice_id, practitioner_id, weekly, version)
    values (current_practice(), ${practitionerId}, ${json(hours.weekly)}, ${version})
    on conflict (practice_id, practitioner_id) do update set weekly = excluded.weekly, version = excluded.version`)
  await ctx.tx.run(sql`delete from opening_exception where practitioner_id = ${practitionerId}`)
  await ctx.tx.run(sql`
    insert into opening_exception (practice_id, practitioner_id, day, closed, extra)
    select current_practice(), ${practitionerId}, exception.*
      from jsonb_to_recordset(${json(hours.exceptions.map(({ date, ...rest }) => ({ day: date, ...rest })))})
           as exception (day date, closed boolean, extra jsonb)`)
  ctx.audit('opening-hours', practitionerId, current ? 'change' : 'set')
  return { practitionerId, ...hours, exceptions: byDate(hours.exceptions), version }
}

function byDate<Day extends { readonly date: string }>(days: readonly Day[]): Day[] {
  return days.toSorted((a, b) => (a.date < b.date ? -1 : 1))
}
