import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'
import { type Database, DatabaseUnavailable, openDatabase } from './db.ts'
import { newId } from './ids.ts'
import { refuse } from './refusal.ts'
import { sql } from './sql.ts'

let clone: TestDatabase
let db: Database
const ours = newId()
const theirs = newId()
const count = sql`select count(*) as count from thing`

beforeAll(async () => {
  clone = await database('runtime')
  const admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(`create table thing (practice_id uuid not null, id uuid primary key, amount_cents bigint, on_date date, at timestamptz);
    select practice_table('thing', 'select, insert, update')`)
  await admin.end()
  db = openDatabase(clone.appUrl, { max: 2 })
})

afterAll(async () => {
  await db.close()
  await clone.drop()
})

const add = (practiceId: string, as = practiceId) =>
  db.write(as, (tx) => tx.run(sql`insert into thing (practice_id, id) values (${practiceId}, ${newId()})`))

describe('a transaction belongs to one practice (P-06)', () => {
  test('one practice never reads, changes or writes another’s rows', async () => {
    await add(ours)
    await add(theirs)
    expect(await db.read(ours, (tx) => tx.one(count))).toEqual({ count: 1 })
    expect(
      await db.write(ours, (tx) =>
        tx.run(sql`update thing set amount_cents = 1 where practice_id = ${theirs}`),
      ),
    ).toBe(0)
    await expect(add(theirs, ours)).rejects.toThrow(/row-level security/)
  })

  test('without a practice it reads nothing and writes nothing', async () => {
    await add(ours)
    expect(await db.plain((tx) => tx.one(count))).toEqual({ count: 0 })
    await expect(
      db.plain((tx) => tx.run(sql`insert into thing (practice_id, id) values (${ours}, ${newId()})`)),
    ).rejects.toThrow(/row-level security/)
  })

  test('a pooled connection does not remember the practice of its last transaction', async () => {
    for (let round = 0; round < 6; round++) {
      await Promise.all([db.read(ours, (tx) => tx.many(count)), db.read(theirs, (tx) => tx.many(count))])
      expect(await db.plain((tx) => tx.one(count))).toEqual({ count: 0 })
    }
  })

  test('the id of a practice is checked before it reaches the statement', async () => {
    await expect(db.read(`${ours}'; drop table thing; --`, async () => 1)).rejects.toThrow(
      'needs the id of a practice',
    )
  })

  test('the application’s login neither owns tables nor bypasses row-level security', async () => {
    const role = await db.plain((tx) =>
      tx.one(sql`select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user`),
    )
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false })
    await expect(db.plain((tx) => tx.run(sql`alter table thing disable row level security`))).rejects.toThrow(
      /must be owner/,
    )
  })
})

describe('transactions', () => {
  test('a refusal keeps nothing', async () => {
    const before = await db.read(ours, (tx) => tx.one(count))
    const answer = await db.write(ours, async (tx) => {
      await tx.run(sql`insert into thing (practice_id, id) values (${ours}, ${newId()})`)
      return refuse('not_now', { detail: 'no', next: 'wait' })
    })
    expect(answer).toMatchObject({ refused: 'not_now' })
    expect(await db.read(ours, (tx) => tx.one(count))).toEqual(before)
  })

  test('a deadlock is run again, and both sides commit', async () => {
    const [first, second] = [newId(), newId()]
    for (const id of [first, second])
      await db.write(ours, (tx) =>
        tx.run(sql`insert into thing (practice_id, id, amount_cents) values (${ours}, ${id}, 0)`),
      )
    let held = 0
    const both = Promise.withResolvers<void>()
    const raise = (one: string, other: string) =>
      db.write(ours, async (tx) => {
        await tx.run(sql`update thing set amount_cents = amount_cents + 1 where id = ${one}`)
        if (++held === 2) both.resolve()
        await both.promise
        await tx.run(sql`update thing set amount_cents = amount_cents + 1 where id = ${other}`)
      })
    await Promise.all([raise(first, second), raise(second, first)])
    const rows = await db.read(ours, (tx) =>
      tx.many(sql`select amount_cents from thing where id in (${first}, ${second})`),
    )
    expect(rows).toEqual([{ amountCents: 2 }, { amountCents: 2 }])
  })

  test('cents, dates and instants come back as they went in; a bigint that is no safe integer is a fault', async () => {
    const id = newId()
    await db.write(ours, (tx) =>
      tx.run(
        sql`insert into thing values (${ours}, ${id}, ${Number.MAX_SAFE_INTEGER}, ${'2026-03-08'}, ${'2026-03-08T08:30:00.125Z'})`,
      ),
    )
    const row = await db.read(ours, (tx) =>
      tx.one(sql`select amount_cents, on_date, at from thing where id = ${id}`),
    )
    expect(row).toEqual({
      amountCents: Number.MAX_SAFE_INTEGER,
      onDate: '2026-03-08',
      at: '2026-03-08T08:30:00.125Z',
    })
    await expect(db.plain((tx) => tx.one(sql`select 9007199254740993::bigint as n`))).rejects.toThrow(
      RangeError,
    )
  })

  test('a burst waits for a connection; readiness does not wait with it', async () => {
    const slow = () => db.read(ours, (tx) => tx.one(sql`select pg_sleep(0.04), 1 as done`))
    const burst = Promise.all(Array.from({ length: 100 }, slow))
    await db.ping()
    expect(await burst).toHaveLength(100)
  })

  test('PostgreSQL away is told as such, at once', async () => {
    const away = openDatabase('postgres://nobody:x@127.0.0.1:1/none')
    const began = Date.now()
    await expect(away.read(ours, async () => 1)).rejects.toThrow(DatabaseUnavailable)
    expect(Date.now() - began).toBeLessThan(2_000)
    await away.close()
  })
})
