import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import {
  appointmentAnswer,
  appointmentWithCheckout,
  completionAnswer,
  scheduledAnswer,
  seriesPreviewAnswer,
} from '../appointment-answers.ts'
import { cancelAppointment } from '../commands/cancel-appointment.ts'
import { changeAppointment } from '../commands/change-appointment.ts'
import { checkIn, checkInInput } from '../commands/check-in.ts'
import { checkOut } from '../commands/check-out.ts'
import { completeSession } from '../commands/complete-session.ts'
import { deleteAppointment } from '../commands/delete-appointment.ts'
import { previewChange, previewDeletion } from '../commands/preview-series.ts'
import { rescheduleAppointment } from '../commands/reschedule-appointment.ts'
import { restoreAppointment } from '../commands/restore-appointment.ts'
import { scheduleAppointment } from '../commands/schedule-appointment.ts'
import { cancellationInput } from '../domain/cancellation.ts'
import { changeInput, deletionInput, rescheduleInput } from '../domain/change.ts'
import { completionInput } from '../domain/completion.ts'
import { id } from '../domain/input.ts'
import { appointmentInput } from '../domain/schedule.ts'
import { appointmentDetails } from '../feedback/details.ts'
import { pageOf } from '../page.ts'
import { inPractice, onCalendar } from '../practice.ts'
import { appointmentsInput, getAppointment, listAppointments } from '../queries/appointments.ts'
import { completionOf } from '../queries/completion.ts'
import type { Peers } from '../visit-state.ts'
import { confirmationRefusals } from './reminders.ts'

const appointmentId = z.strictObject({ appointmentId: id })
/** What hangs on a visit that has begun. */
export const inTheWay = {
  peer_refused: 409,
  payment_applied: 409,
  money_in_escrow: 409,
  bill_open: 409,
  note_signed: 409,
  billing_catching_up: 409,
} as const
const found = { practice_not_set_up: 409, not_found: 404 } as const
export const visit = { ...found, not_a_visit: 409 } as const

/** What an appointment refers to, and the times it is to have. */
const scheduling = {
  unknown_time_zone: 400,
  end_not_after_start: 400,
  too_long: 400,
  practitioner_not_available: 409,
  location_not_available: 409,
  room_not_available: 409,
  room_elsewhere: 409,
  service_not_available: 409,
  too_many_modifiers: 409,
  reminder_without_consent: 409,
} as const
const recurring = { until_before_start: 400, start_outside_rule: 400, series_too_long: 400 } as const
const inSeries = {
  not_recurring: 409,
  occurrence_has_begun: 409,
  appointment_deleted: 410,
  appointment_cancelled: 409,
  still_pending: 409,
  does_not_fit_kind: 400,
  ...scheduling,
  ...recurring,
  ...inTheWay,
} as const
export const changing = { ...found, ...inSeries, already_completed: 409, plan_changed: 409 } as const

/** S-02, S-16, S-20 to S-23: the calendar, and what becomes of a visit. */
export function appointmentRoutes(peers: Peers): Route[] {
  return [
    command({
      endpoint: 'POST /v1/appointments',
      permission: 'appointment.write',
      summary: 'Schedule a client session, a contact or an other event; a clash is saved with a warning',
      body: appointmentInput,
      output: scheduledAnswer,
      status: 201,
      run: onCalendar(scheduleAppointment),
      refusals: {
        practice_not_set_up: 409,
        scheduler_off: 409,
        patient_not_available: 409,
        may_not_register: 403,
        ...scheduling,
        ...recurring,
        ...confirmationRefusals,
      },
    }),
    query({
      endpoint: 'GET /v1/appointments',
      permission: 'appointment.read',
      summary: 'Open, completed, upcoming or cancelled appointments',
      query: appointmentsInput,
      output: pageOf(appointmentAnswer),
      run: inPractice(listAppointments),
      refusals: { practice_not_set_up: 409, to_before_from: 400 },
    }),
    query({
      endpoint: 'GET /v1/appointments/:appointmentId',
      permission: 'appointment.read',
      summary: 'One appointment; a deleted one says so',
      params: appointmentId,
      output: appointmentDetails,
      run: inPractice(getAppointment),
      refusals: found,
    }),
    command({
      endpoint: 'PATCH /v1/appointments/:appointmentId',
      permission: 'appointment.write',
      summary: 'Change an appointment; what is left out stays, null takes it away',
      params: appointmentId,
      body: changeInput,
      output: scheduledAnswer,
      ifMatch: 'optional',
      run: inPractice(changeAppointment(peers)),
      refusals: changing,
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/reschedule',
      permission: 'appointment.write',
      summary: 'Move an appointment, as by drag and drop: time, practitioner, room',
      params: appointmentId,
      body: rescheduleInput,
      output: scheduledAnswer,
      ifMatch: 'optional',
      run: inPractice(rescheduleAppointment(peers)),
      refusals: changing,
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/preview-change',
      permission: 'appointment.write',
      summary: 'What a change of this and all future occurrences would do to each; changes nothing',
      params: appointmentId,
      body: changeInput,
      output: seriesPreviewAnswer,
      ifMatch: 'optional',
      run: inPractice(previewChange(peers)),
      refusals: { ...found, ...inSeries },
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/preview-deletion',
      permission: 'appointment.write',
      summary: 'What deleting this and all future occurrences would do to each; changes nothing',
      params: appointmentId,
      output: seriesPreviewAnswer,
      ifMatch: 'optional',
      run: inPractice(previewDeletion(peers)),
      refusals: { ...found, ...inSeries },
    }),
    command({
      endpoint: 'POST /v1/appointments/:appointmentId/check-in',
      permission: 'appointment.write',
      summary: 'Check the patient in, with a copay if one was taken',
      params: appointmentId,
      body: checkInInput,
      output: appointmentAnswer,
      run: inPractice(checkIn),
      refusals: {
        ...visit,
        appointment_deleted: 410,
        still_pending: 409,
        appointment_cancelled: 409,
        already_completed: 409,
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
      refusals: {
        ...visit,
        appointment_deleted: 410,
        still_pending: 409,
        appointment_cancelled: 409,
        already_completed: 409,
        not_past: 409,
        peer_refused: 409,
      },
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
        ...visit,
        appointment_deleted: 410,
        still_pending: 409,
        appointment_cancelled: 409,
        already_completed: 409,
        not_past: 409,
        peer_refused: 409,
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
    command({
      endpoint: 'DELETE /v1/appointments/:appointmentId',
      permission: 'appointment.write',
      summary: 'Delete an appointment; one that has begun only where note, bill and payment allow it',
      params: appointmentId,
      query: deletionInput,
      output: scheduledAnswer,
      ifMatch: 'optional',
      run: inPractice(deleteAppointment(peers)),
      refusals: { ...found, ...inSeries, plan_changed: 409 },
    }),
  ]
}
