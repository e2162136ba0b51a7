import { type CommandContext, isRefusal, type Refusal, sql } from '@praxisbus/runtime'
import type { Billing } from './adapters/billing.ts'
import type { Ehr } from './adapters/ehr.ts'
import type { PracticeAnswer } from './answers.ts'
import type { Visit } from './appointment-view.ts'
import type { Underway, VisitState } from './domain/in-the-way.ts'

type Asked = Pick<Visit, 'appointmentId' | 'copayAmountCents'>

export interface Peers {
  readonly billing: Billing
  readonly ehr: Ehr
}

/** What billing and the EHR hold for a visit, and what is on its way to billing (S-16, S-20). The visit is locked. */
export async function askAround(
  ctx: CommandContext,
  visit: Asked,
  { products }: PracticeAnswer,
  { billing, ehr }: Peers,
): Promise<VisitState | Refusal<'peer_refused'>> {
  const [money, notes] = await Promise.all([
    products.billing ? billing.visitMoney(ctx.principal, visit.appointmentId) : undefined,
    products.ehr ? ehr.visitNotes(ctx.principal, visit.appointmentId) : [],
  ])
  if (isRefusal(money)) return money
  if (isRefusal(notes)) return notes
  return { money, notes, underway: await underway(ctx, visit) }
}

async function underway({ tx }: CommandContext, visit: Asked): Promise<Underway> {
  const sent = await tx.one<{
    billed: boolean
    fee: boolean
    alreadyPaid: boolean
    cash: number
    receipts: number
  }>(sql`
    select coalesce((select billing from session_completion where appointment_id = ${visit.appointmentId}), false) as billed,
           coalesce((select already_paid from session_completion where appointment_id = ${visit.appointmentId}), false)
             as already_paid,
           coalesce((select jsonb_array_length(cash_payments) from session_completion
                      where appointment_id = ${visit.appointmentId}), 0) as cash,
           exists (select from cancellation where appointment_id = ${visit.appointmentId} and fee_cents > 0
                      and restored_at is null) as fee,
           (select count(*)::int from visit_receipt where appointment_id = ${visit.appointmentId}) as receipts`)
  return {
    sessionSent: sent.billed,
    feeSent: sent.fee,
    receiptsExpected: Number(visit.copayAmountCents !== null) + Number(sent.alreadyPaid) + sent.cash,
    receiptsSeen: sent.receipts,
  }
}
