import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'
import { type Database, DatabaseUnavailable, openDatabase } from './db.ts'
import { sql } from './sql.ts'

let clone: TestDatabase
let db: Database
let admin: pg.Client
beforeAll(async () => {
  clone = await database('runtime')
  db = openDatabase(clone.appUrl)
  admin = new pg.Client(clone.adminUrl)
  await admin.connect()
})
afterAll(async () => {
  await Promise.all([db?.close(), admin?.end()])
  await clone?.drop()
})

test('P-02 a process outlives sessions that are ended at any moment, also while they are handed out', async () => {
  let over = false
  let done = 0
  const faults: unknown[] = []
  const work = Array.from({ length: 16 }, async () => {
    while (!over) {
      await db
        .plain((tx) => tx.many(sql`select 1`))
        .then(
          () => done++,
          (error: unknown) => faults.push(error),
        )
    }
  })
  for (let time = 0; time < 100; time++) {
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await sleep(10)
  }
  over = true
  await Promise.all(work)
  expect(done).toBeGreaterThan(0)
  expect(faults.length).toBeGreaterThan(0)
  expect(faults.filter((error) => !(error instanceof DatabaseUnavailable))).toEqual([])
}, 60_000)
