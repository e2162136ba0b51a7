import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { findNotices, type PaymentNotice } from '../queries/list-payment-notices.ts'

/** A biller has dealt with it: it leaves the list of what is open (B-02). Said twice, the first stays. */
export async function settlePaymentNotice(
  { tx, principal, now, audit }: CommandContext,
  { id }: { readonly id: string },
): Promise<PaymentNotice | Refusal<'not_found'>> {
  const { practiceId, userId } = principal
  await tx.run(sql`
    update payment_notice set settled_at = ${now.toString()}, settled_by = ${userId}
     where practice_id = ${practiceId} and id = ${id} and settled_at is null`)
  const [notice] = await findNotices(tx, practiceId, { id })
  if (!notice)
    return refuse('not_found', {
      detail: 'There is no payment notice of this id in the practice.',
      next: 'List the payment notices for their ids.',
    })
  audit('payment-notice', id, 'settle')
  return notice
}
