import { newId } from '@praxisbus/runtime'
import { database, issuer } from '@praxisbus/testing'
import pg from 'pg'
import { type BillingTarget, MADE_ID } from '../calls/billing-database.ts'
import { requireWholeLedger } from '../calls/whole-ledger.ts'
import { CHARGES, RECEIPTS } from './work.ts'

/** What every side of a comparison works on; sent to their processes. */
export interface PostingsTarget extends BillingTarget {
  readonly batchId: string
  readonly batchDate: string
}

export interface Books {
  readonly target: PostingsTarget
  /** Lets the planner know what grew since, and gives back what was written over. */
  tidy(): Promise<void>
  /** How many applications and events there are. Throws where a balance is not the sum of its entries. */
  count(): Promise<Counted>
  close(): Promise<void>
}

export interface Counted {
  readonly applications: number
  readonly events: number
}

/** Billing's database with receipts that hold money and charges that owe it: enough of both for a whole run. */
export async function openBooks(): Promise<Books> {
  const clone = await database('billing')
  const signIn = await issuer()
  const ids = { practiceId: newId(), batchId: newId() }
  const batchDate = Temporal.Now.plainDateISO('UTC').toString()
  const run = <T>(work: (client: pg.Client) => Promise<T>) => withClient(clone.adminUrl, work)
  const close = async () => {
    await signIn.stop()
    await clone.drop()
  }
  try {
    await run((client) => fill(client, { ...ids, batchDate }))
    const practices = { [ids.practiceId]: { roles: [], permissions: ['billing.post'] } }
    const token = await signIn.token({ userId: 'biller', name: 'Biller', practices })
    const { adminUrl: bareUrl, appUrl } = clone
    return {
      target: { ...ids, batchDate, bareUrl, appUrl, issuerUrl: signIn.url, token },
      tidy: () => run(async (client) => void (await client.query('vacuum analyze'))),
      count: () => run(count),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Large enough that no run empties one of them. */
const RECEIPT_CENTS = 1_000_000_000
const CHARGE_CENTS = 10_000_000

const FILL = `
  create temporary view own as select current_setting('app.practice')::uuid as practice_id, current_setting('app.batch')::uuid as batch_id,
    current_setting('app.date')::date as batch_date;

  insert into practice_replica select practice_id, 'Bench', 'UTC', 1 from own;
  insert into reference_batch (practice_id, id, batch_date, is_default) select practice_id, batch_id, batch_date, true from own;
  insert into receipt (practice_id, id, payer_kind, patient_id, source, method, amount_cents, deposit_date, batch_id, journal_id, recorded_at)
  select practice_id, pg_temp.made_id('receipt', number), 'patient', pg_temp.made_id('patient', number), 'desk', 'check', $cents, batch_date,
         batch_id, pg_temp.made_id('receipt journal', number), now()
    from own, generate_series(0, $receipts - 1) as number;
  insert into charge (practice_id, id, billing_encounter_id, line_id, code, description, units, modifiers, amount_cents, discount_cents,
                      service_date, batch_id, journal_id, posted_at)
  select practice_id, pg_temp.made_id('charge', number), pg_temp.made_id('bill', number), pg_temp.made_id('line', number), '90834', 'Service',
         1, '{}', $owed, 0, batch_date, batch_id, pg_temp.made_id('charge journal', number), now()
    from own, generate_series(0, $charges - 1) as number;

  create temporary table made as
  select number, 'receipt' as journal, kind, cents from generate_series(0, $receipts - 1) as number,
         (values ('cash', $cents), ('escrow', -$cents)) as side (kind, cents)
  union all
  select number, 'charge', kind, cents from generate_series(0, $charges - 1) as number,
         (values ('receivable', $owed), ('revenue', -$owed)) as side (kind, cents);
  insert into account (practice_id, id, kind, receipt_id, charge_id, balance_cents)
  select practice_id, pg_temp.made_id(kind, number), kind, case journal when 'receipt' then pg_temp.made_id('receipt', number) end,
         case journal when 'charge' then pg_temp.made_id('charge', number) end, cents
    from made, own;
  insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
  select distinct practice_id, pg_temp.made_id(journal || ' journal', number), journal, batch_id, batch_date, 'bench' from made, own;
  insert into entry (practice_id, journal_id, account_id, amount_cents)
  select practice_id, pg_temp.made_id(journal || ' journal', number), pg_temp.made_id(kind, number), cents from made, own`

/** By SQL, past the triggers that post one by one; that the ledger is whole is looked at after each comparison. */
async function fill(
  client: pg.Client,
  { practiceId, batchId, batchDate }: Pick<PostingsTarget, 'practiceId' | 'batchId' | 'batchDate'>,
): Promise<void> {
  await client.query(
    `select set_config('app.practice', $1, false), set_config('app.batch', $2, false), set_config('app.date', $3, false)`,
    [practiceId, batchId, batchDate],
  )
  await client.query('set session_replication_role = replica')
  const values = {
    cents: RECEIPT_CENTS,
    owed: CHARGE_CENTS,
    receipts: RECEIPTS,
    charges: CHARGES,
  }
  await client.query(MADE_ID)
  await client.query(
    FILL.replaceAll(/\$([a-z]+)/g, (_, name: keyof typeof values) => `${values[name]}::bigint`),
  )
  await client.query('vacuum analyze')
}

async function count(client: pg.Client): Promise<Counted> {
  await requireWholeLedger(client)
  const { rows } = await client.query<Record<'applications' | 'events', string>>(`
    select (select count(*) from payment_application) as applications, (select count(*) from outbox) as events`)
  const { applications, events } = rows[0]!
  return { applications: Number(applications), events: Number(events) }
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
