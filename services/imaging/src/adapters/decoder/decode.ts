import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import sharp from 'sharp'
import type { UnreadableFile } from '../../domain/unreadable-file.ts'
import type { DecodedPage, DecodeJob } from '../decoder.ts'
import { addObject } from '../folder-store.ts'
import { TILE_FORMAT } from '../tile-archive.ts'
import type { PagePixels, PageReader } from './page.ts'
import { pdfPages } from './pdf.ts'
import { rasterPages } from './raster.ts'

const THUMBNAIL_PX = 320
const JPEG_QUALITY = 80

sharp.cache(false)

/** One page after the other, so that memory holds one page however many there are. */
export async function decode(job: DecodeJob): Promise<DecodedPage[] | UnreadableFile> {
  const file = await readFile(join(job.folder, job.source))
  const read: PageReader = job.type === 'application/pdf' ? pdfPages : rasterPages
  const pages: DecodedPage[] = []
  for await (const page of read(file, job)) {
    if (isRefusal(page)) return page
    pages.push(await keep(page, job.folder))
  }
  return pages
}

async function keep({ widthPx, heightPx, rgb }: PagePixels, folder: string): Promise<DecodedPage> {
  const page = () =>
    sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 }, limitInputPixels: false })
  const thumbnail = await page()
    .resize({ width: THUMBNAIL_PX, height: THUMBNAIL_PX, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer()
  const tiles = await page().jpeg({ quality: JPEG_QUALITY }).tile(TILE_FORMAT).toBuffer()
  return {
    widthPx,
    heightPx,
    pixelSha256: createHash('sha256').update(`${widthPx}x${heightPx}\n`).update(rgb).digest('hex'),
    // Each pixel equals the one before it.
    blank: rgb.subarray(3).equals(rgb.subarray(0, -3)),
    thumbnailSha256: await addObject(folder, thumbnail),
    tilesSha256: await addObject(folder, tiles),
  }
}
