import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { formatMoney } from './money.ts'

/** A receipt under its lock, as far as a decision about its money needs it. */
export interface ReceiptState {
  readonly escrowCents: number
  readonly deleted: boolean
}

export function receiptDeleted(): Refusal<'receipt_deleted'> {
  return refuse('receipt_deleted', {
    detail: 'This receipt was deleted; it holds no money.',
    next: 'Record the money as a new receipt.',
  })
}

/** Whether an amount may leave escrow otherwise than onto a charge: by a disbursement (B-11) or a refund (B-13). */
export function decideOutflow(
  receipt: ReceiptState,
  amountCents: number,
): Refusal<'receipt_deleted' | 'over_escrow'> | undefined {
  if (receipt.deleted) return receiptDeleted()
  if (amountCents <= receipt.escrowCents) return undefined
  return refuse('over_escrow', {
    field: 'amountCents',
    detail: `${formatMoney(amountCents)} is more than the ${formatMoney(receipt.escrowCents)} that the receipt holds in escrow.`,
    next: 'Ask for at most what is in escrow. Money that is applied must first be taken back with POST /v1/payments/{id}/remove.',
    extra: { escrowCents: receipt.escrowCents },
  })
}

/** Every practice has them (B-11); others are its own. */
export const DELIVERED_CODES: Readonly<Record<string, string>> = {
  O: 'Posted in another or a legacy system',
  E: 'Error correction',
  CP: 'Capitation plan',
  V: 'Void',
}

export interface DisbursementCode {
  readonly code: string
  readonly description: string
  readonly active: boolean
}

/** Whether money may be disbursed under this code. `own`: what the practice has under it, if anything. */
export function decideCode(
  code: string,
  system: string | null,
  own: DisbursementCode | undefined,
): Refusal<'unknown_code' | 'system_needed' | 'system_not_for_code'> | undefined {
  if (!(code in DELIVERED_CODES) && !own?.active)
    return refuse('unknown_code', {
      field: 'code',
      detail: own ? `The code ${code} is no longer in use.` : `There is no disbursement code ${code}.`,
      next: 'Use O, E, CP, V or a code of GET /v1/disbursement-codes; who may modify receipts can add one.',
    })
  if (code === 'O' && system === null)
    return refuse('system_needed', {
      field: 'system',
      detail: 'Code O says that the money is posted in another system.',
      next: 'Name that system, so that its total can be posted there.',
    })
  if (code !== 'O' && system !== null)
    return refuse('system_not_for_code', {
      field: 'system',
      detail: `Another system is named only with code O, not with ${code}.`,
      next: 'Leave it out, or use code O.',
    })
  return undefined
}

/** What the patient reads on a receipt document. */
interface OnPaper {
  readonly patientId: string | null
  readonly receivedCents: number
  readonly method: string
  readonly reference: string | null
  readonly depositDate: string
}

/** Whether a change of a receipt makes its document wrong: another batch or visit alone does not. */
export function saysOtherwise(before: OnPaper, after: OnPaper): boolean {
  const fields = ['patientId', 'receivedCents', 'method', 'reference', 'depositDate'] as const
  return fields.some((field) => before[field] !== after[field])
}

/** Where the money of a receipt is, besides escrow. */
export interface SpentMoney {
  readonly appliedCents: number
  readonly disbursedCents: number
  readonly refundedCents: number
  /** A remittance of denials applies nothing, and stands all the same. */
  readonly payments: readonly { readonly applications: readonly { readonly removed: boolean }[] }[]
}

/**
 * Whether a receipt may be modified or deleted (B-14): only while its batch is in an open period and none of its money has gone
 * anywhere. `closedThrough`: the date through which the books are closed.
 */
export function decideChange(
  receipt: ReceiptState & { readonly batchDate: string },
  spent: SpentMoney,
  closedThrough: string | null,
): Refusal<'receipt_deleted' | 'payment_applied' | 'disbursed' | 'refunded' | 'period_closed'> | undefined {
  if (receipt.deleted) return receiptDeleted()
  if (closedThrough !== null && receipt.batchDate <= closedThrough)
    return refuse('period_closed', {
      detail: `The receipt is in a batch of ${receipt.batchDate}; the books are closed through ${closedThrough}.`,
      next: 'It stays as it was reported. Take its money out in an open period: refund it, or disburse it with code E or V, and record what is right as a new receipt.',
      extra: { closedThrough },
    })
  if (spent.payments.some(({ applications }) => applications.some(({ removed }) => !removed)))
    return refuse('payment_applied', {
      detail: `${formatMoney(spent.appliedCents)} of this receipt are applied to charges.`,
      next: 'Remove its payments with POST /v1/payments/{id}/remove first; GET /v1/receipts/{id} lists them.',
    })
  if (spent.disbursedCents !== 0)
    return refuse('disbursed', {
      detail: `${formatMoney(spent.disbursedCents)} of this receipt are disbursed.`,
      next: 'Undo its disbursements with POST /v1/disbursements/{id}/undo first.',
    })
  if (spent.refundedCents !== 0)
    return refuse('refunded', {
      detail: `${formatMoney(spent.refundedCents)} of this receipt are refunded.`,
      next: 'Undo its refunds with POST /v1/refunds/{id}/undo if they never reached the payer; otherwise it stays.',
    })
  return undefined
}
