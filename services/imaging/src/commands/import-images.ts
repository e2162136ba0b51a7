import { ImagesImported } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { type DecodedPage, type Decoder, isUnreadable } from '../adapters/decoder.ts'
import type { ObjectDraft, ObjectStore } from '../adapters/object-store.ts'
import { checkFile, cleanFileName, type FileType } from '../domain/file-type.ts'
import type { ImportedImages } from '../domain/input.ts'
import { decideGrowth } from '../domain/scan-batch.ts'
import { countBatch, lockBatch } from './add-image-set.ts'
import { findDuplicates } from './find-duplicates.ts'

export const importQuery = z.strictObject({
  fileName: z
    .string()
    .max(255)
    .optional()
    .describe('As the user knows the file; its ending must fit its content'),
})

interface Import {
  readonly imageSetId: string
  readonly scanBatchId: string
  readonly contentType: FileType
  readonly fileName: string | null
  readonly file: Buffer
  readonly fileSha256: string
  readonly pages: readonly DecodedPage[]
}

/**
 * I-04: a file's pages become images at the end of a set, all of them or none. Reading the file takes long, so nothing
 * is locked meanwhile; the batch is locked and looked at again when the pages are there.
 */
export function importImages({ store, decoder }: { store: ObjectStore; decoder: Decoder }) {
  return async (
    ctx: CommandContext,
    input: { id: string; file?: Buffer; contentType?: string; fileName?: string },
  ) => {
    const { id: imageSetId } = input
    const target = await ctx.tx.maybe<{ scanBatchId: string; status: string }>(sql`
      select scan_batch_id, status from image_set
        join scan_batch on scan_batch.practice_id = image_set.practice_id and scan_batch.id = scan_batch_id
       where image_set.id = ${imageSetId}`)
    if (!target) return noSuchSet()
    const { scanBatchId, status } = target
    const no = decideGrowth({ status, ...(await countBatch(ctx.tx, scanBatchId)) }, 'images')
    if (no) return no
    const fileName = cleanFileName(input.fileName)
    const contentType = checkFile(input.file, { contentType: input.contentType, fileName })
    if (isRefusal(contentType)) return contentType
    const file = input.file!

    // The transaction stays open without a lock and without a snapshot while the file is read.
    await ctx.tx.run(sql`select set_config('idle_in_transaction_session_timeout', '0', true)`)
    const draft = await store.draft(ctx.principal.practiceId)
    try {
      const fileSha256 = await draft.add(file)
      const pages = await decoder.decode({ folder: draft.folder, source: fileSha256, type: contentType })
      if (isUnreadable(pages)) return pages
      return await keep(ctx, draft, {
        imageSetId,
        scanBatchId,
        contentType,
        fileName,
        file,
        fileSha256,
        pages,
      })
    } finally {
      await draft.close()
    }
  }
}

function noSuchSet() {
  return refuse('image_set_not_found', {
    field: 'id',
    detail: 'There is no image set of this id in your practice.',
    next: 'Read the scan batch; it lists its image sets.',
  })
}

async function keep(ctx: CommandContext, draft: ObjectDraft, work: Import) {
  const { scanBatchId, imageSetId, contentType, fileName, fileSha256 } = work
  const batch = (await lockBatch(ctx.tx, scanBatchId))!
  const no = decideGrowth({ ...batch, imageCount: batch.imageCount + work.pages.length - 1 }, 'images')
  if (no) return no
  // Before the commit, or a row could name an object that a power cut took. Published objects without rows are harmless.
  await draft.publish()
  const images = await placed(ctx, work)
  await insertFile(ctx, work, images)
  const version = batch.version + 1
  await ctx.tx.run(sql`update scan_batch set version = ${version} where id = ${scanBatchId}`)
  ctx.record(ImagesImported, {
    subject: scanBatchId,
    version,
    data: {
      scanBatchId,
      imageSetId,
      importedAt: ctx.now.toString(),
      images: images.map(({ imageId, sha256, widthPx, heightPx, duplicateOf }) => ({
        imageId,
        sha256,
        widthPx,
        heightPx,
        duplicateOf,
      })),
    },
  })
  ctx.audit('image-set', imageSetId, 'import')
  const answer: ImportedImages = {
    scanBatchId,
    imageSetId,
    contentType,
    fileName,
    fileSha256,
    images,
    version,
  }
  return answer
}

async function placed(ctx: CommandContext, { imageSetId, fileSha256, pages }: Import) {
  const { last } = await ctx.tx.one<{ last: number }>(
    sql`select coalesce(max(position), 0) as last from image where image_set_id = ${imageSetId}`,
  )
  const images = pages.map((page, index) => ({
    imageId: ctx.newId(),
    position: last + index + 1,
    pageNumber: index + 1,
    widthPx: page.widthPx,
    heightPx: page.heightPx,
    sha256: page.pixelSha256,
    blank: page.blank,
  }))
  const duplicates = await findDuplicates(ctx, fileSha256, images)
  return images.map((image) => ({ ...image, duplicateOf: duplicates.get(image.imageId) ?? null }))
}

async function insertFile(
  ctx: CommandContext,
  work: Import,
  images: ImportedImages['images'],
): Promise<void> {
  const { practiceId, userId } = ctx.principal
  const fileId = ctx.newId()
  await ctx.tx.run(sql`
    insert into image_file (practice_id, id, sha256, content_type, file_name, byte_count, imported_by, imported_at)
    values (${practiceId}, ${fileId}, ${work.fileSha256}, ${work.contentType}, ${work.fileName}, ${work.file.length},
            ${userId}, ${ctx.now.toString()})`)
  for (const [index, image] of images.entries()) {
    const { thumbnailSha256, tilesSha256 } = work.pages[index]!
    await ctx.tx.run(sql`
      insert into image (practice_id, id, image_set_id, position, image_file_id, page_number, width_px, height_px,
                         pixel_sha256, blank, thumbnail_sha256, tiles_sha256, duplicate_of)
      values (${practiceId}, ${image.imageId}, ${work.imageSetId}, ${image.position}, ${fileId}, ${image.pageNumber},
              ${image.widthPx}, ${image.heightPx}, ${image.sha256}, ${image.blank}, ${thumbnailSha256}, ${tilesSha256},
              ${image.duplicateOf})`)
  }
}
