import { type QueryContext, type Refusal, sql, type Tx } from '@praxisbus/runtime'
import { chainOf, predecessorOf } from '../domain/period.ts'
import { computeSeal } from '../postings/seal.ts'
import { allPeriods, type Period, readPeriod } from './list-periods.ts'
import { periodNotFound } from './refusals.ts'

/**
 * What is wrong with a closing: `entries`: the journals and entries under it are not those that were sealed (or the seal was
 * changed); `counts`: it says another number of them than there are; `chain`: the seal it was chained to is not that of the period
 * before; `missing`: there is no closing of the period before, or none of this one.
 */
export type SealFault = 'entries' | 'counts' | 'chain' | 'missing'

export interface VerifiedClosing
  extends Pick<Period, 'periodId' | 'startsOn' | 'endsOn' | 'closedAt' | 'reopenedAt' | 'seal'> {
  readonly recomputedSeal: string
  readonly journals: number
  readonly entries: number
  readonly recomputedJournals: number
  readonly recomputedEntries: number
  readonly faults: readonly SealFault[]
}

export interface Verification {
  readonly periodId: string
  readonly verified: boolean
  /** The first of the chain that fails; null: none does. */
  readonly failed: Pick<VerifiedClosing, 'periodId' | 'startsOn' | 'endsOn' | 'faults'> | null
  /** The closings that this one stands on, the first of them first, itself last. */
  readonly chain: readonly VerifiedClosing[]
}

/** Recomputes the seal of a closing, and of those before it, from the tables, and compares (B-19). */
export async function verifyPeriod(
  { tx, principal, audit }: QueryContext,
  { id }: { readonly id: string },
): Promise<Verification | Refusal<'not_found'>> {
  audit('reporting-period', id)
  const { practiceId } = principal
  const all = await allPeriods(tx, practiceId)
  const asked = all.find((one) => one.periodId === id)
  if (!asked) return periodNotFound()
  const chain: VerifiedClosing[] = []
  for (const closing of chainOf(asked, all)) chain.push(await verifyClosing(tx, practiceId, closing, all))
  const bad = chain.find(({ faults }) => faults.length > 0)
  const failed = bad
    ? { periodId: bad.periodId, startsOn: bad.startsOn, endsOn: bad.endsOn, faults: bad.faults }
    : null
  return { periodId: id, verified: !failed, failed, chain }
}

/**
 * All closings of a practice, those that were opened again too: entries keep when they were recorded, so what such a period held
 * can still be told. In one snapshot, or while nobody opens a period.
 */
export async function verifyBooks(
  tx: Tx,
  practiceId: string,
): Promise<{ closings: VerifiedClosing[]; lost: string[] }> {
  const all = await allPeriods(tx, practiceId)
  const closings: VerifiedClosing[] = []
  for (const closing of all) closings.push(await verifyClosing(tx, practiceId, closing, all))
  return { closings, lost: await lostClosings(tx, practiceId) }
}

async function verifyClosing(
  tx: Tx,
  practiceId: string,
  closing: Period,
  all: readonly Period[],
): Promise<VerifiedClosing> {
  const { periodId, startsOn, endsOn, closedAt, reopenedAt, seal, journals, entries } = closing
  const found = await computeSeal(tx, practiceId, { ...closing, recordedThrough: reopenedAt })
  // Opened again while we looked: then what is dated in it now need not be what was sealed.
  if (found.seal !== seal && reopenedAt === null) {
    const now = await readPeriod(tx, practiceId, periodId)
    if (now && now.reopenedAt !== null) return verifyClosing(tx, practiceId, now, all)
  }
  const before = predecessorOf(closing, all)
  const faults: SealFault[] = [
    ...(found.seal === seal ? [] : ['entries' as const]),
    ...(found.journals === journals && found.entries === entries ? [] : ['counts' as const]),
    ...(startsOn !== null && !before ? ['missing' as const] : []),
    ...(closing.previousSeal === (before?.seal ?? null) || (startsOn !== null && !before)
      ? []
      : ['chain' as const]),
  ]
  return {
    periodId,
    startsOn,
    endsOn,
    closedAt,
    reopenedAt,
    seal,
    recomputedSeal: found.seal,
    journals,
    entries,
    recomputedJournals: found.journals,
    recomputedEntries: found.entries,
    faults,
  }
}

/** Closings that the audit trail names and the table does not have: the newest one is missed by no chain. */
async function lostClosings(tx: Tx, practiceId: string): Promise<string[]> {
  const rows = await tx.many<{ periodId: string }>(sql`
    select distinct record_id as period_id from audit
     where practice_id = ${practiceId} and record_type = 'reporting-period' and action = 'close'
       and record_id not in (select id::text from reporting_period where practice_id = ${practiceId})
     order by record_id`)
  return rows.map(({ periodId }) => periodId)
}
