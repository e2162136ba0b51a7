import { describe, expect, test } from '@jest/globals'
import { csv } from './csv.ts'

const text = { heading: 'Text', value: (row: { text: string | null; cents: number }) => row.text }
const money = { heading: 'Amount', value: (row: { cents: number }) => row.cents }
const one = (value: string | null, amount = 0) => csv([text, money], [{ text: value, cents: amount }])

describe('CSV of reports', () => {
  test('B-12 a line per row under a heading, each ended by CRLF, cells quoted where RFC 4180 asks for it', () => {
    expect(csv([text, money], [])).toBe('Text,Amount\r\n')
    expect(one('plain', 1_205)).toBe('Text,Amount\r\nplain,12.05\r\n')
    expect(one('Byron, Ada')).toBe('Text,Amount\r\n"Byron, Ada",0.00\r\n')
    expect(one('the "big" check')).toBe('Text,Amount\r\n"the ""big"" check",0.00\r\n')
    expect(one('two\r\nlines')).toBe('Text,Amount\r\n"two\r\nlines",0.00\r\n')
    expect(one(null)).toBe('Text,Amount\r\n,0.00\r\n')
    expect(one('Ångström 你')).toBe('Text,Amount\r\nÅngström 你,0.00\r\n')
  })

  test('B-12 a text that a spreadsheet would run as a formula is marked as text; an amount stays a number', () => {
    for (const evil of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', '＠x'])
      expect(one(evil)).toBe(`Text,Amount\r\n'${evil},0.00\r\n`)
    expect(one('=HYPERLINK("http://x")')).toBe(`Text,Amount\r\n"'=HYPERLINK(""http://x"")",0.00\r\n`)
    expect(one('\r=1')).toBe(`Text,Amount\r\n"'\r=1",0.00\r\n`)
    expect(one('a=1', -5)).toBe('Text,Amount\r\na=1,-0.05\r\n')
  })

  test('B-12 the largest amounts keep every cent; what is not whole cents is a fault', () => {
    expect(one('', Number.MAX_SAFE_INTEGER)).toBe('Text,Amount\r\n,90071992547409.91\r\n')
    expect(() => one('', 0.5)).toThrow(RangeError)
  })
})
