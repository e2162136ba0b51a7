import type { DocumentContent, DocumentKind, DocumentLine } from '../domain/document.ts'
import { formatMoney } from '../domain/money.ts'
import { BOTTOM, CONTENT_WIDTH, drawPdf, INK, type Page, rule } from './pdf-page.ts'
import {
  aboutPdf,
  type Column,
  drawClosing,
  drawFact,
  drawHead,
  drawPatient,
  drawTableHead,
  drawTotal,
  figure,
  type Headed,
  LEFT,
  label,
  longDate,
  makeRoom,
  methodName,
  serviceText,
} from './pdf-parts.ts'

export interface PrintedDocument extends Headed {
  readonly content: DocumentContent
}

const SERVICE: Column = { title: 'SERVICE', x: LEFT, width: 258 }
const UNITS: Column = { title: 'UNITS', x: LEFT + 264, width: 40, figures: true }
const AMOUNT: Column = { title: 'AMOUNT', x: LEFT + 308, width: 64, figures: true }
const DISCOUNT: Column = { title: 'DISCOUNT', x: LEFT + 376, width: 60, figures: true }
const NET: Column = { title: 'TOTAL', x: LEFT + 440, width: 64, figures: true }
const COLUMNS = [SERVICE, UNITS, AMOUNT, DISCOUNT, NET]

/** An invoice or a receipt as a practice sends it (B-20): US Letter, one table, totals, page numbers. */
export function renderDocument(document: PrintedDocument): Promise<Buffer> {
  return drawPdf(aboutPdf(document), (page) => {
    drawHead(page, document)
    drawParties(page, document)
    if (document.content.received) drawReceived(page, document.content.received)
    if (document.content.lines.length > 0) drawTable(page, document.content.lines)
    drawTotals(page, document)
  })
}

function drawParties(page: Page, { kind, content, parties }: PrintedDocument): void {
  const top = page.y
  const left = drawPatient(page, kind === 'invoice' ? 'BILL TO' : 'RECEIVED FROM', parties, top)
  const { serviceDate } = content
  let right = serviceDate ? drawFact(page, 'DATE OF SERVICE', longDate(serviceDate), top) : top
  if (parties.providerName) right = drawFact(page, 'PROVIDER', parties.providerName, right)
  page.y = Math.max(left, right - 6) + 20
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
  drawTableHead(page, COLUMNS)
  for (const line of lines) {
    const text = serviceText(line)
    page.font('regular').fontSize(9.5)
    const height = page.heightOfString(text, { width: SERVICE.width })
    makeRoom(page, height, COLUMNS)
    const y = page.y
    page.font('regular').fontSize(9.5).fillColor(INK)
    page.text(text, SERVICE.x, y, { width: SERVICE.width })
    figure(page, String(line.units), UNITS, y)
    figure(page, formatMoney(line.amountCents), AMOUNT, y)
    figure(page, line.discountCents === 0 ? '–' : formatMoney(-line.discountCents), DISCOUNT, y)
    figure(page, formatMoney(line.amountCents - line.discountCents), NET, y)
    page.y = y + height + 6
    rule(page, page.y)
    page.y += 6
  }
}

function drawTotals(page: Page, { kind, content }: PrintedDocument): void {
  const rows = totalRows(kind, content)
  const height = rows.length * 17 + 44
  if (page.y + height > BOTTOM) page.addPage()
  page.y += 6
  for (const { text, cents, strong } of rows)
    drawTotal(page, { text, figure: formatMoney(cents), strong }, NET)
  drawClosing(page, closing(kind, content))
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
  return `${longDate(payment.date)} · ${methodName(payment.method)}${reference}`
}
