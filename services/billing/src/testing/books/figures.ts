import { sql } from '@praxisbus/runtime'
import type { BillingDesk } from '../../test-kit.ts'
import type { Books } from './model.ts'

/** What is compared, in one order. */
export function figures(books: Books) {
  const receipts = [...books.receipts].map(([id, one]) => {
    const { receivedCents, escrowCents, appliedCents, disbursedCents, refundedCents, version } = one
    return { id, receivedCents, escrowCents, appliedCents, disbursedCents, refundedCents, version }
  })
  const charges = [...books.charges].map(([id, { owedCents }]) => ({ id, owedCents }))
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)
  return { receipts: receipts.sort(byId), charges: charges.sort(byId) }
}

/** From entries alone, in one snapshot. Applied is counted on the charges' side. */
export async function readBooks({
  desk,
  practiceId,
}: {
  readonly desk: BillingDesk
  readonly practiceId: string
}) {
  return desk.database.snapshot(practiceId, async (tx) => {
    const receipts = await tx.many(sql`
      with own as (
        select account.receipt_id, entry.journal_id, account.kind, entry.amount_cents
          from entry join account on account.id = entry.account_id where account.receipt_id is not null)
      select receipt.id,
             coalesce(sum(own.amount_cents) filter (where own.kind = 'cash'), 0)::bigint as received_cents,
             -coalesce(sum(own.amount_cents) filter (where own.kind = 'escrow'), 0)::bigint as escrow_cents,
             (select -coalesce(sum(entry.amount_cents), 0)::bigint from entry join account on account.id = entry.account_id
               where account.charge_id is not null
                 and entry.journal_id in (select journal_id from own as touched where touched.receipt_id = receipt.id)) as applied_cents,
             -coalesce(sum(own.amount_cents) filter (where own.kind = 'disbursed'), 0)::bigint as disbursed_cents,
             -coalesce(sum(own.amount_cents) filter (where own.kind = 'refunded'), 0)::bigint as refunded_cents,
             receipt.version
        from receipt left join own on own.receipt_id = receipt.id
       group by receipt.practice_id, receipt.id order by receipt.id`)
    const charges = await tx.many(sql`
      select charge.id, coalesce(sum(entry.amount_cents), 0)::bigint as owed_cents
        from charge left join account on account.charge_id = charge.id and account.kind = 'receivable'
        left join entry on entry.account_id = account.id
       group by charge.practice_id, charge.id order by charge.id`)
    return { receipts, charges }
  })
}
