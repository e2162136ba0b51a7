import { describe, expect, test } from '@jest/globals'
import {
  chargeJournal,
  disbursementJournal,
  journal,
  paymentJournal,
  receiptJournal,
  refundJournal,
  takeOff,
} from './ledger.ts'

const amounts = (draft: { entries: readonly { kind: string; amountCents: number }[] } | undefined) =>
  Object.fromEntries(draft!.entries.map((entry) => [entry.kind, entry.amountCents]))

describe('journals', () => {
  test('B-10 a receipt puts all of its money into escrow; a payment takes it from there onto the charge', () => {
    expect(amounts(receiptJournal('r', 500))).toEqual({ cash: 500, escrow: -500 })
    const charge = { chargeId: 'c', shares: [{ payerId: null, balanceCents: 300 }] }
    expect(amounts(paymentJournal('r', charge, 200))).toEqual({ escrow: 200, receivable: -200 })
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

  test('B-11 B-13 a disbursement and a refund leave escrow and touch no charge', () => {
    const disbursed = { code: 'O', system: 'OldPM', amountCents: 200 }
    expect(disbursementJournal('r', disbursed).entries).toEqual([
      { kind: 'escrow', of: 'r', amountCents: 200 },
      { kind: 'disbursed', of: 'r', code: 'O', system: 'OldPM', amountCents: -200 },
    ])
    expect(amounts(refundJournal('r', 200))).toEqual({ escrow: 200, refunded: -200 })
  })

  test('B-15 money is taken off what its payer owes, then the patient’s share, then the others’', () => {
    const shares = [
      { payerId: 'other', balanceCents: 500 },
      { payerId: null, balanceCents: 100 },
      { payerId: 'own', balanceCents: 300 },
    ]
    expect(takeOff(shares, 300, 'own')).toEqual([{ payerId: 'own', amountCents: 300 }])
    expect(takeOff(shares, 450, 'own')).toEqual([
      { payerId: 'own', amountCents: 300 },
      { payerId: null, amountCents: 100 },
      { payerId: 'other', amountCents: 50 },
    ])
    expect(takeOff(shares, 150, null)).toEqual([
      { payerId: null, amountCents: 100 },
      { payerId: 'other', amountCents: 50 },
    ])
    expect(() => takeOff(shares, 901, null)).toThrow('more than is owed')
  })

  test('B-10 a journal that does not balance cannot be built', () => {
    const one = { kind: 'cash', of: 'r', amountCents: 5 } as const
    expect(() => journal('receipt', [one])).toThrow('two entries')
    expect(() => journal('receipt', [one, { ...one, amountCents: -4 }])).toThrow('balance')
    expect(() => receiptJournal('r', 0)).toThrow('moves nothing')
    expect(() => paymentJournal('r', { chargeId: 'c', shares: [] }, -1)).toThrow('moves nothing')
  })
})
