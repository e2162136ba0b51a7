import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { refuseCancelled } from './billing-encounter.ts'
import { type Placed, refuseInCollections } from './collections.ts'
import type { Share } from './ledger.ts'
import { formatMoney } from './money.ts'
import { type Part, Shares } from './shares.ts'

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
 * they are to go back into escrow with it, where an insurer's take-back needs the money that it brought. Payments are the oldest first.
 */
export function decideReversal(
  bill: {
    readonly status: string
    readonly charges: readonly ReversibleCharge[]
    readonly payments: readonly LivePayment[]
    readonly writeOffs: readonly LiveWriteOff[]
    /** Of the payments, where these are to go back. */
    readonly receipts: readonly { readonly id: string; readonly escrowCents: number }[]
  },
  returnPayments: { readonly asked: boolean; readonly permitted: boolean },
):
  | Refusal<
      | 'cancelled'
      | 'not_posted'
      | 'in_collections'
      | 'adjusted'
      | 'payment_applied'
      | 'may_not_return'
      | 'later_postings'
    >
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
  return refuseSpent(bill)
}

/** A take-back brought money into escrow, which leaves it again with the take-back: it has to be there. */
function refuseSpent({
  payments,
  receipts,
}: Pick<Parameters<typeof decideReversal>[0], 'payments' | 'receipts'>):
  | Refusal<'later_postings'>
  | undefined {
  const escrow = new Map(receipts.map(({ id, escrowCents }) => [id, escrowCents]))
  for (const { paymentId, receiptId, amountCents } of payments.toReversed()) {
    const leftCents = escrow.get(receiptId)! + amountCents
    if (leftCents < 0)
      return refuse('later_postings', {
        detail: `What a take-back on this bill brought into escrow has left it again: ${formatMoney(-leftCents)} are missing.`,
        next: 'Take back what its receipt paid, disbursed or refunded with it first; GET /v1/receipts/{id} lists that.',
        extra: { paymentId, receiptId, shortCents: -leftCents },
      })
    escrow.set(receiptId, leftCents)
  }
  return undefined
}

/**
 * What has to move between those who owe a charge before a payment's effect on them can be mirrored: a person may have moved on what
 * an insurer's answer made somebody's, and no share may end below zero. What came after the payment is taken back already.
 */
export function roomFor(
  shares: readonly Share[],
  effect: readonly Part[],
): { from: string | null; to: string | null; amountCents: number }[] {
  const now = new Shares(shares)
  const after = new Shares(shares)
  for (const { payerId, amountCents } of effect) after.add(payerId, -amountCents)
  return after
    .list()
    .filter(({ balanceCents }) => balanceCents < 0)
    .flatMap(({ payerId: to, balanceCents }) => {
      let missing = -balanceCents
      return shares.flatMap(({ payerId: from }) => {
        const amountCents = Math.min(missing, now.of(from), after.of(from))
        if (from === to || amountCents <= 0) return []
        missing -= amountCents
        for (const both of [now, after]) both.add(from, -amountCents)
        return [{ from, to, amountCents }]
      })
    })
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
