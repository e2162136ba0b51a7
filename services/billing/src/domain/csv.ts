import { cents } from './money.ts'

/** A column of a report: its heading, and what stands in it. A number is money; null is an empty cell. */
export interface Column<Row> {
  readonly heading: string
  readonly value: (row: Row) => string | Money | null
}

/** Whole cents, which are written as `-12.05`: what a spreadsheet adds up. */
export type Money = number

const BREAKS_A_LINE = /[",\r\n]/
/** Spreadsheets run a cell that begins so as a formula, the wide forms of East Asian keyboards too. */
const BEGINS_A_FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/

/** RFC 4180, with a heading line: UTF-8, CRLF after each line, the last one too. */
export function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ heading }) => cell(heading))]
  for (const row of rows) lines.push(columns.map(({ value }) => cell(value(row))))
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

function cell(value: string | Money | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return decimal(value)
  const text = BEGINS_A_FORMULA.test(value) ? `'${value}` : value
  return BREAKS_A_LINE.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** From digits, so no cent goes through a float. */
function decimal(value: Money): string {
  const digits = Math.abs(cents(value)).toString().padStart(3, '0')
  return `${value < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
