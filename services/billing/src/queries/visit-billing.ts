import { type QueryContext, sql } from '@praxisbus/runtime'

interface VisitBilling {
  readonly billStatus: string
  readonly billingEncounterId: string
  readonly chargedCents: number
  readonly appliedCents: number
  readonly escrowCents: number
  readonly sessionTaken: boolean
  readonly cancelled: boolean
}

/** What billing holds for a visit (S-16): the scheduler asks before a past appointment is deleted. */
export async function getVisitBilling(
  ctx: QueryContext,
  { appointmentId }: { readonly appointmentId: string },
): Promise<VisitBilling> {
  const [visit] = await visitBillings(ctx, [appointmentId])
  return visit!
}

/** The same of each visit, in the order of the ids: the scheduler asks before a series is changed (S-14). */
export async function listVisitBilling(
  ctx: QueryContext,
  { appointmentIds }: { readonly appointmentIds: readonly string[] },
): Promise<{ visits: VisitBilling[] }> {
  return { visits: await visitBillings(ctx, appointmentIds) }
}

async function visitBillings({ tx, principal, audit }: QueryContext, ids: readonly string[]) {
  for (const id of ids) audit('visit', id)
  return tx.many<VisitBilling>(sql`
    select coalesce(bill.status, 'none') as bill_status, coalesce(bill.id::text, '') as billing_encounter_id,
           coalesce(bill.charged_cents, 0)::bigint as charged_cents, coalesce(bill.applied_cents, 0)::bigint as applied_cents,
           coalesce(waiting.escrow_cents, 0)::bigint as escrow_cents,
           coalesce(bill.session_taken, false) as session_taken,
           exists (select from visit as heard where heard.practice_id = ${principal.practiceId}
                      and heard.appointment_id = visit.appointment_id and heard.cancelled_at is not null) as cancelled
      from unnest(${ids}::uuid[]) with ordinality as visit (appointment_id, place)
      left join lateral (
        select billed.id, billed.status, billed.session_completed_at is not null as session_taken,
               sum(charge.amount_cents - charge.discount_cents) as charged_cents,
               sum(paid.amount_cents) as applied_cents
          from billing_encounter as billed
          left join charge on charge.practice_id = billed.practice_id and charge.billing_encounter_id = billed.id
           and charge.reversed_at is null
          left join lateral (
            select sum(amount_cents) as amount_cents from payment_application
             where practice_id = charge.practice_id and charge_id = charge.id and removal_journal_id is null) as paid on true
         where billed.practice_id = ${principal.practiceId} and billed.appointment_id = visit.appointment_id
         group by billed.id, billed.status, billed.session_completed_at) as bill on true
      left join lateral (
        select -sum(account.balance_cents) as escrow_cents
          from receipt join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
           and account.kind = 'escrow'
         where receipt.practice_id = ${principal.practiceId} and receipt.appointment_id = visit.appointment_id) as waiting on true
     order by visit.place`)
}
