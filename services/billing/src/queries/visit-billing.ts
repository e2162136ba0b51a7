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
    receivableCents: number
  }>(sql`
    select billed.id, billed.status,
           coalesce(sum(charge.amount_cents - charge.discount_cents), 0)::bigint as charged_cents,
           coalesce(sum(account.balance_cents), 0)::bigint as receivable_cents
      from billing_encounter as billed
      left join charge on charge.practice_id = billed.practice_id and charge.billing_encounter_id = billed.id
       and charge.reversed_at is null
      left join account on account.practice_id = charge.practice_id and account.charge_id = charge.id
       and account.kind = 'receivable'
     where billed.practice_id = ${principal.practiceId} and billed.appointment_id = ${appointmentId}
     group by billed.id, billed.status`)
  return {
    billStatus: bill?.status ?? 'none',
    billingEncounterId: bill?.id ?? '',
    chargedCents: bill?.chargedCents ?? 0,
    appliedCents: bill ? bill.chargedCents - bill.receivableCents : 0,
    escrowCents: await visitEscrow(ctx, appointmentId),
  }
}
