import { formatMoney } from '../domain/money.ts'
import { pointerLetter, type SuperbillContent, type SuperbillLine } from '../domain/superbill.ts'
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
} from './pdf-parts.ts'

const CODE: Column = { title: 'PROCEDURE', x: LEFT, width: 62 }
const MODIFIERS: Column = { title: 'MODIFIERS', x: LEFT + 66, width: 62 }
const SERVICE: Column = { title: 'SERVICE', x: LEFT + 132, width: 170 }
const POINTERS: Column = { title: 'DIAGNOSIS', x: LEFT + 306, width: 58 }
const UNITS: Column = { title: 'UNITS', x: LEFT + 368, width: 34, figures: true }
const FEE: Column = { title: 'FEE', x: LEFT + 408, width: 96, figures: true }
const COLUMNS = [CODE, MODIFIERS, SERVICE, POINTERS, UNITS, FEE]

/** What a patient sends to an insurer (B-20): who did what, why, and for how much. */
export function renderSuperbill(document: Headed & { readonly content: SuperbillContent }): Promise<Buffer> {
  const { content, parties } = document
  return drawPdf(aboutPdf(document), (page) => {
    drawHead(page, document)
    const top = page.y
    drawPatient(page, 'PATIENT', parties, top)
    if (content.birthDate) page.text(`Born ${longDate(content.birthDate)}`, LEFT, page.y + 2, { width: 270 })
    const left = page.y
    const afterDate = drawFact(page, 'DATE OF SERVICE', longDate(content.serviceDate), top)
    const { name, npi } = content.provider
    const afterProvider = drawFact(page, 'RENDERING PROVIDER', `${name}\nNPI ${npi}`, afterDate)
    const place = content.placeOfService ?? 'not recorded'
    const right = drawFact(page, 'PLACE OF SERVICE (CMS CODE)', place, afterProvider)
    page.y = Math.max(left, right) + 12
    drawDiagnoses(page, content)
    drawTableHead(page, COLUMNS)
    for (const line of content.lines) drawLine(page, line)
    drawEnd(page, content)
  })
}

function drawDiagnoses(page: Page, { diagnoses }: SuperbillContent): void {
  label(page, 'DIAGNOSES (ICD-10-CM)', LEFT, page.y)
  page.y += 2
  diagnoses.forEach(({ code, description }, index) => {
    const text = description ? `${code}  ${description}` : code
    page.font('regular').fontSize(9.5)
    const height = page.heightOfString(text, { width: CONTENT_WIDTH - 22 })
    if (page.y + height > BOTTOM) page.addPage()
    const y = page.y
    page
      .font('bold')
      .fillColor(INK)
      .text(pointerLetter(index + 1), LEFT, y, { lineBreak: false })
    page.font('regular').text(text, LEFT + 22, y, { width: CONTENT_WIDTH - 22 })
    page.y = y + height + 2
  })
  page.y += 12
  if (page.y + 60 > BOTTOM) page.addPage()
}

function drawLine(page: Page, line: SuperbillLine): void {
  page.font('regular').fontSize(9.5)
  const pointers = line.diagnosisPointers.map(pointerLetter).join(', ')
  const height = Math.max(
    page.heightOfString(line.description, { width: SERVICE.width }),
    page.heightOfString(pointers, { width: POINTERS.width }),
    page.heightOfString(line.code, { width: CODE.width }),
  )
  makeRoom(page, height + 12, COLUMNS)
  const y = page.y
  page.font('regular').fontSize(9.5).fillColor(INK)
  page.text(line.code, CODE.x, y, { width: CODE.width })
  page.text(line.modifiers.join(' '), MODIFIERS.x, y, { width: MODIFIERS.width })
  page.text(line.description, SERVICE.x, y, { width: SERVICE.width })
  page.text(pointers, POINTERS.x, y, { width: POINTERS.width })
  figure(page, String(line.units), UNITS, y)
  figure(page, formatMoney(line.amountCents), FEE, y)
  page.y = y + height + 6
  rule(page, page.y)
  page.y += 6
}

function drawEnd(page: Page, { lines, totalCents, paidCents }: SuperbillContent): void {
  if (page.y + 120 > BOTTOM) page.addPage()
  page.y += 6
  const discountCents = lines.reduce((sum, line) => sum + line.discountCents, 0)
  if (discountCents > 0) drawTotal(page, { text: 'Discount', figure: formatMoney(-discountCents) }, FEE)
  drawTotal(page, { text: 'Total fees', figure: formatMoney(totalCents), strong: true }, FEE)
  drawTotal(page, { text: 'Paid by the patient', figure: formatMoney(paidCents) }, FEE)
  drawClosing(page, 'For you to submit to your insurer. The practice has not submitted it.')
}
