import { PeriodClosed } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, sql } from '@praxisbus/runtime'
import { decideClosing, nextStart } from '../domain/period.ts'
import { takeBooks } from '../postings/batches.ts'
import { postingOf } from '../postings/posting.ts'
import { todayOf } from '../postings/practice-day.ts'
import { computeSeal } from '../postings/seal.ts'
import { lastClosed, type Period, readPeriod } from '../queries/list-periods.ts'

/**
 * Closes the books through a day (B-09) and seals what the period holds (B-19). Whoever is posting finishes first; whoever comes
 * after is refused. So a posting is either under the seal or not there. It is closed from the moment at which nobody posts any more,
 * on the clock that dates journals: what is under the seal was recorded before it, whatever comes after a reopening later.
 */
export async function closePeriod(
  ctx: CommandContext,
  { endsOn }: { readonly endsOn: string },
): Promise<Period | Refusal<'period_closed' | 'period_not_over'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId, newId, actor, now } = posting
  await takeBooks(posting)
  const last = await lastClosed(tx, practiceId)
  const today = await todayOf(tx, practiceId, now)
  const refused = decideClosing(endsOn, last?.endsOn ?? null, today)
  if (refused) return refused
  const startsOn = nextStart(last?.endsOn ?? null)
  const previousSeal = last?.seal ?? null
  const sealed = await computeSeal(tx, practiceId, { startsOn, endsOn, previousSeal })
  const periodId = newId()
  await tx.run(sql`
    insert into reporting_period (practice_id, id, starts_on, ends_on, closed_at, closed_by, seal, previous_seal, journals, entries)
    values (${practiceId}, ${periodId}, ${startsOn}, ${endsOn}, clock_timestamp(), ${actor}, ${sealed.seal}, ${previousSeal},
            ${sealed.journals}, ${sealed.entries})`)
  ctx.record(PeriodClosed, {
    subject: periodId,
    version: 1,
    data: {
      periodId,
      startsOn,
      endsOn,
      seal: sealed.seal,
      journals: sealed.journals,
      entries: sealed.entries,
    },
  })
  ctx.audit('reporting-period', periodId, 'close')
  return (await readPeriod(tx, practiceId, periodId))!
}
