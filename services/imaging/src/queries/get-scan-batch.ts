import { type QueryContext, refuse, sql, type Tx } from '@praxisbus/runtime'
import type { ScanBatchView } from '../domain/input.ts'

/** I-02: a scan batch with its image sets and their images, all in order. */
export async function getScanBatch(ctx: QueryContext, { id }: { id: string }) {
  const batch = await loadScanBatch(ctx.tx, id)
  if (!batch) return noSuchBatch()
  ctx.audit('scan-batch', id)
  return batch
}

export function noSuchBatch() {
  return refuse('scan_batch_not_found', {
    field: 'id',
    detail: 'There is no scan batch of this id in your practice.',
    next: 'See the list at /v1/scan-batches.',
  })
}

export async function loadScanBatch(tx: Tx, id: string): Promise<ScanBatchView | undefined> {
  const batch = await tx.maybe<Omit<ScanBatchView, 'imageSets'>>(sql`
    select id as scan_batch_id, practice_id, description, type, status, location_id, date_of_service,
           charge_received_date, payer_id, plan_id, created_at, version
      from scan_batch where id = ${id}`)
  if (!batch) return undefined
  const sets = await tx.many<{ imageSetId: string; position: number }>(
    sql`select id as image_set_id, position from image_set where scan_batch_id = ${id} order by position`,
  )
  const images = await tx.many<
    ScanBatchView['imageSets'][number]['images'][number] & { imageSetId: string }
  >(sql`
    select image_set_id, image.id as image_id, image.position, page_number, width_px, height_px,
           pixel_sha256 as sha256, blank, duplicate_of, file_name, content_type
      from image
      join image_file on image_file.practice_id = image.practice_id and image_file.id = image_file_id
     where image_set_id = any(${sets.map((set) => set.imageSetId)})
     order by image.position`)
  const imagesOf = Map.groupBy(images, (image) => image.imageSetId)
  return {
    ...batch,
    imageSets: sets.map((set) => ({
      ...set,
      images: (imagesOf.get(set.imageSetId) ?? []).map(({ imageSetId: _, ...image }) => image),
    })),
  }
}
