import { SessionCompleted } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, sql } from '@praxisbus/runtime'
import type { Billing } from '../adapters/billing.ts'
import type { PatientAnswer, PracticeAnswer } from '../answers.ts'
import type { AppointmentAnswer } from '../appointment-answers.ts'
import { findAppointment, lockPatientVisit } from '../appointment-view.ts'
import { type Completion, type CompletionInput, decideCompletion, mayComplete } from '../domain/completion.ts'
import { findPatient, knownServices } from '../lookups.ts'
import { planReminders } from '../messages/plan.ts'
import { moment } from '../moment.ts'
import { billedServices } from '../queries/completion.ts'
import { publishPatient } from './register-patient.ts'

type Input = CompletionInput & { appointmentId: string }

/**
 * S-22, B-03: marks a past session complete, once, with its reviewed line items; billing starts from the fact. Billing is
 * asked while the appointment is locked, so that deleting it at the same moment waits; where billing cannot be asked the
 * command ends with 503 and nothing is changed.
 */
export function completeSession(billing: Billing) {
  return async (ctx: CommandContext, input: Input, practice: PracticeAnswer) => {
    const visit = await lockPatientVisit(ctx.tx, input.appointmentId)
    if (isRefusal(visit)) return visit
    const early = mayComplete(visit, ctx.now)
    if (early) return early
    const { patientId } = visit
    const appointment = { ...(await findAppointment(ctx.tx, visit.appointmentId))!, patientId }
    const patient = (await findPatient(ctx.tx, patientId, 'update'))!
    const preview = practice.products.billing
      ? await billing.previewSession(ctx.principal, visit.appointmentId, billedServices(appointment))
      : undefined
    if (isRefusal(preview)) return preview
    const completion = decideCompletion(input, {
      billing: preview,
      services: await knownServices(
        ctx.tx,
        (input.lineItems ?? []).map((line) => line.serviceId),
      ),
      scheduled: new Set(appointment.services.map((service) => service.serviceId)),
      emailOnFile: patient.email,
    })
    if (isRefusal(completion)) return completion
    const { diagnosisCodes } = await keepDiagnosis(ctx, patient, input.diagnosisCode)
    await finalise(ctx, input, appointment, completion, { billing: preview !== undefined, diagnosisCodes })
    await planReminders(ctx, visit.appointmentId)
    return (await findAppointment(ctx.tx, visit.appointmentId))!
  }
}

/** B-04: a diagnosis added in the flow is kept in the patient's profile. */
async function keepDiagnosis(ctx: CommandContext, patient: PatientAnswer, code: string | undefined) {
  if (code === undefined || patient.diagnosisCodes.includes(code)) return patient
  const diagnosisCodes = [...patient.diagnosisCodes, code]
  const version = patient.version + 1
  await ctx.tx.run(sql`
    update patient set diagnosis_codes = ${diagnosisCodes}, version = ${version} where id = ${patient.patientId}`)
  return publishPatient(ctx, { ...patient, diagnosisCodes, version }, 'add diagnosis')
}

async function finalise(
  ctx: CommandContext,
  { paymentType, alreadyPaid }: Input,
  appointment: AppointmentAnswer & { readonly patientId: string },
  { lines, totalCents, payment, cashPayments, receiptEmail }: Completion,
  { billing, diagnosisCodes }: { billing: boolean; diagnosisCodes: string[] },
): Promise<void> {
  const { appointmentId, patientId, practitionerId, locationId, placeOfService, startsAt } = appointment
  const completedAt = moment(ctx.now)
  const version = appointment.version + 1
  const lineItems = lines.map((line) => ({ lineId: ctx.newId(), ...line }))
  await ctx.tx.run(
    sql`update appointment set status = 'completed', version = ${version} where id = ${appointmentId}`,
  )
  await ctx.tx.run(sql`
    insert into session_completion (practice_id, appointment_id, completed_at, completed_by, billing, payment_type,
                                    already_paid, payment_amount_cents, payment_method, payment_reference, cash_payments, receipt_email,
                                    line_items, total_cents)
    values (${ctx.principal.practiceId}, ${appointmentId}, ${completedAt}, ${ctx.principal.userId}, ${billing},
            ${paymentType}, ${alreadyPaid}, ${payment?.amountCents}, ${payment?.method}, ${payment?.reference},
            ${json(cashPayments)}, ${receiptEmail}, ${json(lineItems)}, ${totalCents})`)
  ctx.record(SessionCompleted, {
    subject: appointmentId,
    version,
    data: {
      appointmentId,
      patientId,
      practitionerId,
      locationId,
      placeOfService,
      serviceDate: appointment.start.slice(0, 10),
      startsAt,
      completedAt,
      paymentType,
      alreadyPaid,
      payment,
      ...(cashPayments.length > 0 ? { cashPayments: [...cashPayments] } : {}),
      receiptEmail,
      diagnosisCodes,
      lineItems,
    },
  })
  ctx.audit('appointment', appointmentId, 'complete')
}
