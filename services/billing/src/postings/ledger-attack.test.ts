import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SessionCompleted } from '@praxisbus/contracts'
import { newId, type Sql, sql, type Tx } from '@praxisbus/runtime'
import { toCloudEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import { openInbox } from '@praxisbus/runtime/bus/inbox.ts'
import { reactions } from '../reactions.ts'
import { type BillingDesk, MAIL_FROM, openBillingDesk, paid, sessionOf } from '../test-kit.ts'

let desk: BillingDesk
let cash: string
let escrow: string
let receivable: string
let batch: { id: string; batchDate: string }
let anyJournal: string

beforeAll(async () => {
  desk = await openBillingDesk()
  const visit = desk.visit()
  await desk.complete(visit, paid(20_000))
  await desk.database.read(desk.practiceId, async (tx) => {
    const account = async (kind: string) =>
      (await tx.one<{ id: string }>(sql`select id from account where kind = ${kind}`)).id
    ;[cash, escrow, receivable] = [
      await account('cash'),
      await account('escrow'),
      await account('receivable'),
    ]
    batch = await tx.one(sql`select id, batch_date from reference_batch`)
    anyJournal = (await tx.one<{ id: string }>(sql`select id from journal where kind = 'receipt'`)).id
  })
})
afterAll(() => desk.close())

/** As the service's own login, past all of its code. */
const attack = (...statements: Sql[]) =>
  desk.database.write(desk.practiceId, async (tx) => {
    for (const statement of statements) await tx.run(statement)
  })

const insertJournal = (id: string, kind = 'receipt', corrects: string | null = null) => sql`
  insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by, corrects_journal_id)
  values (${desk.practiceId}, ${id}, ${kind}, ${batch.id}, ${batch.batchDate}, 'attacker', ${corrects})`
const insertEntries = (journal: string, ...entries: [string, number][]) => sql`
  insert into entry (practice_id, journal_id, account_id, amount_cents)
  select ${desk.practiceId}, ${journal}, account, cents
    from unnest(${entries.map(([account]) => account)}::uuid[], ${entries.map(([, amount]) => amount)}::bigint[]) as given (account, cents)`

describe('the ledger, attacked by direct SQL as the service’s login', () => {
  test('B-10 a journal that does not balance is not committed', async () => {
    const id = newId()
    await expect(attack(insertJournal(id), insertEntries(id, [cash, 100], [escrow, -99]))).rejects.toThrow(
      'does not balance',
    )
  })

  test('B-10 a journal without entries, or with one, is not committed', async () => {
    await expect(attack(insertJournal(newId()))).rejects.toThrow('0 entries')
    const id = newId()
    await expect(attack(insertJournal(id), insertEntries(id, [cash, 100]))).rejects.toThrow('1 entries')
  })

  test('B-10 the check made early does not open the door for a further entry', async () => {
    const id = newId()
    const early = attack(
      insertJournal(id),
      insertEntries(id, [cash, 100], [escrow, -100]),
      sql`set constraints all immediate`,
      sql`set constraints all deferred`,
      insertEntries(id, [cash, 1]),
    )
    await expect(early).rejects.toThrow('does not balance')
  })

  test('B-10 a journal that is committed takes no further entries, balanced or not', async () => {
    await expect(attack(insertEntries(anyJournal, [cash, 5], [escrow, -5]))).rejects.toThrow(
      'no entries after',
    )
  })

  test('B-10 escrow never goes below zero', async () => {
    const id = newId()
    await expect(
      attack(insertJournal(id), insertEntries(id, [escrow, 5_001], [cash, -5_001])),
    ).rejects.toThrow('account_rule')
  })

  test('B-10 the A/R of a charge never goes below zero', async () => {
    const id = newId()
    await expect(attack(insertJournal(id), insertEntries(id, [receivable, -1], [cash, 1]))).rejects.toThrow(
      'account_rule',
    )
  })

  test('B-13 nothing in the ledger is changed or deleted', async () => {
    for (const statement of [
      sql`update entry set amount_cents = amount_cents + 1`,
      sql`delete from entry`,
      sql`update journal set effective_date = '2020-01-01'`,
      sql`delete from journal`,
      sql`truncate entry`,
      sql`update account set balance_cents = 0`,
      sql`delete from account`,
      sql`update charge set amount_cents = 1`,
      sql`delete from charge`,
      sql`update payment_application set amount_cents = 1`,
    ])
      await expect(attack(statement)).rejects.toThrow('permission denied')
  })

  test('B-14 a receipt says what its cash account holds', async () => {
    for (const statement of [
      sql`update receipt set amount_cents = amount_cents + 1`,
      sql`update receipt set deleted_at = now()`,
    ])
      await expect(attack(statement)).rejects.toThrow('its cash account')
  })

  test('B-09 no journal lands in a closed period, whatever the code does', async () => {
    const closed = sql`
      insert into reporting_period (practice_id, id, ends_on, closed_at, closed_by, seal, journals, entries)
      values (${desk.practiceId}, ${newId()}, ${batch.batchDate}, now(), 'x', 'x', 0, 0)`
    const id = newId()
    const late = [insertJournal(id), insertEntries(id, [cash, 100], [escrow, -100])]
    await expect(attack(closed, ...late)).rejects.toThrow('closed through')
  })

  test('B-10 a balance, a recording time and the transaction of a journal cannot be made up', async () => {
    await expect(
      attack(sql`insert into account (practice_id, id, kind, receipt_id, balance_cents)
                 values (${desk.practiceId}, ${newId()}, 'refunded', ${newId()}, -1)`),
    ).rejects.toThrow('permission denied')
    await expect(
      attack(sql`insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by, recorded_at)
                 values (${desk.practiceId}, ${newId()}, 'receipt', ${batch.id}, ${batch.batchDate}, 'x', '2020-01-01')`),
    ).rejects.toThrow('permission denied')
  })

  test('B-09 a journal cannot have another effective date than its batch', async () => {
    const id = newId()
    const lie = sql`insert into journal (practice_id, id, kind, batch_id, effective_date, recorded_by)
                    values (${desk.practiceId}, ${id}, 'receipt', ${batch.id}, '2020-01-01', 'x')`
    await expect(attack(lie)).rejects.toThrow('date of its batch')
  })

  test('B-05 a journal is taken back once', async () => {
    const payment = await desk.database.read(desk.practiceId, (tx) =>
      tx.one<{ id: string }>(sql`select id from journal where kind = 'payment'`),
    )
    const takeBack = () => {
      const id = newId()
      return attack(
        insertJournal(id, 'payment-removal', payment.id),
        insertEntries(id, [receivable, 100], [escrow, -100]),
      )
    }
    await takeBack()
    await expect(takeBack()).rejects.toThrow('duplicate key')
  })

  test('P-06 another practice sees no entry and posts to no account of this one', async () => {
    const other = newId()
    const seen = await desk.database.read(other, (tx) =>
      tx.one<{ count: number }>(sql`select count(*) from entry`),
    )
    expect(seen.count).toBe(0)
    const foreign = desk.database.write(other, (tx: Tx) =>
      tx.run(insertEntries(anyJournal, [cash, 5], [escrow, -5])),
    )
    await expect(foreign).rejects.toThrow('row-level security')
  })
})

test('P-06 every table of the service names its practice and has row-level security forced', async () => {
  const open = await desk.database.read(desk.practiceId, (tx) =>
    tx.many<{ relname: string }>(sql`
      select relname from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace
         and relname not in ('migration', 'delivery_attempt')
         and not (relrowsecurity and relforcerowsecurity
                  and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'practice_id'))`),
  )
  expect(open).toEqual([])
})

test('B-10 one transaction may post for two practices: each journal is balanced in its own', async () => {
  const other = newId()
  const inbox = openInbox({
    consumer: 'billing',
    database: desk.database,
    reactions: reactions({ mailFrom: MAIL_FROM }),
    onFacts: () => undefined,
  })
  const visits = [desk.visit(), desk.visit()]
  const messages = [desk.practiceId, other].map((practiceId, index) => {
    const visit = visits[index]!
    const fact = { subject: visit.appointmentId, version: 5, data: sessionOf(visit, paid(15_000)) }
    const event = toCloudEvent(SessionCompleted, fact, { practiceId, time: Temporal.Now.instant() })
    return { ...event, partition: 0, offset: index, headers: event.headers, body: event.body }
  })
  expect(await inbox.apply(messages)).toEqual(['applied', 'applied'])
  const posted = await desk.database.read(other, (tx) =>
    tx.one<{ sum: number }>(sql`select coalesce(sum(amount_cents), 1)::bigint as sum from entry`),
  )
  expect(posted.sum).toBe(0)
})

test('B-10 each account’s balance is the sum of its entries', async () => {
  const wrong = sql`
    select from account where balance_cents <> (
      select coalesce(sum(amount_cents), 0) from entry where entry.practice_id = account.practice_id and entry.account_id = account.id)`
  expect(await desk.count(wrong)).toBe(0)
})
