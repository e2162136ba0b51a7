import type { Run } from './fonts.ts'

/** UTF-16 units. A line holds some 100; no language has words as long. */
export const LONGEST_WORD = 200
/** UTF-16 units of one call of pdfkit; between two calls others have their turn. */
const LONGEST_PIECE = 1_000

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/**
 * Cuts a run so that each piece takes a bounded time: pdfkit measures all that is left of a word for each line that the word fills, so
 * that one of 20,000 characters took 5 s, and one of 100,000 did not end. A piece ends behind a blank, or inside a word that is longer than
 * any. Words from right to left stay together where they can, because pdfkit sets the pieces of a line from left to right.
 */
export function piecesOf({ text, face }: Run): Run[] {
  if (text.length <= LONGEST_WORD) return [{ text, face }]
  const most = RIGHT_TO_LEFT.test(text) ? Number.POSITIVE_INFINITY : LONGEST_PIECE
  const pieces: string[] = []
  let piece = ''
  const end = () => {
    if (piece !== '') pieces.push(piece)
    piece = ''
  }
  // What pdfkit may break behind: a word with the blanks after it, which count as part of it.
  for (const [word] of text.matchAll(/\S* *|\s/gu)) {
    if (word.length > LONGEST_WORD) {
      end()
      pieces.push(...cut(word))
    } else {
      if (piece.length + word.length > most) end()
      piece += word
    }
  }
  end()
  return pieces.map((part) => ({ text: part, face }))
}

/** Between graphemes; one that is itself too long (a letter under hundreds of accents) between code points. */
function cut(word: string): string[] {
  const parts: string[] = []
  let part = ''
  for (const { segment } of graphemes.segment(word))
    for (const unit of segment.length > LONGEST_WORD ? segment : [segment]) {
      if (part.length + unit.length > LONGEST_WORD) {
        parts.push(part)
        part = ''
      }
      part += unit
    }
  return [...parts, part]
}
