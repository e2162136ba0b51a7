import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { deletedVisit } from '../gone.ts'

export const declineInput = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .nullable()
    .default(null)
    .describe('Shown with the request, in no fact'),
})
export type DeclineInput = z.infer<typeof declineInput>

type Code = 'appointment_deleted' | 'not_pending' | 'request_lapsed'

/** S-18: a request is answered once, before its start. */
export function mayAnswer(
  { status, startsAt }: { readonly status: string; readonly startsAt: string },
  now: Temporal.Instant,
): Refusal<Code> | undefined {
  if (status === 'deleted') return deletedVisit()
  if (status !== 'pending') {
    return refuse('not_pending', {
      detail:
        status === 'declined'
          ? 'The request was declined or withdrawn before, or nobody answered it in time.'
          : 'The appointment waits for no answer: it was accepted before, or staff scheduled it.',
      next: 'Read it with GET /v1/appointments/{id}.',
    })
  }
  if (hasLapsed(startsAt, now)) {
    return refuse('request_lapsed', {
      detail: `Nobody answered before ${startsAt}, when it would have begun.`,
      next: 'Schedule an appointment at another time, or a past one where the patient came.',
    })
  }
  return undefined
}

/** S-18: a request is taken back before it was answered; what was accepted is an appointment, which the practice cancels. */
export function mayWithdraw(
  state: string,
  visit: { readonly status: string; readonly startsAt: string },
  now: Temporal.Instant,
): Refusal<Code> | undefined {
  if (state === 'pending') return undefined
  if (state === 'accepted')
    return refuse('not_pending', {
      detail: 'The request was accepted before: it is an appointment now.',
      next: 'Ask the practice to cancel the appointment.',
    })
  return mayAnswer(visit, now)
}

/** A request that nobody answered by its start comes to nothing. */
export function hasLapsed(startsAt: string, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(startsAt, now) <= 0
}
