import { type CommandContext, type Refusal, sql } from '@praxisbus/runtime'
import { holdBooks, periodClosed } from '../postings/batches.ts'
import { postingOf } from '../postings/posting.ts'

export interface ReferenceBatch {
  readonly batchId: string
  /** null: the default batch of its day. */
  readonly name: string | null
  /** The date that reports go by (B-09). */
  readonly batchDate: string
  readonly openedBy: string
  readonly openedAt: string
}

/** Opens a reference batch (B-09): whatever is posted into it is reported on its date. Refused for a date that is closed. */
export async function openBatch(
  ctx: CommandContext,
  { name, batchDate }: { readonly name: string; readonly batchDate: string },
): Promise<ReferenceBatch | Refusal<'period_closed'>> {
  const posting = postingOf(ctx)
  const closedThrough = await holdBooks(posting)
  if (closedThrough !== null && batchDate <= closedThrough)
    return periodClosed(batchDate, closedThrough, 'batchDate')
  const { tx, practiceId, newId, actor, now } = posting
  const batchId = newId()
  await tx.run(sql`
    insert into reference_batch (practice_id, id, batch_date, is_default, name, opened_by, opened_at)
    values (${practiceId}, ${batchId}, ${batchDate}, false, ${name}, ${actor}, ${now.toString()})`)
  ctx.audit('reference-batch', batchId, 'open')
  return { batchId, name, batchDate, openedBy: actor, openedAt: now.round('microsecond').toString() }
}
