import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

/** Off the calendar, for good or until it is restored: it takes no time and nothing is done with it. */
export const isCalledOff = (status: string): boolean => CALLED_OFF.includes(status)
const CALLED_OFF: readonly string[] = ['cancelled', 'declined', 'deleted']

export function deletedVisit(): Refusal<'appointment_deleted'> {
  return refuse('appointment_deleted', {
    detail: 'The appointment was deleted.',
    next: 'Make a new appointment.',
  })
}

/** For what can only be done with an appointment that takes place. */
export function cancelledVisit(): Refusal<'appointment_cancelled'> {
  return refuse('appointment_cancelled', {
    detail: 'The appointment was cancelled.',
    next: 'Restore it with POST /v1/appointments/{id}/restore where it took place all the same.',
  })
}

/** For what only a visit of a patient has. */
export function notAVisit(): Refusal<'not_a_visit'> {
  return refuse('not_a_visit', {
    detail: 'This is an event without a patient.',
    next: 'Change it with PATCH /v1/appointments/{id}, or delete it.',
  })
}

/** For what needs an answer to a booking request first (S-17, S-18). */
export function stillPending(): Refusal<'still_pending'> {
  return refuse('still_pending', {
    detail: 'A patient asked for this time online, and nobody has answered yet.',
    next: 'Accept the request with POST /v1/appointments/{id}/accept, or decline it with /decline.',
  })
}
