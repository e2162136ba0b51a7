import { formatMoney } from '../domain/money.ts'
import type { Aging, StatementCharge, StatementContent, StatementPayment } from '../domain/statement.ts'
import { ACCENT, BOTTOM, CONTENT_WIDTH, drawPdf, FAINT, INK, type Page, rule } from './pdf-page.ts'
import {
  aboutPdf,
  type Column,
  drawClosing,
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
  RIGHT_COLUMN,
  serviceText,
  shortDate,
} from './pdf-parts.ts'

const DATE: Column = { title: 'DATE', x: LEFT, width: 66 }
const SERVICE: Column = { title: 'SERVICE', x: LEFT + 70, width: 164 }
const CHARGE: Column = { title: 'CHARGE', x: LEFT + 236, width: 66, figures: true }
const ADJUSTED: Column = { title: 'ADJUSTED', x: LEFT + 304, width: 62, figures: true }
const PAID: Column = { title: 'PAID', x: LEFT + 368, width: 64, figures: true }
const BALANCE: Column = { title: 'YOU OWE', x: LEFT + 436, width: 68, figures: true }
const COLUMNS = [DATE, SERVICE, CHARGE, ADJUSTED, PAID, BALANCE]
const BUCKETS: readonly (readonly [keyof Aging, string])[] = [
  ['currentCents', '0–30 DAYS'],
  ['days31To60Cents', '31–60 DAYS'],
  ['days61To90Cents', '61–90 DAYS'],
  ['days91To120Cents', '91–120 DAYS'],
  ['over120Cents', 'OVER 120 DAYS'],
]

/** What a patient owes and since when, as a practice sends it (B-20). */
export function renderStatement(document: Headed & { readonly content: StatementContent }): Promise<Buffer> {
  const { content, parties } = document
  return drawPdf(aboutPdf(document), (page) => {
    drawHead(page, document)
    const top = page.y
    const left = drawPatient(page, 'STATEMENT FOR', parties, top)
    drawDue(page, content, top)
    page.y = Math.max(left, top + 58) + 18
    drawTableHead(page, COLUMNS)
    for (const charge of content.charges) drawCharge(page, charge)
    if (content.charges.length === 0) drawNothing(page)
    drawEnd(page, content)
  })
}

function drawDue(page: Page, { balanceCents, asOf }: StatementContent, top: number): void {
  const width = CONTENT_WIDTH - (RIGHT_COLUMN - LEFT)
  page.roundedRect(RIGHT_COLUMN, top, width, 52, 4).fillColor('#eef4f8').fill()
  label(page, 'BALANCE DUE', RIGHT_COLUMN + 12, top + 9)
  page
    .font('bold')
    .fontSize(18)
    .fillColor(INK)
    .text(formatMoney(balanceCents), RIGHT_COLUMN + 12, page.y)
  page.font('regular').fontSize(8.5).fillColor(FAINT)
  page.text(`as of ${longDate(asOf)}`, RIGHT_COLUMN, top + 9, { width: width - 12, align: 'right' })
}

function drawCharge(page: Page, charge: StatementCharge): void {
  const text = serviceText(charge)
  page.font('regular').fontSize(9)
  const textHeight = page.heightOfString(text, { width: SERVICE.width })
  const notes = notesOf(charge)
  makeRoom(page, textHeight + notes.length * 12 + 12, COLUMNS)
  const y = page.y
  page.font('regular').fontSize(9).fillColor(INK)
  page.text(shortDate(charge.serviceDate), DATE.x, y, { width: DATE.width })
  page.text(text, SERVICE.x, y, { width: SERVICE.width })
  figure(page, formatMoney(charge.amountCents), CHARGE, y)
  figure(page, signed(-charge.adjustedCents), ADJUSTED, y)
  figure(page, signed(-charge.paidCents), PAID, y)
  page.font('bold')
  figure(page, formatMoney(charge.balanceCents), BALANCE, y)
  page.y = y + textHeight + 2
  page.font('regular').fontSize(8).fillColor(FAINT)
  for (const note of notes) {
    page.text(note, SERVICE.x, page.y, { width: CONTENT_WIDTH - 70, height: 12, ellipsis: true })
  }
  page.y += 4
  rule(page, page.y)
  page.y += 6
}

const MOST_PAYMENTS = 8

/** Each payment on a line; many in one, so that a charge always fits on a page. */
function notesOf({ payments, insuranceCents, collectionsCents = 0 }: StatementCharge): string[] {
  const rows = payments
    .slice(-MOST_PAYMENTS)
    .map((payment) => `${paidBy(payment)}, ${shortDate(payment.date)}: ${formatMoney(payment.amountCents)}`)
  const earlier = payments.length - rows.length
  return [
    ...(earlier > 0 ? [`${earlier} earlier payments`] : []),
    ...rows,
    ...(insuranceCents > 0 ? [`${formatMoney(insuranceCents)} more is with your insurance`] : []),
    ...(collectionsCents > 0 ? [`${formatMoney(collectionsCents)} more is with a collection agency`] : []),
  ]
}

function paidBy({ insurer, agency, method }: StatementPayment): string {
  if (insurer) return 'Paid by insurance'
  return agency ? 'Paid to the collection agency' : `Paid by you, ${methodName(method).toLowerCase()}`
}

function signed(cents: number): string {
  return cents === 0 ? '–' : formatMoney(cents)
}

function drawNothing(page: Page): void {
  page.font('regular').fontSize(9.5).fillColor(INK).text('There are no open charges.', LEFT, page.y)
  page.y += 8
}

/** Totals, aging and closing stay together on one page. */
function drawEnd(page: Page, content: StatementContent): void {
  if (page.y + 150 > BOTTOM) page.addPage()
  page.y += 6
  drawTotal(page, { text: 'Balance due', figure: formatMoney(content.balanceCents), strong: true }, BALANCE)
  if (content.creditCents > 0)
    drawTotal(
      page,
      { text: 'Credit on your account, not applied yet', figure: formatMoney(content.creditCents) },
      BALANCE,
    )
  if (content.balanceCents > 0) drawAging(page, content.aging)
  drawClosing(page, closing(content))
}

function drawAging(page: Page, aging: Aging): void {
  page.y += 10
  label(page, 'BALANCE BY AGE OF THE SERVICE', LEFT, page.y)
  const top = page.y + 2
  const width = CONTENT_WIDTH / BUCKETS.length
  page.rect(LEFT, top, CONTENT_WIDTH, 40).lineWidth(0.75).strokeColor('#d5dbe1').stroke()
  BUCKETS.forEach(([bucket, title], index) => {
    const x = LEFT + index * width
    if (index > 0)
      page
        .moveTo(x, top)
        .lineTo(x, top + 40)
        .stroke()
    page.font('bold').fontSize(7).fillColor(FAINT)
    page.text(title, x, top + 8, { width, align: 'center' })
    const cents = aging[bucket]
    page
      .font(cents > 0 ? 'bold' : 'regular')
      .fontSize(10)
      .fillColor(cents > 0 ? ACCENT : FAINT)
    page.text(formatMoney(cents), x, top + 20, { width, align: 'center', lineBreak: false })
  })
  page.y = top + 44
}

function closing({ balanceCents, creditCents }: StatementContent): string {
  if (balanceCents === 0) return 'You owe nothing. Thank you.'
  const pay = 'Please mention the statement number with your payment. Thank you.'
  if (creditCents === 0) return pay
  return `The credit is money you paid that is not applied to a charge yet; tell us if you want it used for this balance. ${pay}`
}
