import { type CommandContext, sql, staleWrite } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { stillWaits } from '../domain/waitlist.ts'
import { notFound } from '../lookups.ts'
import { todayIn } from '../practice.ts'
import { endOffer } from '../waitlist/end-offer.ts'
import { lookAgain } from '../waitlist/freed.ts'
import { findEntry, lockEntry, lockOffer, openOfferOf } from '../waitlist/rows.ts'

/** S-24: a patient waits no more; what they were offered goes to the next. Refuses `not_found`, `entry_over`. */
export async function leaveWaitlist(
  ctx: CommandContext,
  { waitlistEntryId }: { waitlistEntryId: string },
  practice: PracticeAnswer,
) {
  const entry = await lockEntry(ctx.tx, waitlistEntryId)
  if (!entry) return notFound('waitlist entry', waitlistEntryId)
  const wrong = staleWrite(ctx, entry.version) ?? stillWaits(entry)
  if (wrong) return wrong
  const open = await openOfferOf(ctx.tx, { entryId: waitlistEntryId })
  if (open) {
    const offer = (await lockOffer(ctx.tx, open.offerId))!
    const end = { reason: 'withdrawn', by: ctx.principal.userId, timeZone: practice.timeZone } as const
    await endOffer(ctx, offer, entry, end)
    await lookAgain(ctx.tx, offer.freedId, ctx.now)
  } else {
    await ctx.tx.run(sql`
      update waitlist_entry set status = 'withdrawn', version = ${entry.version + 1} where id = ${waitlistEntryId}`)
    ctx.audit('waitlist-entry', waitlistEntryId, 'withdraw')
  }
  return (await findEntry(ctx.tx, waitlistEntryId, todayIn(practice, ctx.now), ctx.now))!
}
