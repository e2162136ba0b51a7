import { describe, expect, test } from '@jest/globals'
import { sql } from './sql.ts'

describe('sql', () => {
  test('values become parameters, never text', () => {
    const hostile = "'; drop table audit; --"
    const query = sql`select * from patient where name = ${hostile} and id = ${7}`
    expect(query.text).toBe('select * from patient where name = $1 and id = $2')
    expect(query.values).toEqual([hostile, 7])
  })

  test('a template is prepared once under one name', () => {
    const ask = (id: number) => sql`select ${id}`
    expect(ask(1).name).toBe(ask(2).name)
    expect(ask(1).name).toBeDefined()
  })

  test('nested fragments are spliced and renumbered', () => {
    const conditions = [sql`a = ${1}`, sql`b = ${2}`]
    const query = sql`select ${0} from t where ${sql.join(conditions, sql` and `)} limit ${3}`
    expect(query.text).toBe('select $1 from t where a = $2 and b = $3 limit $4')
    expect(query.values).toEqual([0, 1, 2, 3])
  })

  test('what is put together to the same text is prepared once too, up to a bound', () => {
    const ask = (conditions: number) =>
      sql`select ${sql.join(
        Array.from({ length: conditions }, (_, index) => sql`${index}`),
        sql`, `,
      )} as composed`
    expect(ask(2).name).toBe(ask(2).name)
    expect(ask(2).name).toBeDefined()
    expect(ask(3).name).not.toBe(ask(2).name)
    const names = Array.from({ length: 400 }, (_, index) => ask(index + 1).name)
    expect(names.filter((name) => name === undefined).length).toBeGreaterThanOrEqual(100)
  })

  test('the same template with a part and with a value in one place is not the same statement', () => {
    const ask = (what: unknown) => sql`select ${what}, ${1}`
    expect(ask(sql`now()`)).toMatchObject({ text: 'select now(), $1', values: [1] })
    expect(ask(2)).toMatchObject({ text: 'select $1, $2', values: [2, 1] })
    expect(ask(sql`now()`)).toMatchObject({ text: 'select now(), $1', values: [1] })
    expect(ask(sql`${sql`f(${3})`} + ${4}`)).toMatchObject({
      text: 'select f($1) + $2, $3',
      values: [3, 4, 1],
    })
  })

  test('parts that vary without end are still put together rightly', () => {
    for (let round = 0; round < 2; round++) {
      const query = sql`select ${sql.join(
        Array.from({ length: 1_000 }, (_, index) => sql`${index}`),
        sql`, `,
      )}, ${'last'}`
      expect(query.text.endsWith(', $1000, $1001')).toBe(true)
      expect(query.values.length).toBe(1_001)
    }
  })

  test('an empty join leaves nothing behind', () => {
    const query = sql`select 1${sql.join([], sql`, `)}`
    expect(query).toMatchObject({ text: 'select 1', values: [] })
  })
})
