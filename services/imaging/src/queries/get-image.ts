import { fields } from '@praxisbus/contracts'
import { BinaryAnswer, type QueryContext, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { ObjectStore } from '../adapters/object-store.ts'
import { deepZoomXml, tileOf } from '../adapters/tile-archive.ts'

export const tilePlace = z.strictObject({
  id: fields.id,
  level: z
    .string()
    .regex(/^([0-9]|[12][0-9]|3[01])$/, 'a whole number up to 31')
    .transform(Number),
  tile: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,4})_(0|[1-9][0-9]{0,4})\.jpe?g$/, 'column_row.jpeg, such as 0_0.jpeg'),
})

interface ImageRow {
  readonly widthPx: number
  readonly heightPx: number
  readonly fileSha256: string
  readonly contentType: string
  readonly fileName: string | null
  readonly thumbnailSha256: string
  readonly tilesSha256: string
}

/** The file as it arrived, byte for byte; for a page of several, the whole file. */
export function getOriginal(store: ObjectStore) {
  return asked(async (ctx, image) => {
    const bytes = await store.read(ctx.principal.practiceId, image.fileSha256)
    return new BinaryAnswer(bytes, image.contentType, image.fileName ?? undefined)
  })
}

export function getThumbnail(store: ObjectStore) {
  return asked(async (ctx, image) => {
    const bytes = await store.read(ctx.principal.practiceId, image.thumbnailSha256)
    return new BinaryAnswer(bytes, 'image/jpeg')
  })
}

/** What a deep-zoom viewer reads first; it names where the tiles are. */
export function getDeepZoom() {
  return asked(async (_ctx, { widthPx, heightPx }, { id }) => {
    const xml = deepZoomXml({ widthPx, heightPx, tilesUrl: `/v1/images/${id}/tiles/` })
    return new BinaryAnswer(Buffer.from(xml), 'application/xml')
  })
}

export function getTile(store: ObjectStore) {
  return asked(async (ctx, image, { level, tile }: z.output<typeof tilePlace>) => {
    const archive = await store.read(ctx.principal.practiceId, image.tilesSha256)
    const [column, row] = tile.split(/[_.]/).map(Number) as [number, number]
    const bytes = tileOf(archive, level, column, row)
    if (bytes) return new BinaryAnswer(bytes, 'image/jpeg')
    return refuse('tile_not_found', {
      field: 'tile',
      detail: 'The image has no tile there.',
      next: 'Read its size at …/dzi: level n shows it at most 2^n pixels wide and high.',
    })
  })
}

/** An image is asked for by the id of its row, which only its own practice sees; never by the name of an object. */
function asked<Input extends { id: string }, Answer>(
  answer: (ctx: QueryContext, image: ImageRow, input: Input) => Promise<Answer>,
) {
  return async (ctx: QueryContext, input: Input) => {
    const image = await ctx.tx.maybe<ImageRow>(sql`
      select width_px, height_px, image_file.sha256 as file_sha256, content_type, file_name, thumbnail_sha256, tiles_sha256
        from image
        join image_file on image_file.practice_id = image.practice_id and image_file.id = image_file_id
       where image.id = ${input.id}`)
    if (!image) {
      return refuse('image_not_found', {
        field: 'id',
        detail: 'There is no image of this id in your practice.',
        next: 'Read the scan batch; it lists its images.',
      })
    }
    ctx.audit('image', input.id)
    return answer(ctx, image, input)
  }
}
