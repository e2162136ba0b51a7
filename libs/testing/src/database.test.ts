import { expect, test } from '@jest/globals'
import pg from 'pg'
import { database } from './database.ts'

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

test('clones are migrated, empty and apart, and go when dropped', async () => {
  const [one, two] = await Promise.all([database('runtime'), database('runtime')])
  await query(one.adminUrl, 'create table mine (practice_id uuid)')
  expect(
    await query(two.adminUrl, "select to_regclass('mine') as mine, to_regclass('outbox')::text as outbox"),
  ).toEqual([{ mine: null, outbox: 'outbox' }])
  expect(await query(one.appUrl, 'select current_user')).toEqual([{ current_user: 'test_runtime_app' }])
  expect(await query(one.relayUrl, 'select current_user')).toEqual([{ current_user: 'test_runtime_relay' }])
  await expect(query(one.appUrl, 'select * from mine')).rejects.toThrow('permission denied')
  await Promise.all([one.drop(), two.drop()])
  await expect(query(one.adminUrl, 'select 1')).rejects.toThrow('does not exist')
})

test('a service’s login cannot enter the database of another', async () => {
  const ours = await database('runtime')
  const theirs = await database('scheduler')
  const url = new URL(theirs.appUrl)
  url.username = 'test_runtime_app'
  await expect(query(url.href, 'select 1')).rejects.toThrow('permission denied for database')
  await Promise.all([ours.drop(), theirs.drop()])
})
