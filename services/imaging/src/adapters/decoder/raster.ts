import sharp, { type SharpOptions } from 'sharp'
import { corruptFile, tooLarge } from '../../domain/unreadable-file.ts'
import type { PagePixels, PageReader } from './page.ts'
import { pngFault } from './png.ts'
import { countTiffPages } from './tiff.ts'

/** JPEG, PNG and every page of a TIFF by libvips: turned by its orientation tag, on white, in sRGB. */
export const rasterPages: PageReader = async function* (file, { type, limits }) {
  const { IMPORT_MAX_PAGES: maxPages, IMPORT_MAX_PAGE_PIXELS: maxPixels } = limits
  if (type === 'image/png') {
    const fault = pngFault(file)
    if (fault) return yield corruptFile(fault)
  }
  const count = type === 'image/tiff' ? countTiffPages(file, maxPages) : 1
  if (count === undefined) return yield corruptFile('Its list of pages is broken.')
  if (count > maxPages) return yield tooLarge(`The file has more than ${maxPages} pages.`)
  // Of a JPEG with a broken stretch libvips only warns, and the rest of the page is garbage. Of the others it warns about
  // what is written beside the pixels.
  const failOn = type === 'image/jpeg' ? 'warning' : 'error'
  for (let page = 0; page < count; page++) {
    const number = type === 'image/tiff' ? page + 1 : undefined
    const options: SharpOptions = { failOn, limitInputPixels: maxPixels, ...(number ? { page } : {}) }
    try {
      const { width, height } = await sharp(file, { ...options, limitInputPixels: false }).metadata()
      if (width * height > maxPixels)
        return yield tooLarge(`A page of ${width} × ${height} pixels is larger than ${maxPixels} pixels.`)
      yield await upright(file, options)
    } catch (error) {
      return yield corruptFile(reason(error), number)
    }
  }
}

async function upright(file: Buffer, options: SharpOptions): Promise<PagePixels> {
  const { data, info } = await sharp(file, options)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { widthPx: info.width, heightPx: info.height, rgb: data }
}

/** libvips tells the same fault many times over. */
function reason(error: unknown): string {
  const [first] = (error as Error).message.split('\n')
  return `The decoder says: ${first!.trim().slice(0, 160)}`
}
