const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/
const LETTER = /\p{L}/u
const NBSP = '\u00a0'

/**
 * A name or address in the order in which its words are drawn. pdfkit sets each word right to left where its script asks for
 * it, but the words themselves from left to right, and the space behind a Hebrew or Arabic word on its wrong side. So words
 * of such a script are kept together by a space that does not break, which are then set as one; where the text begins with
 * one, what stands between them (a house number) is put in the opposite order.
 */
export function drawnOrder(text: string): string {
  if (!RTL.test(text)) return text
  const segments: { rtl: boolean; words: string[] }[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const rtl = RTL.test(word)
    const last = segments.at(-1)
    if (last?.rtl === rtl) last.words.push(word)
    else segments.push({ rtl, words: [word] })
  }
  if (RTL.test(LETTER.exec(text)?.[0] ?? '')) segments.reverse()
  return segments
    .map(({ rtl, words }, index) => {
      const drawn = words.join(rtl ? NBSP : ' ')
      if (index === segments.length - 1) return drawn
      // A run ends only with a space, which is drawn on the left of such a word; so the one on its right is its first character.
      return rtl ? `${NBSP}${drawn} ` : `${drawn} `
    })
    .join('')
}
