import { sql } from '@praxisbus/runtime'
import type { BillingDesk } from '../../test-kit.ts'
import { type Books, owedBy, owedCents, plus, standingOn, sum } from './model/books.ts'
import { PATIENT } from './steps.ts'

/** What stands of a payment on a charge; nothing of it is lost, also where it moved no cent. */
interface Applied {
  readonly paymentId: string
  readonly receiptId: string
  readonly chargeId: string
  readonly cents: number
  /** Of the adjustments that were written down, notes too. */
  readonly statedCents: number
  readonly movedCents: number
}

export type Seen = Awaited<ReturnType<typeof readBooks>>

/** What is compared, in one order; payments in that in which they were made. */
export function figures(books: Books): Seen {
  const receipts = [...books.receipts].map(([id, one]) => {
    const { receivedCents, escrowCents, appliedCents, disbursedCents, refundedCents, version } = one
    return { id, receivedCents, escrowCents, appliedCents, disbursedCents, refundedCents, version }
  })
  const charges = [...books.charges].map(([id, { holds, grossCents, discountCents, reversed }]) => {
    const revenue = reversed ? {} : plus({ revenue: grossCents }, { discount: discountCents })
    return { id, holds: inOrder(plus(holds, revenue)) }
  })
  const applied = standingOn(books, ...books.charges.keys()).map(({ paymentId, receiptId, part }) => ({
    paymentId,
    receiptId,
    chargeId: part.chargeId,
    cents: part.cents,
    statedCents: part.statedCents,
    movedCents: sum(Object.values(part.moved)),
  }))
  return { receipts: receipts.sort(byId), charges: charges.sort(byId), applied }
}

const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)
const inOrder = (holds: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(holds).sort(([one], [other]) => (one < other ? -1 : 1)))

/** As GET /v1/ledger/summary says them. */
export function totals(books: Books) {
  const receipts = [...books.receipts.values()]
  const live = [...books.charges.values()].filter(({ reversed }) => !reversed)
  const held = (name: string) => sum(live.map(({ holds }) => holds[name] ?? 0))
  return {
    receivedCents: sum(receipts.map((one) => one.receivedCents)),
    appliedCents: sum(receipts.map((one) => one.appliedCents)),
    escrowCents: sum(receipts.map((one) => one.escrowCents)),
    disbursedCents: sum(receipts.map((one) => one.disbursedCents)),
    refundedCents: sum(receipts.map((one) => one.refundedCents)),
    chargedCents: sum(live.map((one) => one.grossCents)),
    discountCents: sum(live.map((one) => one.discountCents)),
    adjustedCents: sum(
      live.flatMap(({ holds }) =>
        Object.entries(holds).flatMap(([name, cents]) => (name.startsWith('off ') ? cents : [])),
      ),
    ),
    collectionsCents: held('agency'),
    receivableCents: sum(live.map(({ holds }) => owedCents(holds))),
    collectionFeeCents: held('fee'),
    receipts: receipts.filter(({ deleted }) => !deleted).length,
    charges: live.length,
  }
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
    const receipts = await tx.many<{ readonly id: string; readonly [figure: string]: string | number }>(sql`
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
    const held = await tx.many<{ id: string; kind: string | null; of: string | null; cents: number }>(sql`
      select charge.id, account.kind, coalesce(account.payer_id::text, account.code) as of,
             coalesce(sum(entry.amount_cents), 0)::bigint as cents
        from charge left join account on account.charge_id = charge.id
        left join entry on entry.account_id = account.id
       group by charge.practice_id, charge.id, account.practice_id, account.id order by charge.id`)
    const applied = await tx.many<Applied>(sql`
      select payment.id as payment_id, payment.receipt_id, charge_id, amount_cents as cents,
             (select coalesce(sum((one ->> 'amountCents')::bigint), 0)::bigint from jsonb_array_elements(adjustments) as one) as stated_cents,
             (select coalesce(sum((one ->> 'amountCents')::bigint), 0)::bigint from jsonb_array_elements(moved) as one) as moved_cents
        from payment_application join payment on payment.id = payment_id
       where removal_journal_id is null and removed_at is null
       order by payment.applied_at, payment.id, charge_id`)
    return { receipts, charges: chargesOf(held), applied }
  })
}

function chargesOf(held: readonly { id: string; kind: string | null; of: string | null; cents: number }[]) {
  const names: Record<string, (of: string | null) => string> = {
    receivable: (of) => owedBy(of ?? PATIENT),
    adjustment: (of) => `off ${of}`,
    collections: () => 'agency',
    'collection-fee': () => 'fee',
  }
  return [...new Set(held.map(({ id }) => id))].map((id) => {
    let holds = {}
    for (const { id: other, kind, of, cents } of held)
      if (other === id && kind !== null)
        holds = plus(holds, { [names[kind]?.(of) ?? kind]: kind === 'revenue' ? -cents : cents })
    return { id, holds: inOrder(holds) }
  })
}
