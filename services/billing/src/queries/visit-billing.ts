import { type QueryContext, sql } from '@praxisbus/runtime'
import { visitEscrow } from './preview-session.ts'

/** What billing holds for a visit (S-16): the scheduler asks before a past appointment is deleted. */
export async function getVisitBilling(
  ctx: QueryContext,
  { appointmentId }: { readonly appointmentId: string },
) {
  const { tx, principal, audit } = ctx
  audit('visit', appointmentId)
  const bill = await tx.maybe<{
    id: string
    status: string
    chargedCents: number
    appliedCents: number
  }>(sql`
    select billed.id, billed.status,
           coalesce(sum(charge.amount_cents - charge.discount_cents), 0)::bigint as charged_cents,
           coalesce(sum(paid.amount_cents), 0)::bigint as applied_cents
      from billing_encounter as billed
      left join charge on charge.practice_id = billed.practice_id and charge.billing_encounter_id = billed.id
       and charge.reversed_at is null
      left join lateral (
        select sum(amount_cents)::bigint as amount_cents from payment_application
         where practice_id = charge.practice_id and charge_id = charge.id and removal_journal_id is null) as paid on true
     where billed.practice_id = ${principal.practiceId} and billed.appointment_id = ${appointmentId}
     group by billed.id, billed.status`)
  return {
    billStatus: bill?.status ?? 'none',
    billingEncounterId: bill?.id ?? '',
    chargedCents: bill?.chargedCents ?? 0,
    appliedCents: bill?.appliedCents ?? 0,
    escrowCents: await visitEscrow(ctx, appointmentId),
  }
}
