import { type QueryContext, sql, type Tx } from '@praxisbus/runtime'

/** One closing of a reporting period (B-09). Closed again after a reopening, it is a further one. */
export interface Period {
  readonly periodId: string
  /** null: from the first day on. */
  readonly startsOn: string | null
  readonly endsOn: string
  readonly closedAt: string
  readonly closedBy: string
  readonly seal: string
  readonly previousSeal: string | null
  readonly journals: number
  readonly entries: number
  readonly reopenedAt: string | null
  readonly reopenedBy: string | null
  readonly reopenReason: string | null
}

const columns = sql`id as period_id, starts_on, ends_on, closed_at, closed_by, seal, previous_seal, journals, entries, reopened_at,
  reopened_by, reopen_reason`
const LIMIT = 500

/** Closings, newest first, those that were opened again among them. */
export async function listPeriods({
  tx,
  principal,
  audit,
}: QueryContext): Promise<{ closedThrough: string | null; periods: Period[] }> {
  audit('reporting-period', 'list')
  const { practiceId } = principal
  const periods = await tx.many<Period>(sql`
    select ${columns} from reporting_period where practice_id = ${practiceId} order by closed_at desc, id desc limit ${LIMIT}`)
  return { closedThrough: (await lastClosed(tx, practiceId))?.endsOn ?? null, periods }
}

export function readPeriod(tx: Tx, practiceId: string, id: string): Promise<Period | undefined> {
  return tx.maybe<Period>(
    sql`select ${columns} from reporting_period where practice_id = ${practiceId} and id = ${id}`,
  )
}

/** Every closing, oldest first: a practice makes a few dozen a year at most. */
export function allPeriods(tx: Tx, practiceId: string): Promise<Period[]> {
  return tx.many<Period>(
    sql`select ${columns} from reporting_period where practice_id = ${practiceId} order by closed_at, id`,
  )
}

/** The newest period that is closed. */
export function lastClosed(tx: Tx, practiceId: string): Promise<Period | undefined> {
  return tx.maybe<Period>(sql`
    select ${columns} from reporting_period
     where practice_id = ${practiceId} and reopened_at is null order by ends_on desc limit 1`)
}
