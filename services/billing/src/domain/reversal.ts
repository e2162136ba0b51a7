import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { refuseCancelled } from './billing-encounter.ts'
import { type Placed, refuseInCollections } from './collections.ts'

export interface LivePayment {
  readonly paymentId: string
  readonly receiptId: string
  readonly amountCents: number
}

/** Something of a charge that was written off without a receipt, and stands. */
export interface LiveWriteOff {
  readonly adjustmentId: string
  readonly chargeId: string
  readonly amountCents: number
}

export interface ReversibleCharge {
  readonly chargeId: string
  readonly placed: Placed | null
}

/**
 * Whether a posted bill may be taken back (B-05, B-13): not while an agency collects it or something of it is written off, and not while payments stand on it, unless
 * they are to go back into escrow with it.
 */
export function decideReversal(
  bill: {
    readonly status: string
    readonly charges: readonly ReversibleCharge[]
    readonly payments: readonly LivePayment[]
    readonly writeOffs: readonly LiveWriteOff[]
  },
  returnPayments: { readonly asked: boolean; readonly permitted: boolean },
):
  | Refusal<'cancelled' | 'not_posted' | 'in_collections' | 'adjusted' | 'payment_applied' | 'may_not_return'>
  | undefined {
  if (bill.status === 'cancelled') return refuseCancelled()
  if (bill.charges.length === 0)
    return refuse('not_posted', {
      detail: 'Nothing of this bill is in the ledger.',
      next: 'Edit its lines with PUT …/lines, and sign it when they are right.',
    })
  const collected = refuseInCollections(bill.charges)
  if (collected) return collected
  const adjusted = refuseAdjusted(bill.writeOffs)
  if (adjusted) return adjusted
  if (bill.payments.length === 0) return undefined
  if (!returnPayments.asked)
    return refusePaid(
      bill.payments,
      'Send returnPayments true to put their money back into the escrow of its receipts, or remove them with POST /v1/payments/{paymentId}/remove first.',
    )
  if (!returnPayments.permitted)
    return refuse('may_not_return', {
      field: 'returnPayments',
      detail: 'You may reverse a bill, but not take back the payments on it.',
      next: 'Have them removed first, or ask somebody with the permission payment.return.',
    })
  return undefined
}

/** A payment stands on the bill: it is listed, and `next` says what to do about it. */
export function refusePaid(payments: readonly LivePayment[], next: string): Refusal<'payment_applied'> {
  return refuse('payment_applied', {
    detail: `${payments.length === 1 ? 'A payment is' : `${payments.length} payments are`} applied to this bill.`,
    next,
    extra: { payments },
  })
}

/** A write-off stands on the bill: it is a decision of its own, so it is undone on its own. */
export function refuseAdjusted(adjustments: readonly LiveWriteOff[]): Refusal<'adjusted'> | undefined {
  if (adjustments.length === 0) return undefined
  return refuse('adjusted', {
    detail: 'Something of this bill is written off.',
    next: 'Undo the write-off with POST /v1/adjustments/{adjustmentId}/undo first.',
    extra: { adjustments },
  })
}
