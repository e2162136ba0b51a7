import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { retryInput, retryReminder } from '../commands/retry-reminder.ts'
import { id } from '../domain/input.ts'
import { messageAnswer } from '../messages/view.ts'
import { pageOf } from '../page.ts'
import { listReminders, remindersInput } from '../queries/reminders.ts'

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
