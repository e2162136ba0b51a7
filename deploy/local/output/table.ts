import { padded, width } from './terminal.ts'

/** Columns as wide as their widest cell; `right` names the columns of numbers. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const widths = header.map((title, column) =>
    Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))),
  )
  const draw = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const room = widths[column]!
        return right.includes(column) ? ' '.repeat(room - width(cell)) + cell : padded(cell, room)
      })
      .join('  ')
      .trimEnd()
  const rule = widths.map((room) => '─'.repeat(room)).join('  ')
  return [draw(header), rule, ...rows.map(draw)]
}

export function box(lines: readonly string[]): string[] {
  const room = Math.max(...lines.map(width))
  const edge = '─'.repeat(room + 2)
  return [`┌${edge}┐`, ...lines.map((line) => `│ ${padded(line, room)} │`), `└${edge}┘`]
}
