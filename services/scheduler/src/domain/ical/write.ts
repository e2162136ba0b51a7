const LONGEST_OCTETS = 75
const UTF8 = new TextEncoder()

/** TEXT as RFC 5545 (3.3.11) escapes it. Control characters have no place in it. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\p{Cc}/gu, (mark) => (mark === '\n' || mark === '\t' ? mark : ' '))
    .replaceAll(/[\\;,]/g, (mark) => `\\${mark}`)
    .replaceAll('\n', '\\n')
}

/** `20260305T091000` of `2026-03-05T09:10`. */
export const localText = (local: string) => `${local.slice(0, 16).replaceAll(/[-:]/g, '')}00`
/** `20260305T091000Z` of an instant. */
export const utcText = (instant: string) =>
  Temporal.Instant.from(instant).toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')

/** Lines with the ends of the RFC, folded after 75 octets (3.1) and never inside of a character. */
export function fold(lines: readonly string[]): string {
  return `${lines.map(foldLine).join('\r\n')}\r\n`
}

function foldLine(line: string): string {
  if (UTF8.encode(line).length <= LONGEST_OCTETS) return line
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const character of line) {
    const more = UTF8.encode(character).length
    if (octets + more > LONGEST_OCTETS) {
      parts.push(part)
      // The blank before a continued line counts.
      part = ' '
      octets = 1
    }
    part += character
    octets += more
  }
  return [...parts, part].join('\r\n')
}
