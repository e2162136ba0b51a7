import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

export interface VisitMoney {
  readonly billStatus: 'none' | 'unsigned' | 'posted' | 'cancelled'
  readonly appliedCents: number
  readonly escrowCents: number
}

export interface VisitNote {
  readonly status: 'draft' | 'review' | 'signed'
  readonly released: boolean
}

/** What was sent to billing from here, against what has come back: facts travel, and may still be on their way. */
export interface Underway {
  /** The session was completed while the practice had billing on: billing opens a bill for each, even without lines. */
  readonly billExpected: boolean
  /** Money taken here (copay, payment) that becomes a receipt there. */
  readonly receiptsExpected: number
  readonly receiptsSeen: number
}

export interface VisitState {
  /** undefined: the practice has billing off, so nobody was asked. */
  readonly money: VisitMoney | undefined
  /** Empty where the practice has the EHR off. */
  readonly notes: readonly VisitNote[]
  readonly underway: Underway
}

type Code = 'payment_applied' | 'money_in_escrow' | 'bill_open' | 'note_signed' | 'billing_catching_up'

interface Blocker {
  readonly code: Code
  readonly detail: string
  readonly step: string
}

/**
 * S-16: whether a visit that has begun may be deleted. What stands in the way is refused in the order in which it has to
 * be cleared: payment, bill, note; `next` says all steps, `blockers` all codes. An unsigned note, and a bill that was
 * cancelled, do not stand in the way.
 */
export function decideDeletion(visit: VisitState): Refusal<Code> | undefined {
  const found = [paymentBlocker(visit), billBlocker(visit), noteBlocker(visit)].filter(
    (blocker) => blocker !== undefined,
  )
  const blockers = found.length > 0 ? found : catchingUp(visit)
  const [first] = blockers
  if (!first) return undefined
  const steps = blockers.map((blocker) => blocker.step).join(', then ')
  return refuse(first.code, {
    detail: first.detail,
    next: `${steps[0]!.toUpperCase()}${steps.slice(1)}, then delete the appointment.`,
    extra: { blockers: blockers.map((blocker) => blocker.code) },
  })
}

function paymentBlocker({ money }: VisitState): Blocker | undefined {
  const step = 'refund or remove the payment'
  if (money && money.appliedCents > 0) {
    return { code: 'payment_applied', detail: 'A payment is applied to the bill of this visit.', step }
  }
  if (money && money.escrowCents > 0) {
    return { code: 'money_in_escrow', detail: 'Money taken for this visit waits in escrow.', step }
  }
  return undefined
}

function billBlocker({ money }: VisitState): Blocker | undefined {
  if (money?.billStatus !== 'unsigned' && money?.billStatus !== 'posted') return undefined
  return { code: 'bill_open', detail: 'The visit has a bill.', step: 'cancel the bill' }
}

function noteBlocker({ notes }: VisitState): Blocker | undefined {
  if (notes.every((note) => note.status === 'draft')) return undefined
  return {
    code: 'note_signed',
    detail: 'The note of this visit carries a signature.',
    step: 'unlock the note',
  }
}

/** Without this, a bill or a receipt that is a second away would be left behind by an appointment that is gone. */
function catchingUp({ money, notes, underway }: VisitState): Blocker[] {
  if (!money) return []
  const billComes = underway.billExpected || notes.some((note) => note.released)
  const waiting =
    (billComes && money.billStatus === 'none') || underway.receiptsSeen < underway.receiptsExpected
  if (!waiting) return []
  return [
    {
      code: 'billing_catching_up',
      detail: 'Billing has not yet taken in what was sent to it for this visit.',
      step: 'wait a moment until billing shows it, and clear it there',
    },
  ]
}
