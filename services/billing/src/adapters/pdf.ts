import {
  type DocumentContent,
  type DocumentKind,
  type DocumentLine,
  type DocumentParties,
  documentNumber,
} from '../domain/document.ts'
import { formatMoney } from '../domain/money.ts'
import { ACCENT, BOTTOM, CONTENT_WIDTH, drawPdf, FAINT, INK, PAGE, type Page, rule } from './pdf-page.ts'

export interface PrintedDocument {
  readonly kind: DocumentKind
  readonly number: number
  readonly status: 'review' | 'issued' | 'void'
  readonly issuedAt: string
  /** The practice's own calendar day of it. */
  readonly issuedOn: string
  readonly content: DocumentContent
  readonly parties: DocumentParties
}

const LEFT = PAGE.margin
/** Left edge and width of each column, in points. */
const COLUMNS = {
  service: { x: LEFT, width: 258 },
  units: { x: LEFT + 264, width: 40 },
  amount: { x: LEFT + 308, width: 64 },
  discount: { x: LEFT + 376, width: 60 },
  net: { x: LEFT + 440, width: 64 },
}
const METHODS: Readonly<Record<string, string>> = {
  cash: 'Cash',
  check: 'Check',
  card: 'Card',
  'bank-transfer': 'Bank transfer',
  other: 'Other',
}

/** An invoice or a receipt as a practice sends it (B-20): US Letter, one table, totals, page numbers. */
export function renderDocument(document: PrintedDocument): Promise<Buffer> {
  const title = `${document.kind === 'invoice' ? 'Invoice' : 'Receipt'} ${documentNumber(document.kind, document.number)}`
  const about = {
    title,
    author: document.parties.practiceName,
    date: new Date(document.issuedAt),
    footer: `${document.parties.practiceName} · ${title}`,
  }
  return drawPdf(about, (page) => {
    drawHead(page, document)
    drawParties(page, document)
    if (document.content.received) drawReceived(page, document.content.received)
    if (document.content.lines.length > 0) drawTable(page, document.content.lines)
    drawTotals(page, document)
  })
}

function drawHead(page: Page, { kind, number, status, issuedOn, parties }: PrintedDocument): void {
  page
    .font('bold')
    .fontSize(15)
    .fillColor(ACCENT)
    .text(parties.practiceName, LEFT, PAGE.margin, { width: 300 })
  const headBottom = page.y
  page
    .fontSize(20)
    .fillColor(INK)
    .text(kind === 'invoice' ? 'INVOICE' : 'RECEIPT', LEFT, PAGE.margin - 4, {
      width: CONTENT_WIDTH,
      align: 'right',
    })
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

function drawParties(page: Page, { kind, content, parties }: PrintedDocument): void {
  const top = page.y
  label(page, kind === 'invoice' ? 'BILL TO' : 'RECEIVED FROM', LEFT, top)
  page.font('bold').fontSize(10.5).fillColor(INK).text(parties.patientName, LEFT, page.y, { width: 270 })
  page.font('regular').fontSize(9.5)
  for (const line of parties.addressLines) page.text(line, { width: 270 })
  const leftBottom = page.y
  const x = LEFT + 308
  label(page, 'DATE OF SERVICE', x, top)
  page.font('regular').fontSize(9.5).fillColor(INK).text(longDate(content.serviceDate), { width: 196 })
  if (parties.providerName) {
    page.y += 6
    label(page, 'PROVIDER', x, page.y)
    page.font('regular').fontSize(9.5).fillColor(INK).text(parties.providerName, { width: 196 })
  }
  page.y = Math.max(leftBottom, page.y) + 20
}

function drawReceived(page: Page, received: NonNullable<DocumentContent['received']>): void {
  const top = page.y
  page.roundedRect(LEFT, top, CONTENT_WIDTH, 46, 4).fillColor('#eef4f8').fill()
  label(page, 'PAYMENT RECEIVED', LEFT + 12, top + 9)
  page.font('regular').fontSize(9.5).fillColor(INK)
  page.text(described(received), LEFT + 12, page.y, { width: 330, height: 12, ellipsis: true })
  page.font('bold').fontSize(16)
  page.text(formatMoney(received.amountCents), LEFT, top + 13, { width: CONTENT_WIDTH - 12, align: 'right' })
  page.y = top + 46 + 18
}

function drawTable(page: Page, lines: readonly DocumentLine[]): void {
  tableHead(page)
  for (const line of lines) {
    const text = `${line.code}${line.modifiers.map((modifier) => `-${modifier}`).join('')}  ${line.description}`
    page.font('regular').fontSize(9.5)
    const height = page.heightOfString(text, { width: COLUMNS.service.width })
    if (page.y + height > BOTTOM) {
      page.addPage()
      tableHead(page)
    }
    const y = page.y
    page.font('regular').fontSize(9.5).fillColor(INK)
    page.text(text, COLUMNS.service.x, y, { width: COLUMNS.service.width })
    figure(page, String(line.units), COLUMNS.units, y)
    figure(page, formatMoney(line.amountCents), COLUMNS.amount, y)
    figure(page, line.discountCents === 0 ? '–' : formatMoney(-line.discountCents), COLUMNS.discount, y)
    figure(page, formatMoney(line.amountCents - line.discountCents), COLUMNS.net, y)
    page.y = y + height + 6
    rule(page, page.y)
    page.y += 6
  }
}

function tableHead(page: Page): void {
  const y = page.y
  page.font('bold').fontSize(8).fillColor(FAINT)
  page.text('SERVICE', COLUMNS.service.x, y, { width: COLUMNS.service.width })
  for (const [text, column] of [
    ['UNITS', COLUMNS.units],
    ['AMOUNT', COLUMNS.amount],
    ['DISCOUNT', COLUMNS.discount],
    ['TOTAL', COLUMNS.net],
  ] as const)
    page.text(text, column.x, y, { width: column.width, align: 'right' })
  page.y = y + 14
  rule(page, page.y, INK)
  page.y += 7
}

function drawTotals(page: Page, { kind, content }: PrintedDocument): void {
  const rows = totalRows(kind, content)
  const height = rows.length * 17 + 44
  if (page.y + height > BOTTOM) page.addPage()
  page.y += 6
  for (const { text, cents, strong } of rows) {
    const y = page.y
    page
      .font(strong ? 'bold' : 'regular')
      .fontSize(strong ? 11 : 9.5)
      .fillColor(INK)
    page.text(text, LEFT + 140, y, { width: 290, align: 'right', height: 14, ellipsis: true })
    figure(page, formatMoney(cents), COLUMNS.net, y)
    page.y = y + (strong ? 20 : 16)
  }
  page.y += 14
  page.font('regular').fontSize(9).fillColor(FAINT)
  page.text(closing(kind, content), LEFT, page.y, { width: CONTENT_WIDTH })
}

function totalRows(kind: DocumentKind, content: DocumentContent) {
  const payments = content.payments.map((payment) => ({
    text: `Paid ${described(payment)}`,
    cents: -payment.appliedCents,
    strong: false,
  }))
  const others = [
    { text: 'Adjusted', cents: -(content.adjustedCents ?? 0), strong: false },
    { text: 'With your insurance', cents: -(content.withInsurersCents ?? 0), strong: false },
  ].filter((row) => row.cents !== 0)
  const credit = content.received?.escrowCents ?? 0
  return [
    ...(content.lines.length > 0 ? [{ text: 'Total', cents: content.totalCents, strong: true }] : []),
    ...payments,
    ...others,
    ...(content.lines.length > 0
      ? [
          {
            text: kind === 'invoice' ? 'Amount due' : 'Balance due',
            cents: content.balanceCents,
            strong: true,
          },
        ]
      : []),
    ...(credit > 0 ? [{ text: 'Kept as credit on your account', cents: credit, strong: false }] : []),
  ]
}

function closing(kind: DocumentKind, { balanceCents }: DocumentContent): string {
  if (kind === 'receipt') return 'Thank you for your payment. Please keep this receipt for your records.'
  return balanceCents > 0
    ? 'Please mention the invoice number with your payment. Thank you.'
    : 'Nothing is owed on this invoice. Thank you.'
}

function described(payment: { date: string; method: string; reference: string | null }): string {
  const reference = payment.reference ? `, reference ${payment.reference}` : ''
  return `${longDate(payment.date)} · ${METHODS[payment.method] ?? payment.method}${reference}`
}

function label(page: Page, text: string, x: number, y: number): void {
  page.font('bold').fontSize(7.5).fillColor(FAINT).text(text, x, y, { characterSpacing: 0.4 })
  page.y += 3
}

function figure(page: Page, text: string, column: { x: number; width: number }, y: number): void {
  page.text(text, column.x, y, { width: column.width, align: 'right', lineBreak: false })
}

function longDate(date: string): string {
  return Temporal.PlainDate.from(date).toLocaleString('en-US', { dateStyle: 'long' })
}
