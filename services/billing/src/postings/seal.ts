import { createHash } from 'node:crypto'
import { sql, type Tx } from '@praxisbus/runtime'

/** Journals read at a time: a year of a busy practice must not be in memory at once. */
const PAGE = 2_000
const NO_ID = '00000000-0000-0000-0000-000000000000'

export interface Seal {
  readonly seal: string
  readonly journals: number
  readonly entries: number
}

export interface SealedRange {
  /** null: from the first day. */
  readonly startsOn: string | null
  readonly endsOn: string
  readonly previousSeal: string | null
  /** Only what was recorded until then; null or left out: all. */
  readonly recordedThrough?: string | null
}

interface SealedPage {
  /** Its lines, each ended by a line feed. */
  readonly text: string
  readonly journals: number
  readonly entries: number
  /** Of the last journal. */
  readonly effectiveDate: string
  readonly journalId: string
}

/**
 * The hash of a period (B-19): SHA-256 over the seal of the period before it (nothing for the first) and one line per entry, in the
 * order of effective date, journal and entry. docs/billing.md says what stands in a line, so anybody who has the tables can
 * compute it again. That order is the index's: no page is sorted, and none reads what another read.
 */
export async function computeSeal(tx: Tx, practiceId: string, range: SealedRange): Promise<Seal> {
  const hash = createHash('sha256').update(`${range.previousSeal ?? ''}\n`)
  let journals = 0
  let entries = 0
  let last: Pick<SealedPage, 'journalId' | 'effectiveDate'> = {
    journalId: NO_ID,
    effectiveDate: '-infinity',
  }
  for (;;) {
    const page = await readPage(tx, practiceId, range, last)
    if (!page) return { seal: hash.digest('hex'), journals, entries }
    hash.update(page.text)
    journals += page.journals
    entries += page.entries
    last = page
  }
}

/**
 * A page as one text: as rows, a line each, reading took as long again, and closing holds the books so long. A journal without
 * entries is a line as well: the database commits none, so somebody took them away.
 */
function readPage(
  tx: Tx,
  practiceId: string,
  { startsOn, endsOn, recordedThrough = null }: SealedRange,
  after: Pick<SealedPage, 'journalId' | 'effectiveDate'>,
): Promise<SealedPage | undefined> {
  return tx.maybe<SealedPage>(sql`
    select string_agg(line.text, '' order by effective_date, journal_id, entry_id) as text,
           count(distinct journal_id) as journals, count(entry_id) as entries, max(effective_date) as effective_date,
           (array_agg(journal_id order by effective_date, journal_id, entry_id))[count(*)] as journal_id
      from (
        select page.effective_date, page.id as journal_id, entry.id as entry_id,
               concat_ws('|', to_char(page.effective_date, 'YYYY-MM-DD'), page.id, page.kind, page.batch_id,
                 coalesce(page.corrects_journal_id::text, '-'), to_json(page.recorded_by),
                 (extract(epoch from page.recorded_at) * 1000000)::bigint, coalesce(entry.id::text, '-'),
                 coalesce(entry.amount_cents::text, '-'), coalesce(entry.account_id::text, '-'), coalesce(account.kind, '-'),
                 coalesce(account.receipt_id::text, '-'), coalesce(account.charge_id::text, '-'),
                 coalesce(account.payer_id::text, '-'), coalesce(to_json(account.code)::text, '-'),
                 coalesce(to_json(account.system)::text, '-')) || chr(10) as text
          from (
            select * from journal
             where practice_id = ${practiceId} and effective_date <= ${endsOn}
               and effective_date >= coalesce(${startsOn}::date, '-infinity')
               and recorded_at <= coalesce(${recordedThrough}::timestamptz, 'infinity')
               and (effective_date, id) > (${after.effectiveDate}::date, ${after.journalId}::uuid)
             order by effective_date, id limit ${PAGE}) as page
          left join entry on entry.practice_id = ${practiceId} and entry.journal_id = page.id
          left join account on account.practice_id = ${practiceId} and account.id = entry.account_id) as line
    having count(*) > 0`)
}
