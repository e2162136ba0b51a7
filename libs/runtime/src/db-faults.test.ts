import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import pg from 'pg'
import { type Database, DatabaseUnavailable, openDatabase, sqlState, type Tx } from './db.ts'
import { newId } from './ids.ts'
import { refuse } from './refusal.ts'
import { sql } from './sql.ts'
import { TransactionBroken } from './sql-fault.ts'

let clone: TestDatabase
let admin: pg.Client
let db: Database
/** One connection, so that what comes after meets what was left of it. */
let narrow: Database
const practice = newId()

beforeAll(async () => {
  clone = await database('runtime')
  admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(`create table thing (practice_id uuid not null, id uuid primary key, text text not null default '');
    select practice_table('thing', 'select, insert, update');
    -- Holds up the commit of a thing called slow, and refuses one called never.
    create function at_commit() returns trigger language plpgsql as $$ begin
      if new.text = 'slow' then perform pg_sleep(5); end if;
      if new.text = 'never' then raise exception 'never' using errcode = 'check_violation'; end if;
      return null;
    end $$;
    create constraint trigger at_commit after insert on thing deferrable initially deferred
      for each row execute function at_commit()`)
  db = openDatabase(clone.appUrl, { max: 8 })
  narrow = openDatabase(clone.appUrl, { max: 1 })
})
afterAll(async () => {
  await Promise.all([db.close(), narrow.close(), admin.end()])
  await clone.drop()
})

const insert = (id: string, text = '') =>
  sql`insert into thing (practice_id, id, text) values (${practice}, ${id}, ${text})`
const kept = (...ids: string[]) =>
  db.read(practice, async (tx) => (await tx.many(sql`select id from thing where id = any(${ids})`)).length)
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )
const backend = async (tx: Tx) => (await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`)).pid
const kill = (pid: number) => admin.query('select pg_terminate_backend($1)', [pid])

describe('a statement that fails', () => {
  test.each(['first', 'middle', 'last'])(
    'the %s of three: its caller is told, and nothing is kept',
    async (place) => {
      const [taken, ...ids] = [newId(), newId(), newId(), newId()]
      await db.write(practice, (tx) => tx.run(insert(taken!)))
      ids[['first', 'middle', 'last'].indexOf(place)] = taken!
      const told: (string | undefined)[] = []
      const error = await caught(
        narrow.write(practice, async (tx) => {
          for (const id of ids)
            await tx.run(insert(id)).catch((fault: unknown) => {
              told.push(sqlState(fault))
              throw fault
            })
        }),
      )
      expect([told, sqlState(error)]).toEqual([['23505'], '23505'])
      expect(await kept(...ids)).toBe(1)
      expect(await narrow.read(practice, (tx) => tx.one(sql`select 1 as n`))).toEqual({ n: 1 })
    },
  )

  test('of several asked side by side: each hears of its own', async () => {
    const [taken, first, third] = [newId(), newId(), newId()]
    await db.write(practice, (tx) => tx.run(insert(taken)))
    let told: PromiseSettledResult<number>[] = []
    const error = await caught(
      db.write(practice, async (tx) => {
        told = await Promise.allSettled([first, taken, third].map((id) => tx.run(insert(id))))
      }),
    )
    expect(told[0]).toEqual({ status: 'fulfilled', value: 1 })
    expect(sqlState((told[1] as PromiseRejectedResult).reason)).toBe('23505')
    const { reason } = told[2] as PromiseRejectedResult
    expect([reason, sqlState(reason), sqlState(reason.cause)]).toEqual([
      expect.any(TransactionBroken),
      undefined,
      '23505',
    ])
    // Whoever looked away is told at the commit: it did not happen.
    expect([error, sqlState((error as Error).cause)]).toEqual([expect.any(TransactionBroken), '23505'])
    expect(await kept(first, third)).toBe(0)
  })

  test('that nobody waited for: the next one, or the commit, fails with its error', async () => {
    const [taken, other] = [newId(), newId()]
    await db.write(practice, (tx) => tx.run(insert(taken)))
    const next = await caught(
      db.write(practice, async (tx) => {
        await tx.run(insert(other))
        tx.later(insert(taken))
        await tx.many(sql`select 1`)
      }),
    )
    const commit = await caught(
      db.write(practice, async (tx) => {
        await tx.run(insert(newId()))
        tx.later(insert(taken))
      }),
    )
    const alone = await caught(db.write(practice, async (tx) => tx.later(insert(taken))))
    expect([next, commit, alone].map(sqlState)).toEqual(['23505', '23505', '23505'])
    expect(await kept(other)).toBe(0)
  })

  test('at the commit itself', async () => {
    const id = newId()
    const error = await caught(narrow.write(practice, (tx) => tx.run(insert(id, 'never'))))
    expect(sqlState(error)).toBe('23514')
    expect(await narrow.read(practice, (tx) => tx.many(sql`select id from thing where id = ${id}`))).toEqual(
      [],
    )
  })

  test('because it took too long', async () => {
    const error = await caught(
      narrow.write(practice, async (tx) => {
        await tx.run(sql`select set_config('statement_timeout', '50', true)`)
        await tx.run(sql`select pg_sleep(5)`)
      }),
    )
    expect(sqlState(error)).toBe('57014')
    const { value } = await narrow.read(practice, (tx) =>
      tx.one<{ value: string }>(sql`select current_setting('statement_timeout') as value`),
    )
    expect(value).toBe('15s')
  })

  test('because of a value that is none: nothing is sent, and the transaction goes on', async () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const id = newId()
    await narrow.write(practice, async (tx) => {
      await expect(tx.run(sql`select ${circular}::text`)).rejects.toThrow(/circular/i)
      await expect(tx.one(sql`select 9007199254740993::bigint as n`)).rejects.toThrow(RangeError)
      await tx.run(insert(id))
    })
    expect(await kept(id)).toBe(1)
  })
})

describe('a connection that dies', () => {
  test('while a statement runs, between two, or at the commit: nothing is kept, and the next one gets another', async () => {
    const ids = [newId(), newId(), newId()] as const
    const running = narrow.write(practice, async (tx) => {
      const pid = await backend(tx)
      await tx.run(insert(ids[0]))
      await Promise.all([tx.run(sql`select pg_sleep(5)`), kill(pid)])
    })
    await expect(running).rejects.toThrow(DatabaseUnavailable)
    const between = narrow.write(practice, async (tx) => {
      const pid = await backend(tx)
      await tx.run(insert(ids[1]))
      await kill(pid)
      await tx.run(sql`select 1`)
    })
    await expect(between).rejects.toThrow(DatabaseUnavailable)
    let pid = 0
    const atCommit = narrow.write(practice, async (tx) => {
      pid = await backend(tx)
      await tx.run(insert(ids[2], 'slow'))
    })
    const outcome = expect(atCommit).rejects.toThrow(DatabaseUnavailable)
    while (!(await sleeping(pid))) await new Promise((resolve) => setTimeout(resolve, 5))
    await kill(pid)
    await outcome
    expect(await kept(...ids)).toBe(0)
    expect(await narrow.write(practice, (tx) => tx.run(insert(newId())))).toBe(1)
  })

  const sleeping = async (pid: number) =>
    (await admin.query(`select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'`, [pid]))
      .rowCount === 1
})

describe('prepared statements', () => {
  test('one that could not be parsed is parsed again', async () => {
    const ask = () => narrow.read(practice, (tx) => tx.many(sql`select * from made_later`))
    expect(sqlState(await caught(ask()))).toBe('42P01')
    await admin.query(`create table made_later (practice_id uuid not null, a int);
      select practice_table('made_later', 'select')`)
    expect(await ask()).toEqual([])
  })

  test('a migration changes what one answers, while it is prepared', async () => {
    await admin.query(`create table changed (practice_id uuid not null, a int);
      select practice_table('changed', 'select'); insert into changed values ('${practice}', 1)`)
    const ask = () => narrow.read(practice, (tx) => tx.many(sql`select * from changed`))
    expect(await ask()).toEqual([{ practiceId: practice, a: 1 }])
    await admin.query(`alter table changed add column b_c int default 2`)
    expect(await ask()).toEqual([{ practiceId: practice, a: 1, bC: 2 }])
    expect(await ask()).toEqual([{ practiceId: practice, a: 1, bC: 2 }])
  })

  test('the same one twice in a batch, the first time it is seen', async () => {
    const twice = (n: number) => sql`select ${n}::int + 0 as first_seen`
    const rows = await narrow.read(practice, (tx) => Promise.all([tx.one(twice(1)), tx.one(twice(2))]))
    expect(rows).toEqual([{ firstSeen: 1 }, { firstSeen: 2 }])
  })
})

test('a batch larger than every buffer on the way goes through', async () => {
  const text = 'x'.repeat(100_000)
  const ids = Array.from({ length: 200 }, newId)
  const lengths = await db.write(practice, async (tx) => {
    for (const id of ids) tx.later(insert(id, text))
    const rows = await tx.many<{ text: string }>(sql`select text from thing where id = any(${ids})`)
    return rows.map((row) => row.text.length)
  })
  expect(lengths).toEqual(ids.map(() => text.length))
})

test('what is asked after the end is refused, whoever has the connection by then', async () => {
  let leaked: Tx | undefined
  await narrow.write(practice, async (tx) => {
    leaked = tx
    await tx.run(sql`select 1`)
  })
  await expect(leaked!.run(insert(newId()))).rejects.toThrow('has come to its end')
})

test('1,000 transactions at once, of every kind and outcome, leave the pool as it was', async () => {
  const other = newId()
  const taken = newId()
  await db.write(practice, (tx) => tx.run(insert(taken)))
  const made: string[] = []
  const kinds: (() => Promise<unknown>)[] = [
    () => db.read(practice, (tx) => tx.many(sql`select id from thing limit 1`)),
    async () => {
      const rows = await db.read(other, (tx) => tx.many(sql`select id from thing`))
      if (rows.length > 0) throw new Error('saw another practice')
    },
    () => {
      const id = newId()
      made.push(id)
      return db.write(practice, (tx) => tx.run(insert(id)))
    },
    () =>
      db.write(practice, async (tx) => {
        await tx.run(insert(newId(), 'refused'))
        return refuse('no', { detail: 'no', next: 'no' })
      }),
    () => caught(db.write(practice, (tx) => tx.run(insert(taken)))),
    () => caught(db.write(practice, async (tx) => tx.later(insert(taken)))),
    () => caught(db.read(practice, (tx) => tx.many(sql`select nonsense`))),
    () => caught(db.write(other, (tx) => tx.run(insert(newId(), 'other')))),
    async () => {
      const rows = await db.plain((tx) => tx.many(sql`select id from thing`))
      if (rows.length > 0) throw new Error('saw a practice')
    },
    () =>
      caught(
        db.write(practice, async (tx) => {
          await tx.run(insert(newId(), 'thrown'))
          throw new Error('thrown')
        }),
      ),
  ]
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => kinds[index % kinds.length]!()))
  expect(await kept(...made)).toBe(100)
  const { rows } = await admin.query(
    `select count(*)::int as left from thing where text in ('refused', 'other', 'thrown')`,
  )
  expect(rows).toEqual([{ left: 0 }])
  const { rows: sessions } = await admin.query(
    `select state, count(*)::int as count from pg_stat_activity where datname = current_database() and usename like '%app' group by state`,
  )
  expect(sessions.filter(({ state }) => state !== 'idle')).toEqual([])
})
