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

/** S-23: once, after the patient was checked in; the session may be completed by then. */
export function decideCheckOut(visit: {
  readonly status: string
  readonly checkedInAt: string | null
  readonly checkedOutAt: string | null
}):
  | Refusal<'appointment_deleted' | 'appointment_cancelled' | 'not_checked_in' | 'already_checked_out'>
  | undefined {
  if (visit.status === 'deleted') return deletedVisit()
  if (visit.status === 'cancelled') return cancelledVisit()
  if (visit.checkedInAt === null) {
    return refuse('not_checked_in', {
      detail: 'The patient was not checked in.',
      next: 'Check the patient in with POST /v1/appointments/{id}/check-in, or complete the session without.',
    })
  }
  if (visit.checkedOutAt === null) return undefined
  return refuse('already_checked_out', {
    detail: 'The patient was checked out before.',
    next: 'Mark the session complete where that was not done yet.',
  })
}
