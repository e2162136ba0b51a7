import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { feeOf, type Placed } from './collections.ts'
import { formatMoney, sumCents } from './money.ts'

export interface Application {
  readonly chargeId: string
  readonly amountCents: number
  /** An agency's money: what it kept of what it collected. Left out: by the rate under which the charge was sent to it. */
  readonly feeCents?: number
}

export interface OpenCharge {
  readonly chargeId: string
  /** What is still owed on it. */
  readonly balanceCents: number
  readonly reversed: boolean
  /** The agency that collects it; null: it is with none. */
  readonly placed: Placed | null
}

export type PaymentRefusal = Refusal<
  | 'unknown_charge'
  | 'charge_reversed'
  | 'charge_named_twice'
  | 'over_balance'
  | 'over_escrow'
  | 'not_with_agency'
  | 'fee_not_expected'
>

/**
 * Whether escrow money may be applied like this (B-08). Both sides are as locked: nobody changes them meanwhile. `agencyId`: an
 * agency's money, which pays only what was sent to it; other money pays what is owed to us first and then what is with an agency.
 */
export function decidePayment(
  escrowCents: number,
  charges: readonly OpenCharge[],
  applications: readonly Application[],
  agencyId: string | null = null,
): PaymentRefusal | undefined {
  const open = new Map(charges.map((charge) => [charge.chargeId, charge]))
  const named = new Set<string>()
  for (const [index, application] of applications.entries()) {
    const { chargeId } = application
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
    const refused = overBalance(field, charge, application, agencyId)
    if (refused) return refused
  }
  return overEscrow(escrowCents, applications)
}

function overBalance(
  field: string,
  charge: OpenCharge,
  application: Application,
  agencyId: string | null,
): Refusal<'over_balance' | 'not_with_agency' | 'fee_not_expected'> | undefined {
  const { placed } = charge
  if (agencyId !== null && placed?.agencyId !== agencyId)
    return refuse('not_with_agency', {
      field: `${field}.chargeId`,
      detail: placed
        ? `The charge is with ${placed.agencyName}, not with the agency of this receipt.`
        : 'The charge is not with this agency.',
      next: 'GET /v1/collections?agencyId= lists what is with it. Money for a charge that came back stays in escrow: refund it, or send the charge out again.',
    })
  if (agencyId === null && application.feeCents !== undefined)
    return refuse('fee_not_expected', {
      field: `${field}.feeCents`,
      detail: 'Only an agency keeps a fee of what it collected.',
      next: 'Leave feeCents out.',
    })
  const owed = (agencyId === null ? charge.balanceCents : 0) + (placed?.balanceCents ?? 0)
  const pays = application.amountCents + agencyFee(charge, application, agencyId)
  if (pays <= owed) return undefined
  return refuse('over_balance', {
    field: `${field}.amountCents`,
    detail:
      agencyId === null
        ? `${formatMoney(pays)} is more than the ${formatMoney(owed)} still owed on the charge.`
        : `With its fee the agency collected ${formatMoney(pays)}; ${formatMoney(owed)} of the charge are with it.`,
    next: 'Apply at most what is owed; the rest stays in escrow.',
    extra: { balanceCents: owed },
  })
}

/** What the agency kept; nothing of other money. */
export function agencyFee(
  { placed }: Pick<OpenCharge, 'placed'>,
  { amountCents, feeCents }: Application,
  agencyId: string | null,
): number {
  return agencyId === null || !placed ? 0 : (feeCents ?? feeOf(amountCents, placed.feeBasisPoints))
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
