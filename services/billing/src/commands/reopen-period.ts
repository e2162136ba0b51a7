import { PeriodReopened } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { takeBooks } from '../postings/batches.ts'
import { postingOf } from '../postings/posting.ts'
import { lastClosed, type Period, readPeriod } from '../queries/list-periods.ts'
import { periodNotFound } from '../queries/refusals.ts'

/**
 * Opens the last closed period again (B-09), for a reason that stays with it. Its seal is kept; closing again makes a further one,
 * and GET /v1/reporting-periods/:id/changes says what came in between (B-19).
 */
export async function reopenPeriod(
  ctx: CommandContext,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<Period | Refusal<'not_found' | 'reopened' | 'not_the_last'>> {
  const posting = postingOf(ctx)
  const { tx, practiceId, actor } = posting
  await takeBooks(posting)
  const period = await readPeriod(tx, practiceId, id)
  if (!period) return periodNotFound()
  if (period.reopenedAt !== null)
    return refuse('reopened', {
      detail: 'This period was opened again before.',
      next: 'Post what is missing, then close it again.',
    })
  const last = (await lastClosed(tx, practiceId))!
  if (last.periodId !== id)
    return refuse('not_the_last', {
      detail: `The books are closed through ${last.endsOn}, after this period.`,
      next: 'Open the later periods first, newest first; or correct in an open period, which points back.',
    })
  await tx.run(sql`
    update reporting_period set reopened_at = clock_timestamp(), reopened_by = ${actor}, reopen_reason = ${reason}
     where practice_id = ${practiceId} and id = ${id}`)
  ctx.record(PeriodReopened, {
    subject: id,
    version: 2,
    data: { periodId: id, startsOn: period.startsOn, endsOn: period.endsOn, reason },
  })
  ctx.audit('reporting-period', id, 'reopen')
  return (await readPeriod(tx, practiceId, id))!
}
