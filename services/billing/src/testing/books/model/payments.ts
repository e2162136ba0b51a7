import { PATIENT, type StepOf } from '../steps.ts'
import {
  type Amounts,
  type Books,
  type ChargeState,
  changed,
  closedFor,
  holding,
  owedBy,
  owedCents,
  owing,
  type PaymentPart,
  paying,
  plus,
  put,
  type ReceiptState,
  reasons,
  removeParts,
  shareOf,
  standingOn,
  sum,
  type Taken,
} from './books.ts'

/**
 * Money comes off what `first` owes, then the patient, then others, then what an agency collects. Others go by their ids: the texts
 * do not say which of two insurers comes first.
 */
export function takeOff(holds: Amounts, cents: number, first: string): Amounts {
  const others = owing(holds).filter((who) => who !== first && who !== PATIENT)
  let left = cents
  let off: Amounts = {}
  for (const name of [...new Set([first, PATIENT, ...others.sort()])].map(owedBy).concat('agency')) {
    const part = Math.min(left, holds[name] ?? 0)
    left -= part
    off = plus(off, { [name]: -part })
  }
  return off
}

/** What the agency collected beside what it paid us: its share is of both. Half a cent goes up. */
export function feeOf(cents: number, basisPoints: number): number {
  return Math.round((cents * basisPoints) / (10_000 - basisPoints))
}

type Part = StepOf<'apply'>['parts'][number]

function fee(receipt: ReceiptState, charge: ChargeState, part: Part): number {
  if (receipt.kind !== 'agency') return 0
  return part.feeCents ?? feeOf(part.cents, charge.placed?.basisPoints ?? 0)
}

function refusePart(receipt: ReceiptState, charge: ChargeState, part: Part) {
  if (charge.reversed) return ['charge_reversed']
  const agency = receipt.kind === 'agency'
  const due = (charge.holds.agency ?? 0) + (agency ? 0 : owedCents(charge.holds))
  return [
    agency && charge.placed?.agencyId !== receipt.who && 'not_with_agency',
    !agency && part.feeCents !== undefined && 'fee_not_expected',
    part.cents + fee(receipt, charge, part) > due && 'over_balance',
  ]
}

export function apply(books: Books, step: StepOf<'apply'>, made: string): Taken {
  const receipt = books.receipts.get(step.receiptId)!
  if (receipt.deleted) return ['receipt_deleted']
  const total = sum(step.parts.map((part) => part.cents))
  const refused = reasons(
    ...step.parts.flatMap((part) => refusePart(receipt, books.charges.get(part.chargeId)!, part)),
    total > receipt.escrowCents && 'over_escrow',
    closedFor(books, step.batchDate),
  )
  return refused ?? payCharges(books, step.receiptId, step.parts, made)
}

/** Escrow money of one receipt onto charges, as one payment. It is known to be allowed. */
export function payCharges(books: Books, receiptId: string, parts: readonly Part[], made: string): Books {
  const receipt = books.receipts.get(receiptId)!
  let after = changed(books, receiptId, paying(sum(parts.map((part) => part.cents))))
  const done = parts.map((part): PaymentPart => {
    const { chargeId, cents } = part
    const charge = after.charges.get(chargeId)!
    const kept = fee(receipt, charge, part)
    const did =
      receipt.kind === 'agency'
        ? plus({ agency: -(cents + kept) }, { fee: kept })
        : takeOff(charge.holds, cents, receipt.who)
    after = holding(after, chargeId, did)
    return { chargeId, cents, did, moved: {}, statedCents: 0, turn: charge.turns, removed: false }
  })
  return { ...after, payments: put(after.payments, made, { receiptId, parts: done }) }
}

/** Puts a part back. What no agency collects any more is the patient's again. */
export function undoPart(books: Books, { chargeId, did }: PaymentPart): Books {
  const after = holding(books, chargeId, did, -1)
  const { holds, placed } = after.charges.get(chargeId)!
  const left = holds.agency ?? 0
  return placed || left === 0 ? after : holding(after, chargeId, { agency: -left, [owedBy(PATIENT)]: left })
}

export function remove(books: Books, step: StepOf<'remove'>): Taken {
  const payment = books.payments.get(step.paymentId)!
  const named = payment.parts.filter(
    ({ chargeId }) => step.chargeId === undefined || chargeId === step.chargeId,
  )
  if (named.length === 0) return ['unknown_charge']
  const open = named.filter((part) => !part.removed)
  if (open.length === 0) return ['removed']
  const receipt = books.receipts.get(payment.receiptId)!
  const total = sum(open.map((part) => part.cents))
  const refused = reasons(
    (receipt.escrowCents + total < 0 || open.some((part) => hasFollowed(books, receipt, part))) &&
      'later_postings',
    closedFor(books, step.batchDate),
  )
  if (refused) return refused
  let after = changed(books, payment.receiptId, paying(-total))
  for (const part of open) after = undoPart(after, part)
  return removeParts(
    after,
    step.paymentId,
    open.map((part) => part.chargeId),
  )
}

/** The payer took it back since, or what it left to others was paid, moved or written off since. */
function hasFollowed(books: Books, { who }: ReceiptState, part: PaymentPart): boolean {
  const paid = sum(
    standingOn(books, part.chargeId).flatMap((one) => (one.receipt.who === who ? one.part.cents : [])),
  )
  const { holds } = books.charges.get(part.chargeId)!
  const left = plus(holds, part.did, -1)
  return (part.cents > 0 && paid < part.cents) || owing(left).some((one) => shareOf(left, one) < 0)
}
