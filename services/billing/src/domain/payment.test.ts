import { describe, expect, test } from '@jest/globals'
import { allocate, decidePayment } from './payment.ts'

const open = (chargeId: string, balanceCents: number, reversed = false) => ({
  chargeId,
  balanceCents,
  reversed,
  placed: null,
})

describe('payments', () => {
  test('B-08 takes at most the escrow and at most what each charge is owed', () => {
    const charges = [open('a', 500), open('b', 500)]
    const pay = (a: number, b: number) =>
      decidePayment(800, charges, [
        { chargeId: 'a', amountCents: a },
        { chargeId: 'b', amountCents: b },
      ])
    expect(pay(500, 300)).toBeUndefined()
    expect(pay(500, 301)).toMatchObject({ refused: 'over_escrow', field: 'applications.1.amountCents' })
    expect(pay(501, 1)).toMatchObject({ refused: 'over_balance', field: 'applications.0.amountCents' })
  })

  test('B-05 a reversed charge takes no money', () => {
    expect(decidePayment(800, [open('a', 0, true)], [{ chargeId: 'a', amountCents: 1 }])).toMatchObject({
      refused: 'charge_reversed',
    })
  })

  test('B-10 money that waits goes onto open charges in order, oldest money first, and never more than is owed', () => {
    const funds = [
      { receiptId: 'copay', escrowCents: 250 },
      { receiptId: 'card', escrowCents: 400 },
    ]
    expect(allocate(funds, [open('gone', 99, true), open('a', 200), open('b', 300)])).toEqual([
      {
        receiptId: 'copay',
        applications: [
          { chargeId: 'a', amountCents: 200 },
          { chargeId: 'b', amountCents: 50 },
        ],
      },
      { receiptId: 'card', applications: [{ chargeId: 'b', amountCents: 250 }] },
    ])
    expect(allocate(funds, [])).toEqual([])
    expect(allocate([{ receiptId: 'empty', escrowCents: 0 }], [open('a', 200)])).toEqual([])
  })
})
