import type { Sql } from '@praxisbus/runtime'
import { sql } from '@praxisbus/runtime'
import type { Cursor } from './receipts-report.ts'

/** By batch date, both inclusive. */
export interface Range {
  readonly from: string
  readonly to: string
}

/**
 * `entered`: the entries of the range on receipts' accounts. A journal and the one that takes it back, both in the range, count as
 * one that did nothing (`root`). `line`: what explains the difference of each receipt.
 */
export function flows(practiceId: string, { from, to }: Range): Sql {
  return sql`
    entered as materialized (
      select account.receipt_id, account.kind, account.code, account.system, entry.amount_cents,
             coalesce(journal.corrects_journal_id, journal.id) as root
        from journal
        join entry on entry.practice_id = ${practiceId} and entry.journal_id = journal.id
        join account on account.practice_id = ${practiceId} and account.id = entry.account_id
       where journal.practice_id = ${practiceId} and journal.effective_date between ${from} and ${to}
         and account.receipt_id is not null),
    moved as (
      select receipt_id, root, coalesce(sum(amount_cents) filter (where kind = 'cash'), 0) as received, sum(amount_cents) as applied,
             coalesce(sum(amount_cents) filter (where kind = 'escrow'), 0) as escrow
        from entered group by receipt_id, root),
    judged as (
      select moved.*, case when applied < 0 then exists (
               select from entry
                 join account on account.practice_id = ${practiceId} and account.id = entry.account_id
                 join charge on charge.practice_id = ${practiceId} and charge.id = account.charge_id
                where entry.practice_id = ${practiceId} and entry.journal_id = moved.root and charge.reversed_at is not null)
             else false end as reversed
        from moved),
    flow as materialized (
      select receipt_id, sum(received)::bigint as received, sum(applied)::bigint as applied, -sum(escrow)::bigint as kept,
             coalesce(sum(applied) filter (where applied > 0), 0)::bigint as posted,
             -coalesce(sum(applied) filter (where applied < 0 and not reversed), 0)::bigint as removed,
             -coalesce(sum(applied) filter (where reversed), 0)::bigint as reversed
        from judged group by receipt_id),
    line as materialized (
      select flow.receipt_id, reasoned.*
        from flow
        join receipt on receipt.practice_id = ${practiceId} and receipt.id = flow.receipt_id
        join reference_batch as batch on batch.practice_id = ${practiceId} and batch.id = receipt.batch_id
        left join lateral (
          select -coalesce(sum(entry.amount_cents), 0)::bigint as escrow
            from account
            join entry on entry.practice_id = ${practiceId} and entry.account_id = account.id
            join journal on journal.practice_id = ${practiceId} and journal.id = entry.journal_id
           where account.practice_id = ${practiceId} and account.receipt_id = flow.receipt_id and account.kind = 'escrow'
             and journal.effective_date < ${from} and flow.received <> 0) as earlier on true
        cross join lateral (
          values ('in-escrow', null, null, case when received <> 0 then earlier.escrow + kept else 0 end),
                 ('posted-before', null, null, case when received <> 0 then -earlier.escrow else 0 end),
                 (case when receipt.deleted_at is not null then 'receipt-deleted' when batch.batch_date > ${to} then 'received-after'
                       else 'received-before' end, null, null, case when received = 0 then -posted else 0 end),
                 ('payment-removed', null, null, case when received = 0 then removed else 0 end),
                 ('encounter-reversed', null, null, case when received = 0 then reversed else 0 end)
          ) as reasoned (reason, code, system, cents)
       where reasoned.cents <> 0
      union all
      select receipt_id, entered.kind, entered.code, entered.system, -sum(amount_cents)::bigint
        from flow join entered using (receipt_id)
       where flow.received <> 0 and entered.kind in ('disbursed', 'refunded')
       group by receipt_id, entered.kind, entered.code, entered.system having sum(amount_cents) <> 0)`
}

/** Cash and outflows from `entered`; payments from the charges' side. After `flows`. */
export function rangeTotals(practiceId: string, { from, to }: Range): Sql {
  return sql`
    select coalesce(sum(amount_cents) filter (where kind = 'cash' and amount_cents > 0), 0)::bigint as "recordedCents",
           -coalesce(sum(amount_cents) filter (where kind = 'cash' and amount_cents < 0), 0)::bigint as "takenBackCents",
           -coalesce(sum(amount_cents) filter (where kind = 'disbursed'), 0)::bigint as "disbursedCents",
           -coalesce(sum(amount_cents) filter (where kind = 'refunded'), 0)::bigint as "refundedCents",
           -coalesce(sum(amount_cents) filter (where kind = 'escrow'), 0)::bigint as "escrowChangeCents",
           min(applied.posted) as "postedCents", min(applied.removed) as "removedCents"
      from (
        select -coalesce(sum(entry.amount_cents) filter (where journal.kind = 'payment'), 0)::bigint as posted,
               coalesce(sum(entry.amount_cents) filter (where journal.kind = 'payment-removal'), 0)::bigint as removed
          from journal
          join entry on entry.practice_id = ${practiceId} and entry.journal_id = journal.id
          join account on account.practice_id = ${practiceId} and account.id = entry.account_id
         where journal.practice_id = ${practiceId} and journal.effective_date between ${from} and ${to}
           and journal.kind in ('payment', 'payment-removal') and account.charge_id is not null) as applied
      left join entered on true`
}

/** Receipts with a line, by batch date. After `flows`. */
export function tiedReceipts(practiceId: string, limit: number, after?: Cursor): Sql {
  const behind = after
    ? sql`and (batch.batch_date, receipt.id) > (${after.key}::date, ${after.id}::uuid)`
    : sql``
  return sql`
    select receipt.id as "receiptId", batch.batch_date as "batchDate", source, payer_kind as "payerKind", patient_id as "patientId",
           patient.name as "patientName", payer_id as "payerId", payer.name as "payerName", agency_id as "agencyId", agency.name as "agencyName",
           reference,
           flow.received as "receivedCents", flow.applied as "appliedCents", explained.lines
      from (select receipt_id, jsonb_agg(jsonb_build_object('reason', reason, 'code', code, 'system', system, 'amountCents', cents)
                     order by reason, code, system) as lines
              from line group by receipt_id) as explained
      join flow on flow.receipt_id = explained.receipt_id
      join receipt on receipt.practice_id = ${practiceId} and receipt.id = explained.receipt_id
      join reference_batch as batch on batch.practice_id = ${practiceId} and batch.id = receipt.batch_id
      left join patient_replica as patient on patient.practice_id = ${practiceId} and patient.id = receipt.patient_id
      left join payer on payer.practice_id = ${practiceId} and payer.id = receipt.payer_id
      left join collection_agency as agency on agency.practice_id = ${practiceId} and agency.id = receipt.agency_id
     where true ${behind}
     order by batch.batch_date, receipt.id limit ${limit}`
}
