import { newId } from '@praxisbus/runtime'
import { database, issuer } from '@praxisbus/testing'
import pg from 'pg'
import { requireWholeLedger } from './whole-ledger.ts'

/** What both sides of a comparison over billing's receipts work on; sent to their processes. */
export interface BillingTarget {
  /** Bound by row-level security, as the service itself is. */
  readonly appUrl: string
  /** Bound by nothing, as a bare program would be. */
  readonly bareUrl: string
  readonly issuerUrl: string
  readonly token: string
  readonly practiceId: string
}

export interface BillingGround {
  readonly target: BillingTarget
  close(): Promise<void>
}

/** Billing's database with the books of three years: `receipts` of them, and what became of their money. */
export async function openBillingTarget(receipts: number): Promise<BillingGround> {
  const clone = await database('billing')
  const signIn = await issuer()
  const practiceId = newId()
  try {
    await fillBooks(clone.adminUrl, practiceId, receipts)
    const grant = { roles: [], permissions: ['billing.read'] }
    const token = await signIn.token({
      userId: 'biller',
      name: 'Biller',
      practices: { [practiceId]: grant },
    })
    return {
      target: { practiceId, bareUrl: clone.adminUrl, appUrl: clone.appUrl, issuerUrl: signIn.url, token },
      close: async () => {
        await signIn.stop()
        await clone.drop()
      },
    }
  } catch (error) {
    await signIn.stop()
    await clone.drop()
    throw error
  }
}

/**
 * Ids in the order of time, as the service makes them. Of 20 receipts one waits in escrow whole and one by half, one is
 * disbursed to another system, one refunded by half, and the others are applied whole, a week after they came.
 */
const BOOKS = `
  create temporary table made as
  select number, practice.id as practice_id, amount, patient, insurer, day, least(day + 7, 1095) as paid_day,
         case number % 20 when 0 then 0 when 1 then amount / 2 when 2 then 0 when 3 then amount / 2 else amount end as applied,
         case number % 20 when 2 then amount else 0 end as disbursed,
         case number % 20 when 3 then amount - amount / 2 else 0 end as refunded
    from (select current_setting('app.practice')::uuid as id) as practice,
         (select number, (2000 + number::bigint * 7919 % 20000)::int as amount, number % 20011 as patient, number % 10 > 5 as insurer,
                 (number::bigint * 1096 / $receipts)::int as day
            from generate_series(0, $receipts - 1) as number) as numbers;
  analyze made;

  insert into practice_replica values (current_setting('app.practice')::uuid, 'Bench', 'America/Chicago', 1);
  insert into payer (practice_id, id, name)
  select current_setting('app.practice')::uuid, pg_temp.made_id('payer', number), 'Payer ' || number from generate_series(0, 49) as number;
  insert into patient_replica
  select current_setting('app.practice')::uuid, pg_temp.made_id('patient', number), 'Patient ' || number, null, '[]', 1
    from generate_series(0, 20010) as number;
  insert into reference_batch (practice_id, id, batch_date, is_default)
  select current_setting('app.practice')::uuid, pg_temp.made_id('batch', day), date '2023-07-01' + day, true
    from generate_series(0, 1095) as day;

  insert into receipt (practice_id, id, payer_kind, patient_id, payer_id, source, method, reference, amount_cents, deposit_date, batch_id,
                       journal_id, recorded_at)
  select practice_id, pg_temp.made_id('receipt', number), case when insurer then 'insurer' else 'patient' end,
         case when not insurer then pg_temp.made_id('patient', patient) end,
         case when insurer then pg_temp.made_id('payer', patient % 50) end, 'desk',
         (array['cash', 'check', 'card', 'eft'])[1 + number % 4], 'ref ' || number, amount, date '2023-07-01' + day,
         pg_temp.made_id('batch', day), pg_temp.made_id('receipt journal', number),
         (date '2023-07-01' + day)::timestamp at time zone 'UTC' + interval '15 hours' + number % 3600 * interval '1 second'
    from made order by number;

  insert into account (practice_id, id, kind, receipt_id, charge_id, code, system, balance_cents)
  select practice_id, pg_temp.made_id(kind, number), kind, case when not of_charge then pg_temp.made_id('receipt', number) end,
         case when of_charge then pg_temp.made_id('charge', number) end, code, system, balance
    from made, lateral (values
      ('cash', false, null, null, amount, true),
      ('escrow', false, null, null, applied + disbursed + refunded - amount, true),
      ('disbursed', false, 'O', 'OldPM', -disbursed, disbursed > 0),
      ('refunded', false, null, null, -refunded, refunded > 0),
      ('revenue', true, null, null, -applied, applied > 0),
      ('receivable', true, null, null, 0, applied > 0)) as opened (kind, of_charge, code, system, balance, used)
   where used order by number;

  insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
  select practice_id, pg_temp.made_id(kind || ' journal', number), kind, pg_temp.made_id('batch', dated), date '2023-07-01' + dated, 'bench'
    from made, lateral (values
      ('receipt', day, true), ('charge', day, applied > 0), ('payment', paid_day, applied > 0),
      ('disbursement', paid_day, disbursed > 0), ('refund', paid_day, refunded > 0)) as posted (kind, dated, used)
   where used order by number;

  insert into entry (practice_id, journal_id, account_id, amount_cents)
  select practice_id, pg_temp.made_id(journal || ' journal', number), pg_temp.made_id(kind, number), cents
    from made, lateral (values
      ('receipt', 'cash', amount), ('receipt', 'escrow', -amount), ('charge', 'receivable', applied), ('charge', 'revenue', -applied),
      ('payment', 'escrow', applied), ('payment', 'receivable', -applied), ('disbursement', 'escrow', disbursed),
      ('disbursement', 'disbursed', -disbursed), ('refund', 'escrow', refunded), ('refund', 'refunded', -refunded))
      as posted (journal, kind, cents)
   where cents <> 0 order by number`

/** Ids that can be told from their number; `madeId` of bench/postings/work.ts makes the same. */
export const MADE_ID = `
  create function pg_temp.made_id(kind text, number bigint) returns uuid language sql immutable
    return (lpad(to_hex(number), 8, '0') || '-0000-7000-8000-' || left(md5(kind), 12))::uuid`

/** By SQL, past the triggers that post one by one; that the ledger is whole all the same is looked at when it is there. */
async function fillBooks(url: string, practiceId: string, receipts: number): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(`select set_config('app.practice', $1, false)`, [practiceId])
    await client.query('set session_replication_role = replica')
    await client.query(MADE_ID)
    await client.query(BOOKS.replaceAll('$receipts', String(receipts)))
    await client.query('vacuum analyze')
    await requireWholeLedger(client)
  } finally {
    await client.end()
  }
}
