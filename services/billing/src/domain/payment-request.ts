/** A bill's request for payment online (B-02). What each state means stands with the table, in migrations/000004. */
export type RequestState =
  | 'creating'
  | 'unknown'
  | 'open'
  | 'closing'
  | 'paid'
  | 'cancelled'
  | 'expired'
  | 'failed'

export type CloseReason =
  | 'nothing-owed'
  | 'replaced'
  | 'closed-at-partner'
  | 'payment-failed'
  | 'disconnected'
  | 'refused'
  | 'out-of-reach'

/** Why the payment partner did not do what it was asked, as far as it matters for what comes next. */
export interface PartnerFailure {
  /**
   * no-answer: nobody knows whether it was done; the same question, under the same key, is safe.
   * fault: nobody knows either, but the partner keeps the fault under the key, so another key is needed.
   * later: nothing was done; ask again. access: nothing was done, and nothing will be until our key or account is mended.
   * refused: nothing was done, and asking again is of no use.
   */
  readonly failed: 'no-answer' | 'fault' | 'later' | 'access' | 'refused'
  readonly message: string
}

export function isPartnerFailure(answer: unknown): answer is PartnerFailure {
  return typeof answer === 'object' && answer !== null && 'failed' in answer
}

export type AfterMaking =
  | { readonly state: 'unknown'; readonly nextRound: boolean; readonly waitSeconds: number }
  | { readonly state: 'failed' }

const FIRST_WAIT_SECONDS = 15
const LONGEST_WAIT_SECONDS = 60 * 60

/** Doubles from a quarter of a minute to an hour; it never gives up, since a patient waits for the link. */
export function waitSeconds(attempts: number): number {
  return Math.min(FIRST_WAIT_SECONDS * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT_SECONDS)
}

/**
 * What a failed attempt to make a link leaves behind. Even "too many requests" leaves it unknown: it may be the answer to a
 * repetition of a question whose first answer was lost. `attempts`: how many there were, this one included.
 */
export function afterMaking({ failed }: PartnerFailure, attempts: number): AfterMaking {
  if (failed === 'refused') return { state: 'failed' }
  return { state: 'unknown', nextRound: failed === 'fault', waitSeconds: waitSeconds(attempts) }
}

/** Webhooks may be lost: an open link is asked after in an hour, then ever more seldom, daily in the end. */
const FIRST_LOOK_SECONDS = 60 * 60
const LONGEST_LOOK_SECONDS = 24 * 60 * 60

export function lookSeconds(attempts: number): number {
  return Math.min(FIRST_LOOK_SECONDS * 2 ** Math.min(attempts, 10), LONGEST_LOOK_SECONDS)
}

/** Derived from our id, so that a repeated question is the same one to the partner. Another amount is another question. */
export function idempotencyKey(request: { id: string; amountCents: number; round: number }): string {
  return `praxisbus-${request.id}-${request.amountCents}-${request.round}`
}

/** What a link that asks for `amountCents` is worth while `owedCents` is owed on the bill. */
export function judgeOwed(amountCents: number, owedCents: number): 'fits' | 'nothing-owed' | 'replaced' {
  if (owedCents === amountCents) return 'fits'
  return owedCents === 0 ? 'nothing-owed' : 'replaced'
}

/** Money that the partner says was paid by a link. */
export interface PaidByLink {
  /** The partner's id of the money itself: one payment has one, however often it is told of. */
  readonly paymentIntentId: string
  readonly amountCents: number
  readonly currency: string
  /** When it was paid, by the partner's clock. It may be told of days later. */
  readonly paidAt: string
}

/** Other money than was asked for is not recorded by itself: a person looks at what it is. */
export function fitsRequest(
  request: { readonly amountCents: number; readonly currency: string },
  paid: Pick<PaidByLink, 'amountCents' | 'currency'>,
): boolean {
  return paid.amountCents === request.amountCents && paid.currency === request.currency
}
