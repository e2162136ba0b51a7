import { type QueryContext, sql } from '@praxisbus/runtime'
import type { ReferenceBatch } from '../commands/open-batch.ts'

const LIMIT = 500

export interface ListedBatch extends ReferenceBatch {
  /** Its date lies in a closed period: nothing more posts into it. */
  readonly closed: boolean
  /** Journals that were posted into it. */
  readonly journals: number
}

/** Reference batches by date, newest first (B-09); the limit bounds the answer, `from` and `to` narrow it. */
export async function listBatches(
  { tx, principal, audit }: QueryContext,
  { from, to }: { readonly from?: string; readonly to?: string },
): Promise<{ batches: ListedBatch[] }> {
  audit('reference-batch', 'list')
  const { practiceId } = principal
  const batches = await tx.many<ListedBatch>(sql`
    select id as batch_id, name, batch_date, opened_by, opened_at,
           coalesce(batch_date <= closed_through(${practiceId}), false) as closed,
           (select count(*) from journal where journal.practice_id = reference_batch.practice_id and batch_id = reference_batch.id)
             as journals
      from reference_batch
     where practice_id = ${practiceId} and batch_date between ${from ?? '0001-01-01'} and ${to ?? '9999-12-31'}
     order by batch_date desc, id desc limit ${LIMIT}`)
  return { batches }
}
