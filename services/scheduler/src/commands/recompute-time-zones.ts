import { type CommandContext, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { tellChanged } from '../appointment-facts.ts'
import { type LockedRecord, lockRecords, replaceAppointments } from '../appointment-rows.ts'
import { heldBack, newInstants } from '../domain/new-instants.ts'
import { lockPractitioners } from '../lookups.ts'
import { planReminders } from '../messages/plan.ts'
import { paged, timePage } from '../page.ts'

/** In one transaction: 1,000 of which half move take 0.3 s; all of 150,000 took 12 s and 900 MB. */
const MOST = 2_000

export const recomputeInput = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MOST).default(1_000).describe('So many appointments at once'),
  after: timePage.after.describe('`next` of the answer before; none: from the beginning'),
})

export const recomputeAnswer = z.strictObject({
  looked: z.int().describe('Appointments to come that were looked at now'),
  moved: z
    .int()
    .describe('Those whose instants have changed; each is told as rescheduled, save requests that wait'),
  heldBack: z
    .array(z.string())
    .describe(
      'Requests that would come to lie over another one, by id: they stay where they are. Accept or decline one of the two, then send the command again',
    ),
  rules: z.string().describe('Version of the IANA rules that this service computes by'),
  next: z
    .string()
    .nullable()
    .describe('Not null: there are more. Send the command again with it as `after`, until it is null'),
})

interface Move<Record> {
  readonly before: Record
  readonly after: Record
}

/**
 * S-08: after an update of the time-zone rules, computes the instants of appointments that are to come anew from their wall time
 * and zone: what was agreed is what the clock on the wall shows. Past ones never change. The rules come with Node.js; this is
 * the command to send once a service runs on new ones, again and again until `next` is null. In the order of their start: one that
 * moves past where the last page ended is looked at twice, and none is left out.
 */
export async function recomputeTimeZones(
  ctx: CommandContext,
  { limit, after }: z.infer<typeof recomputeInput>,
): Promise<z.infer<typeof recomputeAnswer>> {
  const found = await ctx.tx.many<{ id: string; startsAt: string }>(sql`
    select id, starts_at from appointment
     where status in ('scheduled', 'checked-in') and starts_at > ${ctx.now.toString()}
       ${after ? sql`and (starts_at, id) > (${after[0]}, ${after[1]})` : sql``}
     order by starts_at, id limit ${limit + 1}`)
  const page = paged(found, limit, ({ startsAt, id }) => [startsAt, id])
  // All that wait for an answer with the first: two that stand back to back only move together. They are few.
  const waiting = after ? [] : await requestsToCome(ctx)
  const ids = [...waiting, ...page.items].map(({ id }) => id)
  // What was moved, ended or begun since is not what was found.
  const records = (await lockRecords(ctx.tx, ids)).filter((record) => isToCome(record, ctx.now))
  const moves = records.flatMap((before) => {
    const instants = newInstants(before)
    const same = instants.startsAt === before.startsAt && instants.endsAt === before.endsAt
    return same ? [] : [{ before, after: { ...before, ...instants, version: before.version + 1 } }]
  })
  // Whoever books on these calendars at this moment comes before, or sees where they are now.
  await lockPractitioners(
    ctx.tx,
    moves.map(({ before }) => before.practitionerId),
  )
  const held = await requestsInTheWay(ctx.tx, moves)
  const moved = moves.filter(({ before }) => !held.has(before.appointmentId))
  await moveAll(ctx, moved)
  return {
    looked: records.length,
    moved: moved.length,
    heldBack: [...held],
    rules: process.versions.tz ?? 'unknown',
    next: page.next,
  }
}

const isToCome = ({ status, startsAt }: LockedRecord, now: Temporal.Instant) =>
  ['pending', 'scheduled', 'checked-in'].includes(status) && Temporal.Instant.compare(startsAt, now) > 0

function requestsToCome({ tx, now }: CommandContext): Promise<{ id: string }[]> {
  return tx.many(sql`
    select id from appointment where status = 'pending' and starts_at > ${now.toString()}`)
}

/** Those requests that stay, because another one is where they would come to lie. The practitioners are locked. */
async function requestsInTheWay(tx: Tx, moves: readonly Move<LockedRecord>[]): Promise<ReadonlySet<string>> {
  const moving = moves.filter(({ before }) => before.status === 'pending')
  if (moving.length === 0) return new Set()
  const to = new Map(moving.map(({ after }) => [after.appointmentId, after]))
  const practitioners = [...new Set(moving.map(({ before }) => before.practitionerId))]
  const standing = await tx.many<{
    appointmentId: string
    practitionerId: string
    startsAt: string
    endsAt: string
  }>(sql`
    select id as appointment_id, practitioner_id, starts_at, ends_at from appointment
     where status = 'pending' and practitioner_id = any(${practitioners}::uuid[])`)
  return heldBack(standing.map((request) => ({ ...request, to: to.get(request.appointmentId) })))
}

async function moveAll(ctx: CommandContext, moves: readonly Move<LockedRecord>[]): Promise<void> {
  if (moves.length === 0) return
  const after = moves.map((move) => move.after)
  await replaceAppointments(ctx.tx, after)
  const ids = after.map(({ appointmentId }) => appointmentId)
  await ctx.tx.run(sql`
    update booking_request set lapses_at = starts_at
      from appointment
     where appointment.id = appointment_id and appointment_id = any(${ids}::uuid[]) and outcome is null`)
  for (const { before, after } of moves) {
    // A request that waits is nobody's visit yet: who accepts it tells where it is by then.
    if (before.status === 'pending') ctx.audit('appointment', before.appointmentId, 'reschedule')
    else tellChanged(ctx, before, after)
  }
  await planReminders(ctx, ids)
}
