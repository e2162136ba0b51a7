import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { formatMoney, sumCents } from './money.ts'

export interface Application {
  readonly chargeId: string
  readonly amountCents: number
}

export interface OpenCharge {
  readonly chargeId: string
  /** What is still owed on it. */
  readonly balanceCents: number
  readonly reversed: boolean
}

export type PaymentRefusal = Refusal<
  'unknown_charge' | 'charge_reversed' | 'charge_named_twice' | 'over_balance' | 'over_escrow'
>

/** Whether escrow money may be applied like this (B-08). Both sides are as locked: nobody changes them meanwhile. */
export function decidePayment(
  escrowCents: number,
  charges: readonly OpenCharge[],
  applications: readonly Application[],
): PaymentRefusal | undefined {
  const open = new Map(charges.map((charge) => [charge.chargeId, charge]))
  const named = new Set<string>()
  for (const [index, { chargeId, amountCents }] of applications.entries()) {
    const field = `applications.${index}`
    const charge = open.get(chargeId)
    if (!charge) return unknownCharge(`${field}.chargeId`)
    if (named.has(chargeId))
      return refuse('charge_named_twice', {
        field: `${field}.chargeId`,
        detail: 'This charge is named twice in one payment.',
        next: 'Name each charge once, with the whole amount for it.',
      })
    named.add(chargeId)
    if (charge.reversed)
      return refuse('charge_reversed', {
        field: `${field}.chargeId`,
        detail: 'The charge was reversed when its bill was cancelled.',
        next: 'Apply the money to a charge that is open.',
      })
    if (amountCents > charge.balanceCents)
      return refuse('over_balance', {
        field: `${field}.amountCents`,
        detail: `${formatMoney(amountCents)} is more than the ${formatMoney(charge.balanceCents)} still owed on the charge.`,
        next: 'Apply at most what is owed; the rest stays in escrow.',
        extra: { balanceCents: charge.balanceCents },
      })
  }
  return overEscrow(escrowCents, applications)
}

function overEscrow(
  escrowCents: number,
  applications: readonly Application[],
): Refusal<'over_escrow'> | undefined {
  let left = escrowCents
  for (const [index, { amountCents }] of applications.entries()) {
    if (amountCents > left)
      return refuse('over_escrow', {
        field: `applications.${index}.amountCents`,
        detail: `The payment asks for ${formatMoney(sumCents(applications.map((one) => one.amountCents)))}; the receipt holds ${formatMoney(escrowCents)} in escrow.`,
        next: 'Apply less, or record the further money as a receipt of its own.',
        extra: { escrowCents },
      })
    left -= amountCents
  }
  return undefined
}

function unknownCharge(field: string): Refusal<'unknown_charge'> {
  return refuse('unknown_charge', {
    field,
    detail: 'There is no charge of this id in the practice.',
    next: 'Read the billing encounter for the ids of its charges.',
  })
}

export interface Fund {
  readonly receiptId: string
  readonly escrowCents: number
}

/** Oldest money first, onto the charges in the order of their lines (B-10). What does not fit stays in escrow. */
export function allocate(
  funds: readonly Fund[],
  charges: readonly OpenCharge[],
): { receiptId: string; applications: Application[] }[] {
  const owed = charges
    .filter((charge) => !charge.reversed)
    .map(({ chargeId, balanceCents }) => ({ chargeId, balanceCents }))
  return funds.flatMap(({ receiptId, escrowCents }) => {
    let left = escrowCents
    const applications: Application[] = []
    for (const charge of owed) {
      const amountCents = Math.min(left, charge.balanceCents)
      if (amountCents <= 0) continue
      applications.push({ chargeId: charge.chargeId, amountCents })
      charge.balanceCents -= amountCents
      left -= amountCents
    }
    return applications.length > 0 ? [{ receiptId, applications }] : []
  })
}
