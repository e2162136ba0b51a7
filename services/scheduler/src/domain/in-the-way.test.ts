import { describe, expect, test } from '@jest/globals'
import { decideDeletion, type VisitMoney, type VisitNote } from './in-the-way.ts'

const ARRIVED = { sessionSent: false, feeSent: false, receiptsExpected: 0, receiptsSeen: 0 }
const bill = (billStatus: VisitMoney['billStatus'], appliedCents = 0, escrowCents = 0): VisitMoney => ({
  billStatus,
  appliedCents,
  escrowCents,
  sessionTaken: false,
  cancelled: false,
})
const DRAFT: VisitNote[] = [{ status: 'draft', released: false }]
const REVIEW: VisitNote[] = [{ status: 'review', released: false }]
const SIGNED: VisitNote[] = [{ status: 'signed', released: false }]
const UNLOCKED_TWIN: VisitNote[] = [...DRAFT, ...SIGNED]

const UNLOCK = 'Unlock the note, then delete the appointment.'
const CANCEL = 'Cancel the bill, then delete the appointment.'
const CANCEL_UNLOCK = 'Cancel the bill, then unlock the note, then delete the appointment.'
const REFUND = 'Refund or remove the payment, then delete the appointment.'
const REFUND_CANCEL = 'Refund or remove the payment, then cancel the bill, then delete the appointment.'
const REFUND_CANCEL_UNLOCK =
  'Refund or remove the payment, then cancel the bill, then unlock the note, then delete the appointment.'
const REFUND_UNLOCK = 'Refund or remove the payment, then unlock the note, then delete the appointment.'

type Row = [string, VisitMoney | undefined, VisitNote[], blockers: string[], next: string | null]

/** The whole matrix: bill × money × note. Payments and escrow of a bill that is gone are as much in the way. */
const MATRIX: Row[] = [
  ['billing off, no note', undefined, [], [], null],
  ['billing off, draft', undefined, DRAFT, [], null],
  ['billing off, review', undefined, REVIEW, ['note_signed'], UNLOCK],
  ['billing off, signed', undefined, SIGNED, ['note_signed'], UNLOCK],
  ['no bill, no note', bill('none'), [], [], null],
  ['no bill, draft', bill('none'), DRAFT, [], null],
  ['no bill, review', bill('none'), REVIEW, ['note_signed'], UNLOCK],
  ['no bill, signed', bill('none'), SIGNED, ['note_signed'], UNLOCK],
  ['no bill, a draft and a signed note', bill('none'), UNLOCKED_TWIN, ['note_signed'], UNLOCK],
  ['unsigned bill, draft', bill('unsigned'), DRAFT, ['bill_open'], CANCEL],
  ['unsigned bill, signed', bill('unsigned'), SIGNED, ['bill_open', 'note_signed'], CANCEL_UNLOCK],
  ['posted bill, no note', bill('posted'), [], ['bill_open'], CANCEL],
  ['posted bill, review', bill('posted'), REVIEW, ['bill_open', 'note_signed'], CANCEL_UNLOCK],
  ['cancelled bill, draft', bill('cancelled'), DRAFT, [], null],
  ['cancelled bill, signed', bill('cancelled'), SIGNED, ['note_signed'], UNLOCK],
  ['copay in escrow, no bill', bill('none', 0, 2500), [], ['money_in_escrow'], REFUND],
  [
    'copay in escrow, signed',
    bill('none', 0, 2500),
    SIGNED,
    ['money_in_escrow', 'note_signed'],
    REFUND_UNLOCK,
  ],
  ['escrow, unsigned bill', bill('unsigned', 0, 2500), [], ['money_in_escrow', 'bill_open'], REFUND_CANCEL],
  ['escrow, cancelled bill', bill('cancelled', 0, 2500), [], ['money_in_escrow'], REFUND],
  ['payment, posted bill', bill('posted', 9000), DRAFT, ['payment_applied', 'bill_open'], REFUND_CANCEL],
  ['payment and escrow', bill('posted', 9000, 500), [], ['payment_applied', 'bill_open'], REFUND_CANCEL],
  [
    'payment, posted bill, signed',
    bill('posted', 9000),
    SIGNED,
    ['payment_applied', 'bill_open', 'note_signed'],
    REFUND_CANCEL_UNLOCK,
  ],
]

describe('deleting an appointment that has begun', () => {
  test.each(MATRIX)('S-16 %s', (_name, money, notes, blockers, next) => {
    const decision = decideDeletion({ money, notes, underway: ARRIVED })
    expect(decision?.refused).toBe(blockers[0])
    expect(decision?.next).toBe(next ?? undefined)
    expect(decision?.extra?.blockers ?? []).toEqual(blockers)
  })

  test.each([
    ['a session that is to come', bill('none'), [], { sessionSent: true }, 'billing_catching_up'],
    [
      'a session that came, and its bill was cancelled',
      { ...bill('cancelled'), sessionTaken: true },
      [],
      { sessionSent: true },
      undefined,
    ],
    [
      'a session that is to come, where the bill of the note was cancelled',
      bill('cancelled'),
      [],
      { sessionSent: true },
      'billing_catching_up',
    ],
    ['a fee that is to come', bill('cancelled'), [], { feeSent: true }, 'billing_catching_up'],
    [
      'a fee that came and was taken back',
      { ...bill('cancelled'), cancelled: true },
      [],
      { feeSent: true },
      undefined,
    ],
    ['a copay that is not there yet', bill('none'), [], { receiptsExpected: 1 }, 'billing_catching_up'],
    [
      'a copay that came and was refunded',
      bill('none'),
      [],
      { receiptsExpected: 1, receiptsSeen: 1 },
      undefined,
    ],
    [
      'one of two receipts there',
      bill('cancelled'),
      [],
      { receiptsExpected: 2, receiptsSeen: 1 },
      'billing_catching_up',
    ],
    [
      'a released draft without a bill',
      bill('none'),
      [{ status: 'draft', released: true }],
      {},
      'billing_catching_up',
    ],
    ['what is known first', bill('posted'), [], { receiptsExpected: 1 }, 'bill_open'],
    [
      'nothing where billing is off',
      undefined,
      [],
      { sessionSent: true, feeSent: true, receiptsExpected: 1 },
      undefined,
    ],
  ] as [string, VisitMoney | undefined, VisitNote[], object, string | undefined][])(
    'S-16 what is on its way to billing counts: %s',
    (_name, money, notes, underway, refused) => {
      expect(decideDeletion({ money, notes, underway: { ...ARRIVED, ...underway } })?.refused).toBe(refused)
    },
  )
})
