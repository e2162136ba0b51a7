import { type Refusal, refuse, sql } from '@praxisbus/runtime'
import type { Blocked } from '../domain/decide-removal.ts'
import { formatMoney } from '../domain/money.ts'
import type { Posting } from './posting.ts'

interface LaterPosting {
  readonly kind: 'payment' | 'transfer' | 'adjustment'
  /** What is undone first, by its id. */
  readonly id: string
  readonly chargeId: string
  readonly amountCents: number
  readonly recordedAt: string
}

/** Names what was posted on the charges after a payment, newest first: in this order it can be undone. */
export async function laterPostings(
  posting: Posting,
  paymentId: string,
  blocked: Blocked,
): Promise<Refusal<'later_postings'>> {
  if (blocked.why === 'escrow')
    return refuse('later_postings', {
      detail: `What this take-back brought into escrow has left it again: ${formatMoney(blocked.shortCents)} are missing.`,
      next: 'Remove what the receipt paid with it first; GET /v1/receipts/{id} lists its payments.',
      extra: { shortCents: blocked.shortCents },
    })
  return refuse('later_postings', {
    detail:
      blocked.why === 'taken-back'
        ? 'The payer has taken this money back since.'
        : 'What this payment left to others has been paid, moved on or written off since.',
    next: 'Undo what `postings` names first, the newest first: a payment with POST /v1/payments/{id}/remove, an adjustment with POST /v1/adjustments/{id}/undo, a transfer by a transfer back.',
    extra: { postings: await findLater(posting, paymentId, blocked.chargeIds) },
  })
}

function findLater(
  { tx, practiceId }: Posting,
  paymentId: string,
  chargeIds: readonly string[],
): Promise<LaterPosting[]> {
  return tx.many<LaterPosting>(sql`
    with this as (select applied_at from payment where practice_id = ${practiceId} and id = ${paymentId})
    select 'payment' as kind, payment.id, applied.charge_id, applied.amount_cents, payment.applied_at as recorded_at
      from payment_application as applied
      join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
     where applied.practice_id = ${practiceId} and applied.charge_id = any(${chargeIds}::uuid[])
       and applied.removal_journal_id is null and applied.removed_at is null and payment.id <> ${paymentId}
       and payment.applied_at >= (select applied_at from this)
    union all
    select 'transfer', id, charge_id, amount_cents, recorded_at from balance_transfer
     where practice_id = ${practiceId} and charge_id = any(${chargeIds}::uuid[])
       and recorded_at >= (select applied_at from this)
    union all
    select 'adjustment', id, charge_id, amount_cents, recorded_at from charge_adjustment
     where practice_id = ${practiceId} and charge_id = any(${chargeIds}::uuid[]) and undo_journal_id is null
       and recorded_at >= (select applied_at from this)
     order by recorded_at desc, id limit 50`)
}
