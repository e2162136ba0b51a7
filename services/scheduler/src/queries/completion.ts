import { isRefusal, type QueryContext } from '@praxisbus/runtime'
import type { Billing } from '../adapters/billing.ts'
import type { PracticeAnswer } from '../answers.ts'
import type { AppointmentAnswer, CompletionAnswer } from '../appointment-answers.ts'
import { findAppointment } from '../appointment-view.ts'
import { mayComplete } from '../domain/completion.ts'
import { notAVisit } from '../domain/gone.ts'
import { findPatient, notFound } from '../lookups.ts'

const NOTHING_TO_BILL = { lines: [], totalCents: 0, escrowCents: 0, onlinePayment: false }

/** S-22: what a person reviews before marking a session complete. Refuses what the command would refuse from the start. */
export function completionOf(billing: Billing) {
  return async (
    ctx: QueryContext,
    { appointmentId }: { appointmentId: string },
    practice: PracticeAnswer,
  ) => {
    const appointment = await findAppointment(ctx.tx, appointmentId)
    if (!appointment) return notFound('appointment', appointmentId)
    const { patientId } = appointment
    if (patientId === null) return notAVisit()
    const wrong = mayComplete(appointment, ctx.now)
    if (wrong) return wrong
    const patient = (await findPatient(ctx.tx, patientId))!
    const preview = practice.products.billing
      ? await billing.previewSession(ctx.principal, appointmentId, billedServices(appointment))
      : NOTHING_TO_BILL
    if (isRefusal(preview)) return preview
    ctx.audit('appointment', appointmentId)
    ctx.audit('patient', patientId)
    const { lines, ...money } = preview
    const answer: CompletionAnswer = {
      appointmentId,
      billing: practice.products.billing,
      lineItems: [...lines],
      ...money,
      hasDiagnosis: patient.diagnosisCodes.length > 0,
      diagnosisCodes: patient.diagnosisCodes,
      emailOnFile: patient.email,
    }
    return answer
  }
}

/** The modifiers belong to the primary service (S-04). */
export function billedServices({ services, modifiers }: Pick<AppointmentAnswer, 'services' | 'modifiers'>) {
  return services.map(({ serviceId, units }, index) => ({
    serviceId,
    units,
    modifiers: index === 0 ? modifiers.map((modifier) => modifier.code) : [],
  }))
}
