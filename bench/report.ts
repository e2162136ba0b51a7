import { type Bench, type Comparison, holds, ratios, spread } from './comparison.ts'

/** The figures of one bench as a Markdown table, with what they were measured on. */
export function table({ about }: Pick<Bench, 'about'>, comparisons: readonly Comparison[], machine: string) {
  const head = ['what', 'peer', 'ours', 'theirs', 'ours / theirs (pairs)', 'aim', 'holds']
  const rows = [head, head.map(() => '---'), ...comparisons.map(cells)]
  return [about, '', ...rows.map((row) => `| ${row.join(' | ')} |`), '', machine].join('\n')
}

function cells(comparison: Comparison): string[] {
  const { what, peer, unit, ours, theirs, aim } = comparison
  const ratio = spread(ratios(comparison))
  const held = holds(comparison)
  return [
    what,
    peer,
    `${figure(spread(ours).median)} ${unit}`,
    `${figure(spread(theirs).median)} ${unit}`,
    `**${figure(ratio.median)}** (${figure(ratio.min)}–${figure(ratio.max)}, ${ours.length})`,
    aim ? `${aim.ratio === 'at most' ? '≤' : '≥'} ${aim.value}` : '–',
    held === undefined ? '–' : held ? 'yes' : 'no',
  ]
}

/** Three digits that count; whole numbers from 1,000 on. */
export function figure(value: number): string {
  return value.toLocaleString(
    'en-US',
    value < 1_000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  )
}

const opening = (name: string) => `<!-- measured: ${name} -->`
const ENDING = '<!-- end of what was measured -->'

/**
 * Puts what was measured between its marks in the page and leaves all else as people wrote it; a bench that the page does
 * not know yet gets a section at its end.
 */
export function insertMeasured(page: string, name: string, measured: string): string {
  const part = `${opening(name)}\n${measured}\n${ENDING}`
  const start = page.indexOf(opening(name))
  if (start === -1) return `${page.trimEnd()}\n\n## ${name}\n\n${part}\n`
  const end = page.indexOf(ENDING, start)
  if (end === -1) throw new Error(`the page has no end mark after ${opening(name)}`)
  return page.slice(0, start) + part + page.slice(end + ENDING.length)
}
