import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import PDFDocument from 'pdfkit'

const require = createRequire(import.meta.url)
/** DejaVu (free, Bitstream Vera licence): Latin, Greek, Cyrillic, Hebrew, Arabic, Armenian, Georgian and more; no CJK. */
const FONTS = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf')

export const INK = '#1b2733'
export const FAINT = '#66727f'
export const RULE = '#d5dbe1'
export const ACCENT = '#1f5f8b'

/** US Letter in points. */
export const PAGE = { width: 612, height: 792, margin: 54 }
export const CONTENT_WIDTH = PAGE.width - 2 * PAGE.margin
const FOOTER_HEIGHT = 40
export const BOTTOM = PAGE.height - PAGE.margin - FOOTER_HEIGHT

export type Page = PDFKit.PDFDocument

/** The bytes of a drawing. The same drawing at the same `date` gives the same bytes: nothing in it is random. */
export function drawPdf(
  about: { readonly title: string; readonly author: string; readonly date: Date; readonly footer: string },
  draw: (page: Page) => void,
): Promise<Buffer> {
  const page = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: PAGE.margin,
    bufferPages: true,
    lang: 'en-US',
    displayTitle: true,
    info: { Title: about.title, Author: about.author, CreationDate: about.date, Producer: 'Praxisbus' },
  })
  page.registerFont('regular', join(FONTS, 'DejaVuSans.ttf'))
  page.registerFont('bold', join(FONTS, 'DejaVuSans-Bold.ttf'))
  page.registerFont('mono', join(FONTS, 'DejaVuSansMono.ttf'))
  const chunks: Buffer[] = []
  const whole = new Promise<Buffer>((resolve, reject) => {
    page.on('data', (chunk: Buffer) => chunks.push(chunk))
    page.on('end', () => resolve(Buffer.concat(chunks)))
    page.on('error', reject)
  })
  page.font('regular').fontSize(9.5).fillColor(INK)
  draw(page)
  drawFooters(page, about.footer)
  page.end()
  return whole
}

function drawFooters(page: Page, footer: string): void {
  const { count } = page.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    page.switchToPage(index)
    // Below the margin pdfkit would begin a new page.
    page.page.margins.bottom = 0
    const y = PAGE.height - PAGE.margin
    page.font('regular').fontSize(8).fillColor(FAINT)
    page.text(footer, PAGE.margin, y, { width: CONTENT_WIDTH - 80, height: 10, ellipsis: true })
    page.text(`Page ${index + 1} of ${count}`, PAGE.margin, y, {
      width: CONTENT_WIDTH,
      align: 'right',
      lineBreak: false,
    })
  }
}

export function rule(page: Page, y: number, color = RULE): void {
  page
    .moveTo(PAGE.margin, y)
    .lineTo(PAGE.width - PAGE.margin, y)
    .lineWidth(0.75)
    .strokeColor(color)
    .stroke()
}
