import { sql } from '@praxisbus/runtime'
import { shownError } from '../domain/delivery.ts'
import { afterMaking, lookSeconds, type PartnerFailure, waitSeconds } from '../domain/payment-request.ts'
import type { Posting } from '../postings/posting.ts'
import { changeRequest, closeRequest, endWithdrawn, later, type RequestRow } from './requests.ts'

/** A link that was given up is asked after daily for about a quarter of a year: a payment by it is told of once access is back. */
const MOST_LOOKS = 90

/**
 * The partner did not do what it was asked. Where it refuses access to the account, that is written down: nothing will be done until
 * somebody mends it, and a person may give the request up meanwhile.
 */
export async function keepFailure(
  posting: Posting,
  request: RequestRow,
  step: 'make' | 'look' | 'close',
  failure: PartnerFailure,
): Promise<void> {
  const { id, attempts, state } = request
  const lost =
    failure.failed === 'access'
      ? sql`access_lost_at = coalesce(access_lost_at, ${posting.now.toString()}), `
      : sql``
  const error = sql`${lost}last_error = ${shownError(failure.message)}`
  if (step === 'make') return keepUnmade(posting, request, failure, error)
  const refused = failure.failed === 'refused'
  if (state === 'expired') {
    const over = refused || attempts >= MOST_LOOKS
    const next = over ? sql`next_look_at = null` : later(lookSeconds(attempts))
    await changeRequest(posting, id, sql`${error}, ${next}`)
    return
  }
  const seconds = step === 'look' ? lookSeconds(attempts) : waitSeconds(attempts)
  await changeRequest(posting, id, sql`${error}, ${later(seconds)}`)
  if (!refused) return
  // It knows no such link, so nobody can pay by it.
  if (state === 'closing') await endWithdrawn(posting, request)
  else await closeRequest(posting, request, 'expired', 'closed-at-partner')
}

async function keepUnmade(
  posting: Posting,
  request: RequestRow,
  failure: PartnerFailure,
  error: ReturnType<typeof sql>,
): Promise<void> {
  const { id, attempts } = request
  const after = afterMaking(failure, attempts)
  if (after.state === 'failed') {
    await changeRequest(posting, id, error)
    return closeRequest(posting, request, 'failed', 'refused')
  }
  const round = after.nextRound ? sql`round = round + 1, ` : sql``
  await changeRequest(posting, id, sql`${round}${error}, ${later(after.waitSeconds)}`)
}
