import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import type { Part } from './change.ts'

export interface VisitMoney {
  readonly billStatus: 'none' | 'unsigned' | 'posted' | 'cancelled'
  readonly appliedCents: number
  readonly escrowCents: number
  /** Billing has the completed session, whatever became of its bill since. */
  readonly sessionTaken: boolean
  /** Billing has heard that the visit is cancelled. */
  readonly cancelled: boolean
}

export interface VisitNote {
  readonly status: 'draft' | 'review' | 'signed'
  readonly released: boolean
}

/** What was sent to billing from here, against what has come back: facts travel, and may still be on their way. */
export interface Underway {
  /** The session was completed while the practice had billing on: billing opens a bill for each, even without lines. */
  readonly sessionSent: boolean
  /** It is cancelled, with a fee. */
  readonly feeSent: boolean
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
  const found = [paymentBlocker(visit), billBlocker(visit), noteBlocker(visit)]
  return refuseWhile(found, () => catchingUp(visit, { receipts: true }), 'delete the appointment')
}

/**
 * S-20: whether a visit that has begun may be said not to have taken place. A bill or a signed note says that it did.
 * Money that waits in escrow stays there, and goes onto the fee where there is one.
 */
export function decideCalledOff(visit: VisitState): Refusal<Code> | undefined {
  const found = [appliedBlocker(visit), billBlocker(visit), noteBlocker(visit)]
  return refuseWhile(found, () => catchingUp(visit, { receipts: false }), 'cancel the appointment')
}

/** S-20: a cancellation whose fee was charged is taken back only after a biller has cancelled that bill. */
export function decideRestoring(visit: VisitState): Refusal<Code> | undefined {
  const found = [appliedBlocker(visit), billBlocker(visit)]
  return refuseWhile(found, () => catchingUp(visit, { receipts: false }), 'restore the appointment')
}

/**
 * S-16: whether a visit that has begun may be changed. Without a bill only a signed note stands in the way. With one its
 * services are edited there, until a payment is applied; time and place stand on the bill and in claims, so it is cancelled
 * first. What a reminder says, a link or an instruction can be changed at any time.
 */
export function decideChange(visit: VisitState, parts: ReadonlySet<Part>): Refusal<Code> | undefined {
  const bill = billBlocker(visit)
  const late = () => catchingUp(visit, { receipts: false })
  if (parts.has('time') || parts.has('place')) {
    return refuseWhile([appliedBlocker(visit), bill, noteBlocker(visit)], late, 'change the appointment')
  }
  if (!parts.has('services')) return undefined
  if (!bill) return refuseWhile([appliedBlocker(visit), noteBlocker(visit)], late, 'change the appointment')
  return refuseWhile([appliedBlocker(visit), { ...bill, step: ON_THE_BILL }], late)
}

const ON_THE_BILL = 'edit the services on the bill (PUT /v1/billing-encounters/{id}/lines)'

function refuseWhile(
  checked: readonly (Blocker | undefined)[],
  late: () => Blocker[],
  then?: string,
): Refusal<Code> | undefined {
  const found = checked.filter((blocker) => blocker !== undefined)
  const blockers = found.length > 0 ? found : late()
  const [first] = blockers
  if (!first) return undefined
  const steps = [...blockers.map((blocker) => blocker.step), ...(then ? [then] : [])].join(', then ')
  return refuse(first.code, {
    detail: first.detail,
    next: `${steps[0]!.toUpperCase()}${steps.slice(1)}.`,
    extra: { blockers: blockers.map((blocker) => blocker.code) },
  })
}

const FREE_MONEY = 'refund or remove the payment'

function paymentBlocker(visit: VisitState): Blocker | undefined {
  const applied = appliedBlocker(visit)
  if (applied) return applied
  if (!visit.money || visit.money.escrowCents <= 0) return undefined
  const detail = 'Money taken for this visit waits in escrow.'
  return { code: 'money_in_escrow', detail, step: FREE_MONEY }
}

function appliedBlocker({ money }: VisitState): Blocker | undefined {
  if (!money || money.appliedCents <= 0) return undefined
  const detail = 'A payment is applied to the bill of this visit.'
  return { code: 'payment_applied', detail, step: FREE_MONEY }
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

/**
 * Without this, a bill or a receipt that is a second away would be left behind by an appointment that is gone. That there is a
 * bill does not say that all of it has arrived: one of a released note may have been cancelled before the session came.
 */
function catchingUp(
  { money, notes, underway }: VisitState,
  { receipts }: { readonly receipts: boolean },
): Blocker[] {
  if (!money) return []
  const sessionComes = underway.sessionSent && !money.sessionTaken
  const feeComes = underway.feeSent && !money.cancelled
  const noteComes = notes.some((note) => note.released) && money.billStatus === 'none'
  const receiptsCome = receipts && underway.receiptsSeen < underway.receiptsExpected
  const waiting = sessionComes || feeComes || noteComes || receiptsCome
  if (!waiting) return []
  return [
    {
      code: 'billing_catching_up',
      detail: 'Billing has not yet taken in what was sent to it for this visit.',
      step: 'wait a moment until billing shows it, and clear it there',
    },
  ]
}
