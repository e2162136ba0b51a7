import { sql } from '@praxisbus/runtime'
import {
  type AccountName,
  type CorrectionKind,
  isReceiptAccount,
  type JournalDraft,
} from '../domain/ledger.ts'
import type { Batch, Posting } from './posting.ts'

/**
 * Writes journals into the ledger, any number in one statement that travels with the next one, and returns their ids in order. The
 * receipts and charges they touch must be there and locked. The database balances them and keeps every account's rule.
 */
export async function postJournals(
  { tx, practiceId, newId, actor }: Posting,
  batch: Batch,
  drafts: readonly (JournalDraft & { readonly id?: string })[],
  known: readonly KnownAccount[] = [],
): Promise<string[]> {
  const journals = drafts.map((draft) => ({ ...draft, id: draft.id ?? newId() }))
  const { accounts, entries } = namedOnce(journals)
  const ids = idsOf(accounts, known)
  if (ids) {
    writeKnown({ tx, practiceId, actor }, batch, journals, ids)
    return journals.map((one) => one.id)
  }
  // Each account is looked up once, by its receipt or its charge, and opened where it is not there: nobody else does, under their locks.
  // A join over all columns of its name has no index that knows "is not distinct from", so it went through the practice's accounts
  // once for each line.
  tx.later(sql`
    with draft as materialized (select ${journals.map((one) => one.id)}::uuid[] as ids),
    known as materialized (
      select given.*, case when receipt_id is not null
               then (select id from account where account.practice_id = ${practiceId} and account.receipt_id = given.receipt_id
                        and account.kind = given.kind and account.code is not distinct from given.code
                        and account.system is not distinct from given.system)
               else (select id from account where account.practice_id = ${practiceId} and account.charge_id = given.charge_id
                        and account.kind = given.kind and account.payer_id is not distinct from given.payer_id
                        and account.code is not distinct from given.code) end as id
        from unnest(${accounts.map((one) => one.kind)}::text[],
                    ${accounts.map((one) => (isReceiptAccount(one.kind) ? one.of : null))}::uuid[],
                    ${accounts.map((one) => (isReceiptAccount(one.kind) ? null : one.of))}::uuid[],
                    ${accounts.map((one) => one.payerId ?? null)}::uuid[], ${accounts.map((one) => one.code ?? null)}::text[],
                    ${accounts.map((one) => one.system ?? null)}::text[])
             with ordinality as given (kind, receipt_id, charge_id, payer_id, code, system, position)),
    fresh as materialized (
      select position, uuidv7() as id, kind, receipt_id, charge_id, payer_id, code, system from known where id is null),
    opened as (
      insert into account (practice_id, id, kind, receipt_id, charge_id, payer_id, code, system)
      select ${practiceId}, id, kind, receipt_id, charge_id, payer_id, code, system from fresh),
    written as (
      insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
      select ${practiceId}, id, kind, ${batch.id}, ${batch.batchDate}, ${actor}
        from unnest((select ids from draft), ${journals.map((one) => one.kind)}::text[]) as posted (id, kind))
    insert into entry (practice_id, journal_id, account_id, amount_cents)
    select ${practiceId}, ((select ids from draft))[posted.journal], coalesce(known.id, fresh.id), posted.amount_cents
      from unnest(${entries.map((entry) => entry.journal)}::int[], ${entries.map((entry) => entry.account)}::int[],
                  ${entries.map((entry) => entry.amountCents)}::bigint[])
           with ordinality as posted (journal, account, amount_cents, position)
      join known on known.position = posted.account
      left join fresh on fresh.position = posted.account
     order by posted.position`)
  return journals.map((one) => one.id)
}

/** An account that was read under the locks of its receipt or charge, and need not be looked up. */
export type KnownAccount = AccountName & { readonly id: string }

/** By name; undefined where one is not known. */
function idsOf(
  accounts: readonly AccountName[],
  known: readonly KnownAccount[],
): ReadonlyMap<string, string> | undefined {
  if (known.length === 0) return undefined
  const ids = new Map(known.map((account) => [nameOf(account), account.id]))
  return accounts.every((account) => ids.has(nameOf(account))) ? ids : undefined
}

/** Nothing to look up and nothing to open: two small statements are half the time of the large one. */
function writeKnown(
  { tx, practiceId, actor }: Pick<Posting, 'tx' | 'practiceId' | 'actor'>,
  batch: Batch,
  journals: readonly (JournalDraft & { readonly id: string })[],
  ids: ReadonlyMap<string, string>,
): void {
  const entries = journals.flatMap(({ id, entries }) => entries.map((entry) => ({ journalId: id, ...entry })))
  tx.later(sql`
    insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
    select ${practiceId}, id, kind, ${batch.id}, ${batch.batchDate}, ${actor}
      from unnest(${journals.map((one) => one.id)}::uuid[], ${journals.map((one) => one.kind)}::text[]) as posted (id, kind)`)
  tx.later(sql`
    insert into entry (practice_id, journal_id, account_id, amount_cents)
    select ${practiceId}, journal_id, account_id, amount_cents
      from unnest(${entries.map((entry) => entry.journalId)}::uuid[], ${entries.map((entry) => ids.get(nameOf(entry)))}::uuid[],
                  ${entries.map((entry) => entry.amountCents)}::bigint[]) as posted (journal_id, account_id, amount_cents)`)
}

interface Named {
  readonly accounts: AccountName[]
  /** Which of the journals and of the accounts, from 1 on. */
  readonly entries: { readonly journal: number; readonly account: number; readonly amountCents: number }[]
}

/** The payments of a receipt all name its escrow account. */
function namedOnce(journals: readonly JournalDraft[]): Named {
  const places = new Map<string, number>()
  const accounts: AccountName[] = []
  const entries = journals.flatMap((draft, index) =>
    draft.entries.map((entry) => {
      const name = nameOf(entry)
      const account = places.get(name) ?? accounts.push(entry)
      places.set(name, account)
      return { journal: index + 1, account, amountCents: entry.amountCents }
    }),
  )
  return { accounts, entries }
}

/** Code and system are free text; the others are not. */
function nameOf({ kind, of, payerId, code, system }: AccountName): string {
  const name = `${kind} ${of} ${payerId ?? ''}`
  return code === undefined && system === undefined ? name : `${name} ${JSON.stringify([code, system])}`
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
