import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import type { Diagnosis } from './billing-encounter.ts'
import { sumCents } from './money.ts'

export interface SuperbillLine {
  readonly code: string
  readonly description: string
  readonly modifiers: readonly string[]
  readonly units: number
  /** 1-based positions in the diagnoses. */
  readonly diagnosisPointers: readonly number[]
  /** Gross, for all units. */
  readonly amountCents: number
  readonly discountCents: number
}

/** B-20: what a patient sends to their insurer, as written down at issue. */
export interface SuperbillContent {
  readonly serviceDate: string
  readonly birthDate: string | null
  readonly provider: { readonly name: string; readonly npi: string }
  readonly placeOfService: string | null
  readonly diagnoses: readonly Diagnosis[]
  readonly lines: readonly SuperbillLine[]
  /** Net of discounts. */
  readonly totalCents: number
  /** What the patient paid of it, to the practice or to its collection agency. */
  readonly paidCents: number
}

/**
 * What stands on a superbill, or why there is none: an insurer takes it only with procedures, amounts, a diagnosis and the
 * provider's NPI (S-03). Fees of visits that did not take place are not among the lines.
 */
export function composeSuperbill(
  parts: Omit<SuperbillContent, 'totalCents' | 'provider'> & {
    readonly provider: SuperbillContent['provider'] | undefined
  },
): SuperbillContent | Refusal<'not_eligible' | 'no_diagnosis' | 'no_rendering_provider'> {
  if (parts.lines.every((line) => line.amountCents === 0))
    return refuse('not_eligible', {
      detail: 'No service with an amount is posted for this visit.',
      next: 'Price and sign its lines first; a visit without a service or an amount has no superbill.',
    })
  if (parts.diagnoses.length === 0)
    return refuse('no_diagnosis', {
      detail: 'The visit has no diagnosis, and no insurer takes a superbill without one.',
      next: 'Release the encounter of the visit with its diagnoses, then ask again.',
    })
  if (!parts.provider)
    return refuse('no_rendering_provider', {
      detail: 'The practitioner of this visit has no rendering provider with an NPI.',
      next: 'Add one with POST /v1/rendering-providers, linked to the practitioner, then ask again.',
    })
  const totalCents = sumCents(parts.lines.map((line) => line.amountCents - line.discountCents))
  return { ...parts, provider: parts.provider, totalCents }
}

/** A, B, C, … as on a claim form. */
export function pointerLetter(position: number): string {
  return position <= 26 ? String.fromCharCode(64 + position) : String(position)
}
