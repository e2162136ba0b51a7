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
  return closedThrough === null ? null : dayAfter(closedThrough)
}

export function dayAfter(date: string): string {
  return Temporal.PlainDate.from(date).add({ days: 1 }).toString()
}

/** One closing of the books, as far as the chain of seals and the history of a period need it. */
export interface Closing {
  readonly periodId: string
  /** null: from the first day on. */
  readonly startsOn: string | null
  readonly endsOn: string
  readonly closedAt: string
  readonly seal: string
  readonly previousSeal: string | null
  /** null: it stands. */
  readonly reopenedAt: string | null
}

const isAfter = (one: string, other: string) => Temporal.Instant.compare(one, other) > 0

/** The closing whose seal goes into that of `closing`: of the period before it, as it stood at that moment. */
export function predecessorOf<One extends Closing>(closing: One, all: readonly One[]): One | undefined {
  const { startsOn, closedAt } = closing
  if (startsOn === null) return undefined
  const dayBefore = Temporal.PlainDate.from(startsOn).subtract({ days: 1 }).toString()
  return all.find(
    (one) =>
      one.endsOn === dayBefore &&
      isAfter(closedAt, one.closedAt) &&
      (one.reopenedAt === null || isAfter(one.reopenedAt, closedAt)),
  )
}

/** The closings that `closing` stands on, the first of them first, itself last. */
export function chainOf<One extends Closing>(closing: One, all: readonly One[]): One[] {
  const chain = [closing]
  for (let before = predecessorOf(closing, all); before; before = predecessorOf(before, all))
    chain.unshift(before)
  return chain
}

/** From one closing of a range of days to the next: what was posted meanwhile changed what had been reported. */
export interface Opening<One extends Closing> {
  readonly closed: One
  /** Oldest first: opening March may take opening April first, and days may be opened more than once before all are closed. */
  readonly reopenings: readonly One[]
  /** null: not all of its days are closed again. */
  readonly closedAgain: One | null
}

/**
 * When the days through `endsOn` (from `startsOn`; null: the first) were all closed and open again since. Periods close in order, so
 * they are all closed by any closing that ends no earlier.
 */
export function openingsOf<One extends Closing>(
  { startsOn, endsOn }: Pick<Closing, 'startsOn' | 'endsOn'>,
  all: readonly One[],
): Opening<One>[] {
  const overlapping = all.filter(
    (one) =>
      (one.startsOn === null || one.startsOn <= endsOn) && (startsOn === null || one.endsOn >= startsOn),
  )
  const moments = overlapping.flatMap((one) => [
    { at: one.closedAt, one, reopened: false },
    ...(one.reopenedAt === null ? [] : [{ at: one.reopenedAt, one, reopened: true }]),
  ])
  const found: Opening<One>[] = []
  let closed: One | undefined
  let reopenings: One[] = []
  for (const { one, reopened } of moments.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))) {
    if (reopened) reopenings.push(one)
    else if (one.endsOn >= endsOn) {
      if (closed && reopenings.length > 0) found.push({ closed, reopenings, closedAgain: one })
      closed = one
      reopenings = []
    }
  }
  return closed && reopenings.length > 0 ? [...found, { closed, reopenings, closedAgain: null }] : found
}
