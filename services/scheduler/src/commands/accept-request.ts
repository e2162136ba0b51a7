import { type CommandContext, isRefusal, staleWrite } from '@praxisbus/runtime'
import { tellScheduled } from '../appointment-facts.ts'
import { lockRecords } from '../appointment-rows.ts'
import { findAppointment } from '../appointment-view.ts'
import { answerRequest } from '../booking/requests.ts'
import { mayAnswer } from '../domain/booking/answer.ts'
import { lockPractitioner, notFound } from '../lookups.ts'
import { planReminders } from '../messages/plan.ts'
import { overlapWarnings } from '../overlaps.ts'

/**
 * S-18: staff accept what a patient asked for online; from now on it is an appointment like any other. Whoever has the time
 * besides is named (S-12). Refuses `not_found`, `stale`, `not_pending`, `request_lapsed`.
 */
export async function acceptRequest(ctx: CommandContext, { appointmentId }: { appointmentId: string }) {
  const [pending] = await lockRecords(ctx.tx, [appointmentId])
  if (!pending) return notFound('appointment', appointmentId)
  const wrong = mayAnswer(pending, ctx.now) ?? staleWrite(ctx, pending.version)
  if (wrong) return wrong
  // Of two that are put on one time at the same moment the second is warned.
  const practitioner = await lockPractitioner(ctx.tx, pending.practitionerId, { evenInactive: true })
  if (isRefusal(practitioner)) throw new Error('an appointment has a practitioner')
  const accepted = { ...pending, version: pending.version + 1 }
  const answer = { outcome: 'accepted', by: ctx.principal.userId, reason: null } as const
  await answerRequest(ctx.tx, accepted, answer, ctx.now)
  tellScheduled(ctx, accepted)
  await planReminders(ctx, appointmentId)
  const warnings = await overlapWarnings(ctx.tx, [accepted])
  return { ...(await findAppointment(ctx.tx, appointmentId))!, warnings }
}
