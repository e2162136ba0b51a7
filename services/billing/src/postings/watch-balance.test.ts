import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import { waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { type BillingDesk, openBillingDesk, paid } from '../test-kit.ts'
import { startWatchingBalance, unbalanced } from './watch-balance.ts'

let desk: BillingDesk
let admin: pg.Client

beforeAll(async () => {
  desk = await openBillingDesk()
  admin = new pg.Client({ connectionString: desk.adminUrl })
  await admin.connect()
  // What guards the ledger is out of the way for this connection, as for a hand in the tables or a damaged disk.
  await admin.query('set session_replication_role = replica')
  const visit = desk.visit()
  await desk.checkIn(visit, 3_000)
  await desk.complete(visit, paid(20_000))
})
afterAll(async () => {
  await admin?.end()
  await desk.close()
})

const looked = () => unbalanced({ database: desk.database, relay: desk.relay })
const entryInto = (kind: string, amountCents: number) =>
  admin.query(
    `insert into entry (practice_id, journal_id, account_id, amount_cents)
     select practice_id, (select id from journal where kind = 'receipt' limit 1), id, $2 from account where kind = $1 limit 1`,
    [kind, amountCents],
  )
const undoEntry = () => admin.query('delete from entry where id = (select max(id) from entry)')

describe('the watch over the ledger (B-10)', () => {
  test('B-10 a ledger that only commands wrote to is in balance', async () => {
    expect(await looked()).toEqual([])
  })

  test.each([
    ['money that was received and is nowhere', 'cash', 700, 1_400],
    ['escrow that nobody paid in', 'escrow', -500, 1_000],
  ])('B-10 finds %s', async (_, kind, amount, offCents) => {
    await entryInto(kind, amount)
    expect(await looked()).toEqual([{ practiceId: desk.practiceId, offCents }])
    await undoEntry()
    expect(await looked()).toEqual([])
  })

  test('B-10 finds an escrow balance that is not the sum of its entries', async () => {
    await admin.query(`update account set balance_cents = balance_cents - 250 where kind = 'escrow'`)
    const escrows = (await admin.query(`select from account where kind = 'escrow'`)).rowCount!
    expect(await looked()).toEqual([{ practiceId: desk.practiceId, offCents: 250 * escrows }])
    await admin.query(`update account set balance_cents = balance_cents + 250 where kind = 'escrow'`)
    expect(await looked()).toEqual([])
  })

  test('B-10 the metric rises with the fault and falls with its cure', async () => {
    const metrics = openMetrics('billing')
    const watch = startWatchingBalance({
      database: desk.database,
      relay: desk.relay,
      log: openLog('billing', 'silent'),
      metrics,
      lookMs: 20,
    })
    const shown = () => metrics.registry.metrics()
    try {
      await waitFor(
        async () => /ledger_checked_timestamp_seconds\S* [1-9]/.test(await shown()),
        10_000,
        'a look',
      )
      expect(await shown()).toMatch(/ledger_unbalanced_practices\S* 0\n/)
      await entryInto('cash', newId().length)
      await waitFor(async () => /ledger_unbalanced_practices\S* 1\n/.test(await shown()), 10_000, 'the alarm')
      expect(await shown()).toContain(
        `ledger_unbalanced_cents{practice="${desk.practiceId}",service="billing"} 72`,
      )
      await undoEntry()
      await waitFor(async () => /ledger_unbalanced_practices\S* 0\n/.test(await shown()), 10_000, 'its end')
      expect(await shown()).not.toContain(desk.practiceId)
    } finally {
      await watch.stop()
    }
  })
})
