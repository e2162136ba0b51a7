import { describe, expect, test } from '@jest/globals'
import { type EncounterDocument, encounterPdf } from './encounter-pdf.ts'
import { type Face, fontOf, runsOf } from './fonts.ts'
import { LONGEST_WORD, piecesOf } from './pieces.ts'

const FACES = ['text', 'bold', 'lastResort'] as const satisfies readonly Face[]

function noteOf(narrative: string): EncounterDocument {
  return {
    practice: { name: 'Lakeside Counseling', timeZone: 'America/Chicago' },
    patient: { name: 'Ann Smith', birthDate: null },
    practitionerName: 'Ana Ruiz, LCSW',
    contentVersion: 1,
    encounterNumber: 12,
    templateName: 'Progress note',
    serviceDate: '2026-11-01',
    forVisit: true,
    plugins: ['narrative'],
    content: { narrative, vitals: {}, diagnoses: [], procedures: [] },
    signatures: [{ role: 'therapist', signerName: 'Ana Ruiz, LCSW', signedAt: '2026-11-01T07:30:05.250Z' }],
    openRoles: [],
    madeAt: '2026-11-01T07:30:05.250Z',
  }
}

/** How many characters the fonts were asked to lay out: most of the work of a page, and what grew with the square. */
async function laidOut(narrative: string): Promise<number> {
  let characters = 0
  const fonts = FACES.map(fontOf)
  for (const font of fonts) {
    const { layout } = font
    font.layout = (...given) => {
      characters += given[0].length
      return layout.apply(font, given)
    }
  }
  await encounterPdf(noteOf(narrative)).finally(() => {
    for (const font of fonts) Reflect.deleteProperty(font, 'layout')
  })
  return characters
}

describe('E-09 E-05 a signature holds up nobody, whatever the note says', () => {
  test.each([
    ['a word without a blank', 'a'],
    ['a word from right to left', 'س'],
    ['scripts in turns', 'a王'],
    ['letters under accents', 'e\u0301'],
    ['words', 'The patient sleeps better. '],
  ])('E-09 laying out takes work in proportion to length: %s', async (_, repeated) => {
    const text = (length: number) => repeated.repeat(length / repeated.length)
    const [less, more] = [await laidOut(text(4_000)), await laidOut(text(16_000))]
    expect(less).toBeGreaterThan(4_000)
    // 16 times as much where it grows with the square.
    expect(more).toBeLessThan(less * 5)
    expect(more).toBeLessThan(16_000 * 16)
  })

  test('E-09 others have their turn while a long note is laid out, and its bytes are those of one made alone', async () => {
    const long = `five ${'words '.repeat(4_000)}`
    const other = 'ﬁve'
    const alone = [await encounterPdf(noteOf(long)), await encounterPdf(noteOf(other))]
    let done = false
    let turns = 0
    const waiting = encounterPdf(noteOf(long)).finally(() => {
      done = true
    })
    const between: Buffer[] = []
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve))
      if (!done) turns++
      if (turns === 1) between.push(await encounterPdf(noteOf(other)))
    }
    expect(turns).toBeGreaterThan(1)
    expect([await waiting, ...between].map((bytes, index) => bytes.equals(alone[index]!))).toEqual([
      true,
      true,
    ])
  })

  test('E-09 blanks before another script cost no more than they are: 50,000 of them took 26 s', () => {
    const began = performance.now()
    runsOf(`א${' '.repeat(50_000)}בa`, 'text')
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})

describe('E-09 the pieces of a run', () => {
  const pieces = (text: string) => piecesOf({ text, face: 'text' }).map((piece) => piece.text)

  test.each([
    ['a long word', 'x'.repeat(1_234)],
    ['blanks', `a${' '.repeat(1_234)}b`],
    ['a letter under many accents', `a${'\u0301'.repeat(1_234)}b`],
    ['families of emoji', '👨‍👩‍👧'.repeat(150)],
    ['words', 'Many words. '.repeat(500)],
    ['one script that is written from right to left', 'سلام عليكم '.repeat(500)],
  ])('E-09 lose nothing, and none has a word that is too long: %s', (_, text) => {
    expect(pieces(text).join('')).toBe(text)
    const words = pieces(text).flatMap((piece) => piece.match(/\S* *|\s/gu) ?? [])
    expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(LONGEST_WORD)
  })

  test('E-09 end between what is seen as one character', () => {
    expect(
      pieces('👨‍👩‍👧'.repeat(150)).every((piece) => piece.startsWith('👨') && piece.endsWith('👧')),
    ).toBe(true)
  })

  test('E-09 end behind a blank, and keep words from right to left together', () => {
    expect(pieces('Many words. '.repeat(500)).every((piece) => piece.endsWith(' '))).toBe(true)
    expect(pieces('سلام عليكم '.repeat(500))).toHaveLength(1)
  })

  test('E-09 of a short run are the run', () => {
    expect(pieces('x'.repeat(LONGEST_WORD))).toEqual(['x'.repeat(LONGEST_WORD)])
  })
})
