import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId, type Sql, sql, type Tx } from '@praxisbus/runtime'
import { waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { type BillingDesk, openBillingDesk, paid } from '../test-kit.ts'

/** What foreign keys kept until migration 11, and statements keep now: see there. */
let desk: BillingDesk
let cash: string
let escrow: string
let batch: { id: string; batchDate: string }

beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.complete(desk.visit(), paid(20_000))
  await desk.database.read(desk.practiceId, async (tx) => {
    const account = async (kind: string) =>
      (await tx.one<{ id: string }>(sql`select id from account where kind = ${kind}`)).id
    ;[cash, escrow] = [await account('cash'), await account('escrow')]
    batch = await tx.one(sql`select id, batch_date from reference_batch`)
  })
})
afterAll(() => desk.close())

/** As the service's own login, past all of its code. */
const attack = (...statements: Sql[]) =>
  desk.database.write(desk.practiceId, async (tx) => {
    for (const statement of statements) await tx.run(statement)
  })
const insertJournal = (id: string) => sql`
  insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
  values (${desk.practiceId}, ${id}, 'receipt', ${batch.id}, ${batch.batchDate}, 'attacker')`
const insertEntries = (journal: string, ...entries: [string, number][]) => sql`
  insert into entry (practice_id, journal_id, account_id, amount_cents)
  select ${desk.practiceId}, ${journal}, account, cents
    from unnest(${entries.map(([account]) => account)}::uuid[], ${entries.map(([, amount]) => amount)}::bigint[]) as given (account, cents)`

test('B-10 an entry names a journal and an account of its practice that are there', async () => {
  await expect(attack(insertEntries(newId(), [cash, 5], [escrow, -5]))).rejects.toThrow('no journal')
  const id = newId()
  await expect(attack(insertJournal(id), insertEntries(id, [cash, 5], [newId(), -5]))).rejects.toThrow(
    'account that is not there',
  )
  const other = newId()
  const foreign = desk.database.write(other, async (tx: Tx) => {
    await tx.run(
      sql`insert into reference_batch (practice_id, id, batch_date, is_default) values (${other}, ${id}, '2026-01-05', false)`,
    )
    await tx.run(sql`insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
                     values (${other}, ${id}, 'receipt', ${id}, '2026-01-05', 'attacker')`)
    await tx.run(sql`insert into entry (practice_id, journal_id, account_id, amount_cents)
                     values (${other}, ${id}, ${cash}, 5), (${other}, ${id}, ${escrow}, -5)`)
  })
  await expect(foreign).rejects.toThrow('account that is not there')
})

test('B-08 an application names a payment, a charge and a journal that are there', async () => {
  const known = await desk.database.read(desk.practiceId, (tx) =>
    tx.one<Record<'payment' | 'charge' | 'journal', string>>(sql`
      select payment_id as payment, charge_id as charge, journal_id as journal from payment_application limit 1`),
  )
  for (const unknown of ['payment', 'charge', 'journal'] as const) {
    const fresh = newId()
    const pay = sql`insert into payment (practice_id, id, receipt_id, batch_id, applied_by, applied_at)
                    select practice_id, ${fresh}, receipt_id, batch_id, 'attacker', now() from payment where id = ${known.payment}`
    const named = { ...known, payment: fresh }
    const { payment, charge, journal } = { ...named, [unknown]: newId() } as typeof named
    const lie = sql`insert into payment_application (practice_id, payment_id, charge_id, amount_cents, journal_id)
                    values (${desk.practiceId}, ${payment}, ${charge}, 1, ${journal})`
    await expect(attack(pay, lie)).rejects.toThrow('not there')
  }
})

test('B-13 what the books point to is neither removed nor renamed, not even by who owns the tables', async () => {
  const owner = new pg.Client({ connectionString: desk.adminUrl })
  await owner.connect()
  try {
    for (const table of ['reference_batch', 'charge', 'payment', 'account'])
      for (const change of [
        `delete from ${table}`,
        `truncate ${table} cascade`,
        `update ${table} set id = id`,
      ])
        await expect(owner.query(change)).rejects.toThrow(/neither removed nor renamed|append only/)
    await expect(owner.query(`update payment_application set journal_id = null`)).rejects.toThrow('renamed')
  } finally {
    await owner.end()
  }
})

test('B-10 who moves a balance that another one moves waits, adds to theirs, and is held to the rule of both', async () => {
  const watch = new pg.Client({ connectionString: desk.adminUrl })
  await watch.connect()
  const waiting = async () => {
    const { rows } = await watch.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows.length
  }
  const move = (cents: number) => {
    const id = newId()
    return attack(insertJournal(id), insertEntries(id, [cash, cents], [escrow, -cents]))
  }
  const left = async () => {
    const { rows } = await watch.query<{ left: number; posted: number }>(
      `select -balance_cents as left, -(select sum(amount_cents)::bigint from entry where account_id = account.id) as posted
         from account where id = $1`,
      [escrow],
    )
    return rows[0]!
  }
  try {
    const before = (await left()).left
    const first = newId()
    const others: Promise<PromiseSettledResult<void>[]>[] = []
    await desk.database.write(desk.practiceId, async (tx) => {
      await tx.run(insertJournal(first))
      await tx.run(insertEntries(first, [cash, 500], [escrow, -500]))
      // Each alone would take escrow below zero; after the first there is room for one of them.
      others.push(Promise.allSettled([move(-before - 300), move(-before - 300)]))
      await waitFor(async () => (await waiting()) === 2, 12_000, 'two who wait')
    })
    const [outcomes] = await Promise.all(others)
    expect(outcomes!.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const rejected = outcomes!.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
    expect(rejected[0]).toContain('account_rule')
    expect(await left()).toEqual({ left: 200, posted: 200 })
  } finally {
    await watch.end()
  }
})
