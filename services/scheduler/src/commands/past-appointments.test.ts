import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Office, openOffice, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

/**
 * S-16, cell by cell: the note, the bill and the payment of a visit that has begun, against each kind of edit and deletion.
 * A refusal names the code and the words its next step begins with.
 */
let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const NOTES = ['none', 'draft', 'signed'] as const
const BILLS = { none: 'none', open: 'posted', cancelled: 'cancelled' } as const
/** As billing tells it: what was refunded is applied no more. */
const PAYMENTS = { none: 0, applied: 2500, refunded: 0 } as const
const EDITS = {
  time: { start: '2025-03-04T08:00', end: '2025-03-04T08:50' },
  services: { modifiers: ['HO'] },
  place: { locationId: null },
  other: { additionalInstructions: 'Ring twice.' },
} as const

type Cell = 'goes' | readonly [code: string, next: RegExp]
const UNLOCK: Cell = ['note_signed', /^Unlock the note, then (change|delete) the appointment\.$/]
const CANCEL: Cell = ['bill_open', /^Cancel the bill, then (change|delete) the appointment\.$/]
const CANCEL_UNLOCK: Cell = ['bill_open', /^Cancel the bill, then unlock the note, then (change|delete) the/]
const REFUND: Cell = [
  'payment_applied',
  /^Refund or remove the payment, then cancel the bill, then (change|delete)/,
]
const REFUND_UNLOCK: Cell = [
  'payment_applied',
  /^Refund or remove the payment, then cancel the bill, then unlock the note, then (change|delete)/,
]
/** No bill that lives has it: billing would not allow that, and it is refused all the same. */
const STRAY: Cell = ['payment_applied', /^Refund or remove the payment, then (change|delete) the/]
const STRAY_UNLOCK: Cell = ['payment_applied', /^Refund or remove the payment, then unlock the note, then/]
const ON_BILL: Cell = ['bill_open', /^Edit the services on the bill/]
const REFUND_ON_BILL: Cell = [
  'payment_applied',
  /^Refund or remove the payment, then edit the services on the bill/,
]

/** Time, place and deletion follow one table: rows are notes, columns bill and payment. */
const WHOLE: Readonly<Record<string, Readonly<Record<string, Cell>>>> = {
  'none none': { none: 'goes', draft: 'goes', signed: UNLOCK },
  'none refunded': { none: 'goes', draft: 'goes', signed: UNLOCK },
  'none applied': { none: STRAY, draft: STRAY, signed: STRAY_UNLOCK },
  'open none': { none: CANCEL, draft: CANCEL, signed: CANCEL_UNLOCK },
  'open refunded': { none: CANCEL, draft: CANCEL, signed: CANCEL_UNLOCK },
  'open applied': { none: REFUND, draft: REFUND, signed: REFUND_UNLOCK },
  'cancelled none': { none: 'goes', draft: 'goes', signed: UNLOCK },
  'cancelled applied': { none: STRAY, draft: STRAY, signed: STRAY_UNLOCK },
  'cancelled refunded': { none: 'goes', draft: 'goes', signed: UNLOCK },
}
/** With a bill the services are edited there, whatever the note is. */
const SERVICES: typeof WHOLE = {
  ...WHOLE,
  'open none': { none: ON_BILL, draft: ON_BILL, signed: ON_BILL },
  'open refunded': { none: ON_BILL, draft: ON_BILL, signed: ON_BILL },
  'open applied': { none: REFUND_ON_BILL, draft: REFUND_ON_BILL, signed: REFUND_ON_BILL },
}

const columns = Object.keys(WHOLE)
const cells = columns.flatMap((column) =>
  NOTES.flatMap((note) =>
    [...Object.keys(EDITS), 'delete'].map((action) => {
      const [bill, payment] = column.split(' ') as [keyof typeof BILLS, keyof typeof PAYMENTS]
      const table = action === 'services' ? SERVICES : WHOLE
      return {
        note,
        bill,
        payment,
        action,
        cell: action === 'other' ? ('goes' as const) : table[column]![note]!,
      }
    }),
  ),
)

describe('a past appointment', () => {
  test.each(cells)(
    'S-16 note $note, bill $bill, payment $payment: $action',
    async ({ note, bill, payment, action, cell }) => {
      office.peers.reset()
      const { appointmentId, version } = await office.schedule()
      if (note !== 'none') office.peers.note(note)
      office.peers.money = { ...NO_BILL, billStatus: BILLS[bill], appliedCents: PAYMENTS[payment] }
      const path = `/v1/appointments/${appointmentId}`
      const answer =
        action === 'delete'
          ? await office.owner.delete(path)
          : await office.owner.patch(path, EDITS[action as keyof typeof EDITS])
      const after = (await office.owner.get(path)).body
      if (cell === 'goes') {
        expect(answer.status).toBe(200)
        expect(after).toMatchObject(
          action === 'delete'
            ? { status: 'deleted' }
            : { ...asShown(EDITS[action as keyof typeof EDITS]), version: 2 },
        )
        return
      }
      const [code, next] = cell
      expect(refusalOf(answer)).toMatchObject({ status: 409, code })
      expect(answer.body.next).toMatch(next)
      expect(after).toMatchObject({ status: 'scheduled', version })
    },
  )

  test('S-16 a payment without a bill is told first, and everything the edit needs in its order', async () => {
    office.peers.reset()
    const { appointmentId } = await office.schedule()
    office.peers.note('signed')
    office.peers.money = { ...NO_BILL, appliedCents: 1 }
    const answer = await office.owner.patch(`/v1/appointments/${appointmentId}`, EDITS.time)
    expect(answer.body).toMatchObject({ blockers: ['payment_applied', 'note_signed'] })
  })
})

function asShown(edit: object) {
  return 'modifiers' in edit ? { modifiers: [{ code: 'HO', automatic: false }] } : edit
}
