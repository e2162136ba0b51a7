import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { type AdjustmentGroup, isReason, isRetiredReason } from './adjustment-codes.ts'
import type { AdjudicatedCharge } from './insurance.ts'
import { formatMoney } from './money.ts'
import { Shares } from './shares.ts'

export interface Transfer {
  readonly chargeId: string
  /** null: the patient. */
  readonly from: string | null
  readonly to: string | null
  readonly amountCents: number
}

export type TransferRefusal = Refusal<
  | 'same_payer'
  | 'unknown_charge'
  | 'charge_reversed'
  | 'charge_named_twice'
  | 'several_patients'
  | 'not_covered'
  | 'stale_line'
  | 'over_share'
>

export interface TransferWish {
  readonly from: string | null
  readonly to: string | null
  readonly charges: readonly {
    readonly chargeId: string
    /** null: all that `from` owes of it. */
    readonly amountCents: number | null
    readonly expectedBalanceCents?: number
  }[]
}

type ChargeOfPatient = AdjudicatedCharge & { readonly patientId: string }

/** Whether A/R of one patient's charges may go from one who owes it to another: to the patient, or to a payer that covers them. */
export function decideTransfer(
  charges: readonly ChargeOfPatient[],
  { from, to, charges: wishes }: TransferWish,
): Transfer[] | TransferRefusal {
  if (from === to)
    return refuse('same_payer', {
      field: 'to',
      detail: 'The balance is to go to who owes it already.',
      next: 'Name another payer of the patient, or the patient.',
    })
  const known = new Map(charges.map((charge) => [charge.chargeId, charge]))
  const transfers: Transfer[] = []
  for (const [index, wish] of wishes.entries()) {
    const charge = known.get(wish.chargeId)
    const field = `charges.${index}`
    const first = known.get(wishes[0]!.chargeId)
    const refused =
      refuseIdentity(charge, first?.patientId, field) ?? refuseShare(charge!, { ...wish, from, to }, field)
    if (refused) return refused
    if (transfers.some((one) => one.chargeId === wish.chargeId)) return namedTwice(`${field}.chargeId`)
    const amountCents = wish.amountCents ?? new Shares(charge!.shares).of(from)
    transfers.push({ chargeId: wish.chargeId, from, to, amountCents })
  }
  return transfers
}

function refuseIdentity(
  charge: ChargeOfPatient | undefined,
  patientId: string | undefined,
  field: string,
): TransferRefusal | undefined {
  if (!charge)
    return refuse('unknown_charge', {
      field: `${field}.chargeId`,
      detail: 'There is no charge of this id in the practice.',
      next: 'Read the billing encounter for the ids of its charges.',
    })
  if (charge.reversed) return refuseReversed(`${field}.chargeId`)
  if (charge.patientId !== patientId)
    return refuse('several_patients', {
      field: `${field}.chargeId`,
      detail: 'This charge is another patient’s than the first one.',
      next: 'Move the charges of one patient at a time.',
    })
  return undefined
}

export function refuseReversed(field?: string): Refusal<'charge_reversed'> {
  return refuse('charge_reversed', {
    field,
    detail: 'The charge was reversed when its bill was cancelled.',
    next: 'Nobody owes it any more; leave it out.',
  })
}

function refuseShare(
  charge: ChargeOfPatient,
  wish: TransferWish['charges'][number] & Omit<TransferWish, 'charges'>,
  field: string,
): TransferRefusal | undefined {
  const { from, to, amountCents, expectedBalanceCents } = wish
  if (to !== null && !charge.coverages.includes(to))
    return refuse('not_covered', {
      field: 'to',
      detail: 'The patient has no coverage of this payer on the day of service.',
      next: 'Add it with PUT /v1/patients/{id}/coverages, or name another payer.',
      extra: { chargeId: charge.chargeId, coverages: charge.coverages },
    })
  if (expectedBalanceCents !== undefined && expectedBalanceCents !== charge.balanceCents)
    return refuse('stale_line', {
      field: `${field}.expectedBalanceCents`,
      detail: `${formatMoney(charge.balanceCents)} are owed on the charge, not ${formatMoney(expectedBalanceCents)}.`,
      next: 'Read the charge again, and decide with what is owed now.',
      extra: { balanceCents: charge.balanceCents },
    })
  return overShare(charge, from, amountCents, `${field}.${amountCents === null ? 'chargeId' : 'amountCents'}`)
}

/** `amountCents` null: all of it, which must be something. */
export function overShare(
  charge: AdjudicatedCharge,
  payerId: string | null,
  amountCents: number | null,
  field: string,
): Refusal<'over_share'> | undefined {
  const shareCents = new Shares(charge.shares).of(payerId)
  if (shareCents > 0 && (amountCents ?? 0) <= shareCents) return undefined
  return refuse('over_share', {
    field,
    detail: `${payerId === null ? 'The patient' : 'This payer'} owes ${formatMoney(shareCents)} of the charge.`,
    next: 'Name who owes it, and at most what they owe; GET /v1/billing-encounters/{id} shows the shares.',
    extra: { shareCents, shares: charge.shares },
  })
}

function namedTwice(field: string): TransferRefusal {
  return refuse('charge_named_twice', {
    field,
    detail: 'This charge is named twice.',
    next: 'Name each charge once, with the whole amount for it.',
  })
}

export interface WriteOffReason {
  readonly group?: AdjustmentGroup
  readonly reason?: string
  /** The practice's own. */
  readonly code?: string
}

/** The account's code of a write-off without a receipt, from a claim adjustment code or the practice's own. */
export function writeOffCode(
  { group, reason, code }: WriteOffReason,
  own: { readonly active: boolean } | undefined,
): string | Refusal<'one_code' | 'unknown_reason' | 'patient_responsibility' | 'unknown_code'> {
  if (code !== undefined && group === undefined && reason === undefined)
    return own?.active
      ? `OWN-${code}`
      : refuse('unknown_code', {
          field: 'code',
          detail: own
            ? `The code ${code} is no longer in use.`
            : `The practice has no write-off code ${code}.`,
          next: 'Use a code of GET /v1/adjustment-codes, or add it with POST /v1/write-off-codes.',
        })
  if (code !== undefined || group === undefined || reason === undefined)
    return refuse('one_code', {
      field: code === undefined ? 'reason' : 'code',
      detail: 'A write-off has either a group with a reason, or one of the practice’s own codes.',
      next: 'Send group and reason, or code alone.',
    })
  if (group === 'PR')
    return refuse('patient_responsibility', {
      field: 'group',
      detail: 'PR says that the patient owes it, so it is not written off.',
      next: 'Move it to the patient with POST /v1/charges/transfer, or write it off under CO, OA, PI or a code of your own.',
    })
  if (!isReason(reason) || isRetiredReason(reason))
    return refuse('unknown_reason', {
      field: 'reason',
      detail: isReason(reason)
        ? `${reason} is no longer in use as a claim adjustment reason code.`
        : `${reason} is not a claim adjustment reason code.`,
      next: 'GET /v1/adjustment-codes lists them.',
    })
  return `${group}-${reason}`
}
