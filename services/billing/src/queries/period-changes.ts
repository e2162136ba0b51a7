import { type QueryContext, type Refusal, sql, type Tx } from '@praxisbus/runtime'
import { type Opening, openingsOf } from '../domain/period.ts'
import { type Figures, figures } from './as-of.ts'
import {
  type ChangedJournal,
  correctionsAfter,
  type Days,
  journalsBetween,
  type LaterCorrection,
  PAGE,
  stretchOf,
} from './changed-journals.ts'
import { allPeriods, type Period } from './list-periods.ts'
import { periodNotFound } from './refusals.ts'

/** What is dated in the period moved the first ten; the last two are balances of all that is dated through its end. */
export interface PeriodFigures extends Figures {
  readonly escrowAtEndCents: number
  readonly receivableAtEndCents: number
}

/** Journals of one kind that came between two closings. */
export interface MovedByKind extends Figures {
  readonly kind: string
  readonly journals: number
}

export interface PeriodChanges {
  readonly periodId: string
  readonly startsOn: string | null
  readonly endsOn: string
  readonly openings: readonly {
    readonly closedAt: string
    readonly closedBy: string
    readonly reopenings: readonly {
      readonly periodId: string
      readonly startsOn: string | null
      readonly endsOn: string
      readonly reopenedAt: string
      readonly reopenedBy: string
      readonly reason: string
    }[]
    /** null: not all of its days are closed again. */
    readonly closedAgainAt: string | null
    readonly closedAgainBy: string | null
    readonly before: PeriodFigures
    readonly after: PeriodFigures
    readonly byKind: readonly MovedByKind[]
  }[]
  /** What was posted in the openings, dated in the period or before it. */
  readonly journals: readonly ChangedJournal[]
  readonly next: string | null
  /** Journals dated after the period that take back journals of it. */
  readonly laterCorrections: readonly LaterCorrection[]
  readonly nextCorrection: string | null
}

/**
 * "Why did March change?" (B-19): every time its days were opened after a closing, who did it and why, what was posted before they
 * were closed again, and what the period says before and after. What corrects it without opening it stands in a later period
 * and points back.
 */
export async function periodChanges(
  { tx, principal, audit }: QueryContext,
  {
    id,
    after,
    afterCorrection,
  }: { readonly id: string; readonly after?: string; readonly afterCorrection?: string },
): Promise<PeriodChanges | Refusal<'not_found'>> {
  audit('reporting-period', id)
  const { practiceId } = principal
  const all = await allPeriods(tx, practiceId)
  const asked = all.find((one) => one.periodId === id)
  if (!asked) return periodNotFound()
  const { startsOn, endsOn } = asked
  const days = { startsOn, endsOn }
  const openings = openingsOf(days, all)
  const moments = openings.flatMap((opening) => [
    opening.closed.closedAt,
    ...(opening.closedAgain ? [opening.closedAgain.closedAt] : []),
  ])
  const ends = [...new Set(moments)]
  const moved = ends.length === 0 ? [] : await movedBetween(tx, practiceId, days, ends)
  const journals = ends.length === 0 ? [] : await journalsBetween(tx, practiceId, days, { ends, after })
  const corrections = await correctionsAfter(tx, practiceId, days, afterCorrection)
  return {
    periodId: id,
    ...days,
    openings: openings.map((opening, index) => ({ ...history(opening), ...told(moved, index) })),
    journals,
    next: journals.length === PAGE ? journals.at(-1)!.journalId : null,
    laterCorrections: corrections,
    nextCorrection: corrections.length === PAGE ? corrections.at(-1)!.journalId : null,
  }
}

function history({ closed, reopenings, closedAgain }: Opening<Period>) {
  return {
    closedAt: closed.closedAt,
    closedBy: closed.closedBy,
    reopenings: reopenings.map(({ periodId, startsOn, endsOn, reopenedAt, reopenedBy, reopenReason }) => ({
      periodId,
      startsOn,
      endsOn,
      reopenedAt: reopenedAt!,
      reopenedBy: reopenedBy!,
      reason: reopenReason!,
    })),
    closedAgainAt: closedAgain?.closedAt ?? null,
    closedAgainBy: closedAgain?.closedBy ?? null,
  }
}

interface Moved extends MovedByKind {
  /** 0: recorded before the first closing; then one for each time from a closing to the next. */
  readonly stretch: number
  /** Dated in the period, not before it. */
  readonly within: boolean
}

const NOTHING: Figures = {
  receivedCents: 0,
  appliedCents: 0,
  escrowCents: 0,
  disbursedCents: 0,
  refundedCents: 0,
  chargedCents: 0,
  discountCents: 0,
  adjustedCents: 0,
  collectionsCents: 0,
  receivableCents: 0,
}
const FIGURES = Object.keys(NOTHING) as (keyof Figures)[]

function sum(rows: readonly Figures[]): Figures {
  const total = (name: keyof Figures) => rows.reduce((all, row) => all + row[name], 0)
  return Object.fromEntries(FIGURES.map((name) => [name, total(name)])) as unknown as Figures
}

function told(moved: readonly Moved[], index: number) {
  const through = (stretch: number): PeriodFigures => {
    const known = moved.filter((row) => row.stretch <= stretch)
    const { escrowCents, receivableCents } = sum(known)
    const within = sum(known.filter((row) => row.within))
    return { ...within, escrowAtEndCents: escrowCents, receivableAtEndCents: receivableCents }
  }
  const now = moved.filter((row) => row.stretch === index + 1)
  const byKind = [...new Set(now.map(({ kind }) => kind))].map((kind) => {
    const rows = now.filter((row) => row.kind === kind)
    return { kind, journals: rows.reduce((all, row) => all + row.journals, 0), ...sum(rows) }
  })
  return { before: through(index), after: through(index + 1), byKind }
}

/** In one pass over what is dated through the end of the period. */
function movedBetween(tx: Tx, practiceId: string, days: Days, ends: readonly string[]): Promise<Moved[]> {
  return tx.many<Moved>(sql`
    with dated as (
      select journal.id, journal.kind as journal_kind, ${stretchOf(ends)} as stretch,
             journal.effective_date >= coalesce(${days.startsOn}::date, '-infinity') as within
        from journal where journal.practice_id = ${practiceId} and journal.effective_date <= ${days.endsOn}),
    posted as (
      select dated.*, account.kind, account.charge_id is not null as of_charge, entry.amount_cents
        from dated
        join entry on entry.practice_id = ${practiceId} and entry.journal_id = dated.id
        join account on account.practice_id = ${practiceId} and account.id = entry.account_id)
    select journal_kind as kind, stretch, within, count(distinct id) as journals, ${figures}
      from posted group by journal_kind, stretch, within order by journal_kind, stretch, within`)
}
