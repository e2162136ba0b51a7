import type { PayerKind } from '../steps.ts'

/**
 * What the books should do, written as simply as possible and sharing nothing with the service: plain numbers, no journals, no
 * accounts. What a step does to a charge is kept with it, so that it can be undone. Money in cents.
 */
export interface Books {
  /** Ends of the periods that are closed, oldest first. */
  readonly closings: readonly { readonly id: string; readonly endsOn: string; readonly reopened: boolean }[]
  readonly receipts: ReadonlyMap<string, ReceiptState>
  readonly bills: ReadonlyMap<string, BillState>
  readonly charges: ReadonlyMap<string, ChargeState>
  readonly payments: ReadonlyMap<string, PaymentState>
  readonly outflows: ReadonlyMap<string, OutflowState>
  readonly writeOffs: ReadonlyMap<string, WriteOffState>
  /** The patient's, in the order in which they are billed. */
  readonly coverages: { readonly version: number; readonly payers: readonly string[] }
  readonly agencies: ReadonlyMap<string, AgencyState>
}

export interface ReceiptState {
  readonly kind: PayerKind
  readonly who: string
  /** Of the visit that it was taken for. */
  readonly bill?: string
  readonly receivedCents: number
  readonly escrowCents: number
  readonly appliedCents: number
  readonly disbursedCents: number
  readonly refundedCents: number
  readonly batchDate: string
  readonly version: number
  readonly deleted: boolean
}

export interface BillState {
  readonly status: 'unsigned' | 'posted' | 'cancelled'
  readonly lines: readonly { readonly grossCents: number; readonly discountCents: number }[]
}

/**
 * `owed <who>`: what the patient or a payer owes of a charge; `agency`: what an agency is still to collect; `fee`: what it kept;
 * `off <code>`: what was adjusted or written off under a code.
 */
export type Amounts = Readonly<Record<string, number>>

export interface ChargeState {
  readonly bill: string
  readonly grossCents: number
  readonly discountCents: number
  readonly holds: Amounts
  /** The agency it is with, and the fee under which it went there. */
  readonly placed?: { readonly agencyId: string; readonly basisPoints: number }
  readonly reversed: boolean
  /** How often something was put on it: what came later has the higher turn. */
  readonly turns: number
}

export interface PaymentPart {
  readonly chargeId: string
  /** Below zero: taken back. */
  readonly cents: number
  readonly did: Amounts
  /** Whom an insurer's answer made owe what. */
  readonly moved: Amounts
  /** All that an insurer's line says was adjusted, notes too. */
  readonly statedCents: number
  readonly turn: number
  readonly removed: boolean
}

export interface PaymentState {
  readonly receiptId: string
  readonly parts: readonly PaymentPart[]
}

export interface OutflowState {
  readonly kind: 'disbursed' | 'refunded'
  readonly receiptId: string
  readonly cents: number
  readonly undone: boolean
}

export interface WriteOffState {
  readonly chargeId: string
  readonly did: Amounts
  readonly undone: boolean
}

export interface AgencyState {
  readonly version: number
  readonly basisPoints: number
  readonly active: boolean
}

/** The books after a step, or the reasons for which it is refused: the answer names one of them. */
export type Taken = Books | readonly string[]

export const isRefused = (taken: Taken): taken is readonly string[] => Array.isArray(taken)

/** Any number of reasons; undefined where there is none. */
export function reasons(...found: readonly (string | false | undefined)[]): readonly string[] | undefined {
  const held = found.filter((one) => typeof one === 'string')
  return held.length > 0 ? held : undefined
}

export const TODAY = '9999-12-31'

export function closedThrough(books: Books): string {
  return books.closings.findLast((closing) => !closing.reopened)?.endsOn ?? ''
}

export function closedFor(books: Books, batchDate = TODAY): 'period_closed' | undefined {
  return batchDate <= closedThrough(books) ? 'period_closed' : undefined
}

export function put<One>(map: ReadonlyMap<string, One>, id: string, one: One): ReadonlyMap<string, One> {
  return new Map(map).set(id, one)
}

/** A change of a receipt is a version of it. */
export function changed(
  books: Books,
  id: string,
  by: (receipt: ReceiptState) => Partial<ReceiptState>,
): Books {
  const was = books.receipts.get(id)!
  return { ...books, receipts: put(books.receipts, id, { ...was, ...by(was), version: was.version + 1 }) }
}

/** Money of a receipt goes from escrow onto charges; below zero: back. */
export const paying = (cents: number) => (was: ReceiptState) => ({
  escrowCents: was.escrowCents - cents,
  appliedCents: was.appliedCents + cents,
})

export function plus(one: Amounts, other: Amounts, sign: 1 | -1 = 1): Amounts {
  const sum: Record<string, number> = { ...one }
  for (const [name, cents] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + sign * cents
  return Object.fromEntries(Object.entries(sum).filter(([, cents]) => cents !== 0))
}

export function holding(books: Books, chargeId: string, did: Amounts, sign: 1 | -1 = 1): Books {
  const charge = books.charges.get(chargeId)!
  const holds = plus(charge.holds, did, sign)
  return { ...books, charges: put(books.charges, chargeId, { ...charge, holds, turns: charge.turns + 1 }) }
}

const OWED = 'owed '
export const owedBy = (who: string) => `${OWED}${who}`
export const shareOf = (holds: Amounts, who: string) => holds[owedBy(who)] ?? 0

/** Who owes something. */
export function owing(holds: Amounts): string[] {
  return Object.keys(holds)
    .filter((name) => name.startsWith(OWED))
    .map((name) => name.slice(OWED.length))
}

export const owedCents = (holds: Amounts) => sum(owing(holds).map((who) => shareOf(holds, who)))
export const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0)
export const liveCharges = (books: Books, bill: string) =>
  [...books.charges].filter(([, charge]) => charge.bill === bill && !charge.reversed)

export interface Standing {
  readonly paymentId: string
  readonly receiptId: string
  readonly receipt: ReceiptState
  readonly part: PaymentPart
}

/** What stands on charges, oldest first. */
export function standingOn(books: Books, ...chargeIds: readonly string[]): Standing[] {
  return [...books.payments]
    .flatMap(([paymentId, { receiptId, parts }]) =>
      parts
        .filter((part) => !part.removed && chargeIds.includes(part.chargeId))
        .map((part) => ({ paymentId, receiptId, receipt: books.receipts.get(receiptId)!, part })),
    )
    .sort((one, other) => one.part.turn - other.part.turn)
}

export function removeParts(books: Books, paymentId: string, chargeIds: readonly string[]): Books {
  const payment = books.payments.get(paymentId)!
  const parts = payment.parts.map((part) =>
    chargeIds.includes(part.chargeId) ? { ...part, removed: true } : part,
  )
  return { ...books, payments: put(books.payments, paymentId, { ...payment, parts }) }
}
