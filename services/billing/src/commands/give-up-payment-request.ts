import { PaymentRequestClosed } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { lookSeconds } from '../domain/payment-request.ts'
import { changeRequest, later, lockRequest, subjectOf } from '../online/requests.ts'
import { postingOf } from '../postings/posting.ts'
import { type PaymentRequestView, readRequest } from '../queries/list-payment-requests.ts'

const LIVE = ['unknown', 'open', 'closing']

/**
 * A person gives a request up whose link can neither be seen nor withdrawn, because the partner refuses access to its account (B-02): the
 * bill may be asked for again. The link may still be payable, so it is asked after further, and what comes by it finds its bill.
 */
export function giveUpPaymentRequest(set: boolean) {
  return async (
    ctx: CommandContext,
    { id }: { readonly id: string },
  ): Promise<PaymentRequestView | Refusal<'not_found' | 'ended' | 'within_reach'>> => {
    const posting = postingOf(ctx)
    const { tx, practiceId, now } = posting
    const request = await lockRequest(posting, id)
    if (!request) return unknownRequest()
    if (request.state !== 'creating' && !LIVE.includes(request.state)) return ended()
    if (request.state === 'creating' || request.accessLostAt === null) return withinReach()
    const closedAt = now.toString()
    const version = await changeRequest(
      posting,
      id,
      sql`state = 'expired', reason = 'out-of-reach', settled_at = ${closedAt}, attempts = 0, ${later(lookSeconds(0))}`,
    )
    ctx.record(PaymentRequestClosed, {
      subject: id,
      version,
      data: { ...subjectOf(request), outcome: 'expired', reason: 'refused', givenUp: true, closedAt },
    })
    ctx.audit('payment-request', id, 'give up')
    return readRequest(tx, practiceId, id, set)
  }
}

const unknownRequest = () =>
  refuse('not_found', {
    detail: 'There is no payment request of this id in the practice.',
    next: 'GET /v1/payment-requests lists them.',
  })
const ended = () =>
  refuse('ended', {
    detail: 'This payment request has ended already.',
    next: 'Read GET /v1/payment-requests for what became of it.',
  })
const withinReach = () =>
  refuse('within_reach', {
    detail: 'The payment partner does not refuse access to the account of this request.',
    next: 'It follows the balance by itself: a link is withdrawn as soon as its amount is not owed any more.',
  })
