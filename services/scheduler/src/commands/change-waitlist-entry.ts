import { type CommandContext, isRefusal, json, sql, staleWrite } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { mayChangeEntry, type WaitlistChange } from '../domain/waitlist.ts'
import { notFound } from '../lookups.ts'
import { todayIn } from '../practice.ts'
import { findEntry, lockEntry } from '../waitlist/rows.ts'
import { checkWanted, named } from './join-waitlist.ts'

/** S-24: replaces what a patient waits for; their place in the line stays. Refuses `offer_open`, `entry_over`, and as entering does. */
export async function changeWaitlistEntry(
  ctx: CommandContext,
  { waitlistEntryId, ...wanted }: WaitlistChange & { waitlistEntryId: string },
  practice: PracticeAnswer,
) {
  const entry = await lockEntry(ctx.tx, waitlistEntryId)
  if (!entry) return notFound('waitlist entry', waitlistEntryId)
  const today = todayIn(practice, ctx.now)
  const wrong =
    staleWrite(ctx, entry.version) ?? mayChangeEntry(entry) ?? (await checkWanted(ctx.tx, wanted, today))
  if (isRefusal(wrong)) return wrong
  await ctx.tx.run(sql`
    update waitlist_entry
       set service_id = ${wanted.serviceId}, practitioner_id = ${named(wanted)}, first_day = ${wanted.firstDay},
           last_day = ${wanted.lastDay}, times = ${json(wanted.times)}, version = ${entry.version + 1}
     where id = ${waitlistEntryId}`)
  ctx.audit('waitlist-entry', waitlistEntryId, 'change')
  return (await findEntry(ctx.tx, waitlistEntryId, today, ctx.now))!
}
