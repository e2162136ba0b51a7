import { fields } from '@praxisbus/contracts'
import { may, type QueryContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { appointmentWithCheckout } from '../appointment-answers.ts'
import { HIGHEST, LOWEST } from '../domain/feedback.ts'
import { MESSAGE_VIEW, type MessageRow, messageAnswer, messageOf } from '../messages/view.ts'

const rating = z.int().min(LOWEST).max(HIGHEST)

const feedbackAnswer = z.strictObject({
  givenAt: fields.instant,
  relationship: rating,
  goals: rating,
  approach: rating,
  overall: rating,
  commented: z.boolean(),
  comment: z.string().nullable().describe('Shown to those who may read encounters (encounter.read)'),
})

/** An appointment with its Checkout section (S-21), what went out to its patient (S-09, S-10) and what came back (S-11). */
export const appointmentDetails = appointmentWithCheckout.extend({
  messages: z.array(messageAnswer),
  feedback: feedbackAnswer.nullable(),
})
type Details = Pick<z.infer<typeof appointmentDetails>, 'messages' | 'feedback'>

/** What a patient writes about a session is as confidential as the note about it: the front desk sees that there is something. */
export async function detailsOf({ tx, principal }: QueryContext, appointmentId: string): Promise<Details> {
  const [messages, feedback] = await Promise.all([
    tx.many<MessageRow>(sql`${MESSAGE_VIEW} where appointment_id = ${appointmentId} order by due_at, id`),
    tx.maybe<Omit<NonNullable<Details['feedback']>, 'commented'>>(sql`
      select given_at, relationship, goals, approach, overall, comment from session_feedback
       where appointment_id = ${appointmentId}`),
  ])
  if (!feedback) return { messages: messages.map(messageOf), feedback: null }
  const commented = feedback.comment !== null
  const comment = may(principal, 'encounter.read') ? feedback.comment : null
  return { messages: messages.map(messageOf), feedback: { ...feedback, commented, comment } }
}
