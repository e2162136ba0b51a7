import { createRequire } from 'node:module'
import sharp from 'sharp'

/** Files for tests, made here so that none has to be kept. */

interface PdfDocument extends NodeJS.ReadableStream {
  addPage(options: { size: [number, number] }): PdfDocument
  fontSize(points: number): PdfDocument
  text(text: string, x: number, y: number): PdfDocument
  end(): void
}
type PdfKit = new (options: {
  autoFirstPage: false
  userPassword?: string
  ownerPassword?: string
}) => PdfDocument

// pdfkit comes without types.
const PDFDocument = createRequire(import.meta.url)('pdfkit') as PdfKit

export interface PdfPlan {
  /** A text for each page; '' is a blank page. */
  readonly pages: readonly string[]
  readonly sizePt?: [number, number]
  readonly userPassword?: string
  readonly ownerPassword?: string
}

export async function pdf({ pages, sizePt = [144, 216], ...passwords }: PdfPlan): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false, ...passwords })
  for (const text of pages) {
    document.addPage({ size: sizePt })
    if (text) document.fontSize(18).text(text, 10, 10)
  }
  document.end()
  const chunks: Buffer[] = []
  for await (const chunk of document) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** Left half dark, right half of that colour: one can see which way it is turned. */
export function picture(widthPx = 60, heightPx = 40, colour = '#ff8800') {
  const dark = {
    width: Math.ceil(widthPx / 2),
    height: heightPx,
    channels: 3,
    background: '#222222',
  } as const
  return sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: colour } }).composite([
    { input: { create: dark }, left: 0, top: 0 },
  ])
}

export const png = (widthPx?: number, heightPx?: number, colour?: string) =>
  picture(widthPx, heightPx, colour).png().toBuffer()

/** Stored lying on its side, with the tag that says how to turn it up (EXIF 6: a quarter to the right). */
export async function jpeg(orientation = 1): Promise<Buffer> {
  return picture().jpeg().withMetadata({ orientation }).toBuffer()
}

/** A TIFF of these pages, written by hand since sharp writes pages of one size only: 8-bit grey, one strip each. */
export function tiff(pages: readonly { widthPx: number; heightPx: number; grey: number }[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 0x2a, 0x00, 8, 0, 0, 0])]
  let at = 8
  for (const [index, { widthPx, heightPx, grey }] of pages.entries()) {
    const pixels = Buffer.alloc(widthPx * heightPx, grey)
    pixels[0] = 255 - grey
    const tags: [tag: number, value: number][] = [
      [256, widthPx],
      [257, heightPx],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, 0],
      [277, 1],
      [278, heightPx],
      [279, pixels.length],
    ]
    const directoryBytes = 2 + tags.length * 12 + 4
    const directory = Buffer.alloc(directoryBytes)
    directory.writeUInt16LE(tags.length, 0)
    for (const [entry, [tag, value]] of tags.entries()) {
      directory.writeUInt16LE(tag, 2 + entry * 12)
      directory.writeUInt16LE(4, 4 + entry * 12)
      directory.writeUInt32LE(1, 6 + entry * 12)
      directory.writeUInt32LE(tag === 273 ? at + directoryBytes : value, 10 + entry * 12)
    }
    at += directoryBytes + pixels.length
    directory.writeUInt32LE(index === pages.length - 1 ? 0 : at, directoryBytes - 4)
    parts.push(directory, pixels)
  }
  return Buffer.concat(parts)
}
