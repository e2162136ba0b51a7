import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { cents } from './money.ts'

/** Where a charge is that was sent out, under the charge's lock. */
export interface Placed {
  readonly agencyId: string
  readonly agencyName: string
  readonly feeBasisPoints: number
  /** What the agency has not collected yet. */
  readonly balanceCents: number
}

const WHOLE = 10_000

/**
 * What the agency kept where it paid `netCents` to us: its fee is a share of what it collected, so collected = paid to us + fee.
 * Half a cent goes up.
 */
export function feeOf(netCents: number, feeBasisPoints: number): number {
  const ours = WHOLE - feeBasisPoints
  return cents(Math.floor((2 * cents(netCents) * feeBasisPoints + ours) / (2 * ours)))
}

export interface SendableCharge {
  readonly chargeId: string
  /** What the patient owes of it; what an insurer owes is not sent out. */
  readonly patientCents: number
  readonly placed: Placed | null
}

/** Which charges of a bill go to the agency and for how much (B-13). `asked` undefined: all that the patient owes something of. */
export function decideSending(
  charges: readonly SendableCharge[],
  asked: readonly string[] | undefined,
):
  | { chargeId: string; amountCents: number }[]
  | Refusal<'unknown_charge' | 'in_collections' | 'nothing_owed'> {
  for (const [index, chargeId] of (asked ?? []).entries()) {
    const field = `chargeIds.${index}`
    const charge = charges.find((one) => one.chargeId === chargeId)
    if (!charge || asked!.indexOf(chargeId) !== index) return unknownCharge(field)
    if (charge.placed)
      return refuse('in_collections', {
        field,
        detail: `The charge is with ${charge.placed.agencyName} already.`,
        next: 'Recall it first, then send all that the patient owes of it.',
      })
    if (charge.patientCents === 0) return nothingOwed(field)
  }
  const sent = charges
    .filter(({ chargeId }) => asked === undefined || asked.includes(chargeId))
    .filter(({ placed, patientCents }) => !placed && patientCents > 0)
    .map(({ chargeId, patientCents }) => ({ chargeId, amountCents: patientCents }))
  return sent.length > 0 ? sent : nothingOwed()
}

/** Which charges of a bill come back from their agency. `asked` undefined: all that are with one. */
export function decideRecall(
  charges: readonly SendableCharge[],
  asked: readonly string[] | undefined,
): (SendableCharge & { placed: Placed })[] | Refusal<'unknown_charge' | 'not_in_collections'> {
  for (const [index, chargeId] of (asked ?? []).entries()) {
    const charge = charges.find((one) => one.chargeId === chargeId)
    if (!charge || asked!.indexOf(chargeId) !== index) return unknownCharge(`chargeIds.${index}`)
    if (!charge.placed) return notInCollections(`chargeIds.${index}`)
  }
  const recalled = charges.flatMap((charge) =>
    charge.placed && (asked === undefined || asked.includes(charge.chargeId))
      ? [{ ...charge, placed: charge.placed }]
      : [],
  )
  return recalled.length > 0 ? recalled : notInCollections()
}

/** Whether a charge may be taken back: not while an agency is collecting it. */
export function refuseInCollections(
  charges: readonly { readonly chargeId: string; readonly placed: Placed | null }[],
): Refusal<'in_collections'> | undefined {
  const placed = charges.filter((charge) => charge.placed !== null)
  const [first] = placed
  if (!first) return undefined
  return refuse('in_collections', {
    detail: `${placed.length === 1 ? 'A charge' : `${placed.length} charges`} of this bill ${placed.length === 1 ? 'is' : 'are'} with the collection agency ${first.placed!.agencyName}.`,
    next: 'Recall them with POST /v1/billing-encounters/{id}/recall first.',
    extra: { chargeIds: placed.map(({ chargeId }) => chargeId) },
  })
}

function unknownCharge(field: string): Refusal<'unknown_charge'> {
  return refuse('unknown_charge', {
    field,
    detail: 'This is no open charge of the billing encounter, or it is named twice.',
    next: 'Read the billing encounter for the ids of its charges; leave chargeIds out for all of them.',
  })
}

function nothingOwed(field?: string): Refusal<'nothing_owed'> {
  return refuse('nothing_owed', {
    field,
    detail: `The patient owes nothing of this ${field ? 'charge' : 'bill'} that could be sent out.`,
    next: 'What an insurer owes is not sent to an agency; make it the patient’s first where it is theirs.',
  })
}

function notInCollections(field?: string): Refusal<'not_in_collections'> {
  return refuse('not_in_collections', {
    field,
    detail: `No ${field ? 'agency has this charge' : 'charge of this bill is with an agency'}.`,
    next: 'GET /v1/collections lists what is with each agency.',
  })
}
