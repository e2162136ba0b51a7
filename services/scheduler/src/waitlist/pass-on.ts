import { type ActContext, act, isRefusal, sql } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { ACTOR, eachOfThem, type Lapsing } from '../booking/lapse.ts'
import { lockPractitioner } from '../lookups.ts'
import { findPractice } from '../practice.ts'
import { endOffer } from './end-offer.ts'
import { type FreedTime, offerNext } from './offer-next.ts'
import { lockEntry, lockOffer, openOfferOf } from './rows.ts'

const AT_ONCE = 50

/**
 * Offers what became free to those who wait, one after another: ends the offer that was not answered in time, and makes the next
 * (S-24). What is due is found with the relay's login, which sees ids and times only; each time is looked at as the application of
 * its practice, under the lock of its practitioner, where it is looked up again: several processes may do it, and a restart loses
 * nothing.
 */
export async function passOnFreed(parts: Lapsing, now: Temporal.Instant): Promise<void> {
  const due = await parts.relay.plain((tx) =>
    tx.many<{ practiceId: string; id: string }>(sql`
      select practice_id, id from freed_time
       where state = 'open' and next_look_at <= ${now.toString()} order by next_look_at limit ${AT_ONCE}`),
  )
  await eachOfThem(due, ({ practiceId, id }) =>
    act({ ...parts, actor: ACTOR }, practiceId, (ctx) => lookAtFreed({ ...ctx, now }, id)),
  )
}

async function lookAtFreed(ctx: ActContext, freedId: string): Promise<void> {
  const { practitionerId } = await ctx.tx.one<{ practitionerId: string }>(
    sql`select practitioner_id from freed_time where id = ${freedId}`,
  )
  const practice = (await findPractice(ctx.tx))!
  const practitioner = await lockPractitioner(ctx.tx, practitionerId)
  const freed = await ctx.tx.maybe<FreedTime>(sql`
    select id as freed_id, practitioner_id, starts_at, ends_at from freed_time
     where id = ${freedId} and state = 'open' and next_look_at <= ${ctx.now.toString()}`)
  if (!freed) return
  const until = await endDueOffer(ctx, freedId, practice)
  const noMore = isRefusal(practitioner) || !practice.products.scheduler
  const nextLookAt = until ?? (noMore ? undefined : await offerNext(ctx, freed, practice))
  await ctx.tx.run(
    nextLookAt === undefined
      ? sql`update freed_time set state = 'done' where id = ${freedId}`
      : sql`update freed_time set next_look_at = ${nextLookAt} where id = ${freedId}`,
  )
}

/** Until when the open offer still holds; undefined: there is none any more. */
async function endDueOffer(
  ctx: ActContext,
  freedId: string,
  { timeZone }: PracticeAnswer,
): Promise<string | undefined> {
  const open = await openOfferOf(ctx.tx, { freedId })
  if (!open) return undefined
  const entry = (await lockEntry(ctx.tx, open.waitlistEntryId))!
  const offer = (await lockOffer(ctx.tx, open.offerId))!
  // Declined or withdrawn while this waited for the lock.
  if (offer.status !== 'offered') return undefined
  if (Temporal.Instant.compare(offer.expiresAt, ctx.now) > 0) return offer.expiresAt
  await endOffer(ctx, offer, entry, { reason: 'lapsed', by: null, timeZone })
  return undefined
}
