import { type CommandContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { tellChanged } from '../appointment-facts.ts'
import { type AppointmentRecord, lockRecords, replaceAppointments } from '../appointment-rows.ts'
import { sessionTimes } from '../domain/local-time.ts'
import { planReminders } from '../messages/plan.ts'

export const recomputeAnswer = z.strictObject({
  looked: z.int().describe('Appointments that are to come'),
  moved: z.int().describe('Those whose instants have changed; each is told as rescheduled'),
  rules: z.string().describe('Version of the IANA rules that this service computes by'),
})

/**
 * S-08: after an update of the time-zone rules, computes the instants of all appointments that are to come anew from their
 * wall time and zone: what was agreed is what the clock on the wall shows. Past ones never change. The rules come with
 * Node.js; this is the command to send once a service runs on new ones.
 */
export async function recomputeTimeZones(ctx: CommandContext): Promise<z.infer<typeof recomputeAnswer>> {
  const ids = await ctx.tx.many<{ id: string }>(sql`
    select id from appointment
     where starts_at > ${ctx.now.toString()} and status in ('pending', 'scheduled', 'checked-in')`)
  const records = await lockRecords(
    ctx.tx,
    ids.map(({ id }) => id),
  )
  const moved = records.flatMap((before) => {
    const instants = instantsOf(before)
    const same = instants.startsAt === before.startsAt && instants.endsAt === before.endsAt
    return same ? [] : [{ before, after: { ...before, ...instants, version: before.version + 1 } }]
  })
  if (moved.length > 0) {
    await replaceAppointments(
      ctx.tx,
      moved.map(({ after }) => after),
    )
  }
  for (const { before, after } of moved) tellChanged(ctx, before, after)
  await planReminders(
    ctx,
    moved.map(({ after }) => after.appointmentId),
  )
  return { looked: records.length, moved: moved.length, rules: process.versions.tz ?? 'unknown' }
}

function instantsOf(record: AppointmentRecord) {
  const { startLocal: start, endLocal: end, timeZone, startFold, endFold } = record
  const times = sessionTimes({ start, end, timeZone, startFold, endFold })
  // A rule that skips the whole appointment moves its start past its end; the length that was agreed holds then.
  if ('refused' in times) {
    const length = Temporal.Instant.from(record.startsAt).until(record.endsAt)
    const startsAt = Temporal.PlainDateTime.from(start).toZonedDateTime(timeZone).toInstant()
    return { startsAt: startsAt.toString(), endsAt: startsAt.add(length).toString() }
  }
  return { startsAt: times.start.instant.toString(), endsAt: times.end.instant.toString() }
}
