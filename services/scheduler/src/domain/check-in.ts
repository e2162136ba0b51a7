import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { cancelledVisit, deletedVisit, stillPending } from './gone.ts'

/** S-23: once, and before the session is completed. */
export function decideCheckIn(visit: {
  readonly status: string
}):
  | Refusal<
      | 'appointment_deleted'
      | 'appointment_cancelled'
      | 'still_pending'
      | 'already_completed'
      | 'already_checked_in'
    >
  | undefined {
  switch (visit.status) {
    case 'deleted':
    case 'declined':
      return deletedVisit()
    case 'pending':
      return stillPending()
    case 'cancelled':
      return cancelledVisit()
    case 'completed':
      return refuse('already_completed', {
        detail: 'The session was marked complete before.',
        next: 'Record further money of the patient in billing.',
      })
    case 'checked-in':
      return refuse('already_checked_in', {
        detail: 'The patient was checked in before.',
        next: 'Record a further copay in billing.',
      })
    default:
      return undefined
  }
}
