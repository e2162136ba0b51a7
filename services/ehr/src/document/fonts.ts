import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'
import { unpackWoff } from './woff.ts'

const { resolve } = createRequire(import.meta.url)

export type Face = 'text' | 'bold' | 'lastResort'

/**
 * DejaVu has the alphabets of Europe and the Near East. Unifont has every other script, plain but legible, so that no
 * character of a name is lost: PDF's built-in fonts know only Western European ones.
 */
const FILES: Record<Face, string> = {
  text: resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
  bold: resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'),
  lastResort: resolve('@fontsource/unifontex/files/unifontex-latin-400-normal.woff'),
}

const opened = new Map<Face, Font>()

/** Opened once per process: their tables take 250 ms to read, a document with them 40 ms. */
export function fontOf(face: Face): Font {
  let font = opened.get(face)
  if (!font) {
    const bytes = readFileSync(FILES[face])
    font = create(FILES[face].endsWith('.woff') ? unpackWoff(bytes) : bytes) as Font
    opened.set(face, font)
  }
  return font
}

/** What fontkit remembers of the glyphs that one document asked for. */
export type GlyphMemory = Map<Face, object>
let inUse: GlyphMemory = new Map()

/**
 * fontkit remembers for which text a glyph was first asked, and pdfkit writes that into the file (the letters f and i, and
 * the one character ﬁ, share a glyph). A memory of its own makes the bytes of a document independent of those that are made before it
 * and in turns with it.
 */
export function useGlyphs(memory: GlyphMemory): void {
  for (const [face, font] of opened) {
    const remembering = font as Font & { _glyphs: object }
    inUse.set(face, remembering._glyphs)
    remembering._glyphs = memory.get(face) ?? {}
  }
  inUse = memory
}

/** A piece of text that one font can show in one direction. */
export interface Run {
  readonly text: string
  readonly face: Face
}

interface Kind {
  readonly face: Face
  readonly rightToLeft: boolean
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
/** Takes its direction from what is around it. */
const NEUTRAL = /[\p{M}\p{Z}\p{P}\p{Cf}]/u
const NEUTRAL_AT_END = /[\p{Z}\p{P}]/u

/** Text as it can be shown: known line ends, no control characters, and a code point in place of what no font has. */
export function printable(text: string): string {
  return [...text.replace(/\r\n?|[\u2028\u2029\v\f]/g, '\n').replaceAll('\t', '    ')]
    .map((char) => {
      if (char === '\n') return char
      if (/\p{Cc}/u.test(char)) return ' '
      return has('text', char) || has('lastResort', char) ? char : `[U+${hex(char)}]`
    })
    .join('')
}

/** Splits a line into runs; what is neutral between two directions goes with the left-to-right one. */
export function runsOf(text: string, face: Face): Run[] {
  const runs: (Kind & { text: string })[] = []
  for (const char of text) {
    const last = runs.at(-1)
    const kind = kindOf(char, face, last)
    if (last && last.face === kind.face && last.rightToLeft === kind.rightToLeft) {
      last.text += char
    } else if (last?.rightToLeft) {
      const end = neutralEnd(last.text)
      last.text = last.text.slice(0, last.text.length - end.length)
      if (end && kind.face === 'lastResort') runs.push({ text: end, face, rightToLeft: false })
      runs.push({ ...kind, text: kind.face === 'lastResort' ? char : end + char })
    } else {
      runs.push({ ...kind, text: char })
    }
  }
  return runs.map(({ text: run, face: shown }) => ({ text: run, face: shown }))
}

function kindOf(char: string, face: Face, last: Kind | undefined): Kind {
  if (last && NEUTRAL.test(char) && has(last.face, char)) return last
  return { face: has(face, char) ? face : 'lastResort', rightToLeft: RIGHT_TO_LEFT.test(char) }
}

/** Walked from the end: an expression with $ tries each blank before it anew, and 50,000 of them took 26 s. */
function neutralEnd(text: string): string {
  let from = text.length
  while (from > 0) {
    const width = from > 1 && /[\uDC00-\uDFFF]/.test(text[from - 1]!) ? 2 : 1
    if (!NEUTRAL_AT_END.test(text.slice(from - width, from))) break
    from -= width
  }
  return text.slice(from)
}

function has(face: Face, char: string): boolean {
  return fontOf(face).hasGlyphForCodePoint(char.codePointAt(0)!)
}

function hex(char: string): string {
  return char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
}
