import { PATIENT, type StepOf } from '../steps.ts'
import {
  type BillState,
  type Books,
  changed,
  closedFor,
  liveCharges,
  owedBy,
  owedCents,
  paying,
  put,
  reasons,
  removeParts,
  standingOn,
  sum,
  type Taken,
} from './books.ts'
import { payCharges } from './payments.ts'

/** `made`: a charge for each line, in their order. */
export function sign(books: Books, step: StepOf<'sign'>, made: readonly string[]): Taken {
  const { bill, billTo } = step
  const state = books.bills.get(bill)!
  const [first] = books.coverages.payers
  const refused = reasons(
    state.status === 'cancelled' && 'cancelled',
    state.status === 'posted' && 'nothing_to_post',
    billTo === 'insurance' && first === undefined && 'no_coverage',
    closedFor(books, step.batchDate),
  )
  if (refused) return refused
  const who = billTo === PATIENT ? PATIENT : (first ?? PATIENT)
  const charges = new Map(books.charges)
  for (const [index, line] of state.lines.entries()) {
    const holds = { [owedBy(who)]: line.grossCents - line.discountCents }
    charges.set(made[index]!, { bill, ...line, holds, reversed: false, turns: 1 })
  }
  return payFromVisit(withStatus({ ...books, charges }, bill, 'posted'), bill, made)
}

/** Money that was taken for the visit: the oldest first, onto the charges in the order of their lines (B-10). */
function payFromVisit(books: Books, bill: string, made: readonly string[]): Books {
  let after = books
  const waiting = [...books.receipts].filter(([, one]) => one.bill === bill && !one.deleted)
  for (const [receiptId] of waiting.sort(([one], [other]) => (one < other ? -1 : 1))) {
    let left = after.receipts.get(receiptId)!.escrowCents
    const parts = made.flatMap((chargeId) => {
      const cents = Math.min(left, owedCents(after.charges.get(chargeId)!.holds))
      left -= cents
      return cents > 0 ? [{ chargeId, cents }] : []
    })
    if (parts.length > 0) after = payCharges(after, receiptId, parts, `again ${made[0]} ${receiptId}`)
  }
  return after
}

function withStatus(books: Books, bill: string, status: BillState['status']): Books {
  return { ...books, bills: put(books.bills, bill, { ...books.bills.get(bill)!, status }) }
}

const onBill = (books: Books, bill: string) =>
  standingOn(books, ...liveCharges(books, bill).map(([id]) => id))

/** What forbids to take a bill back, beside payments on it. */
function kept(books: Books, bill: string): (string | false)[] {
  const live = liveCharges(books, bill)
  const writtenOff = [...books.writeOffs.values()].some(
    ({ undone, chargeId }) => !undone && live.some(([id]) => id === chargeId),
  )
  return [
    books.bills.get(bill)!.status === 'cancelled' && 'cancelled',
    live.some(([, charge]) => charge.placed) && 'in_collections',
    writtenOff && 'adjusted',
  ]
}

export function cancel(books: Books, { bill }: StepOf<'cancel'>): Taken {
  const refused = reasons(...kept(books, bill), onBill(books, bill).length > 0 && 'payment_applied')
  return refused ?? withStatus(takenBack(books, bill), bill, 'cancelled')
}

/** All that stands on the bill goes back to where it came from, and its lines are open again. */
export function reverse(books: Books, step: StepOf<'reverse'>): Taken {
  const { bill, returnPayments, mayReturn } = step
  const standing = onBill(books, bill)
  let after = books
  let spent = false
  // The newest first, as an earlier one may have made what a later one paid.
  for (const paymentId of new Set(standing.map((one) => one.paymentId).toReversed())) {
    const own = standing.filter((one) => one.paymentId === paymentId)
    after = changed(after, own[0]!.receiptId, paying(-sum(own.map((one) => one.part.cents))))
    after = removeParts(
      after,
      paymentId,
      own.map((one) => one.part.chargeId),
    )
    // What a take-back brought is not there any more.
    spent ||= after.receipts.get(own[0]!.receiptId)!.escrowCents < 0
  }
  const refused = reasons(
    ...kept(books, bill),
    liveCharges(books, bill).length === 0 && 'not_posted',
    standing.length > 0 && !returnPayments && 'payment_applied',
    standing.length > 0 && returnPayments && !mayReturn && 'may_not_return',
    returnPayments && mayReturn && spent && 'later_postings',
    closedFor(books, step.batchDate),
  )
  return refused ?? withStatus(takenBack(after, bill), bill, 'unsigned')
}

function takenBack(books: Books, bill: string): Books {
  const charges = new Map(books.charges)
  for (const [id, charge] of liveCharges(books, bill))
    charges.set(id, { ...charge, holds: {}, reversed: true })
  return { ...books, charges }
}
