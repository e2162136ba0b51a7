import { sql } from '@praxisbus/runtime'
import { type CorrectionKind, isReceiptAccount, type JournalDraft } from '../domain/ledger.ts'
import type { Batch, Posting } from './posting.ts'

/**
 * Writes journals into the ledger, any number in three statements, and returns their ids in order. The receipts and
 * charges they touch must be there and locked. The database balances them and keeps every account's rule.
 */
export async function postJournals(
  { tx, practiceId, newId, actor }: Posting,
  batch: Batch,
  drafts: readonly (JournalDraft & { readonly id?: string })[],
): Promise<string[]> {
  const journals = drafts.map((draft) => ({ ...draft, id: draft.id ?? newId() }))
  const entries = journals.flatMap(({ id, entries }) => entries.map((entry) => ({ ...entry, journalId: id })))
  const kinds = entries.map((entry) => entry.kind)
  const receiptIds = entries.map((entry) => (isReceiptAccount(entry.kind) ? entry.of : null))
  const chargeIds = entries.map((entry) => (isReceiptAccount(entry.kind) ? null : entry.of))
  const payerIds = entries.map((entry) => entry.payerId ?? null)
  const codes = entries.map((entry) => entry.code ?? null)
  const systems = entries.map((entry) => entry.system ?? null)
  await tx.run(sql`
    insert into account (practice_id, id, kind, receipt_id, charge_id, payer_id, code, system)
    select ${practiceId}, id, kind, receipt_id, charge_id, payer_id, code, system
      from unnest(${entries.map(newId)}::uuid[], ${kinds}::text[], ${receiptIds}::uuid[], ${chargeIds}::uuid[],
                  ${payerIds}::uuid[], ${codes}::text[], ${systems}::text[])
        as opened (id, kind, receipt_id, charge_id, payer_id, code, system)
    on conflict on constraint account_once do nothing`)
  await tx.run(sql`
    insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
    select ${practiceId}, id, kind, ${batch.id}, ${batch.batchDate}, ${actor}
      from unnest(${journals.map((one) => one.id)}::uuid[], ${journals.map((one) => one.kind)}::text[])
        as posted (id, kind)`)
  await tx.run(sql`
    insert into entry (practice_id, journal_id, account_id, amount_cents)
    select ${practiceId}, posted.journal_id, account.id, posted.amount_cents
      from unnest(${entries.map((entry) => entry.journalId)}::uuid[], ${kinds}::text[], ${receiptIds}::uuid[],
                  ${chargeIds}::uuid[], ${payerIds}::uuid[], ${codes}::text[], ${systems}::text[],
                  ${entries.map((entry) => entry.amountCents)}::bigint[])
           with ordinality as posted (journal_id, kind, receipt_id, charge_id, payer_id, code, system, amount_cents, position)
      join account on account.practice_id = ${practiceId} and account.kind = posted.kind
       and account.receipt_id is not distinct from posted.receipt_id
       and account.charge_id is not distinct from posted.charge_id
       and account.payer_id is not distinct from posted.payer_id
       and account.code is not distinct from posted.code
       and account.system is not distinct from posted.system
     order by posted.position`)
  return journals.map((one) => one.id)
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
