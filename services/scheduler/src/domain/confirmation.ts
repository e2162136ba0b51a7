import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { cancelledVisit, deletedVisit } from './gone.ts'
import type { Channel, Consents } from './reminders.ts'

/**
 * S-09: over which channel a confirmation goes: email, which has room for instructions, or where the patient agreed to texts alone a
 * text. Refuses `appointment_deleted`, `appointment_cancelled`, `already_begun`, `confirmation_without_consent`.
 */
export function confirmationChannel(
  visit: { readonly status: string; readonly startsAt: string },
  consents: Pick<Consents, 'email' | 'text'>,
  now: Temporal.Instant,
):
  | Channel
  | Refusal<
      'appointment_deleted' | 'appointment_cancelled' | 'already_begun' | 'confirmation_without_consent'
    > {
  if (visit.status === 'deleted') return deletedVisit()
  if (visit.status === 'cancelled') return cancelledVisit()
  if (visit.status !== 'scheduled' || Temporal.Instant.compare(visit.startsAt, now) <= 0) {
    return refuse('already_begun', {
      field: 'sendConfirmation',
      detail: 'Only an appointment that is booked and still to come is confirmed.',
      next: 'Leave sendConfirmation out.',
    })
  }
  if (consents.email) return 'email'
  if (consents.text) return 'text'
  return refuse('confirmation_without_consent', {
    field: 'sendConfirmation',
    detail: 'The patient has agreed neither to email nor to texts.',
    next: 'Note a consent (reminderConsents.email or .text) first, or leave sendConfirmation out.',
  })
}
