import { type QueryContext, type Refusal, sql } from '@praxisbus/runtime'
import { visitNotFound } from './refusals.ts'
import { getVisitBilling } from './visit-billing.ts'

export interface Visit {
  readonly appointmentId: string
  /** The appointment was taken off the calendar; its money stays where it is until a person decides. */
  readonly appointmentDeleted: boolean
  readonly billStatus: string
  readonly billingEncounterId: string | null
  readonly chargedCents: number
  readonly appliedCents: number
  readonly escrowCents: number
  readonly receipts: readonly {
    readonly receiptId: string
    readonly source: string
    readonly method: string
    readonly depositDate: string
    readonly receivedCents: number
    /** What of it still waits: for the visit's charge, to be applied elsewhere, or to be refunded. */
    readonly escrowCents: number
  }[]
}

/** What billing holds for an appointment, also one that was moved, cancelled or deleted (B-10): it all goes by the appointment's id. */
export async function getVisit(
  ctx: QueryContext,
  { id }: { readonly id: string },
): Promise<Visit | Refusal<'not_found'>> {
  const { tx, principal } = ctx
  const visit = await tx.maybe<{ deletedAt: string | null }>(sql`
    select deleted_at from visit where practice_id = ${principal.practiceId} and appointment_id = ${id}`)
  if (!visit) return visitNotFound()
  const billing = await getVisitBilling(ctx, { appointmentId: id })
  const receipts = await tx.many<Visit['receipts'][number]>(sql`
    select receipt.id as receipt_id, source, method, deposit_date, amount_cents as received_cents,
           -account.balance_cents as escrow_cents
      from receipt join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
       and account.kind = 'escrow'
     where receipt.practice_id = ${principal.practiceId} and receipt.appointment_id = ${id} and deleted_at is null
     order by receipt.id`)
  return {
    ...billing,
    appointmentId: id,
    appointmentDeleted: visit.deletedAt !== null,
    billingEncounterId: billing.billingEncounterId || null,
    receipts,
  }
}
