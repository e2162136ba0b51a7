import { type CommandContext, sql, type Tx } from '@praxisbus/runtime'
import type { ScanBatchView } from '../domain/input.ts'
import { decideGrowth } from '../domain/scan-batch.ts'
import { loadScanBatch, noSuchBatch } from '../queries/get-scan-batch.ts'

/** I-03: one more image set, behind those that are there. */
export async function addImageSet(ctx: CommandContext, { id }: { id: string }) {
  const batch = await lockBatch(ctx.tx, id)
  if (!batch) return noSuchBatch()
  const no = decideGrowth(batch, 'sets')
  if (no) return no
  const imageSetId = ctx.newId()
  await ctx.tx.run(sql`
    insert into image_set (practice_id, id, scan_batch_id, position, created_at)
    values (${ctx.principal.practiceId}, ${imageSetId}, ${id}, ${batch.setCount + 1}, ${ctx.now.toString()})`)
  await ctx.tx.run(sql`update scan_batch set version = version + 1 where id = ${id}`)
  ctx.audit('image-set', imageSetId, 'create')
  return (await loadScanBatch(ctx.tx, id)) as ScanBatchView
}

/** The batch, locked to the end of the transaction; counted after the lock, so that no two get the same place. */
export async function lockBatch(tx: Tx, id: string) {
  const locked = await tx.maybe<{ status: string; version: number }>(
    sql`select status, version from scan_batch where id = ${id} for update`,
  )
  return locked && { ...locked, ...(await countBatch(tx, id)) }
}

/** The batch that a set is of, in the same way. */
export async function lockBatchOfSet(tx: Tx, imageSetId: string) {
  const locked = await tx.maybe<{ id: string; status: string; version: number }>(sql`
    select id, status, version from scan_batch
     where id = (select scan_batch_id from image_set where id = ${imageSetId}) for update`)
  return locked && { ...locked, ...(await countBatch(tx, locked.id)) }
}

export function countBatch(tx: Tx, id: string) {
  return tx.one<{ setCount: number; imageCount: number }>(sql`
    select count(distinct image_set.id) as set_count, count(image.id) as image_count
      from image_set left join image on image.image_set_id = image_set.id
     where image_set.scan_batch_id = ${id}`)
}
