import type { StepOf } from '../steps.ts'
import {
  type Books,
  changed,
  closedFor,
  put,
  type ReceiptState,
  reasons,
  type Taken,
  TODAY,
} from './books.ts'

export function receive(books: Books, step: StepOf<'receive'>, made: string): Taken {
  const refused = reasons(closedFor(books, step.batchDate))
  if (refused) return refused
  const { kind, who, bill, cents, batchDate = TODAY } = step
  const receipt: ReceiptState = {
    kind,
    who,
    ...(bill === undefined ? {} : { bill }),
    receivedCents: cents,
    escrowCents: cents,
    appliedCents: 0,
    disbursedCents: 0,
    refundedCents: 0,
    batchDate,
    version: 1,
    deleted: false,
  }
  return { ...books, receipts: put(books.receipts, made, receipt) }
}

const moved = (kind: 'disbursed' | 'refunded', was: ReceiptState, cents: number) => ({
  escrowCents: was.escrowCents - cents,
  ...(kind === 'disbursed'
    ? { disbursedCents: was.disbursedCents + cents }
    : { refundedCents: was.refundedCents + cents }),
})

export function spend(books: Books, step: StepOf<'spend'>, made: string): Taken {
  const { kind, receiptId, cents } = step
  const receipt = books.receipts.get(receiptId)!
  const refused = receipt.deleted
    ? ['receipt_deleted']
    : reasons(cents > receipt.escrowCents && 'over_escrow', closedFor(books, step.batchDate))
  if (refused) return refused
  const after = changed(books, receiptId, (was) => moved(kind, was, cents))
  return { ...after, outflows: put(after.outflows, made, { kind, receiptId, cents, undone: false }) }
}

export function undo(books: Books, step: StepOf<'undo'>): Taken {
  const outflow = books.outflows.get(step.outflowId)!
  const refused = reasons(outflow.undone && 'undone', closedFor(books, step.batchDate))
  if (refused) return refused
  const after = changed(books, outflow.receiptId, (was) => moved(outflow.kind, was, -outflow.cents))
  return { ...after, outflows: put(after.outflows, step.outflowId, { ...outflow, undone: true }) }
}

function unchangeable(books: Books, receiptId: string): (string | false | undefined)[] {
  const receipt = books.receipts.get(receiptId)!
  if (receipt.deleted) return ['receipt_deleted']
  // A remittance of denials applies nothing, and stands all the same.
  const stands = [...books.payments.values()].some(
    (payment) => payment.receiptId === receiptId && payment.parts.some((part) => !part.removed),
  )
  return [
    closedFor(books, receipt.batchDate),
    stands && 'payment_applied',
    receipt.disbursedCents !== 0 && 'disbursed',
    receipt.refundedCents !== 0 && 'refunded',
  ]
}

export function modify(books: Books, step: StepOf<'modify'>): Taken {
  const { receiptId, version, cents } = step
  const receipt = books.receipts.get(receiptId)!
  const batchDate = step.batchDate ?? receipt.batchDate
  const refused =
    receipt.version === version
      ? reasons(...unchangeable(books, receiptId), closedFor(books, batchDate))
      : ['stale']
  if (refused) return refused
  return changed(books, receiptId, () => ({ receivedCents: cents, escrowCents: cents, batchDate }))
}

export function erase(books: Books, { receiptId }: StepOf<'delete'>): Taken {
  const refused = reasons(...unchangeable(books, receiptId))
  if (refused) return refused
  return changed(books, receiptId, () => ({ receivedCents: 0, escrowCents: 0, deleted: true }))
}
