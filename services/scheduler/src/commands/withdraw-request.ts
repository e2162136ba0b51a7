import type { CommandContext } from '@praxisbus/runtime'
import { lockVisit } from '../appointment-view.ts'
import { endRequest, findRequest } from '../booking/requests.ts'
import { mayWithdraw } from '../domain/booking/answer.ts'
import { notFound } from '../lookups.ts'
import { offerFreed } from '../waitlist/freed.ts'

/**
 * S-18: a patient takes back what they asked for online, as long as nobody has answered it; its time is free again. Refuses
 * `not_found` (also what staff scheduled), `not_pending`, `request_lapsed`.
 */
export async function withdrawRequest(ctx: CommandContext, { appointmentId }: { appointmentId: string }) {
  const visit = await lockVisit(ctx.tx, appointmentId)
  const asked = visit && (await findRequest(ctx.tx, appointmentId, ctx.now))
  if (!asked) return notFound('booking request', appointmentId)
  const wrong = mayWithdraw(asked.state, visit, ctx.now)
  if (wrong) return wrong
  const request = await endRequest(ctx, visit, {
    outcome: 'withdrawn',
    by: ctx.principal.userId,
    reason: null,
  })
  offerFreed(ctx, request)
  return request
}
