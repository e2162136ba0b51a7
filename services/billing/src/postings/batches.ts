import { type Refusal, refuse, sql } from '@praxisbus/runtime'
import { dayAfter } from '../domain/period.ts'
import { type Batch, type Posting, planAnew } from './posting.ts'
import { dayIn } from './practice-day.ts'

/**
 * The batch that a person's posting goes into (B-09): the one they named, or today's default one. From here to the commit no
 * period of the practice is closed or opened. `field` is where the batch is named in the request.
 */
export async function batchFor(
  posting: Posting,
  batchId: string | null | undefined,
  field = 'batchId',
): Promise<Batch | Refusal<'unknown_batch' | 'period_closed'>> {
  if (!batchId) return defaultBatch(posting, posting.now)
  const { tx, practiceId } = posting
  const [batch, closedThrough] = await Promise.all([
    tx.maybe<Batch>(sql`
      select id, batch_date from reference_batch where practice_id = ${practiceId} and id = ${batchId}`),
    holdBooks(posting),
  ])
  if (!batch)
    return refuse('unknown_batch', {
      field,
      detail: 'There is no reference batch of this id in the practice.',
      next: 'List the reference batches, or leave the batch out to post into today’s.',
    })
  return closedThrough !== null && batch.batchDate <= closedThrough
    ? periodClosed(batch.batchDate, closedThrough, field)
    : batch
}

export function periodClosed(date: string, closedThrough: string, field: string): Refusal<'period_closed'> {
  return refuse('period_closed', {
    field,
    detail: `${date} lies in a reporting period that is closed: the books are closed through ${closedThrough}.`,
    next: `Open a new reference batch with a date after ${closedThrough} and post into that; or leave the batch out to post into today’s.`,
    extra: { closedThrough },
  })
}

export interface DayBatch extends Batch {
  /** On which it happened, on the practice's own calendar: money that came is deposited as of this day, whatever batch it may post into. */
  readonly day: string
}

/**
 * The practice's default batch of the day on which `at` falls on its own calendar; where that day is in a closed period, of
 * the first day that is open and not before today. Asked for after the locks: the first posting of a day makes it, and others
 * wait for that commit.
 */
export async function defaultBatch(posting: Posting, at: Temporal.Instant): Promise<DayBatch> {
  const { tx, practiceId, newId, now } = posting
  const { timeZone, closedThrough, near } = await openBooks(posting, at)
  const day = dayIn(timeZone, at)
  const batchDate = openDay(day, dayIn(timeZone, now), closedThrough)
  const known = near.find((batch) => batch.batchDate === batchDate)
  if (known) return { ...known, day }
  const find = sql`
    select id, batch_date from reference_batch
     where practice_id = ${practiceId} and batch_date = ${batchDate} and is_default`
  const found = await tx.maybe<Batch>(find)
  if (found) return { ...found, day }
  await tx.run(sql`
    insert into reference_batch (practice_id, id, batch_date, is_default)
    values (${practiceId}, ${newId()}, ${batchDate}, true)
    on conflict (practice_id, batch_date) where is_default do nothing`)
  return { ...(await tx.one<Batch>(find)), day }
}

interface OpenBooks {
  readonly timeZone: string
  readonly closedThrough: string | null
  readonly near: readonly Batch[]
}

/** Holds the books, and finds in the same round trip what a posting of that instant asks of them: wherever the practice is, its day is near. */
async function openBooks({ tx, practiceId }: Posting, at: Temporal.Instant): Promise<OpenBooks> {
  shareBooks({ tx, practiceId })
  const day = at.toZonedDateTimeISO('UTC').toPlainDate()
  const near = [-1, 0, 1].map((days) => day.add({ days }).toString())
  return tx.one<OpenBooks>(sql`
    select coalesce((select time_zone from practice_replica where practice_id = ${practiceId}), 'UTC') as time_zone,
           closed_through(${practiceId}) as closed_through,
           (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'batchDate', batch_date)), '[]') from reference_batch
             where practice_id = ${practiceId} and is_default and batch_date = any(${near}::date[])) as near`)
}

function openDay(wanted: string, today: string, closedThrough: string | null): string {
  if (closedThrough === null || wanted > closedThrough) return wanted
  return today > closedThrough ? today : dayAfter(closedThrough)
}

/** Shares the lock on the books until the commit, and says through which date they are closed; null: nothing is closed yet. */
export async function holdBooks({
  tx,
  practiceId,
}: Pick<Posting, 'tx' | 'practiceId'>): Promise<string | null> {
  shareBooks({ tx, practiceId })
  const { closed } = await tx.one<{ closed: string | null }>(
    sql`select closed_through(${practiceId}) as closed`,
  )
  return closed
}

function shareBooks({ tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>): void {
  tx.later(sql`select pg_advisory_xact_lock_shared(books_lock(${practiceId}))`)
}

/** Waits for the postings under way, and keeps others waiting until the commit: for who closes or opens a period. A seal reads all of one. */
export async function takeBooks({ tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>): Promise<void> {
  planAnew(tx)
  await tx.run(sql`select pg_advisory_xact_lock(books_lock(${practiceId}))`)
}
