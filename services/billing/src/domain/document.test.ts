import { expect, test } from '@jest/globals'
import { composeContent, documentNumber } from './document.ts'

test('B-20 the figures of a document are the sums of its lines and payments', () => {
  const content = composeContent({
    serviceDate: '2026-03-02',
    lines: [
      { code: '90834', description: 'x', units: 1, modifiers: [], amountCents: 15_000, discountCents: 2_500 },
      { code: '90785', description: 'y', units: 2, modifiers: [], amountCents: 400, discountCents: 0 },
    ],
    payments: [{ date: '2026-03-02', method: 'cash', reference: null, appliedCents: 2_500 }],
    received: null,
  })
  expect(content).toMatchObject({ totalCents: 12_900, paidCents: 2_500, balanceCents: 10_400 })
  expect(documentNumber('invoice', 7)).toBe('INV-000007')
  expect(documentNumber('receipt', 1_234_567)).toBe('REC-1234567')
})
