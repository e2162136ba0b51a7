import { ImagesImported } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, type Prepare, refuse, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { type DecodedPage, type Decoder, isUnreadable } from '../adapters/decoder.ts'
import type { ObjectDraft, ObjectStore } from '../adapters/object-store.ts'
import { checkFile, cleanFileName, type FileType } from '../domain/file-type.ts'
import type { ImportedImages } from '../domain/input.ts'
import { decideGrowth } from '../domain/scan-batch.ts'
import type { UnreadableFile } from '../domain/unreadable-file.ts'
import { countBatch, lockBatchOfSet } from './add-image-set.ts'
import { findDuplicates } from './find-duplicates.ts'

export const importQuery = z.strictObject({
  fileName: z
    .string()
    .max(255)
    .optional()
    .describe('As the user knows the file; its ending must fit its content'),
})

interface Sent {
  readonly id: string
  readonly file?: Buffer
  readonly contentType?: string
  readonly fileName?: string
}

/** A file that was read, its pages in a draft of the object store. */
interface Import {
  readonly draft: ObjectDraft
  readonly imageSetId: string
  readonly contentType: FileType
  readonly fileName: string | null
  readonly file: Buffer
  readonly fileSha256: string
  readonly pages: readonly DecodedPage[]
}

/**
 * I-04: a file's pages become images at the end of a set, all of them or none. Reading the file takes long, so no transaction is
 * open meanwhile: it would keep a lock on each table that it looked at, for which a migration waits, and behind that everybody.
 * The batch is locked and looked at again when the pages are there.
 */
export function importImages({ store, decoder }: { store: ObjectStore; decoder: Decoder }) {
  const prepare: Prepare<Sent, { prepared: Import | Unready }> = async ({ principal, read }, sent, go) => {
    const no = await read(({ tx }) => whyNot(tx, sent.id))
    if (no) return go({ prepared: no })
    const fileName = cleanFileName(sent.fileName)
    const contentType = checkFile(sent.file, { contentType: sent.contentType, fileName })
    if (isRefusal(contentType)) return go({ prepared: contentType })
    const file = sent.file!
    const draft = await store.draft(principal.practiceId)
    try {
      const fileSha256 = await draft.add(file)
      const pages = await decoder.decode({ folder: draft.folder, source: fileSha256, type: contentType })
      if (isUnreadable(pages)) return await go({ prepared: pages })
      const imageSetId = sent.id
      return await go({ prepared: { draft, imageSetId, contentType, fileName, file, fileSha256, pages } })
    } finally {
      await draft.close()
    }
  }
  return { prepare, run: keep }
}

type Unready =
  | NonNullable<Awaited<ReturnType<typeof whyNot>>>
  | Exclude<ReturnType<typeof checkFile>, FileType>
  | UnreadableFile

/** Before the work of reading a file for nothing; said again, under the lock, when it was read. */
async function whyNot(tx: Tx, imageSetId: string) {
  const found = await tx.maybe<{ scanBatchId: string; status: string }>(sql`
    select scan_batch_id, status from image_set
      join scan_batch on scan_batch.practice_id = image_set.practice_id and scan_batch.id = scan_batch_id
     where image_set.id = ${imageSetId}`)
  if (!found) return noSuchSet()
  return decideGrowth({ status: found.status, ...(await countBatch(tx, found.scanBatchId)) }, 'images')
}

function noSuchSet() {
  return refuse('image_set_not_found', {
    field: 'id',
    detail: 'There is no image set of this id in your practice.',
    next: 'Read the scan batch; it lists its image sets.',
  })
}

async function keep(ctx: CommandContext, { id, prepared: work }: Sent & { prepared: Import | Unready }) {
  const batch = await lockBatchOfSet(ctx.tx, id)
  if (isRefusal(work)) return work
  if (!batch) return noSuchSet()
  const no = decideGrowth({ ...batch, imageCount: batch.imageCount + work.pages.length - 1 }, 'images')
  if (no) return no
  // Before the commit, or a row could name an object that a power cut took. Published objects without rows are harmless.
  await work.draft.publish()
  const images = await placed(ctx, work)
  await insertFile(ctx, work, images)
  const { id: scanBatchId } = batch
  const { imageSetId, contentType, fileName, fileSha256 } = work
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
  return {
    scanBatchId,
    imageSetId,
    contentType,
    fileName,
    fileSha256,
    images,
    version,
  } satisfies ImportedImages
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
