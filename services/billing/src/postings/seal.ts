import { createHash } from 'node:crypto'
import { sql, type Tx } from '@praxisbus/runtime'

/** Entries read at a time: a year of a busy practice must not be in memory at once. */
const PAGE = 5_000

export interface Seal {
  readonly seal: string
  readonly journals: number
  readonly entries: number
}

interface SealedEntry {
  readonly entryId: string
  readonly journalId: string
  readonly text: string
}

/**
 * The hash of a period (B-19): SHA-256 over the seal of the period before it (nothing for the first), then one line per entry in
 * the order of their ids: entry, journal, kind, effective date, journal it corrects, who recorded it and when (microseconds since
 * 1970), account, amount. Anybody who has the tables can compute it again. `from` null: from the first day.
 */
export async function computeSeal(
  tx: Tx,
  practiceId: string,
  period: { readonly startsOn: string | null; readonly endsOn: string; readonly previousSeal: string | null },
): Promise<Seal> {
  const { startsOn, endsOn, previousSeal } = period
  const hash = createHash('sha256').update(`${previousSeal ?? ''}\n`)
  const journals = new Set<string>()
  let entries = 0
  for (let after = '0'; ; ) {
    const rows = await tx.many<SealedEntry>(sql`
      select entry.id::text as entry_id, journal.id as journal_id,
             concat_ws('|', entry.id, journal.id, journal.kind, journal.effective_date,
               coalesce(journal.corrects_journal_id::text, '-'), journal.recorded_by,
               (extract(epoch from journal.recorded_at) * 1000000)::bigint, entry.account_id, entry.amount_cents) as text
        from journal join entry on entry.practice_id = journal.practice_id and entry.journal_id = journal.id
       where journal.practice_id = ${practiceId} and entry.practice_id = ${practiceId}
         and journal.effective_date >= coalesce(${startsOn}::date, '-infinity') and journal.effective_date <= ${endsOn}
         and entry.id > ${after}::bigint
       order by entry.id limit ${PAGE}`)
    for (const row of rows) {
      hash.update(`${row.text}\n`)
      journals.add(row.journalId)
    }
    entries += rows.length
    if (rows.length < PAGE) return { seal: hash.digest('hex'), journals: journals.size, entries }
    after = rows.at(-1)!.entryId
  }
}
