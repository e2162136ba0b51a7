import { type ActContext, sql, type Tx } from '@praxisbus/runtime'
import type { Content } from '../domain/google/content.ts'
import { moment } from '../moment.ts'
import { ACTOR } from './actor.ts'

/** Asks the people here about what was done in Google to a visit of ours; an older question about it is over. */
export async function propose(
  ctx: ActContext,
  connectionId: string,
  appointmentId: string,
  there: Content | null,
): Promise<void> {
  await supersede(ctx.tx, appointmentId, sql`true`)
  const [kind, id] = [there ? 'move' : 'cancel', ctx.newId()]
  await ctx.tx.run(sql`
    insert into calendar_proposal (practice_id, id, connection_id, appointment_id, kind, starts_at, ends_at, proposed_at)
    values (current_practice(), ${id}, ${connectionId}, ${appointmentId}, ${kind}, ${there?.startsAt ?? null},
            ${there?.endsAt ?? null}, ${moment(ctx.now)})`)
  ctx.audit('calendar-proposal', id, `propose to ${kind}`)
}

/** What was proposed was undone there. */
export function withdraw(tx: Tx, appointmentId: string): Promise<number> {
  return supersede(tx, appointmentId, sql`not overwritten`)
}

/** Google has our state now: a question about what it had before stands, unless it is answered by that state. */
export async function afterWriting(tx: Tx, appointmentId: string, written: Content | null): Promise<void> {
  const answered = written
    ? sql`starts_at = ${written.startsAt}::timestamptz and ends_at = ${written.endsAt}::timestamptz`
    : sql`true`
  await supersede(tx, appointmentId, answered)
  await tx.run(sql`
    update calendar_proposal set overwritten = true where appointment_id = ${appointmentId} and state = 'open'`)
}

function supersede(tx: Tx, appointmentId: string, which: ReturnType<typeof sql>): Promise<number> {
  return tx.run(sql`
    update calendar_proposal
       set state = 'superseded', decided_at = clock_timestamp(), decided_by = ${ACTOR}, version = version + 1
     where appointment_id = ${appointmentId} and state = 'open' and ${which}`)
}
