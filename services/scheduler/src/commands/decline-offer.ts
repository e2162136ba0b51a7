import type { CommandContext } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { mayAnswerOffer } from '../domain/waitlist.ts'
import { notFound } from '../lookups.ts'
import { endOffer } from '../waitlist/end-offer.ts'
import { lookAgain } from '../waitlist/freed.ts'
import { findOffer, lockEntry, lockOffer } from '../waitlist/rows.ts'

/** S-24: a patient does not want what they were offered; it goes to the next, and they wait on in their place. Refuses as accepting does. */
export async function declineOffer(
  ctx: CommandContext,
  { offerId }: { offerId: string },
  { timeZone }: PracticeAnswer,
) {
  const seen = await findOffer(ctx.tx, offerId, ctx.now)
  if (!seen) return notFound('offer', offerId)
  const entry = (await lockEntry(ctx.tx, seen.waitlistEntryId))!
  const offer = (await lockOffer(ctx.tx, offerId))!
  const wrong = mayAnswerOffer(offer, ctx.now)
  if (wrong) return wrong
  await endOffer(ctx, offer, entry, { reason: 'declined', by: ctx.principal.userId, timeZone })
  await lookAgain(ctx.tx, offer.freedId, ctx.now)
  return (await findOffer(ctx.tx, offerId, ctx.now))!
}
