import type { Line } from './billing-encounter.ts'

/** The practice's own code: no payer knows it, and it is on no superbill (S-20). */
export const FEE_CODE = 'NOSHOW'
export type FeeKind = 'cancelled' | 'late-cancelled' | 'no-show'
const FEE_NAMES: Readonly<Record<FeeKind, string>> = {
  cancelled: 'Cancellation fee',
  'late-cancelled': 'Late cancellation fee',
  'no-show': 'No-show fee',
}

/** The fee of an appointment that did not take place, as a line behind the others (S-20). */
export function feeLine(
  lines: readonly Line[],
  fee: {
    readonly id: string
    readonly kind: FeeKind
    readonly feeCents: number
    /** The catalogue's words for a no-show, where it has a service of that code. */
    readonly named: string | undefined
  },
): Line {
  return {
    id: fee.id,
    position: Math.max(0, ...lines.map((line) => line.position)) + 1,
    code: FEE_CODE,
    description: (fee.kind === 'no-show' && fee.named) || FEE_NAMES[fee.kind],
    units: 1,
    modifiers: [],
    diagnosisPointers: [],
    unitAmountCents: fee.feeCents,
    discountCents: 0,
    source: 'cancellation',
    charged: false,
  }
}
