import { describe, expect, test } from '@jest/globals'
import { cents, formatMoney, grossCents, sumCents } from './money.ts'

describe('money', () => {
  test('B-04 is whole cents within what a number can hold, or a fault', () => {
    expect(grossCents({ units: 3, unitAmountCents: 1_999 })).toBe(5_997)
    expect(() => cents(0.1)).toThrow('whole number of cents')
    expect(() => grossCents({ units: 2, unitAmountCents: Number.MAX_SAFE_INTEGER })).toThrow('whole number')
    expect(() => sumCents([Number.MAX_SAFE_INTEGER, 1])).toThrow('whole number')
  })

  test.each([
    [0, '$0.00'],
    [5, '$0.05'],
    [-5, '-$0.05'],
    [123_456, '$1,234.56'],
    [100_000_000, '$1,000,000.00'],
  ])('B-20 %i cents are printed as %s', (value, text) => expect(formatMoney(value)).toBe(text))
})
