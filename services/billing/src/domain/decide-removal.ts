import type { AdjudicatedCharge } from './insurance.ts'
import { sumCents } from './money.ts'
import { type Part, Shares } from './shares.ts'

/** What a payment did to one charge. */
export interface AppliedPart {
  readonly chargeId: string
  /** Below zero: a take-back. */
  readonly amountCents: number
  /** What its journal did to A/R. */
  readonly receivable: readonly Part[]
}

export type Blocked =
  | { readonly why: 'escrow'; readonly shortCents: number }
  | { readonly why: 'shares' | 'taken-back'; readonly chargeIds: readonly string[] }

/**
 * What stands in the way of taking parts of a payment back (B-05, B-15): A/R that it moved on has been paid or moved further, a
 * later check took the money back, or money that this take-back brought has been applied. undefined: nothing.
 */
export function decideRemoval(
  receipt: { readonly escrowCents: number; readonly payerId: string | null },
  charges: readonly AdjudicatedCharge[],
  parts: readonly AppliedPart[],
): Blocked | undefined {
  const escrowCents = receipt.escrowCents + sumCents(parts.map((part) => part.amountCents))
  if (escrowCents < 0) return { why: 'escrow', shortCents: -escrowCents }
  const known = new Map(charges.map((charge) => [charge.chargeId, charge]))
  const blocked = (is: (charge: AdjudicatedCharge, part: AppliedPart) => boolean) =>
    parts.filter((part) => is(known.get(part.chargeId)!, part)).map((part) => part.chargeId)
  const takenBack = blocked((charge, { amountCents }) => {
    const own = charge.standing.filter((one) => one.payerId === receipt.payerId)
    return amountCents > 0 && amountCents > sumCents(own.map((one) => one.amountCents))
  })
  if (takenBack.length > 0) return { why: 'taken-back', chargeIds: takenBack }
  const short = blocked((charge, { receivable }) => {
    const shares = new Shares(charge.shares)
    for (const part of receivable) shares.add(part.payerId, -part.amountCents)
    return shares.list().some(({ balanceCents }) => balanceCents < 0)
  })
  return short.length > 0 ? { why: 'shares', chargeIds: short } : undefined
}
