import type { AdjustmentGroup } from './adjustment-codes.ts'
import { type Share, takeOff } from './ledger.ts'
import { sumCents } from './money.ts'
import { type Part, Shares } from './shares.ts'

/**
 * What one line of a remittance does to one charge (B-15). `decide-insurance.ts` says whether it may.
 *
 * 1. Paid, and what CO, OA and PI adjustments take off, come off what the payer owes, then off what the patient owes, then off what
 *    others owe. So a payer may pay before its turn, or what was billed to the patient.
 * 2. What PR adjustments name moves from the payer to who owes next, as far as the payer still owed it: where the patient or a
 *    later payer has paid before, it is theirs already.
 * 3. What the payer owes after that, it still owes: an underpayment.
 *
 * A take-back (paid below zero) is owed by the payer again, with what negative adjustments took off; negative PR amounts come
 * back from those to whom this payer had moved them, as far as these still owe them.
 */

export interface Adjustment {
  readonly group: AdjustmentGroup
  /** A claim adjustment reason code. */
  readonly reason: string
  readonly amountCents: number
  /** true: written down, and moves nothing. */
  readonly note: boolean
}

export type StatedAdjustment = Omit<Adjustment, 'note'> & { readonly note?: boolean }

export interface InsuranceLine {
  readonly chargeId: string
  /** 0: denied; below zero: the payer takes back. */
  readonly paidCents: number
  readonly allowedCents: number | null
  readonly adjustments: readonly StatedAdjustment[]
  /** As which payer it decided; left out, by the order of the patient's coverages. */
  readonly postAs?: 'primary' | 'secondary'
  /** Who owes the PR amounts: `patient` or a payer. Left out: the next coverage that has not decided yet, else the patient. */
  readonly nextPayer?: string
  /** What was owed on the charge when the caller looked: where that changed, the line is refused. */
  readonly expectedBalanceCents?: number
  /** true: what the patient paid too much goes back into the escrow of their receipts. */
  readonly freePatientMoney?: boolean
}

/** Money of one receipt that stands on a charge. */
export interface Standing {
  readonly paymentId: string
  readonly receiptId: string
  /** Of the receipt; null: the patient's or an agency's. */
  readonly payerId: string | null
  readonly agencyId?: string | null
  readonly amountCents: number
  readonly moved: readonly Part[]
  /** Whose share it was taken off; known where it may have to be given back. */
  readonly taken?: readonly Part[]
}

/** A charge under its lock, with what happened to it so far. */
export interface AdjudicatedCharge {
  readonly chargeId: string
  readonly reversed: boolean
  readonly grossCents: number
  readonly netCents: number
  readonly balanceCents: number
  readonly shares: readonly Share[]
  /** Payers of the patient's coverages on the day of service, in the order in which they are billed. */
  readonly coverages: readonly string[]
  /** What an agency is still to collect of it, beside what is owed to us. */
  readonly placed?: { readonly balanceCents: number } | null
  /** Oldest first. */
  readonly standing: readonly Standing[]
}

export interface Freed {
  readonly paymentId: string
  readonly receiptId: string
  readonly amountCents: number
}

export interface DecidedLine {
  readonly chargeId: string
  readonly paidCents: number
  readonly allowedCents: number | null
  readonly postAs: 'primary' | 'secondary'
  readonly adjustments: readonly Adjustment[]
  /** A/R that went from the payer to others; below zero: that came back from them. */
  readonly moved: readonly Part[]
  /** What its journal does to A/R. */
  readonly receivable: readonly Part[]
  /** The patient's applications that are taken back whole … */
  readonly freed: readonly Freed[]
  /** … and what of them is applied again, off these shares. */
  readonly applied: readonly (Part & { readonly receiptId: string })[]
  /** Who owes what after it. */
  readonly shares: readonly Share[]
}

/** OA-23 says what earlier payers did, which is posted already; a later payer's CO-45 repeats the first one's contract. */
function isNote({ group, reason, note }: StatedAdjustment, postAs: 'primary' | 'secondary'): boolean {
  if (note !== undefined) return note
  return (group === 'OA' && reason === '23') || (postAs === 'secondary' && group === 'CO' && reason === '45')
}

/** The first coverage of the day, and a payer that is none of them, decides as primary. */
function defaultOrder(payerId: string, { coverages }: AdjudicatedCharge): 'primary' | 'secondary' {
  return coverages.indexOf(payerId) > 0 ? 'secondary' : 'primary'
}

export function resolved(payerId: string, charge: AdjudicatedCharge, line: InsuranceLine) {
  const postAs = line.postAs ?? defaultOrder(payerId, charge)
  const adjustments = line.adjustments.map(({ group, reason, amountCents, note }) => ({
    group,
    reason,
    amountCents,
    note: isNote({ group, reason, amountCents, note }, postAs),
  }))
  const sumOf = (wanted: (adjustment: Adjustment) => boolean) =>
    sumCents(adjustments.filter((one) => !one.note && wanted(one)).map((one) => one.amountCents))
  const writtenOffCents = sumOf((one) => one.group !== 'PR')
  return {
    postAs,
    adjustments,
    /** Comes off what is owed; below zero: is owed again. */
    offCents: line.paidCents + writtenOffCents,
    /** Goes on to the next who owes; below zero: comes back. */
    onCents: sumOf((one) => one.group === 'PR'),
  }
}

/** Who owes what the payer leaves to others. */
export function nextOwing(
  payerId: string,
  { coverages, standing }: AdjudicatedCharge,
  named?: string,
): string | null {
  if (named !== undefined) return named === 'patient' ? null : named
  const decided = new Set(standing.map((one) => one.payerId))
  const later = coverages.slice(coverages.indexOf(payerId) + 1)
  return later.find((other) => other !== payerId && !decided.has(other)) ?? null
}

/** The line is known to be allowed: `surplusCents` is covered by what the patient paid. */
export function settle(payerId: string, charge: AdjudicatedCharge, line: InsuranceLine): DecidedLine {
  const { postAs, adjustments, offCents, onCents } = resolved(payerId, charge, line)
  const shares = new Shares(charge.shares)
  const freed = free(charge, offCents - shares.totalCents, shares)
  const before = new Shares(shares.list())
  const moved = onCents < 0 ? pullBack(payerId, charge, -onCents, shares) : []
  if (offCents < 0) shares.add(payerId, -offCents)
  else takeFrom(shares, offCents, payerId)
  if (onCents > 0) moved.push(...moveOn(payerId, nextOwing(payerId, charge, line.nextPayer), onCents, shares))
  const receivable = shares.since(before)
  const applied = applyAgain(freed, charge.balanceCents - offCents, shares)
  return {
    chargeId: charge.chargeId,
    paidCents: line.paidCents,
    allowedCents: line.allowedCents,
    postAs,
    adjustments,
    moved,
    receivable,
    freed,
    applied,
    shares: shares.list(),
  }
}

function takeFrom(shares: Shares, amountCents: number, payerId: string | null): Part[] {
  const taken = takeOff(shares.list(), amountCents, payerId)
  for (const part of taken) shares.add(part.payerId, -part.amountCents)
  return taken
}

function moveOn(payerId: string, next: string | null, statedCents: number, shares: Shares): Part[] {
  const amountCents = Math.min(statedCents, shares.of(payerId))
  if (next === payerId || amountCents <= 0) return []
  shares.add(payerId, -amountCents)
  shares.add(next, amountCents)
  return [{ payerId: next, amountCents }]
}

function pullBack(payerId: string, charge: AdjudicatedCharge, statedCents: number, shares: Shares): Part[] {
  const movedTo = new Map<string | null, number>()
  for (const one of charge.standing)
    if (one.payerId === payerId)
      for (const part of one.moved)
        movedTo.set(part.payerId, (movedTo.get(part.payerId) ?? 0) + part.amountCents)
  let left = statedCents
  return [...movedTo].flatMap(([other, movedCents]) => {
    const amountCents = Math.min(left, movedCents, shares.of(other))
    if (amountCents <= 0) return []
    left -= amountCents
    shares.add(other, -amountCents)
    shares.add(payerId, amountCents)
    return [{ payerId: other, amountCents: -amountCents }]
  })
}

/**
 * What the patient paid of what is owed to us: it may go back to them. What they paid of an agency's part, and what an agency paid,
 * stays where it is.
 */
export function freeable({ standing }: AdjudicatedCharge): Standing[] {
  return standing.filter(
    ({ payerId, agencyId, taken, amountCents }) =>
      payerId === null &&
      !agencyId &&
      (taken === undefined || sumCents(taken.map((part) => part.amountCents)) === amountCents),
  )
}

/** The patient's newest applications are taken back whole until the surplus is covered. */
function free(charge: AdjudicatedCharge, surplusCents: number, shares: Shares): Freed[] {
  const freed: Freed[] = []
  let left = surplusCents
  for (const one of freeable(charge).toReversed()) {
    if (left <= 0) break
    for (const part of one.taken!) shares.add(part.payerId, part.amountCents)
    left -= one.amountCents
    freed.push({ paymentId: one.paymentId, receiptId: one.receiptId, amountCents: one.amountCents })
  }
  return freed
}

/** Of what was freed, all but the surplus pays the charge again, the oldest first. `roomCents` below zero is the surplus. */
function applyAgain(freed: readonly Freed[], roomCents: number, shares: Shares) {
  let left = Math.max(0, roomCents + sumCents(freed.map((one) => one.amountCents)))
  if (freed.length === 0) return []
  return freed.toReversed().flatMap(({ receiptId, amountCents }) => {
    const again = Math.min(left, amountCents)
    left -= again
    return takeFrom(shares, again, null).map((part) => ({ ...part, receiptId }))
  })
}
