import { command, query, type Route } from '@praxisbus/runtime'
import {
  appointmentAnswer,
  appointmentWithCheckout,
  completionAnswer,
  scheduledAnswer,
} from '../appointment-answers.ts'
import { cancelAppointment } from '../commands/cancel-appointment.ts'
import { checkIn, checkInInput } from '../commands/check-in.ts'
import { checkOut } from '../commands/check-out.ts'
import { completeSession } from '../commands/complete-session.ts'
import { restoreAppointment } from '../commands/restore-appointment.ts'
import { cancellationInput } from '../domain/cancellation.ts'
import { completionInput } from '../domain/completion.ts'
import { inPractice } from '../practice.ts'
import { completionOf } from '../queries/completion.ts'
import type { Peers } from '../visit-state.ts'
import { appointmentId, inTheWay, visit } from './refusals.ts'

/** Of a visit that is neither completed nor called off. */
const standing = {
  ...visit,
  appointment_deleted: 410,
  still_pending: 409,
  appointment_cancelled: 409,
  already_completed: 409,
} as const
const completing = { ...standing, not_past: 409, peer_refused: 409 } as const

/** S-20, S-22, S-23: what becomes of a visit: check-in and check-out, completion, cancellation. */
export function visitRoutes(peers: Peers): Route[] {
  return [
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/check-in',
      permission: 'appointment.write',
      summary: 'Check the patient in, with a copay if one was taken',
      params: appointmentId,
      body: checkInInput,
      output: appointmentAnswer,
      run: inPractice(checkIn),
      refusals: {
        ...standing,
        already_checked_in: 409,
        billing_off: 409,
      },
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/check-out',
      permission: 'appointment.write',
      summary: 'Check the patient out; the answer has what is to be said',
      params: appointmentId,
      output: appointmentWithCheckout,
      run: inPractice(checkOut),
      refusals: {
        ...visit,
        appointment_deleted: 410,
        appointment_cancelled: 409,
        not_checked_in: 409,
        already_checked_out: 409,
      },
    }),
    query({
      endpoint: 'GET /v1/appointments/:appointmentId/completion',
      permission: 'session.complete',
      summary: 'What to review before marking the session complete',
      params: appointmentId,
      output: completionAnswer,
      run: inPractice(completionOf(peers.billing)),
      refusals: completing,
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/complete',
      permission: 'session.complete',
      summary: 'Mark the session complete with its reviewed line items',
      params: appointmentId,
      body: completionInput,
      output: appointmentAnswer,
      run: inPractice(completeSession(peers.billing)),
      refusals: {
        ...completing,
        billing_off: 409,
        online_not_connected: 409,
        online_already_paid: 400,
        line_items_missing: 400,
        payment_missing: 400,
        payment_not_expected: 400,
        payment_too_large: 400,
        service_not_available: 409,
        discount_too_large: 400,
        receipt_email_missing: 400,
        no_receipt_due: 400,
      },
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/cancel',
      permission: 'appointment.write',
      summary: 'Cancel an appointment or mark it as a no-show, with the practice’s fee or another',
      params: appointmentId,
      body: cancellationInput,
      output: appointmentAnswer,
      ifMatch: 'optional',
      run: inPractice(cancelAppointment(peers)),
      refusals: {
        ...visit,
        appointment_deleted: 410,
        still_pending: 409,
        already_completed: 409,
        already_cancelled: 409,
        already_checked_in: 409,
        not_begun: 409,
        billing_off: 409,
        ...inTheWay,
      },
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/restore',
      permission: 'appointment.write',
      summary: 'Take a cancellation back; one with a fee only after its bill is cancelled',
      params: appointmentId,
      output: scheduledAnswer,
      ifMatch: 'optional',
      run: inPractice(restoreAppointment(peers)),
      refusals: { ...visit, appointment_deleted: 410, not_cancelled: 409, ...inTheWay },
    }),
  ]
}
