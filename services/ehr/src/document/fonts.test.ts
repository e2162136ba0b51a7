import { describe, expect, test } from '@jest/globals'
import { fontOf, printable, runsOf } from './fonts.ts'
import { unpackWoff } from './woff.ts'

describe('E-09 names in any script', () => {
  test.each([
    ['Zoë Đặng', ['text:Zoë Đặng']],
    ['Ирина Ωμέγα', ['text:Ирина Ωμέγα']],
    ['Li 王小明 Jr.', ['text:Li ', 'lastResort:王小明 ', 'text:Jr.']],
    ['김민준', ['lastResort:김민준']],
    ['David שרה כהן (therapist)', ['text:David ', 'text:שרה כהן', 'text: (therapist)']],
    ['محمد علي', ['text:محمد علي']],
  ])('E-09 %s', (name, runs) => {
    expect(runsOf(name, 'text').map(({ face, text }) => `${face}:${text}`)).toEqual(runs)
  })

  test('E-09 no character is lost between the runs', () => {
    const name = 'a שלום, 王 (ب) 😀 नमस्ते b.'
    expect(
      runsOf(name, 'bold')
        .map(({ text }) => text)
        .join(''),
    ).toBe(name)
  })

  test('E-09 what no font has is shown by its code point, and control characters not at all', () => {
    expect(printable('𠮷野')).toBe('[U+20BB7]野')
    expect(printable('a\r\nb\rc\td\u0007e\u2028f')).toBe('a\nb\nc    d e\nf')
  })

  test('E-09 the unpacked last resort is a whole font', () => {
    expect(fontOf('lastResort').numGlyphs).toBeGreaterThan(60_000)
    expect(() => unpackWoff(Buffer.from('OTTO'))).toThrow('not a WOFF font')
  })
})
