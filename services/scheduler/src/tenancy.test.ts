import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openApi, openDatabase, sql } from '@praxisbus/runtime'
import { database, type TestDatabase } from '@praxisbus/testing'
import { connectBilling } from './adapters/billing.ts'
import { connectEhr } from './adapters/ehr.ts'
import { routes } from './routes.ts'

let clone: TestDatabase
beforeAll(async () => {
  clone = await database('scheduler')
})
afterAll(() => clone.drop())

test('P-06 every table that holds a practice’s rows is bound to the practice by the database', async () => {
  const admin = openDatabase(clone.adminUrl)
  const tables = await admin.plain((tx) =>
    tx.many<{ name: string; hasPractice: boolean; forced: boolean; policies: number }>(sql`
      select relname as name, relrowsecurity and relforcerowsecurity as forced,
             exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'practice_id') as has_practice,
             -- What workers find across practices with the relay's login, tests/isolation.test.ts looks at.
             (select count(*)::int from pg_policy
               where polrelid = pg_class.oid and polroles <> array['praxisbus_relay'::regrole::oid]) as policies
        from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`),
  )
  await admin.close()
  const migrations = readdirSync(new URL('../migrations', import.meta.url))
    .map((file) => readFileSync(new URL(`../migrations/${file}`, import.meta.url), 'utf8'))
    .join('\n')
  const own = [...migrations.matchAll(/create table (\w+)/g)].map((match) => match[1]!)
  expect(own.length).toBeGreaterThan(0)
  for (const name of own) {
    expect(tables.find((table) => table.name === name)).toEqual({
      name,
      hasPractice: true,
      forced: true,
      policies: 1,
    })
  }
})

test('P-01 the API page describes every route', () => {
  const [billing, ehr] = [connectBilling('127.0.0.1:1'), connectEhr('127.0.0.1:1')]
  const table = routes({ billing, ehr })
  const { paths } = openApi('scheduler', '', table) as { paths: Record<string, object> }
  expect(Object.values(paths).flatMap((path) => Object.keys(path))).toHaveLength(table.length)
  billing.close()
  ehr.close()
})
