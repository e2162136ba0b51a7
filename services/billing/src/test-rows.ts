import { newId, type QueryContext, sql, type Tx } from '@praxisbus/runtime'
import pg from 'pg'
import type { BillingDesk } from './test-kit.ts'

/**
 * Years of other patients in the desk's practice: so many bills of one charge each, posted long ago and paid but for the last few.
 * Written past triggers and foreign keys, which would take longer than the test.
 */
export async function addOtherBills(desk: BillingDesk, bills: number): Promise<void> {
  await asAdmin(desk, async (client) => {
    await client.query(`set session_replication_role = replica`)
    await client.query(`
      create temporary table other as
      select number, uuidv7() as bill, uuidv7() as line, uuidv7() as charge, gen_random_uuid() as patient
        from generate_series(1, ${bills}) as number`)
    const into = async (columns: string, values: string) => {
      await client.query(
        `insert into ${columns.replace('(', '(practice_id, ')} select $1::uuid, ${values} from other`,
        [desk.practiceId],
      )
    }
    await into(
      'billing_encounter (id, patient_id, encounter_number, service_date, source, status)',
      `bill, patient, number, date '2020-01-01' + number % 1000, 'encounter', 'posted'`,
    )
    await into(
      'line (id, billing_encounter_id, position, code, description, units, modifiers, diagnosis_pointers, unit_amount_cents, source, charged)',
      `line, bill, 1, '90834', 'Psychotherapy', 1, '{}', '{}', 10000, 'encounter', true`,
    )
    await into(
      'charge (id, billing_encounter_id, line_id, code, description, units, modifiers, amount_cents, discount_cents, service_date, batch_id, posted_at)',
      `charge, bill, line, '90834', 'Psychotherapy', 1, '{}', 10000, 0, date '2020-01-01' + number % 1000, '${newId()}'::uuid, now()`,
    )
    await into(
      'account (id, kind, charge_id, balance_cents)',
      `gen_random_uuid(), 'receivable', charge, case when number > ${bills - 20} then 10000 else 0 end`,
    )
    await client.query('analyze')
  })
}

/** What autovacuum does by itself as rows come. */
export const analyze = (desk: BillingDesk) => asAdmin(desk, (client) => client.query('analyze'))

async function asAdmin(desk: BillingDesk, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: desk.adminUrl })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/**
 * How many rows and entries of indexes PostgreSQL looks at for a question: the counters behind its statistics, as they stand in the
 * transaction that asks. The greater of two: planned for the values at hand, and once for any, as a statement is that was
 * prepared long ago.
 */
export async function rowsRead(
  { database, practiceId }: BillingDesk,
  ask: (ctx: QueryContext) => Promise<unknown>,
): Promise<number> {
  const counts = []
  for (const mode of ['force_custom_plan', 'force_generic_plan'])
    counts.push(
      await database.write(practiceId, async (tx) => {
        await tx.run(sql`select set_config('plan_cache_mode', ${mode}, true)`)
        const before = await counted(tx)
        await ask(contextOf(tx, practiceId))
        return (await counted(tx)) - before
      }),
    )
  return Math.max(...counts)
}

/** Of a table: what was read from end to end. Of an index: the entries that led to a row. */
async function counted(tx: Tx): Promise<number> {
  const { looked } = await tx.one<{ looked: number }>(sql`
    select sum(pg_stat_get_xact_tuples_returned(oid))::bigint as looked
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`)
  return looked
}

function contextOf(tx: Tx, practiceId: string): QueryContext {
  const principal = {
    userId: 'ada',
    name: 'Ada',
    practiceId,
    permissions: new Set<string>(),
    roles: [],
    token: '',
  }
  const refuse = () => Promise.reject(new Error('not asked here'))
  return { tx, principal, now: Temporal.Now.instant(), audit: () => undefined, shown: refuse }
}
