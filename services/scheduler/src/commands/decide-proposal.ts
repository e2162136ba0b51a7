import { type CommandContext, isRefusal, type Refusal, refuse, sql } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { wallAt } from '../google/busy-blocks.ts'
import { changeLink, linkOf, queue } from '../google/links.ts'
import { notFound } from '../lookups.ts'
import { moment } from '../moment.ts'
import { findProposal } from '../queries/calendar-proposals.ts'
import type { Peers } from '../visit-state.ts'
import { cancelAppointment } from './cancel-appointment.ts'
import { rescheduleAppointment } from './reschedule-appointment.ts'

interface Open {
  readonly id: string
  readonly appointmentId: string
  readonly connectionId: string
  readonly kind: 'move' | 'cancel'
  readonly startsAt: string | null
  readonly endsAt: string | null
}
interface Input {
  readonly proposalId: string
}

/**
 * S-19: does here what was done in Google: moves the visit, or cancels it without a fee. By the rules of those verbs, also S-16;
 * what they refuse is refused, and the proposal stays open.
 */
export function acceptProposal(peers: Peers) {
  const reschedule = rescheduleAppointment(peers)
  const cancel = cancelAppointment(peers)
  return async (ctx: CommandContext, { proposalId }: Input, practice: PracticeAnswer) => {
    const proposal = await lockOpen(ctx, proposalId)
    if (isRefusal(proposal)) return proposal
    const { appointmentId, kind } = proposal
    const done =
      kind === 'move'
        ? await reschedule(ctx, { appointmentId, ...(await movedTo(ctx, proposal)) }, practice)
        : await cancel(ctx, { appointmentId, kind: 'cancelled', reason: DELETED_THERE }, practice)
    if (isRefusal(done)) return done
    return decided(ctx, proposalId, 'accepted')
  }
}
const DELETED_THERE = 'Deleted in Google Calendar'

/** S-19: leaves the visit as it is, and puts Google's event back to that. */
export async function declineProposal(ctx: CommandContext, { proposalId }: Input) {
  const proposal = await lockOpen(ctx, proposalId)
  if (isRefusal(proposal)) return proposal
  const { connectionId, appointmentId } = proposal
  const link = await linkOf(ctx.tx, connectionId, appointmentId)
  if (link) {
    await changeLink(ctx.tx, connectionId, link, { content: null })
    await queue(ctx.tx, connectionId, appointmentId)
  }
  return decided(ctx, proposalId, 'declined')
}

/** The appointment is locked before the proposal, as the sync does it. */
async function lockOpen(
  { tx }: CommandContext,
  proposalId: string,
): Promise<Open | Refusal<'not_found' | 'already_decided'>> {
  await tx.run(sql`
    select from appointment where id = (select appointment_id from calendar_proposal where id = ${proposalId}) for update`)
  const found = await tx.maybe<Open & { state: string }>(sql`
    select id, appointment_id, connection_id, kind, starts_at, ends_at, state from calendar_proposal
     where id = ${proposalId} for update`)
  if (!found) return notFound('calendar proposal', proposalId)
  if (found.state === 'open') return found
  return refuse('already_decided', {
    detail: `The proposal was ${found.state} already.`,
    next: 'Read GET /v1/calendar-proposals for those that are open.',
  })
}

/** Wall times in the zone that the appointment has. */
async function movedTo({ tx }: CommandContext, { appointmentId, startsAt, endsAt }: Open) {
  const { timeZone } = await tx.one<{ timeZone: string }>(
    sql`select time_zone from appointment where id = ${appointmentId}`,
  )
  const [start, end] = [wallAt(startsAt!, timeZone), wallAt(endsAt!, timeZone)]
  const folds = { ambiguousTime: start.fold, endAmbiguousTime: end.fold }
  return { start: start.local, end: end.local, ...folds, scope: 'this' as const }
}

async function decided(ctx: CommandContext, proposalId: string, state: 'accepted' | 'declined') {
  await ctx.tx.run(sql`
    update calendar_proposal
       set state = ${state}, decided_at = ${moment(ctx.now)}, decided_by = ${ctx.principal.userId}, version = version + 1
     where id = ${proposalId}`)
  ctx.audit('calendar-proposal', proposalId, state === 'accepted' ? 'accept' : 'decline')
  return (await findProposal(ctx.tx, proposalId))!
}
