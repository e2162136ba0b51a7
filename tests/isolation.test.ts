import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SERVICES } from '@praxisbus/contracts'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'

/** Delivery bookkeeping that holds no record of any practice (docs/decisions/0006-one-practice-per-transaction.md). */
const WITHOUT_PRACTICE = ['delivery_attempt', 'migration']

describe.each(SERVICES)('P-06 the database of %s', (service) => {
  let clone: TestDatabase
  let client: pg.Client
  beforeAll(async () => {
    clone = await database(service)
    client = new pg.Client(clone.adminUrl)
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await clone.drop()
  })
  const names = async (text: string) =>
    (await client.query<{ name: string }>(text)).rows.map(({ name }) => name).sort()

  test('P-06 every table has a practice_id and forced row-level security', async () => {
    const tables = `from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_%'`
    expect(
      await names(`select c.relname as name ${tables} and not exists
      (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped)`),
    ).toEqual(WITHOUT_PRACTICE)
    expect(
      await names(`select c.relname as name ${tables} and not (c.relrowsecurity and c.relforcerowsecurity)`),
    ).toEqual(WITHOUT_PRACTICE)
    expect((await names(`select c.relname as name ${tables}`)).length).toBeGreaterThan(8)
  })

  test('P-06 a policy for the application’s login always compares the practice', async () => {
    const loose = await names(`select tablename || '.' || policyname as name from pg_policies
      where not ('praxisbus_relay' = any(roles) and array_length(roles, 1) = 1)
        and (coalesce(qual, 'current_practice') not like '%current_practice%' or coalesce(with_check, 'current_practice') not like '%current_practice%')`)
    expect(loose).toEqual([])
  })

  test('P-06 the relay’s login sees delivery bookkeeping only', async () => {
    const visible = await names(
      `select distinct table_name as name from information_schema.role_table_grants where grantee = 'praxisbus_relay'`,
    )
    expect(
      visible.filter(
        (name) => !['audit', 'patient', 'encounter', 'receipt', 'journal', 'entry', 'image'].includes(name),
      ),
    ).toEqual(visible)
    expect(visible).toEqual(expect.arrayContaining(['idempotency', 'inbox', 'outbox', 'parked']))
  })

  test('P-06 views run as their caller, functions too', async () => {
    expect(
      await names(`select c.relname as name from pg_class c where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace
      and not coalesce(c.reloptions @> array['security_invoker=true'], false)`),
    ).toEqual([])
  })
})
