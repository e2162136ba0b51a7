import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { openApi, openDatabase, sql } from '@praxisbus/runtime'
import { database } from '@praxisbus/testing'
import { routes } from './routes.ts'

test('P-06 every table of the EHR is bound to the practice by the database', async () => {
  const clone = await database('ehr')
  const admin = openDatabase(clone.adminUrl, { max: 1 })
  const bound = await admin.plain((tx) =>
    tx.many<{ name: string }>(sql`
      select relname as name from pg_class
       where relkind = 'r' and relrowsecurity and relforcerowsecurity
         and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'practice_id' and attnotnull)
         and exists (select from pg_policy where polrelid = pg_class.oid and polname = 'own_practice')`),
  )
  await admin.close()
  await clone.drop()
  const migration = readFileSync(new URL('../migrations/000001_ehr.sql', import.meta.url), 'utf8')
  const own = [...migration.matchAll(/^create table (\w+)/gm)].map((match) => match[1]!)
  expect(own.length).toBeGreaterThan(10)
  expect(bound.map(({ name }) => name)).toEqual(expect.arrayContaining(own))
})

test('P-01 the API page describes every route', () => {
  const table = routes({ billing: undefined as never })
  const { paths } = openApi('ehr', '', table) as { paths: Record<string, object> }
  expect(Object.values(paths).flatMap((path) => Object.keys(path))).toHaveLength(table.length)
})
