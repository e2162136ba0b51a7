import { type DocumentKind, type DocumentParties, documentNumber } from '../domain/document.ts'
import { drawnOrder } from './pdf-bidi.ts'
import { ACCENT, BOTTOM, CONTENT_WIDTH, FAINT, INK, PAGE, type Page, rule } from './pdf-page.ts'

/** What all documents of a practice look like: head, labels, tables. */
export const LEFT = PAGE.margin
export const RIGHT_COLUMN = LEFT + 308
export const TITLES: Readonly<Record<DocumentKind, string>> = {
  invoice: 'Invoice',
  receipt: 'Receipt',
  statement: 'Statement',
  superbill: 'Superbill',
}
const METHODS: Readonly<Record<string, string>> = {
  cash: 'Cash',
  check: 'Check',
  card: 'Card',
  'bank-transfer': 'Bank transfer',
  other: 'Other',
}

/** What the head of a document says. */
export interface Headed {
  readonly kind: DocumentKind
  readonly number: number
  readonly status: 'review' | 'issued' | 'void'
  readonly issuedAt: string
  /** The practice's own calendar day of it. */
  readonly issuedOn: string
  readonly parties: DocumentParties
}

export function aboutPdf({ kind, number, issuedAt, parties }: Headed) {
  const title = `${TITLES[kind]} ${documentNumber(kind, number)}`
  const footer = `${drawnOrder(parties.practiceName)} · ${title}`
  return { title, author: parties.practiceName, date: new Date(issuedAt), footer }
}

/** Numbers that a payer asks for, on a line of their own. */
function letterheadLines({ addressLines, phone, taxId, npi }: DocumentParties['letterhead']): string[] {
  const numbers = [taxId && `Tax ID ${taxId}`, npi && `NPI ${npi}`].filter(Boolean).join('  ·  ')
  return [...addressLines, phone, numbers].filter((line): line is string => Boolean(line))
}

export function drawHead(page: Page, { kind, number, status, issuedOn, parties }: Headed): void {
  page
    .font('bold')
    .fontSize(15)
    .fillColor(ACCENT)
    .text(drawnOrder(parties.practiceName), LEFT, PAGE.margin, { width: 300 })
  page.font('regular').fontSize(9).fillColor(FAINT)
  for (const line of letterheadLines(parties.letterhead)) page.text(drawnOrder(line), { width: 300 })
  const headBottom = page.y
  page
    .fontSize(20)
    .fillColor(INK)
    .text(TITLES[kind].toUpperCase(), LEFT, PAGE.margin - 4, { width: CONTENT_WIDTH, align: 'right' })
  page.font('regular').fontSize(9.5).fillColor(FAINT)
  page.text(documentNumber(kind, number), { width: CONTENT_WIDTH, align: 'right' })
  page.text(longDate(issuedOn), { width: CONTENT_WIDTH, align: 'right' })
  if (status !== 'issued') {
    page.font('bold').fillColor('#a33b2a')
    page.text(status === 'review' ? 'DRAFT, NOT SENT' : 'VOID', { width: CONTENT_WIDTH, align: 'right' })
  }
  page.y = Math.max(page.y, headBottom) + 14
  rule(page, page.y, ACCENT)
  page.y += 14
}

/** Who it is for, on the left. Returns where it ends. */
export function drawPatient(
  page: Page,
  title: string,
  { patientName, addressLines }: DocumentParties,
  top: number,
): number {
  label(page, title, LEFT, top)
  page.font('bold').fontSize(10.5).fillColor(INK).text(drawnOrder(patientName), LEFT, page.y, { width: 270 })
  page.font('regular').fontSize(9.5)
  for (const line of addressLines) page.text(drawnOrder(line), { width: 270 })
  return page.y
}

/** A fact under its label, in the column on the right. */
export function drawFact(page: Page, title: string, text: string, y: number): number {
  label(page, title, RIGHT_COLUMN, y)
  page
    .font('regular')
    .fontSize(9.5)
    .fillColor(INK)
    .text(text.split('\n').map(drawnOrder).join('\n'), RIGHT_COLUMN, page.y, { width: 196 })
  return page.y + 6
}

export interface Column {
  readonly title: string
  readonly x: number
  readonly width: number
  /** Figures stand on the right. */
  readonly figures?: boolean
}

export function drawTableHead(page: Page, columns: readonly Column[]): void {
  const y = page.y
  page.font('bold').fontSize(8).fillColor(FAINT)
  for (const { title, x, width, figures } of columns)
    page.text(title, x, y, { width, align: figures ? 'right' : 'left' })
  page.y = y + 14
  rule(page, page.y, INK)
  page.y += 7
}

/** Begins a page, with the table's head again, where a row of this height no longer fits. */
export function makeRoom(page: Page, height: number, columns: readonly Column[]): void {
  if (page.y + height <= BOTTOM) return
  page.addPage()
  drawTableHead(page, columns)
}

/** A line of the totals: its words end where its figure's column begins. */
export function drawTotal(
  page: Page,
  { text, figure: shown, strong = false }: { text: string; figure: string; strong?: boolean },
  column: Column,
): void {
  const y = page.y
  page
    .font(strong ? 'bold' : 'regular')
    .fontSize(strong ? 11 : 9.5)
    .fillColor(INK)
  // Sums are longer than what they add up.
  const wide = { x: column.x - 36, width: column.width + 36 }
  const width = wide.x - LEFT - 110
  page.text(text, LEFT + 100, y, { width, align: 'right', height: 14, ellipsis: true })
  figure(page, shown, wide, y)
  page.y = y + (strong ? 20 : 16)
}

export function drawClosing(page: Page, text: string): void {
  page.y += 14
  page.font('regular').fontSize(9).fillColor(FAINT)
  page.text(text, LEFT, page.y, { width: CONTENT_WIDTH })
}

export function label(page: Page, text: string, x: number, y: number): void {
  page.font('bold').fontSize(7.5).fillColor(FAINT).text(text, x, y, { characterSpacing: 0.4 })
  page.y += 3
}

export function figure(
  page: Page,
  text: string,
  column: { readonly x: number; readonly width: number },
  y: number,
): void {
  page.text(text, column.x, y, { width: column.width, align: 'right', lineBreak: false })
}

export function longDate(date: string): string {
  return Temporal.PlainDate.from(date).toLocaleString('en-US', { dateStyle: 'long' })
}

export function shortDate(date: string): string {
  return Temporal.PlainDate.from(date).toLocaleString('en-US', { dateStyle: 'medium' })
}

export function methodName(method: string): string {
  return METHODS[method] ?? method
}

/** `90834-95  Psychotherapy, 45 minutes` */
export function serviceText(line: {
  readonly code: string
  readonly modifiers: readonly string[]
  readonly description: string
}): string {
  return `${line.code}${line.modifiers.map((modifier) => `-${modifier}`).join('')}  ${line.description}`
}
