import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { id, instant } from '../../fields.ts'

const owner = 'scheduler' as const

const patientMessage = {
  reminderId: id,
  appointmentId: id,
  patientId: id,
  kind: z
    .enum(['reminder', 'confirmation', 'feedback'])
    .describe('feedback: the link by which the patient says how the session was'),
  channel: z.enum(['email', 'phone', 'text']),
  daysAhead: z.int().nullable().describe('Of a reminder'),
  startsAt: instant.describe('The start of the appointment that it tells of'),
}

export const ReminderSent = defineEvent({
  topic: 'reminder.sent',
  version: 1,
  owner,
  aggregate: 'reminder',
  description:
    'A mail server or a provider took a reminder, a confirmation or a link to give feedback (S-09, S-10, S-11). Carries ids only, no contact and no text.',
  data: z.object({ ...patientMessage, sentAt: instant }),
})

export const ReminderFailed = defineEvent({
  topic: 'reminder.failed',
  version: 1,
  owner,
  aggregate: 'reminder',
  description:
    'One was not sent, or nobody knows whether it was; somebody should look (S-10). A later reminder.sent of the same id says that it went out after all.',
  data: z.object({
    ...patientMessage,
    failedAt: instant,
    reason: z.enum([
      'consent-withdrawn',
      'channel-not-set-up',
      'refused',
      'gave-up',
      'too-late',
      'outcome-unknown',
    ]),
  }),
})

const rating = z.int().min(0).max(10)

export const SessionFeedbackGiven = defineEvent({
  topic: 'session.feedback-given',
  version: 1,
  owner,
  aggregate: 'feedback',
  description:
    'A patient said how a session was, from 0 (not at all) to 10 (completely) on four scales (S-11). What they wrote stays in the scheduler.',
  data: z.object({
    feedbackId: id,
    appointmentId: id,
    patientId: id,
    practitionerId: id,
    givenAt: instant,
    ratings: z.object({ relationship: rating, goals: rating, approach: rating, overall: rating }),
    commented: z.boolean(),
  }),
})
