import { fields } from '@praxisbus/contracts'
import { type QueryContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { batchStatus, batchType, type ScanBatchList } from '../domain/input.ts'

const DEFAULT_LIMIT = 50

export const listQuery = z.strictObject({
  status: batchStatus.optional(),
  type: batchType.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(DEFAULT_LIMIT),
  after: fields.id.optional().describe('`next` of the page before'),
})

/** I-02: scan batches, newest first. Ids carry their time, so a page stays where it is while others create batches. */
export async function listScanBatches(
  ctx: QueryContext,
  { status, type, limit, after }: z.output<typeof listQuery>,
): Promise<ScanBatchList> {
  const conditions = [
    ...(status ? [sql`status = ${status}`] : []),
    ...(type ? [sql`type = ${type}`] : []),
    ...(after ? [sql`id < ${after}`] : []),
  ]
  const found = await ctx.tx.many<ScanBatchList['items'][number]>(sql`
    select id as scan_batch_id, practice_id, description, type, status, location_id, date_of_service,
           charge_received_date, payer_id, plan_id, created_at, version,
           (select count(*) from image_set where scan_batch_id = scan_batch.id) as image_set_count,
           (select count(*) from image_set join image on image_set_id = image_set.id
             where scan_batch_id = scan_batch.id) as image_count
      from scan_batch
     where ${sql.join([sql`true`, ...conditions], sql` and `)}
     order by id desc
     limit ${limit + 1}`)
  const items = found.slice(0, limit)
  for (const item of items) ctx.audit('scan-batch', item.scanBatchId)
  return { items, next: found.length > limit ? items.at(-1)!.scanBatchId : null }
}
