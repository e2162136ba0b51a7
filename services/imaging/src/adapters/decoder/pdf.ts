import { type PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium'
import sharp from 'sharp'
import {
  corruptFile,
  encryptedFile,
  tooLarge,
  type UnreadableFile,
  unsupportedFile,
} from '../../domain/unreadable-file.ts'
import type { PagePixels, PageReader } from './page.ts'

const POINTS_PER_INCH = 72
/** ISO 32000-1, table 28. Without it one would import an empty page, or one that says "please wait". */
const DYNAMIC_XFA = /\/NeedsRendering\s+true\b/
/** Where `%%EOF` must be found, white space at the end aside (ISO 32000-1, annex H.3, implementation note 18). */
const TAIL_BYTES = 1024

/**
 * PDF pages by PDFium (WebAssembly, without JavaScript, attachments untouched). A file that asks for a password is refused;
 * one that only restricts printing or copying opens for everybody, and is taken.
 */
export const pdfPages: PageReader = async function* (file, { limits }) {
  // PDFium rebuilds a file that was cut off from what is left of it, and says nothing.
  if (!endsAsPdf(file)) return yield corruptFile('It is cut off: its end is missing.')
  if (DYNAMIC_XFA.test(file.toString('latin1')))
    return yield unsupportedFile(
      'The PDF is a dynamic XFA form: it has no pages, only Adobe’s reader makes them up.',
    )
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(file).catch((error: Error) => unopened(error))
  if ('refused' in document) return yield document
  const pages = document.getPageCount()
  if (pages < 1) return yield corruptFile('It has no pages.')
  if (pages > limits.IMPORT_MAX_PAGES)
    return yield tooLarge(`The file has ${pages} pages, more than ${limits.IMPORT_MAX_PAGES}.`)
  for (let index = 0; index < pages; index++) {
    yield await render(document, index, limits.PDF_DPI / POINTS_PER_INCH, limits.IMPORT_MAX_PAGE_PIXELS)
  }
}

function endsAsPdf(file: Buffer): boolean {
  let end = file.length
  while (end > 0 && [0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20].includes(file[end - 1]!)) end--
  return file.subarray(Math.max(0, end - TAIL_BYTES), end).includes('%%EOF')
}

function unopened(error: Error): UnreadableFile {
  if (/password|security/i.test(error.message)) return encryptedFile()
  return corruptFile(`The decoder says: ${error.message}`)
}

async function render(
  document: PDFiumDocument,
  index: number,
  scale: number,
  maxPixels: number,
): Promise<PagePixels | UnreadableFile> {
  try {
    const page = document.getPage(index)
    const { originalWidth, originalHeight } = page.getOriginalSize()
    // PDFium says 0 × 0 of a page that it cannot find.
    if (!(originalWidth > 0 && originalHeight > 0)) return corruptFile('It cannot be found.', index + 1)
    const [widthPx, heightPx] = [originalWidth, originalHeight].map((points) =>
      Math.max(1, Math.round(points * scale)),
    )
    if (widthPx! * heightPx! > maxPixels)
      return tooLarge(`Page ${index + 1} has ${widthPx} × ${heightPx} pixels, more than ${maxPixels} pixels.`)
    // Width and height with scale 1: the library would cut the points to whole ones first.
    const bitmap = await page.render({ scale: 1, width: widthPx, height: heightPx, renderFormFields: true })
    const raw = { width: bitmap.width, height: bitmap.height, channels: 4 } as const
    const rgb = await sharp(bitmap.data, { raw, limitInputPixels: false }).removeAlpha().raw().toBuffer()
    return { widthPx: bitmap.width, heightPx: bitmap.height, rgb }
  } catch (error) {
    return corruptFile(`The decoder says: ${(error as Error).message.slice(0, 160)}`, index + 1)
  }
}
