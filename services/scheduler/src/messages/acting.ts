import { type ActContext, act, type Database, type Log, sql } from '@praxisbus/runtime'
import type { Carriers } from '../adapters/messages.ts'

/** What the sender works with. */
export interface Sending {
  readonly database: Database
  /** With the relay's login, which sees ids and states only. */
  readonly relay: Database
  readonly log: Log
  readonly onFacts: () => void
  readonly carriers: Carriers
  /** Of the pages that patients open. */
  readonly publicUrl?: string
  /** Default: the clock of the database, one for all replicas. */
  readonly clock?: () => Temporal.Instant
}

/** A step of the sender, at the time that its clock shows. */
export function acting<T>(
  settings: Sending,
  practiceId: string,
  work: (ctx: ActContext) => Promise<T>,
): Promise<T> {
  return act({ ...settings, actor: 'service:scheduler' }, practiceId, async (ctx) =>
    work({ ...ctx, now: await timeIn(settings, ctx.tx) }),
  )
}

export async function timeIn({ clock }: Sending, tx: ActContext['tx']): Promise<Temporal.Instant> {
  if (clock) return clock()
  const { now } = await tx.one<{ now: string }>(
    sql`select date_trunc('milliseconds', clock_timestamp()) as now`,
  )
  return Temporal.Instant.from(now)
}
