import { command, query, type Route } from '@praxisbus/runtime'
import { appointmentAnswer, scheduledAnswer, seriesPreviewAnswer } from '../appointment-answers.ts'
import { changeAppointment } from '../commands/change-appointment.ts'
import { deleteAppointment } from '../commands/delete-appointment.ts'
import { previewChange, previewDeletion } from '../commands/preview-series.ts'
import { rescheduleAppointment } from '../commands/reschedule-appointment.ts'
import { scheduleAppointment } from '../commands/schedule-appointment.ts'
import { changeInput, deletionInput, rescheduleInput } from '../domain/change.ts'
import { appointmentInput } from '../domain/schedule.ts'
import { appointmentDetails } from '../feedback/details.ts'
import { pageOf } from '../page.ts'
import { inPractice, onCalendar } from '../practice.ts'
import { appointmentsInput, getAppointment, listAppointments } from '../queries/appointments.ts'
import type { Peers } from '../visit-state.ts'
import { appointmentId, changing, found, inSeries, recurring, scheduling } from './refusals.ts'
import { confirmationRefusals } from './reminders.ts'

/** S-02, S-13 to S-17: the calendar’s appointments, alone and in series. */
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
      endpoint: 'DELETE /v1/appointments/:appointmentId',
      permission: 'appointment.write',
      summary: 'Delete an appointment; one that has begun only where note, bill and payment allow it',
      params: appointmentId,
      query: deletionInput,
      output: scheduledAnswer,
      ifMatch: 'optional',
      run: inPractice(deleteAppointment(peers)),
      refusals: { ...found, ...inSeries, plan_changed: 409, kept_in_google: 409 },
    }),
  ]
}
