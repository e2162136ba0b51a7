import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { retryInput, retryReminder } from '../commands/retry-reminder.ts'
import { sendConfirmation } from '../commands/send-confirmation.ts'
import { id } from '../domain/input.ts'
import { messageAnswer } from '../messages/view.ts'
import { pageOf } from '../page.ts'
import { listReminders, remindersInput } from '../queries/reminders.ts'

/** Of every verb that may be asked to confirm an appointment to its patient. */
export const confirmationRefusals = {
  appointment_deleted: 410,
  appointment_cancelled: 409,
  already_begun: 409,
  confirmation_without_consent: 409,
} as const

/** S-09, S-10: what goes out to patients. */
export const reminderRoutes: Route[] = [
  query({
    endpoint: 'GET /v1/reminders',
    permission: 'appointment.read',
    summary: 'Reminders, confirmations and links to give feedback, and what became of each',
    query: remindersInput,
    output: pageOf(messageAnswer),
    run: listReminders,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/appointments/:appointmentId/confirmation',
    permission: 'appointment.write',
    summary: 'Send the appointment to the patient as it is now, by email or text',
    params: z.strictObject({ appointmentId: id }),
    output: messageAnswer,
    status: 201,
    run: sendConfirmation,
    refusals: { not_found: 404, not_a_visit: 409, ...confirmationRefusals },
  }),
  command({
    endpoint: 'POST /v1/reminders/:reminderId/retry',
    permission: 'appointment.write',
    summary: 'Send once more what could not be sent',
    params: z.strictObject({ reminderId: id }),
    body: retryInput,
    output: messageAnswer,
    run: retryReminder,
    refusals: {
      not_found: 404,
      already_sent: 409,
      being_sent: 409,
      outcome_unknown: 409,
      not_wanted: 409,
      too_late: 409,
      reminder_without_consent: 409,
    },
  }),
]
