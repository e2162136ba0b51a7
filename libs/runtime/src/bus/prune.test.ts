import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'
import { type Database, openDatabase } from '../db.ts'
import { sql } from '../sql.ts'
import { prune, STEP_ROWS } from './prune.ts'

const OLD_ROWS = 2 * STEP_ROWS + 100
const FRESH_ROWS = 4 * STEP_ROWS
const TABLES = ['outbox', 'inbox', 'idempotency'] as const

let clone: TestDatabase
let relay: Database
let admin: pg.Client

beforeAll(async () => {
  clone = await database('runtime')
  relay = openDatabase(clone.relayUrl, { max: 1 }) // one session, which is asked to tell its statistics
  admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  // Says how many rows each statement removed, also to a transaction that was rolled back.
  await admin.query(`
    create table removed (relation text, rows bigint);
    create function note_removed() returns trigger language plpgsql security definer as $$
      begin insert into removed select tg_relid::regclass, count(*) from gone; return null; end $$;
    ${TABLES.map(
      (table) => `create trigger note_removed after delete on ${table} referencing old table as gone
                  for each statement execute function note_removed();`,
    ).join('')}`)
})
afterAll(async () => {
  await Promise.all([relay.close(), admin.end()])
  await clone.drop()
})
beforeEach(async () => {
  await admin.query(`truncate outbox, inbox, idempotency, removed`)
})

/** Rows of a year ago, and behind them such as came today. */
async function fill(): Promise<void> {
  for (const [count, ago] of [
    [OLD_ROWS, '1 year'],
    [FRESH_ROWS, '0 days'],
  ]) {
    const rows = `generate_series(1, ${count}) as n`
    await admin.query(`
      insert into outbox (practice_id, event_id, topic, key, type, sequence, headers, body, recorded_at, published_at)
      select uuidv7(), uuidv7(), 't', uuidv7()::text, 'y', 1, '{}', '{}', now() - interval '${ago}', now() - interval '${ago}' from ${rows};
      insert into inbox (practice_id, consumer, event_id, received_at)
      select uuidv7(), 'c', uuidv7(-interval '${ago}'), now() - interval '${ago}' from ${rows};
      insert into idempotency (practice_id, user_id, key, request_hash, status, headers, body, created_at)
      select uuidv7(), 'u', n, '', 200, '{}', '{}', now() - interval '${ago}' from ${rows}`)
  }
  await admin.query('vacuum analyze outbox, inbox, idempotency')
}

const counted = async (text: string) =>
  Object.fromEntries((await admin.query(text)).rows.map(({ name, n }) => [name, Number(n)]))
const sizes = () =>
  counted(TABLES.map((table) => `select '${table}' as name, count(*) as n from ${table}`).join(' union all '))
const each = (n: number) => Object.fromEntries(TABLES.map((table) => [table, n]))

test('P-02 old bookkeeping goes in bounded steps, found without reading what is to stay', async () => {
  await fill()
  const scans = () =>
    counted(
      `select relname as name, seq_scan as n from pg_stat_user_tables where relname in ('outbox', 'inbox', 'idempotency')`,
    )
  const before = await scans()
  expect(await prune(relay)).toBe(3 * OLD_ROWS)
  await relay.plain((tx) => tx.run(sql`select pg_stat_force_next_flush()`))
  expect(await scans()).toEqual(before)
  const largest = await counted('select relation as name, max(rows) as n from removed group by 1')
  expect(largest).toEqual(each(STEP_ROWS))
  expect(await sizes()).toEqual(each(FRESH_ROWS))
}, 60_000)

test('P-02 what is unsent, or was taken here lately though it was made long ago, stays', async () => {
  await fill()
  await admin.query(`update outbox set published_at = null where id = (select min(id) from outbox);
    update inbox set received_at = now() where event_id = (select event_id from inbox order by event_id limit 1)`)
  expect(await prune(relay)).toBe(3 * OLD_ROWS - 2)
  expect(await sizes()).toEqual({ ...each(FRESH_ROWS + 1), idempotency: FRESH_ROWS })
}, 60_000)

test('P-07 an answer to an Idempotency-Key is kept for 30 days', async () => {
  await admin.query(`
    insert into idempotency (practice_id, user_id, key, request_hash, status, headers, body, created_at)
    select uuidv7(), 'u', days, '', 200, '{}', '{}', now() - make_interval(days => days) from unnest(array[29, 31]) as days`)
  expect(await prune(relay)).toBe(1)
  expect((await admin.query('select key from idempotency')).rows).toEqual([{ key: '29' }])
})

test('P-02 a table that cannot be pruned does not keep the others from it, and one that is stopped ends', async () => {
  await fill()
  await admin.query(`create function fail() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
    create trigger fails before delete on outbox execute function fail()`)
  await expect(prune(relay)).rejects.toThrow('broken')
  expect(await sizes()).toEqual({ ...each(FRESH_ROWS), outbox: OLD_ROWS + FRESH_ROWS })
  await admin.query('drop trigger fails on outbox')
  expect(await prune(relay, AbortSignal.abort())).toBe(0)
}, 60_000)
