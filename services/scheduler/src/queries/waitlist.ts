import { type QueryContext, type Sql, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import { notFound } from '../lookups.ts'
import { paged, timePage } from '../page.ts'
import { todayIn } from '../practice.ts'
import { type EntryRow, entryColumns, findEntry, findOffer, openOffers, withOffer } from '../waitlist/rows.ts'

export const waitlistQuery = z.strictObject({
  list: z
    .enum(['waiting', 'booked', 'withdrawn', 'all'])
    .default('waiting')
    .describe('waiting: also those who are offered something; not those whose last day has passed'),
  ...timePage,
})

type Listed = EntryRow & { readonly patientName: string; readonly serviceDescription: string }

/** S-24: the line, in the order in which they entered. */
export async function listWaitlist(
  ctx: QueryContext,
  { list, after, limit }: z.infer<typeof waitlistQuery>,
  practice: PracticeAnswer,
) {
  const today = todayIn(practice, ctx.now)
  const lists: Readonly<Record<typeof list, Sql>> = {
    waiting: sql` and entry.status in ('waiting', 'offered') and last_day >= ${String(today)}::date`,
    booked: sql` and entry.status = 'booked'`,
    withdrawn: sql` and entry.status = 'withdrawn'`,
    all: sql``,
  }
  const rows = await ctx.tx.many<Listed>(sql`
    select ${entryColumns(today)}, patient.name as patient_name, service.description as service_description
      from waitlist_entry as entry
      join patient on patient.id = entry.patient_id
      join service_replica as service on service.service_id = entry.service_id
     where true${lists[list]}${after ? sql` and (entered_at, entry.id) > (${after[0]}, ${after[1]})` : sql``}
     order by entered_at, entry.id limit ${limit + 1}`)
  const page = paged(rows, limit, (row) => [row.enteredAt, row.waitlistEntryId])
  const ids = page.items.map(({ waitlistEntryId }) => waitlistEntryId)
  const offers = await openOffers(ctx.tx, ids, ctx.now)
  for (const id of ids) ctx.audit('waitlist-entry', id)
  return { ...page, items: page.items.map((row) => withOffer(row, offers.get(row.waitlistEntryId))) }
}

export async function getWaitlistEntry(
  ctx: QueryContext,
  { waitlistEntryId }: { waitlistEntryId: string },
  practice: PracticeAnswer,
) {
  const found = await findEntry(ctx.tx, waitlistEntryId, todayIn(practice, ctx.now), ctx.now)
  if (!found) return notFound('waitlist entry', waitlistEntryId)
  ctx.audit('waitlist-entry', waitlistEntryId)
  return found
}

export async function getOffer(ctx: QueryContext, { offerId }: { offerId: string }) {
  const found = await findOffer(ctx.tx, offerId, ctx.now)
  if (!found) return notFound('offer', offerId)
  ctx.audit('waitlist-entry', found.waitlistEntryId)
  return found
}
