/**
 * What the books should do, written as simply as possible and sharing nothing with the service: plain numbers, no journals, no
 * accounts. A step either changes the books or is refused with the code that a caller sees. Money in cents.
 */
export interface Books {
  /** Ends of the periods that are closed, oldest first. */
  closings: readonly { readonly id: string; readonly endsOn: string; readonly reopened: boolean }[]
  receipts: ReadonlyMap<string, ReceiptState>
  /** What is still owed of each charge; a reversed one is owed nothing. */
  charges: ReadonlyMap<string, ChargeState>
  cancelled: ReadonlySet<string>
  payments: ReadonlyMap<string, PaymentState>
  outflows: ReadonlyMap<string, OutflowState>
}

export interface ReceiptState {
  readonly receivedCents: number
  readonly escrowCents: number
  readonly appliedCents: number
  readonly disbursedCents: number
  readonly refundedCents: number
  readonly batchDate: string
  readonly version: number
  readonly deleted: boolean
}

interface ChargeState {
  readonly bill: string
  readonly netCents: number
  readonly owedCents: number
  readonly reversed: boolean
}

interface PaymentState {
  readonly receiptId: string
  readonly parts: readonly { readonly chargeId: string; readonly cents: number; readonly removed: boolean }[]
}

interface OutflowState {
  readonly kind: 'disbursed' | 'refunded'
  readonly receiptId: string
  readonly cents: number
  readonly undone: boolean
}

/** A step with the ids it was asked with. `batchDate` undefined: today's batch, whose day is never closed. */
export type Step =
  | { readonly do: 'receive'; readonly cents: number; readonly batchDate?: string }
  | {
      readonly do: 'apply'
      readonly receiptId: string
      readonly parts: readonly { readonly chargeId: string; readonly cents: number }[]
      readonly batchDate?: string
    }
  | {
      readonly do: 'remove'
      readonly paymentId: string
      readonly chargeId?: string
      readonly batchDate?: string
    }
  | {
      readonly do: 'spend'
      readonly kind: 'disbursed' | 'refunded'
      readonly receiptId: string
      readonly cents: number
      readonly batchDate?: string
    }
  | {
      readonly do: 'undo'
      readonly kind: 'disbursed' | 'refunded'
      readonly outflowId: string
      readonly batchDate?: string
    }
  | {
      readonly do: 'modify'
      readonly receiptId: string
      readonly version: number
      readonly cents: number
      readonly batchDate?: string
    }
  | { readonly do: 'delete'; readonly receiptId: string }
  | { readonly do: 'cancel'; readonly bill: string }
  | { readonly do: 'close'; readonly endsOn: string }
  | { readonly do: 'reopen'; readonly closingId: string }

/** What came back: the id of what a step made, or the code of a refusal. */
export type Outcome = { readonly made: string } | { readonly refused: string }

/** The books after a step, or the code it must be refused with. `made`: the id that the service gave to what the step makes. */
export function take(books: Books, step: Step, made: string): Books | string {
  switch (step.do) {
    case 'receive':
      return closedFor(books, step.batchDate) ?? withReceipt(books, made, fresh(step.cents, step.batchDate))
    case 'apply':
      return apply(books, step, made)
    case 'remove':
      return remove(books, step)
    case 'spend':
      return spend(books, step, made)
    case 'undo':
      return undo(books, step)
    case 'modify':
      return modify(books, step)
    case 'delete':
      return erase(books, step.receiptId)
    case 'cancel':
      return cancel(books, step.bill)
    case 'close':
      if (step.endsOn <= closedThrough(books)) return 'period_closed'
      return { ...books, closings: [...books.closings, { id: made, endsOn: step.endsOn, reopened: false }] }
    case 'reopen':
      return reopen(books, step.closingId)
  }
}

const TODAY = '9999-12-31'

function fresh(cents: number, batchDate = TODAY): ReceiptState {
  const nothing = { appliedCents: 0, disbursedCents: 0, refundedCents: 0 }
  return { receivedCents: cents, escrowCents: cents, ...nothing, batchDate, version: 1, deleted: false }
}

function closedThrough(books: Books): string {
  return books.closings.findLast((closing) => !closing.reopened)?.endsOn ?? ''
}

function closedFor(books: Books, batchDate = TODAY): 'period_closed' | undefined {
  return batchDate <= closedThrough(books) ? 'period_closed' : undefined
}

function withReceipt(books: Books, id: string, receipt: ReceiptState): Books {
  return { ...books, receipts: new Map(books.receipts).set(id, receipt) }
}

function changed(books: Books, id: string, by: (receipt: ReceiptState) => Partial<ReceiptState>): Books {
  const receipt = books.receipts.get(id)!
  return withReceipt(books, id, { ...receipt, ...by(receipt), version: receipt.version + 1 })
}

function owedBy(books: Books, chargeId: string, cents: number): Books {
  const charge = books.charges.get(chargeId)!
  const charges = new Map(books.charges).set(chargeId, { ...charge, owedCents: charge.owedCents + cents })
  return { ...books, charges }
}

function apply(books: Books, step: Extract<Step, { do: 'apply' }>, made: string): Books | string {
  const receipt = books.receipts.get(step.receiptId)!
  if (receipt.deleted) return 'receipt_deleted'
  for (const { chargeId, cents } of step.parts) {
    const charge = books.charges.get(chargeId)!
    if (charge.reversed) return 'charge_reversed'
    if (cents > charge.owedCents) return 'over_balance'
  }
  const total = step.parts.reduce((sum, part) => sum + part.cents, 0)
  if (total > receipt.escrowCents) return 'over_escrow'
  const refused = closedFor(books, step.batchDate)
  if (refused) return refused
  let after = changed(books, step.receiptId, (was) => ({
    escrowCents: was.escrowCents - total,
    appliedCents: was.appliedCents + total,
  }))
  for (const { chargeId, cents } of step.parts) after = owedBy(after, chargeId, -cents)
  const parts = step.parts.map((part) => ({ ...part, removed: false }))
  return { ...after, payments: new Map(after.payments).set(made, { receiptId: step.receiptId, parts }) }
}

function remove(books: Books, step: Extract<Step, { do: 'remove' }>): Books | string {
  const payment = books.payments.get(step.paymentId)!
  const named = (part: { chargeId: string }) => step.chargeId === undefined || part.chargeId === step.chargeId
  if (!payment.parts.some(named)) return 'unknown_charge'
  const open = payment.parts.filter((part) => named(part) && !part.removed)
  if (open.length === 0) return 'removed'
  const refused = closedFor(books, step.batchDate)
  if (refused) return refused
  const total = open.reduce((sum, part) => sum + part.cents, 0)
  let after = changed(books, payment.receiptId, (was) => ({
    escrowCents: was.escrowCents + total,
    appliedCents: was.appliedCents - total,
  }))
  for (const { chargeId, cents } of open) after = owedBy(after, chargeId, cents)
  const parts = payment.parts.map((part) => (named(part) ? { ...part, removed: true } : part))
  return { ...after, payments: new Map(after.payments).set(step.paymentId, { ...payment, parts }) }
}

const moved = (kind: 'disbursed' | 'refunded', was: ReceiptState, cents: number) => ({
  escrowCents: was.escrowCents - cents,
  ...(kind === 'disbursed'
    ? { disbursedCents: was.disbursedCents + cents }
    : { refundedCents: was.refundedCents + cents }),
})

function spend(books: Books, step: Extract<Step, { do: 'spend' }>, made: string): Books | string {
  const { kind, receiptId, cents } = step
  const receipt = books.receipts.get(receiptId)!
  if (receipt.deleted) return 'receipt_deleted'
  if (cents > receipt.escrowCents) return 'over_escrow'
  const refused = closedFor(books, step.batchDate)
  if (refused) return refused
  const after = changed(books, receiptId, (was) => moved(kind, was, cents))
  return { ...after, outflows: new Map(after.outflows).set(made, { kind, receiptId, cents, undone: false }) }
}

function undo(books: Books, step: Extract<Step, { do: 'undo' }>): Books | string {
  const outflow = books.outflows.get(step.outflowId)!
  if (outflow.undone) return 'undone'
  const refused = closedFor(books, step.batchDate)
  if (refused) return refused
  const after = changed(books, outflow.receiptId, (was) => moved(outflow.kind, was, -outflow.cents))
  return { ...after, outflows: new Map(after.outflows).set(step.outflowId, { ...outflow, undone: true }) }
}

function unchangeable(books: Books, receipt: ReceiptState): string | undefined {
  if (receipt.deleted) return 'receipt_deleted'
  if (closedFor(books, receipt.batchDate)) return 'period_closed'
  if (receipt.appliedCents !== 0) return 'payment_applied'
  if (receipt.disbursedCents !== 0) return 'disbursed'
  return receipt.refundedCents !== 0 ? 'refunded' : undefined
}

function modify(books: Books, step: Extract<Step, { do: 'modify' }>): Books | string {
  const { receiptId, version, cents } = step
  const receipt = books.receipts.get(receiptId)!
  if (receipt.version !== version) return 'stale'
  const batchDate = step.batchDate ?? receipt.batchDate
  const refused = unchangeable(books, receipt) ?? closedFor(books, batchDate)
  if (refused) return refused
  return changed(books, receiptId, () => ({ receivedCents: cents, escrowCents: cents, batchDate }))
}

function erase(books: Books, receiptId: string): Books | string {
  const refused = unchangeable(books, books.receipts.get(receiptId)!)
  if (refused) return refused
  return changed(books, receiptId, () => ({ receivedCents: 0, escrowCents: 0, deleted: true }))
}

function cancel(books: Books, bill: string): Books | string {
  if (books.cancelled.has(bill)) return 'cancelled'
  const own = [...books.charges].filter(([, charge]) => charge.bill === bill)
  if (own.some(([, charge]) => charge.owedCents !== charge.netCents)) return 'payment_applied'
  const charges = new Map(books.charges)
  for (const [id, charge] of own) charges.set(id, { ...charge, owedCents: 0, reversed: true })
  return { ...books, charges, cancelled: new Set(books.cancelled).add(bill) }
}

function reopen(books: Books, closingId: string): Books | string {
  const closing = books.closings.find(({ id }) => id === closingId)!
  if (closing.reopened) return 'reopened'
  if (books.closings.findLast(({ reopened }) => !reopened)!.id !== closingId) return 'not_the_last'
  const closings = books.closings.map((one) => (one === closing ? { ...one, reopened: true } : one))
  return { ...books, closings }
}
