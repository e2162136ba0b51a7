import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { isReason } from './adjustment-codes.ts'
import {
  type AdjudicatedCharge,
  type DecidedLine,
  freeable,
  type InsuranceLine,
  resolved,
  settle,
} from './insurance.ts'
import { formatMoney, sumCents } from './money.ts'

export type LineRefusal = Refusal<
  | 'unknown_charge'
  | 'charge_reversed'
  | 'charge_named_twice'
  | 'stale_line'
  | 'unknown_reason'
  | 'not_covered'
  | 'over_take_back'
  | 'over_charge'
  | 'over_balance'
>
export type InsuranceRefusal = LineRefusal | Refusal<'over_escrow'>

/** A wrong file could be wrong in each of its lines. */
const MAX_TOLD = 50

/**
 * Whether lines of a remittance may be posted from a receipt of this payer, and what each does (B-15). Everything is as read under
 * its lock. All lines are looked at, so that a person sees all that is wrong at once: `extra.lines` of the refusal.
 */
export function decideInsurance(
  receipt: { readonly escrowCents: number; readonly payerId: string },
  charges: readonly AdjudicatedCharge[],
  lines: readonly InsuranceLine[],
): DecidedLine[] | InsuranceRefusal {
  const known = new Map(charges.map((charge) => [charge.chargeId, charge]))
  const named = new Set<string>()
  const refusals = lines.flatMap((line, index) => {
    const refusal = named.has(line.chargeId)
      ? namedTwice(`lines.${index}.chargeId`)
      : refuseLine(receipt.payerId, known.get(line.chargeId), line, `lines.${index}`)
    named.add(line.chargeId)
    return refusal ?? []
  })
  const [first] = refusals
  if (first) {
    const told = refusals.slice(0, MAX_TOLD).map(({ refused, field, detail }) => ({ field, refused, detail }))
    return { ...first, extra: { ...first.extra, lines: told, refusedLines: refusals.length } }
  }
  return (
    overEscrow(receipt.escrowCents, lines) ??
    lines.map((line) => settle(receipt.payerId, known.get(line.chargeId)!, line))
  )
}

function refuseLine(
  payerId: string,
  charge: AdjudicatedCharge | undefined,
  line: InsuranceLine,
  field: string,
): LineRefusal | undefined {
  if (!charge)
    return refuse('unknown_charge', {
      field: `${field}.chargeId`,
      detail: 'There is no charge of this id in the practice.',
      next: 'GET /v1/receipts/{id}/open-charges finds charges by encounter number or patient.',
    })
  if (charge.reversed)
    return refuse('charge_reversed', {
      field: `${field}.chargeId`,
      detail: 'The charge was reversed when its bill was cancelled.',
      next: 'Leave the line out; its money stays in escrow.',
    })
  if (line.expectedBalanceCents !== undefined && line.expectedBalanceCents !== charge.balanceCents)
    return refuse('stale_line', {
      field: `${field}.expectedBalanceCents`,
      detail: `${formatMoney(charge.balanceCents)} are owed on the charge, not ${formatMoney(line.expectedBalanceCents)}: somebody posted on it meanwhile.`,
      next: 'Read the charge again, and send the line with what is owed now, if it is still right.',
      extra: { balanceCents: charge.balanceCents },
    })
  return (
    unknownReason(line, field) ??
    notCovered(payerId, charge, line, field) ??
    refuseMoney(payerId, charge, line, field)
  )
}

function unknownReason({ adjustments }: InsuranceLine, field: string): LineRefusal | undefined {
  const index = adjustments.findIndex(({ reason }) => !isReason(reason))
  if (index < 0) return undefined
  return refuse('unknown_reason', {
    field: `${field}.adjustments.${index}.reason`,
    detail: `${adjustments[index]!.reason} is not a claim adjustment reason code.`,
    next: 'GET /v1/adjustment-codes lists them.',
  })
}

function notCovered(
  payerId: string,
  { coverages }: AdjudicatedCharge,
  { nextPayer }: InsuranceLine,
  field: string,
): LineRefusal | undefined {
  const allowed = [undefined, 'patient', payerId, ...coverages]
  if (allowed.includes(nextPayer)) return undefined
  return refuse('not_covered', {
    field: `${field}.nextPayer`,
    detail: 'The patient has no coverage of this payer on the day of service.',
    next: 'Name the patient or one of the patient’s payers; PUT /v1/patients/{id}/coverages adds one.',
    extra: { coverages },
  })
}

function refuseMoney(
  payerId: string,
  charge: AdjudicatedCharge,
  line: InsuranceLine,
  field: string,
): LineRefusal | undefined {
  const ofPayer = sumCents(
    charge.standing.filter((one) => one.payerId === payerId).map((one) => one.amountCents),
  )
  if (line.paidCents < 0 && -line.paidCents > ofPayer)
    return refuse('over_take_back', {
      field: `${field}.paidCents`,
      detail: `${formatMoney(ofPayer)} of this payer stand on the charge; ${formatMoney(-line.paidCents)} cannot be taken back.`,
      next: 'Take back at most that. What the payer paid and nobody applied is in the escrow of its receipt.',
      extra: { paidByPayerCents: ofPayer },
    })
  const { offCents } = resolved(payerId, charge, line)
  const statedCents = line.paidCents + sumCents(line.adjustments.map((one) => one.amountCents))
  const owedCents = charge.balanceCents - offCents + (charge.placed?.balanceCents ?? 0)
  if (statedCents > charge.grossCents || owedCents > charge.netCents)
    return overCharge(charge, statedCents, owedCents, `${field}`)
  return overBalance(charge, line, offCents, field)
}

function overCharge(
  charge: AdjudicatedCharge,
  statedCents: number,
  owedCents: number,
  field: string,
): Refusal<'over_charge'> {
  const detail =
    statedCents > charge.grossCents
      ? `Paid and adjustments come to ${formatMoney(statedCents)}; the charge was ${formatMoney(charge.grossCents)}.`
      : `After this line ${formatMoney(owedCents)} would be owed on a charge of ${formatMoney(charge.netCents)}.`
  return refuse('over_charge', {
    field,
    detail,
    next: 'Check the amounts of the line against the remittance: paid and adjustments together are what was charged.',
    extra: { chargedCents: charge.grossCents },
  })
}

function overBalance(
  charge: AdjudicatedCharge,
  line: InsuranceLine,
  offCents: number,
  field: string,
): Refusal<'over_balance'> | undefined {
  const surplusCents = offCents - charge.balanceCents
  if (surplusCents <= 0) return undefined
  const patientPaidCents = sumCents(freeable(charge).map((one) => one.amountCents))
  const covered = surplusCents <= patientPaidCents
  if (covered && line.freePatientMoney) return undefined
  return refuse('over_balance', {
    field: `${field}.paidCents`,
    detail: `Paid and written off are ${formatMoney(offCents)}, ${formatMoney(surplusCents)} more than the ${formatMoney(charge.balanceCents)} that is owed on the charge.`,
    next: covered
      ? `The patient paid ${formatMoney(patientPaidCents)} of it: send the line with freePatientMoney, and ${formatMoney(surplusCents)} go back into the escrow of the patient’s receipts. Or post less.`
      : 'Post what is owed, without adjustments that were posted before. What the payer paid too much stays in escrow, until it takes that back or you refund it.',
    extra: { balanceCents: charge.balanceCents, surplusCents, patientPaidCents },
  })
}

/** Take-backs of the same check count first: they are what the payer nets its payments with. */
function overEscrow(
  escrowCents: number,
  lines: readonly InsuranceLine[],
): Refusal<'over_escrow'> | undefined {
  const backCents = -sumCents(lines.map((line) => Math.min(0, line.paidCents)))
  let left = escrowCents + backCents
  for (const [index, { paidCents }] of lines.entries()) {
    if (paidCents > left)
      return refuse('over_escrow', {
        field: `lines.${index}.paidCents`,
        detail: `The lines pay ${formatMoney(sumCents(lines.map((line) => line.paidCents)))} in all; the receipt holds ${formatMoney(escrowCents)} in escrow.`,
        next: 'Check the amounts, post the take-backs of the check first, or pay the rest from another receipt of the payer.',
        extra: { escrowCents },
      })
    left -= Math.max(0, paidCents)
  }
  return undefined
}

function namedTwice(field: string): LineRefusal {
  return refuse('charge_named_twice', {
    field,
    detail: 'This charge is named twice in one posting.',
    next: 'Post the take-back of a charge first, and what was decided instead in a posting of its own.',
  })
}
