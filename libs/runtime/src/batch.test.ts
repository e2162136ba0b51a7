import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import { type Database, openDatabase } from './db.ts'
import { sql } from './sql.ts'

let clone: TestDatabase
let db: Database
beforeAll(async () => {
  clone = await database('runtime')
  db = openDatabase(clone.appUrl)
})
afterAll(async () => {
  await db.close()
  await clone.drop()
})

test.each([
  [[]],
  [['a', 'B-2', '0']],
  [['null', 'NULL', 'Null', 'nullable', null]],
  [['', ' ', 'a b', 'a,b', '{a}', '"', "'", '\\', '\\"', 'ä', '\n']],
  [['plain', 'not plain, though', null]],
])('an array of texts arrives as it was: %j', async (list: (string | null)[]) => {
  const answer = await db.plain((tx) => tx.one<{ list: string[] }>(sql`select ${list}::text[] as list`))
  expect(answer.list).toEqual(list)
})

test('numbers, dates, nothing and arrays in arrays arrive as they were', async () => {
  const when = new Date('2026-03-29T01:30:00Z')
  const answer = await db.plain((tx) =>
    tx.one(sql`
      select ${[1, -2, null, 90_071_992_547_409]}::bigint[]::text[] as wholes, ${[0.5, 1e-7]}::float8[] as parts,
             ${[true, false]}::bool[] as flags, ${[[1, 2], [3, 4]]}::int[] as pairs, (${[when]}::timestamptz[])[1] = ${when} as same`),
  )
  expect(answer).toEqual({
    wholes: ['1', '-2', null, '90071992547409'],
    parts: [0.5, 1e-7],
    flags: [true, false],
    pairs: [
      [1, 2],
      [3, 4],
    ],
    same: true,
  })
})
