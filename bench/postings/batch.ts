import pg from 'pg'
import { serveParent } from '../calls/child.ts'
import type { PostingsTarget } from './books.ts'
import { CENTS, headersOf, madeId, type PostingsLoad, paymentRate } from './work.ts'

/**
 * As somebody would write it who needs this one thing alone: one call, one commit, sets instead of a loop. The receipt's lock keeps
 * others away from its escrow, the charges' from what is owed; balances are moved by the tables' own trigger. No key of the request,
 * no audit entry, no reasons to refuse but two.
 */
const BATCH = `
  create function bench_apply(practice uuid, receipt uuid, batch uuid, dated date, charges uuid[], cents bigint[], headers jsonb)
  returns bigint language plpgsql as $$
  declare
    journals uuid[] := array(select uuidv7() from generate_series(1, cardinality(charges)));
    payment uuid := uuidv7();
    total bigint := (select sum(amount) from unnest(cents) as amount);
    escrow record;
    version_now bigint;
  begin
    perform from charge where practice_id = practice and id = any(charges) order by id for update;
    update receipt set version = version + 1 where practice_id = practice and id = bench_apply.receipt returning version into version_now;
    select id, -balance_cents as cents into escrow from account
     where practice_id = practice and receipt_id = bench_apply.receipt and kind = 'escrow' for update;
    if total > escrow.cents then
      raise exception 'the receipt holds %', escrow.cents;
    end if;
    insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
    select practice, id, 'payment', batch, dated, 'bench' from unnest(journals) as id;
    insert into entry (practice_id, journal_id, account_id, amount_cents)
    select practice, applied.journal_id, side.account_id, side.cents
      from unnest(journals, charges, cents) as applied (journal_id, charge_id, cents)
      join account on account.practice_id = practice and account.charge_id = applied.charge_id and account.kind = 'receivable',
           lateral (values (escrow.id, applied.cents), (account.id, -applied.cents)) as side (account_id, cents);
    insert into payment (practice_id, id, receipt_id, batch_id, applied_by, applied_at)
    values (practice, payment, receipt, batch, 'bench', now());
    insert into payment_application (practice_id, payment_id, charge_id, amount_cents, journal_id)
    select practice, payment, charge_id, amount, journal_id from unnest(journals, charges, cents) as applied (journal_id, charge_id, amount);
    insert into outbox (practice_id, event_id, topic, key, type, sequence, headers, body)
    values (practice, uuidv7(), 'payment.applied', receipt::text, 'praxisbus.payment.applied.v1', version_now, headers,
      json_build_object('receiptId', receipt, 'paymentId', payment, 'batchDate', dated, 'escrowCents', escrow.cents - total,
        'applications', (select json_agg(json_build_object('chargeId', charge_id, 'amountCents', amount))
                           from unnest(charges, cents) as applied (charge_id, amount)))::text);
    return escrow.cents - total;
  end $$`

serveParent(async ({ bareUrl, practiceId, batchId, batchDate }: PostingsTarget) => {
  const pool = new pg.Pool({ connectionString: bareUrl, max: 20 })
  await pool.query(BATCH)
  const headers = JSON.stringify(headersOf(practiceId))
  return async (load: PostingsLoad) =>
    paymentRate(load, ({ receipt, charges }) =>
      pool.query({
        name: 'apply',
        text: 'select bench_apply($1, $2, $3, $4, $5, $6, $7)',
        values: [
          practiceId,
          madeId('receipt', receipt),
          batchId,
          batchDate,
          charges.map((charge) => madeId('charge', charge)),
          charges.map(() => CENTS),
          headers,
        ],
      }),
    )
})
