import { sql } from '@praxisbus/runtime'
import {
  type AccountName,
  type CorrectionKind,
  isReceiptAccount,
  type JournalDraft,
} from '../domain/ledger.ts'
import type { Batch, Posting } from './posting.ts'

/**
 * Writes journals into the ledger, any number in three statements that travel with the next one, and returns their ids in order. The
 * receipts and charges they touch must be there and locked. The database balances them and keeps every account's rule.
 */
export async function postJournals(
  { tx, practiceId, newId, actor }: Posting,
  batch: Batch,
  drafts: readonly (JournalDraft & { readonly id?: string })[],
): Promise<string[]> {
  const journals = drafts.map((draft) => ({ ...draft, id: draft.id ?? newId() }))
  const { accounts, entries } = namedOnce(journals)
  const kinds = accounts.map((one) => one.kind)
  const receiptIds = accounts.map((one) => (isReceiptAccount(one.kind) ? one.of : null))
  const chargeIds = accounts.map((one) => (isReceiptAccount(one.kind) ? null : one.of))
  const payerIds = accounts.map((one) => one.payerId ?? null)
  const codes = accounts.map((one) => one.code ?? null)
  const systems = accounts.map((one) => one.system ?? null)
  tx.later(sql`
    insert into account (practice_id, id, kind, receipt_id, charge_id, payer_id, code, system)
    select ${practiceId}, id, kind, receipt_id, charge_id, payer_id, code, system
      from unnest(${accounts.map(newId)}::uuid[], ${kinds}::text[], ${receiptIds}::uuid[], ${chargeIds}::uuid[],
                  ${payerIds}::uuid[], ${codes}::text[], ${systems}::text[])
        as opened (id, kind, receipt_id, charge_id, payer_id, code, system)
    on conflict on constraint account_once do nothing`)
  tx.later(sql`
    insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
    select ${practiceId}, id, kind, ${batch.id}, ${batch.batchDate}, ${actor}
      from unnest(${journals.map((one) => one.id)}::uuid[], ${journals.map((one) => one.kind)}::text[])
        as posted (id, kind)`)
  // Each account is looked up once, by its receipt or its charge. A join over all columns of its name has no index that knows "is not
  // distinct from", so it went through the practice's accounts once for each line.
  tx.later(sql`
    with named as materialized (
      select position, case when receipt_id is not null
               then (select id from account where account.practice_id = ${practiceId} and account.receipt_id = name.receipt_id
                        and account.kind = name.kind and account.code is not distinct from name.code
                        and account.system is not distinct from name.system)
               else (select id from account where account.practice_id = ${practiceId} and account.charge_id = name.charge_id
                        and account.kind = name.kind and account.payer_id is not distinct from name.payer_id
                        and account.code is not distinct from name.code) end as account_id
        from unnest(${kinds}::text[], ${receiptIds}::uuid[], ${chargeIds}::uuid[], ${payerIds}::uuid[], ${codes}::text[],
                    ${systems}::text[]) with ordinality as name (kind, receipt_id, charge_id, payer_id, code, system, position))
    insert into entry (practice_id, journal_id, account_id, amount_cents)
    select ${practiceId}, posted.journal_id, named.account_id, posted.amount_cents
      from unnest(${entries.map((entry) => entry.journalId)}::uuid[], ${entries.map((entry) => entry.account)}::int[],
                  ${entries.map((entry) => entry.amountCents)}::bigint[])
           with ordinality as posted (journal_id, account, amount_cents, position)
      left join named on named.position = posted.account
     order by posted.position`)
  return journals.map((one) => one.id)
}

interface Named {
  readonly accounts: AccountName[]
  /** `account`: which of the accounts, from 1 on. */
  readonly entries: { readonly journalId: string; readonly account: number; readonly amountCents: number }[]
}

/** The payments of a receipt all name its escrow account. */
function namedOnce(journals: readonly (JournalDraft & { readonly id: string })[]): Named {
  const places = new Map<string, number>()
  const accounts: AccountName[] = []
  const entries = journals.flatMap(({ id, entries }) =>
    entries.map(({ kind, of, payerId, code, system, amountCents }) => {
      const name = JSON.stringify([kind, of, payerId, code, system])
      let account = places.get(name)
      if (account === undefined) {
        account = accounts.push({ kind, of, payerId, code, system })
        places.set(name, account)
      }
      return { journalId: id, account, amountCents }
    }),
  )
  return { accounts, entries }
}

/**
 * Takes journals back: for each, one of the given kind that points to it and holds its entries with the sign turned. Returns the
 * new ids in order. The caller has locked what they touch, and knows that none was taken back before.
 */
export async function takeBack(
  { tx, practiceId, newId, actor }: Posting,
  batch: Batch,
  kind: CorrectionKind,
  journalIds: readonly string[],
): Promise<string[]> {
  const ids = journalIds.map(newId)
  await tx.run(sql`
    insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by, corrects_journal_id)
    select ${practiceId}, id, ${kind}, ${batch.id}, ${batch.batchDate}, ${actor}, corrects
      from unnest(${ids}::uuid[], ${journalIds}::uuid[]) as correction (id, corrects)`)
  await tx.run(sql`
    insert into entry (practice_id, journal_id, account_id, amount_cents)
    select ${practiceId}, correction.id, entry.account_id, -entry.amount_cents
      from unnest(${ids}::uuid[], ${journalIds}::uuid[]) with ordinality as correction (id, corrects, position)
      join entry on entry.practice_id = ${practiceId} and entry.journal_id = correction.corrects
     order by correction.position, entry.id`)
  return ids
}
