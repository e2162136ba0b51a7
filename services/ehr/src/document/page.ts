import { givingWay } from '@praxisbus/runtime'
import PDFDocument from 'pdfkit'
import { type Face, fontOf, type GlyphMemory, printable, type Run, runsOf, useGlyphs } from './fonts.ts'
import { piecesOf } from './pieces.ts'

/** Lengths are in points, 1/72 inch. */
const MARGIN = 54
const FOOTER_ABOVE_EDGE = 36
const INK = '#1a1f2b'
const PALE = '#5b6472'
const RULE = '#c9ced6'
const SIZE = 9.5
const LINE_GAP = 1.5

export interface Style {
  readonly face?: 'text' | 'bold'
  readonly size?: number
  readonly pale?: boolean
}

interface Place {
  readonly x?: number
  readonly y?: number
  readonly width?: number
  readonly align?: 'left' | 'right'
  readonly oneLine?: boolean
}

export interface Column {
  readonly title: string
  /** Share of the page's width. */
  readonly share: number
}

/** The furniture of a page: text in any script, headings, grids, tables, and a footer with page numbers. */
export class Page {
  readonly doc: PDFKit.PDFDocument
  readonly left = MARGIN
  readonly width: number
  private readonly glyphs: GlyphMemory = new Map()
  private readonly giveWay = givingWay()

  /** `madeAt` is part of the bytes, so that the same content gives the same file. */
  constructor(title: string, madeAt: Date) {
    useGlyphs(this.glyphs)
    this.doc = new PDFDocument({
      size: 'LETTER',
      margin: MARGIN,
      bufferPages: true,
      lang: 'en-US',
      displayTitle: true,
      // One that pdfkit opens by itself it compares, table by table, with each that is set later: 20 us, on each piece of text.
      font: null as unknown as string,
      info: { Title: title, Creator: 'Praxisbus', CreationDate: madeAt, ModDate: madeAt },
    })
    this.width = this.doc.page.width - 2 * MARGIN
  }

  /** Writes at the place or, without one, below what was written last. */
  write(text: string, style: Style = {}, place: Place = {}): void {
    for (const _ of this.writing(text, style, place));
  }

  /** Writes what may be long, so that other requests go on meanwhile. */
  async writeAtLength(text: string, style: Style = {}): Promise<void> {
    for (const _ of this.writing(text, style, {})) await this.takeTurns()
  }

  private async takeTurns(): Promise<void> {
    const others = this.giveWay()
    if (!others) return
    await others
    useGlyphs(this.glyphs)
  }

  /** Stops after each piece that was written. */
  private *writing(text: string, style: Style, place: Place): Generator<void> {
    if (place.y !== undefined) this.doc.y = place.y
    for (const line of printable(text).split('\n')) {
      if (line.trim() === '') this.space(this.lineHeight(style))
      else yield* this.line(line, style, place)
    }
  }

  private *line(
    text: string,
    { face = 'text', size = SIZE, pale = false }: Style,
    place: Place,
  ): Generator<void> {
    const { x = this.left, width = this.width, align = 'left', oneLine = false } = place
    const runs = runsOf(text, face).flatMap(piecesOf)
    // pdfkit aligns each run by itself; a line of several begins where it must to end at the right.
    const several = runs.length > 1 && align === 'right'
    const start = several ? x + width - this.widthOf(runs, size) : x
    this.doc.fillColor(pale ? PALE : INK)
    for (const [index, run] of runs.entries()) {
      const options: PDFKit.Mixins.TextOptions = {
        width: x + width - start,
        align: several ? 'left' : align,
        continued: index < runs.length - 1,
        lineGap: LINE_GAP,
        lineBreak: !oneLine,
        // Makes pdfkit shape whole lines rather than words, which right-to-left text needs.
        features: [],
      }
      this.face(run.face, size)
      if (index === 0) this.doc.text(run.text, start, this.doc.y, options)
      else this.doc.text(run.text, options)
      yield
    }
  }

  private face(face: Face, size: number): PDFKit.PDFDocument {
    return this.doc.font(fontOf(face) as unknown as string, face, size)
  }

  private widthOf(runs: readonly Run[], size: number): number {
    return runs.reduce((sum, { face, text }) => sum + this.face(face, size).widthOfString(text), 0)
  }

  private lineHeight({ face = 'text', size = SIZE }: Style): number {
    return this.face(face, size).currentLineHeight(true) + LINE_GAP
  }

  /** Starts a new page where less than `height` is left on this one. */
  keepTogether(height: number): void {
    if (this.doc.y + height > this.doc.page.height - MARGIN) this.doc.addPage()
  }

  space(height: number): void {
    this.doc.y += height
  }

  rule(): void {
    const { y } = this.doc
    this.doc.moveTo(this.left, y).lineTo(this.left + this.width, y)
    this.doc.lineWidth(0.6).strokeColor(RULE).stroke()
  }

  /** Keeps at least `below` of what follows on its page. */
  heading(text: string, below = 30): void {
    this.keepTogether(below + 30)
    this.space(14)
    this.write(text, { face: 'bold', size: 11 })
    this.space(2)
    this.rule()
    this.space(6)
  }

  /** Names over values, `columns` to a row. */
  grid(pairs: readonly (readonly [name: string, value: string])[], columns: number): void {
    const width = this.width / columns
    for (let first = 0; first < pairs.length; first += columns) {
      const row = pairs.slice(first, first + columns)
      this.keepTogether(28)
      const top = this.doc.y
      const bottoms = row.map(([name, value], index) => {
        const place = { x: this.left + index * width, width: width - 10 }
        this.write(name, { size: 7.5, pale: true }, { ...place, y: top })
        this.write(value, {}, place)
        return this.doc.y
      })
      this.doc.y = Math.max(...bottoms) + 6
    }
  }

  /** The head is repeated on each page that the rows reach. */
  async table(columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<void> {
    const titles = columns.map(({ title }) => title)
    this.row(columns, titles, { size: 7.5, pale: true })
    for (const row of rows) {
      const before = this.doc.bufferedPageRange().count
      this.keepTogether(this.heightOf(columns, row))
      if (this.doc.bufferedPageRange().count > before) this.row(columns, titles, { size: 7.5, pale: true })
      this.row(columns, row, {})
      await this.takeTurns()
    }
  }

  private row(columns: readonly Column[], cells: readonly string[], style: Style): void {
    const top = this.doc.y
    let { left } = this
    const bottoms = columns.map(({ share }, index) => {
      const width = share * this.width
      this.write(cells[index]!, style, { x: left, y: top, width: width - 8 })
      left += width
      return this.doc.y
    })
    this.doc.y = Math.max(...bottoms) + 3
  }

  private heightOf(columns: readonly Column[], cells: readonly string[]): number {
    this.face('text', SIZE)
    const heights = columns.map(({ share }, index) =>
      this.doc.heightOfString(cells[index]!, { width: share * this.width - 8, lineGap: LINE_GAP }),
    )
    return Math.max(...heights) + 3
  }

  /** Puts the footer on every page and gives the file. */
  async finish(footer: string): Promise<Buffer> {
    const { count } = this.doc.bufferedPageRange()
    for (let page = 0; page < count; page++) {
      this.doc.switchToPage(page)
      // Text in the bottom margin would otherwise start a new page.
      this.doc.page.margins.bottom = 0
      const y = this.doc.page.height - FOOTER_ABOVE_EDGE
      const style = { size: 7.5, pale: true }
      this.write(footer, style, { y, width: this.width - 80, oneLine: true })
      this.write(`Page ${page + 1} of ${count}`, style, { y, align: 'right', oneLine: true })
      await this.takeTurns()
    }
    this.doc.end()
    const chunks: Buffer[] = []
    for await (const chunk of this.doc) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  }
}
