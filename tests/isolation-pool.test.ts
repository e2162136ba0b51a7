import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Database, newId, openDatabase, refuse, sql, type Tx } from '@praxisbus/runtime'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'

/** A pool of one connection, so that whatever a transaction leaves on it is there for the next one. */
let clone: TestDatabase
let db: Database
let admin: pg.Client
const [ours, theirs] = [newId(), newId()]

beforeAll(async () => {
  clone = await database('ehr')
  db = openDatabase(clone.appUrl, { max: 1 })
  admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  for (const practiceId of [ours, theirs])
    await admin.query(
      `insert into patient_replica (practice_id, id, name, version) values ($1, $2, 'A person', 1)`,
      [practiceId, newId()],
    )
})
afterAll(async () => {
  await db.close()
  await admin.end()
  await clone.drop()
})

const rows = sql`select practice_id from patient_replica`
const backend = async (tx: Tx) => (await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`)).pid

/** Each ends a transaction of our practice in another way than by its commit. */
const ENDINGS: Record<string, () => Promise<unknown>> = {
  'an error of SQL': () => db.write(ours, (tx) => tx.run(sql`select 1 / 0`)),
  'an error of the code': () =>
    db.write(ours, async (tx) => {
      await tx.many(rows)
      throw new Error('fault')
    }),
  'a refusal': () =>
    db.write(ours, async (tx) => {
      await tx.many(rows)
      return refuse('no', { detail: 'no', next: 'wait' })
    }),
  'a cancelled statement': () =>
    db.write(ours, async (tx) => {
      const pid = await backend(tx)
      setTimeout(() => void admin.query('select pg_cancel_backend($1)', [pid]), 100)
      await tx.run(sql`select pg_sleep(10)`)
    }),
  'a killed session': () =>
    db.write(ours, async (tx) => {
      const pid = await backend(tx)
      setTimeout(() => void admin.query('select pg_terminate_backend($1)', [pid]), 100)
      await tx.run(sql`select pg_sleep(10)`)
    }),
  'a session killed between statements': () =>
    db.write(ours, async (tx) => {
      await admin.query('select pg_terminate_backend($1)', [await backend(tx)])
      await tx.many(rows)
    }),
  'a change of practice within a batch': () => db.plain((tx) => tx.actFor(ours)),
  'a change of practice in a batch that fails': () =>
    db.plain(async (tx) => {
      await tx.actFor(ours)
      await tx.run(sql`select 1 / 0`)
    }),
}

test.each(Object.keys(ENDINGS))('P-06 after %s the connection is nobody’s', async (ending) => {
  expect(await db.read(ours, (tx) => tx.many(rows))).toEqual([{ practiceId: ours }])
  await ENDINGS[ending]!().catch(() => undefined)
  expect(await db.plain((tx) => tx.one(sql`select current_practice() as practice`))).toEqual({
    practice: null,
  })
  expect(await db.plain((tx) => tx.many(rows))).toEqual([])
  expect(await db.read(theirs, (tx) => tx.many(rows))).toEqual([{ practiceId: theirs }])
})
