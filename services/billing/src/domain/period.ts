import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

/**
 * Whether the books may be closed through `endsOn` (B-09). `today` is the practice's own day: a day that is not over would refuse
 * the postings that still come by themselves.
 */
export function decideClosing(
  endsOn: string,
  closedThrough: string | null,
  today: string,
): Refusal<'period_closed' | 'period_not_over'> | undefined {
  if (closedThrough !== null && endsOn <= closedThrough)
    return refuse('period_closed', {
      field: 'endsOn',
      detail: `The books are closed through ${closedThrough} already.`,
      next: `Close through a later day, or open the last period again first.`,
      extra: { closedThrough },
    })
  if (endsOn >= today)
    return refuse('period_not_over', {
      field: 'endsOn',
      detail: `${endsOn} is not over yet: today is ${today}.`,
      next: 'Close through yesterday or earlier.',
    })
  return undefined
}

/** The day on which the next period begins; null: the first period reaches back to the first day. */
export function nextStart(closedThrough: string | null): string | null {
  return closedThrough === null ? null : Temporal.PlainDate.from(closedThrough).add({ days: 1 }).toString()
}
