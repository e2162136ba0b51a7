import { sql } from '@praxisbus/runtime'
import { isReceiptAccount, type JournalDraft } from '../domain/ledger.ts'
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
  const owners = entries.map(({ kind, of }) => ({
    kind,
    receiptId: isReceiptAccount(kind) ? of : null,
    chargeId: isReceiptAccount(kind) ? null : of,
  }))
  const kinds = owners.map((owner) => owner.kind)
  const receiptIds = owners.map((owner) => owner.receiptId)
  const chargeIds = owners.map((owner) => owner.chargeId)
  await tx.run(sql`
    insert into account (practice_id, id, kind, receipt_id, charge_id)
    select ${practiceId}, id, kind, receipt_id, charge_id
      from unnest(${entries.map(newId)}::uuid[], ${kinds}::text[], ${receiptIds}::uuid[], ${chargeIds}::uuid[])
        as opened (id, kind, receipt_id, charge_id)
    on conflict on constraint account_once do nothing`)
  await tx.run(sql`
    insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by, corrects_journal_id)
    select ${practiceId}, id, kind, ${batch.id}, ${batch.batchDate}, ${actor}, corrects
      from unnest(${journals.map((one) => one.id)}::uuid[], ${journals.map((one) => one.kind)}::text[],
                  ${journals.map((one) => one.corrects ?? null)}::uuid[]) as posted (id, kind, corrects)`)
  await tx.run(sql`
    insert into entry (practice_id, journal_id, account_id, amount_cents)
    select ${practiceId}, posted.journal_id, account.id, posted.amount_cents
      from unnest(${entries.map((entry) => entry.journalId)}::uuid[], ${kinds}::text[], ${receiptIds}::uuid[],
                  ${chargeIds}::uuid[], ${entries.map((entry) => entry.amountCents)}::bigint[])
           with ordinality as posted (journal_id, kind, receipt_id, charge_id, amount_cents, position)
      join account on account.practice_id = ${practiceId} and account.kind = posted.kind
       and account.receipt_id is not distinct from posted.receipt_id
       and account.charge_id is not distinct from posted.charge_id
     order by posted.position`)
  return journals.map((one) => one.id)
}
