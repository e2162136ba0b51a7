import { describe, expect, test } from '@jest/globals'
import {
  chargeJournal,
  chargeReversal,
  journal,
  paymentJournal,
  paymentRemoval,
  receiptJournal,
} from './ledger.ts'

const amounts = (draft: { entries: readonly { kind: string; amountCents: number }[] } | undefined) =>
  Object.fromEntries(draft!.entries.map((entry) => [entry.kind, entry.amountCents]))

describe('journals', () => {
  test('B-10 a receipt puts all of its money into escrow; a payment takes it from there onto the charge', () => {
    expect(amounts(receiptJournal('r', 500))).toEqual({ cash: 500, escrow: -500 })
    expect(amounts(paymentJournal('r', 'c', 200))).toEqual({ escrow: 200, receivable: -200 })
  })

  test('B-04 a charge is posted gross, its discount beside it; what is owed is the rest', () => {
    expect(amounts(chargeJournal('c', { grossCents: 1_000, discountCents: 100 }))).toEqual({
      receivable: 900,
      discount: 100,
      revenue: -1_000,
    })
    expect(amounts(chargeJournal('c', { grossCents: 1_000, discountCents: 1_000 }))).toEqual({
      discount: 1_000,
      revenue: -1_000,
    })
    expect(chargeJournal('c', { grossCents: 0, discountCents: 0 })).toBeUndefined()
  })

  test('B-05 what takes a journal back is its mirror and points to it', () => {
    const reversal = chargeReversal('c', { grossCents: 1_000, discountCents: 100, journalId: 'j' })
    expect(amounts(reversal)).toEqual({ receivable: -900, discount: -100, revenue: 1_000 })
    expect(reversal).toMatchObject({ kind: 'charge-reversal', corrects: 'j' })
    const removal = paymentRemoval('r', 'c', { amountCents: 200, journalId: 'p' })
    expect(amounts(removal)).toEqual({ receivable: 200, escrow: -200 })
    expect(removal.corrects).toBe('p')
  })

  test('B-10 a journal that does not balance cannot be built', () => {
    const one = { kind: 'cash', of: 'r', amountCents: 5 } as const
    expect(() => journal('receipt', [one])).toThrow('two entries')
    expect(() => journal('receipt', [one, { ...one, amountCents: -4 }])).toThrow('balance')
    expect(() => receiptJournal('r', 0)).toThrow('moves nothing')
    expect(() => paymentJournal('r', 'c', -1)).toThrow('moves nothing')
  })
})
