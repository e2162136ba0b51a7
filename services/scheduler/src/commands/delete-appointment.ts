import { AppointmentDeleted } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql, staleWrite } from '@praxisbus/runtime'
import type { Billing } from '../adapters/billing.ts'
import type { Ehr } from '../adapters/ehr.ts'
import type { PracticeAnswer } from '../answers.ts'
import { findAppointment, lockVisit, type Visit } from '../appointment-view.ts'
import { deletedVisit } from '../domain/completion.ts'
import { decideDeletion, type Underway } from '../domain/deletion.ts'
import { notFound } from '../lookups.ts'
import { moment } from '../moment.ts'

/**
 * S-16: takes an appointment off the calendar; its row stays, marked. Once it has begun (or the patient was checked in),
 * billing and the EHR are asked what stands in the way, with the appointment locked, so that completing it at the same
 * moment waits. Refuses `not_found`, `appointment_deleted`, `stale` and what domain/deletion.ts says.
 */
export function deleteAppointment(peers: { readonly billing: Billing; readonly ehr: Ehr }) {
  return async (
    ctx: CommandContext,
    { appointmentId }: { appointmentId: string },
    practice: PracticeAnswer,
  ) => {
    const visit = await lockVisit(ctx.tx, appointmentId)
    if (!visit) return notFound('appointment', appointmentId)
    if (visit.status === 'deleted') return deletedVisit()
    const stale = staleWrite(ctx, visit.version)
    if (stale) return stale
    if (hasBegun(visit, ctx.now)) {
      const inTheWay = await askAround(ctx, visit, practice, peers)
      if (inTheWay) return inTheWay
    }
    const version = visit.version + 1
    const deletedAt = moment(ctx.now)
    await ctx.tx.run(sql`
      update appointment set status = 'deleted', deleted_at = ${deletedAt}, version = ${version}
       where id = ${appointmentId}`)
    ctx.record(AppointmentDeleted, {
      subject: appointmentId,
      version,
      data: { appointmentId, patientId: visit.patientId, deletedAt },
    })
    ctx.audit('appointment', appointmentId, 'delete')
    return (await findAppointment(ctx.tx, appointmentId))!
  }
}

function hasBegun(visit: Visit, now: Temporal.Instant): boolean {
  return visit.status !== 'scheduled' || Temporal.Instant.compare(visit.startsAt, now) <= 0
}

async function askAround(
  ctx: CommandContext,
  visit: Visit,
  { products }: PracticeAnswer,
  { billing, ehr }: { readonly billing: Billing; readonly ehr: Ehr },
) {
  const [money, notes] = await Promise.all([
    products.billing ? billing.visitMoney(ctx.principal, visit.appointmentId) : undefined,
    products.ehr ? ehr.visitNotes(ctx.principal, visit.appointmentId) : [],
  ])
  if (isRefusal(money)) return money
  if (isRefusal(notes)) return notes
  return decideDeletion({ money, notes, underway: await underway(ctx, visit) })
}

async function underway({ tx }: CommandContext, visit: Visit): Promise<Underway> {
  const sent = await tx.maybe<{ billExpected: boolean; alreadyPaid: boolean; cash: number }>(sql`
    select billing as bill_expected, already_paid, jsonb_array_length(cash_payments) as cash from session_completion
     where appointment_id = ${visit.appointmentId}`)
  const { seen } = await tx.one<{ seen: number }>(
    sql`select count(*)::int as seen from visit_receipt where appointment_id = ${visit.appointmentId}`,
  )
  return {
    billExpected: sent?.billExpected ?? false,
    receiptsExpected:
      Number(visit.copayAmountCents !== null) + Number(sent?.alreadyPaid ?? false) + (sent?.cash ?? 0),
    receiptsSeen: seen,
  }
}
