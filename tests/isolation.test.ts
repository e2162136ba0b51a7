import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SERVICES } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
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
    // A trigger that runs as its owner cannot be called; its search path must not be the caller's.
    expect(
      await names(`select proname as name from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
        and (prorettype <> 'trigger'::regtype or not coalesce(array_to_string(proconfig, ' ') like 'search_path=%', false))`),
    ).toEqual([])
  })

  test('P-06 the logins own nothing, bypass nothing, make no roles, and belong to nobody who may', async () => {
    for (const login of [loginOf(clone.appUrl), loginOf(clone.relayUrl)]) {
      const mighty = await names(`with recursive member (oid) as (
          select oid from pg_roles where rolname = '${login}'
          union select m.roleid from pg_auth_members m join member on m.member = member.oid)
        select rolname as name from pg_roles join member using (oid)
         where rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication`)
      expect(mighty).toEqual([])
      const owned =
        await names(`select c.relname as name from pg_class c where pg_has_role('${login}', c.relowner, 'member')
        union select proname from pg_proc where pg_has_role('${login}', proowner, 'member')
        union select nspname from pg_namespace where pg_has_role('${login}', nspowner, 'member') or has_schema_privilege('${login}', oid, 'create')
        union select datname from pg_database where datname = current_database() and pg_has_role('${login}', datdba, 'member')`)
      expect(owned.filter((name) => !name.startsWith('pg_temp'))).toEqual([])
    }
  })

  test('P-06 each table shows its own rows to a practice, and none without one; nobody writes for another', async () => {
    const tables = (
      await names(
        `select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
      )
    ).filter((name) => !WITHOUT_PRACTICE.includes(name))
    expect(tables.length).toBeGreaterThan(8)
    for (const table of tables)
      expect([table, await probed(client, table, loginOf(clone.appUrl))]).toEqual([table, []])
  })
})

const loginOf = (url: string) => new URL(url).username

/**
 * Puts a row of each of two practices into the table, stripped of whatever would ask for more than a practice, and looks at
 * it as the application does. Returns what is wrong. A table that is made tomorrow is looked at by itself.
 */
async function probed(client: pg.Client, table: string, login: string): Promise<string[]> {
  const [ours, theirs] = [newId(), newId()]
  const wrong: string[] = []
  const as = (practiceId: string) => client.query(`select set_config('app.practice', '${practiceId}', true)`)
  const count = async (where: string) =>
    Number((await client.query(`select from ${table} where ${where}`)).rowCount)
  /** The rows it would change; -1 where it is refused. */
  const tried = async (statement: string) => {
    await client.query('savepoint before')
    const changed = await client.query(statement).then(
      ({ rowCount }) => rowCount ?? 0,
      () => -1,
    )
    await client.query('rollback to savepoint before')
    return changed
  }
  const { rows: granted } = await client.query(
    `select privilege, has_table_privilege($1, $2, privilege) as may from unnest(array['select', 'insert', 'update', 'delete']) as privilege`,
    [login, table],
  )
  const privileges = Object.fromEntries(granted.map(({ privilege, may }) => [privilege, may as boolean]))
  await client.query('begin')
  try {
    await strip(client, table)
    await client.query(`insert into ${table} (practice_id) values ('${ours}'), ('${theirs}')`)
    await client.query(`set local role ${login}`)
    for (const practiceId of ['', newId()]) {
      await as(practiceId)
      if (privileges.select && (await count('true')) !== 0) wrong.push(`rows are seen by '${practiceId}'`)
    }
    await as(ours)
    if (privileges.select && (await count('true')) !== 1) wrong.push('its own row is not seen, or not alone')
    if (privileges.select && (await count(`practice_id = '${theirs}'`)) !== 0)
      wrong.push('another’s row is seen')
    if (privileges.insert && (await tried(`insert into ${table} (practice_id) values ('${theirs}')`)) !== -1)
      wrong.push('a row was written for another')
    if (privileges.update && (await tried(`update ${table} set practice_id = '${theirs}'`)) !== -1)
      wrong.push('a row was given to another')
    const where = privileges.select ? `where practice_id = '${theirs}'` : ''
    if (privileges.delete && privileges.select && (await tried(`delete from ${table} ${where}`)) > 0)
      wrong.push('another’s row was deleted')
    if (!Object.values(privileges).some(Boolean)) wrong.push('the application may do nothing with it')
  } finally {
    await client.query('rollback')
  }
  return wrong
}

async function strip(client: pg.Client, table: string): Promise<void> {
  const { rows: constraints } = await client.query(
    `select conname from pg_constraint where conrelid = $1::regclass and contype not in ('n', 't')`,
    [table],
  )
  for (const { conname } of constraints)
    await client.query(`alter table ${table} drop constraint if exists "${conname}" cascade`)
  // Those of a constraint went with it.
  const { rows: indexes } = await client.query(
    `select indexrelid::regclass as name from pg_index where indrelid = $1::regclass and indisunique`,
    [table],
  )
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  const { rows: columns } = await client.query(
    `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and attnotnull and attidentity = '' and not attisdropped`,
    [table],
  )
  for (const { attname } of columns)
    await client.query(`alter table ${table} alter column "${attname}" drop not null`)
  await client.query(`alter table ${table} disable trigger all`)
}
