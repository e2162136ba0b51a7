import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { deletedVisit, stillPending } from './gone.ts'
import { amountCents } from './input.ts'

export const cancellationKind = z.enum(['cancelled', 'late-cancelled', 'no-show'])
export type CancellationKind = z.infer<typeof cancellationKind>

/** What a person says when an appointment does not take place (S-20). */
export const cancellationInput = z.strictObject({
  kind: cancellationKind.describe('no-show and late-cancelled ask the practice’s fee, cancelled asks none'),
  feeCents: amountCents.optional().describe('Instead of that; 0 asks nothing'),
  reason: z.string().trim().min(1).max(500).nullable().default(null).describe('Kept here, told to nobody'),
})
export type CancellationInput = z.infer<typeof cancellationInput>

interface CancelledVisit {
  readonly status: string
  readonly startsAt: string
}

interface FeeRules {
  /** null: the practice asks none. */
  readonly noShowFeeCents: number | null
  /** Whether the practice uses billing: without it nobody could charge a fee. */
  readonly billing: boolean
}

type Code =
  | 'appointment_deleted'
  | 'still_pending'
  | 'already_completed'
  | 'already_cancelled'
  | 'already_checked_in'
  | 'not_begun'
  | 'billing_off'

/**
 * S-20: whether the appointment may be cancelled, and the fee. Called off at any time before it is complete, also after
 * its time when nobody wrote it down; a no-show only from its start on, and not of somebody who was checked in.
 */
export function decideCancellation(
  { kind, feeCents }: CancellationInput,
  visit: CancelledVisit,
  rules: FeeRules,
  now: Temporal.Instant,
): { readonly feeCents: number } | Refusal<Code> {
  const wrong = mayCancel(visit) ?? (kind === 'no-show' ? mayBeNoShow(visit, now) : undefined)
  if (wrong) return wrong
  if (!rules.billing && feeCents) {
    return refuse('billing_off', {
      field: 'feeCents',
      detail: 'The practice does not use billing, so no fee can be charged.',
      next: 'Leave feeCents out, or turn billing on for the practice.',
    })
  }
  return { feeCents: feeCents ?? usualFee(kind, rules) }
}

function usualFee(kind: CancellationKind, { noShowFeeCents, billing }: FeeRules): number {
  return kind === 'cancelled' || !billing ? 0 : (noShowFeeCents ?? 0)
}

function mayCancel({ status }: CancelledVisit) {
  switch (status) {
    case 'deleted':
    case 'declined':
      return deletedVisit()
    case 'pending':
      return stillPending()
    case 'completed':
      return refuse('already_completed', {
        detail: 'The session was marked complete, so it took place.',
        next: 'Cancel its bill in billing where it was completed by mistake.',
      })
    case 'cancelled':
      return refuse('already_cancelled', {
        detail: 'The appointment was cancelled before.',
        next: 'To change the kind or the fee, restore it with POST /v1/appointments/{id}/restore and cancel it again.',
      })
    default:
      return undefined
  }
}

function mayBeNoShow({ status, startsAt }: CancelledVisit, now: Temporal.Instant) {
  if (status === 'checked-in') {
    return refuse('already_checked_in', {
      field: 'kind',
      detail: 'The patient was checked in, so this is no no-show.',
      next: 'Send kind "cancelled" or "late-cancelled" where the session did not take place all the same.',
    })
  }
  if (Temporal.Instant.compare(startsAt, now) > 0) {
    return refuse('not_begun', {
      field: 'kind',
      detail: `The appointment begins at ${startsAt}; until then nobody has missed it.`,
      next: 'Send kind "cancelled" or "late-cancelled", or wait for its start.',
    })
  }
  return undefined
}

/** S-20: only what is cancelled can be put back. */
export function mayRestore({
  status,
}: {
  readonly status: string
}): Refusal<'appointment_deleted' | 'not_cancelled'> | undefined {
  if (status === 'deleted' || status === 'declined') return deletedVisit()
  if (status === 'cancelled') return undefined
  return refuse('not_cancelled', {
    detail: 'The appointment is not cancelled.',
    next: 'Read it with GET /v1/appointments/{id}; somebody may have restored it already.',
  })
}
