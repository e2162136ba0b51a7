import { type Database, type Log, type Metrics, sql, startWorker, type Worker } from '@praxisbus/runtime'

/** Each look reads every entry of the ledger, so not more often than somebody would act on it. */
const LOOK_MS = 60_000

/**
 * Recomputes from the entries, practice by practice, that money received = applied + escrow + disbursed + refunded (B-10), and
 * that each account's balance is the sum of its entries. The database lets no command break that; this is the alarm for what went
 * past all commands: a hand in the tables, a damaged disk, a restored backup that was not whole.
 */
export function startWatchingBalance(settings: {
  readonly database: Database
  /** With the relay's login. */
  readonly relay: Database
  readonly log: Log
  readonly metrics: Metrics
  readonly lookMs?: number
}): Worker {
  const { log, metrics } = settings
  const practices = metrics.gauge(
    'ledger_unbalanced_practices',
    'Practices whose received money is not all in applied, escrow, disbursed and refunded, or whose balances are not their entries',
  )
  const cents = metrics.gauge('ledger_unbalanced_cents', 'By how much, of each such practice', ['practice'])
  const checked = metrics.gauge('ledger_checked_timestamp_seconds', 'When all practices were last looked at')
  return startWorker({
    log,
    failing: 'the balance of the ledger could not be looked at',
    everyMs: settings.lookMs ?? LOOK_MS,
    look: async () => {
      const found = await unbalanced(settings)
      cents.reset()
      for (const { practiceId, offCents } of found) cents.set({ practice: practiceId }, offCents)
      if (found.length > 0) log.error({ practices: found }, 'the ledger is out of balance')
      practices.set(found.length)
      checked.setToCurrentTime()
    },
  })
}

interface Unbalanced {
  readonly practiceId: string
  readonly offCents: number
}

/** Every practice that ever posted or opened a batch. With the relay's login, which may see no more of them than this. */
export async function practicesWithBooks(relay: Database): Promise<string[]> {
  const rows = await relay.plain((tx) =>
    tx.many<{ practiceId: string }>(
      sql`select distinct practice_id from reference_batch order by practice_id`,
    ),
  )
  return rows.map(({ practiceId }) => practiceId)
}

/** Practices out of balance, one after another: a look must not take the connections that requests need. */
export async function unbalanced({
  database,
  relay,
}: {
  readonly database: Database
  readonly relay: Database
}): Promise<Unbalanced[]> {
  const found: Unbalanced[] = []
  for (const practiceId of await practicesWithBooks(relay)) {
    const offCents = await offBy(database, practiceId)
    if (offCents !== 0) found.push({ practiceId, offCents })
  }
  return found
}

/** Debits are positive: what was received, less where it went, comes to nothing. */
async function offBy(database: Database, practiceId: string): Promise<number> {
  const { missing, drifted } = await database.read(practiceId, (tx) =>
    tx.one<{ missing: number; drifted: number }>(sql`
      with posted as (
        select entry.account_id, account.kind, account.charge_id is not null as of_charge, journal.kind as journal_kind, entry.amount_cents
          from entry
          join account on account.practice_id = entry.practice_id and account.id = entry.account_id
          join journal on journal.practice_id = entry.practice_id and journal.id = entry.journal_id
         where entry.practice_id = ${practiceId}),
      summed as (select account_id, sum(amount_cents) as cents from posted group by account_id)
      select (select coalesce(sum(amount_cents), 0)::bigint from posted
               where kind in ('cash', 'escrow', 'disbursed', 'refunded')
                  or (of_charge and journal_kind in ('payment', 'payment-removal'))) as missing,
             (select coalesce(sum(abs(balance_cents - coalesce(cents, 0))), 0)::bigint
                from account left join summed on summed.account_id = account.id
               where account.practice_id = ${practiceId}) as drifted`),
  )
  return Math.abs(missing) + drifted
}
