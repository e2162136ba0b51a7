import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'
import { z } from 'zod'
import type { CommandContext } from '../context.ts'
import { type Database, openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { sql } from '../sql.ts'
import { runCommand } from './command.ts'
import { command } from './route.ts'

let clone: TestDatabase
let db: Database
const practiceId = newId()
const person = {
  userId: 'clerk',
  name: 'Clerk',
  practiceId,
  roles: [],
  permissions: new Set<string>(),
  token: '',
}

beforeAll(async () => {
  clone = await database('runtime')
  const admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(`create table seat (practice_id uuid not null, number int primary key);
    select practice_table('seat', 'select, insert')`)
  await admin.end()
  db = openDatabase(clone.appUrl, { max: 8 })
})
afterAll(async () => {
  await db.close()
  await clone.drop()
})

const ask = (key: string, run: (ctx: CommandContext) => Promise<unknown>, hash = 1, gone = () => false) => {
  const route = command({
    endpoint: 'POST /v1/seats',
    permission: 'patient.write',
    summary: 'Take a seat',
    output: z.unknown(),
    run,
    refusals: {} as never,
  })
  const idempotency = { key, requestHash: Buffer.alloc(32, hash) }
  const refusing = { ...route, refusals: { taken: 409 } }
  return runCommand(db, { route: refusing, principal: person, input: {}, idempotency, gone }, () => undefined)
}

let seats = 0
const takeSeat = (number: number, afterwards: () => void = () => undefined) => {
  return async ({ tx }: CommandContext) => {
    await tx.run(sql`insert into seat (practice_id, number) values (${practiceId}, ${number})`)
    afterwards()
    return { number }
  }
}

describe('a key that was used before (P-07)', () => {
  test('P-07 of 20 at once one has its effect, and the others stop at their first statement', async () => {
    const key = newId()
    const number = ++seats
    let beyond = 0
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        ask(
          key,
          takeSeat(number, () => beyond++),
        ),
      ),
    )
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set([`200 {"number":${number}}`]),
    )
    expect(answers.filter(({ headers }) => headers['idempotency-replayed']).length).toBe(19)
    expect(beyond).toBe(1)
  })

  test.each<[string, (ctx: CommandContext) => Promise<unknown>]>([
    [
      'would refuse now, without a look at the data',
      async () => refuse('taken', { detail: 'No.', next: 'No.' }),
    ],
    ['fails now, without a look at the data', () => Promise.reject(new Error('away'))],
    ['answers something else now, without a look at the data', async () => ({ number: -1 })],
    ['fails in its first statement', ({ tx }) => tx.run(sql`select 1 / 0`)],
    [
      'looks away from what its first statement says',
      ({ tx }) => tx.run(sql`select 1`).catch(() => ({ number: -2 })),
    ],
  ])('P-07 the answer is the first one’s where the command %s', async (_, later) => {
    const key = newId()
    const number = ++seats
    const first = await ask(key, takeSeat(number))
    expect(first).toMatchObject({ status: 200, body: `{"number":${number}}` })
    expect(await ask(key, later)).toMatchObject({ status: 200, body: first.body })
  })

  test('P-07 a command that failed keeps no answer', async () => {
    const key = newId()
    const number = ++seats
    await expect(ask(key, ({ tx }) => tx.run(sql`select 1 / 0`))).rejects.toThrow('division by zero')
    expect(await ask(key, takeSeat(number))).toMatchObject({ body: `{"number":${number}}` })
  })

  test('D5 P-07 repeats of a slow request hold no connection while they wait, and get its answer', async () => {
    const [key, number] = [newId(), ++seats]
    const slowly = async (ctx: CommandContext) => {
      await ctx.tx.run(sql`select pg_sleep(1.5)`)
      return takeSeat(number)(ctx)
    }
    const repeats = Array.from({ length: 20 }, () => ask(key, slowly))
    await delay(300)
    expect(db.load()).toEqual({ working: 1, waiting: 0 })
    const began = performance.now()
    expect(await ask(newId(), takeSeat(++seats))).toMatchObject({ status: 200 })
    expect(performance.now() - began).toBeLessThan(1_000)
    const answers = await Promise.all(repeats)
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([`{"number":${number}}`]))
    expect(answers.filter(({ headers }) => headers['idempotency-replayed']).length).toBe(19)
  })

  test('D5 P-07 a repeat whose caller has gone is not run; where the first fails, the next who waits has the effect', async () => {
    const [key, number] = [newId(), ++seats]
    const { promise: until, reject: fail } = Promise.withResolvers<void>()
    const first = ask(key, async ({ tx }) => {
      await tx.run(sql`select 1`)
      return until
    })
    let ran = 0
    const left = ask(
      key,
      takeSeat(number, () => ran++),
      1,
      () => true,
    )
    const stays = ask(key, takeSeat(number))
    fail(new Error('the first failed'))
    await expect(first).rejects.toThrow('the first failed')
    await expect(left).rejects.toThrow('The connection was closed')
    expect(await stays).toMatchObject({ status: 200, body: `{"number":${number}}` })
    expect(ran).toBe(0)
  })

  test('P-07 another request under the key is refused, and has no effect', async () => {
    const key = newId()
    await ask(key, takeSeat(++seats))
    expect(await ask(key, takeSeat(++seats), 2)).toMatchObject({ status: 422 })
    const taken = await db.read(practiceId, (tx) => tx.many(sql`select from seat where number = ${seats}`))
    expect(taken).toEqual([])
  })
})
