import type { Step } from '../steps.ts'
import { cancel, reverse, sign } from './bills.ts'
import { type Books, closedThrough, type Taken } from './books.ts'
import { rate, recall, send } from './collections.ts'
import { post } from './insurance.ts'
import { apply, remove } from './payments.ts'
import { erase, modify, receive, spend, undo } from './receipts.ts'
import { cover, transfer, undoWriteOff, writeOff } from './receivable.ts'

/** The books after a step, or why it is refused. `made`: the ids that the service gave to what the step makes. */
export function take(books: Books, step: Step, made: readonly string[]): Taken {
  const id = made[0] ?? ''
  switch (step.do) {
    case 'receive':
      return receive(books, step, id)
    case 'apply':
      return apply(books, step, id)
    case 'post':
      return post(books, step, id)
    case 'remove':
      return remove(books, step)
    case 'spend':
      return spend(books, step, id)
    case 'undo':
      return undo(books, step)
    case 'modify':
      return modify(books, step)
    case 'delete':
      return erase(books, step)
    case 'transfer':
      return transfer(books, step)
    case 'write-off':
      return writeOff(books, step, id)
    case 'undo-write-off':
      return undoWriteOff(books, step)
    case 'cover':
      return cover(books, step)
    case 'send':
      return send(books, step)
    case 'recall':
      return recall(books, step)
    case 'rate':
      return rate(books, step)
    case 'sign':
      return sign(books, step, made)
    case 'reverse':
      return reverse(books, step)
    case 'cancel':
      return cancel(books, step)
    case 'close':
      if (step.endsOn <= closedThrough(books)) return ['period_closed']
      return { ...books, closings: [...books.closings, { id, endsOn: step.endsOn, reopened: false }] }
    case 'reopen':
      return reopen(books, step.closingId)
  }
}

function reopen(books: Books, closingId: string): Taken {
  const closing = books.closings.find(({ id }) => id === closingId)!
  if (closing.reopened) return ['reopened']
  if (books.closings.findLast(({ reopened }) => !reopened)!.id !== closingId) return ['not_the_last']
  const closings = books.closings.map((one) => (one === closing ? { ...one, reopened: true } : one))
  return { ...books, closings }
}
