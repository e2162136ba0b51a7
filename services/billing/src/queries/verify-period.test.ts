import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import pg from 'pg'
import { bookkeeper } from '../test-books.ts'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'
import { MARCH, TAMPERED } from '../test-tampering.ts'
import type { Verification } from './verify-period.ts'

const OPERATOR = fileURLToPath(new URL('../../../../libs/operator/src/main.ts', import.meta.url))
const TABLES = ['entry', 'journal', 'account', 'reporting_period', 'audit']
let desk: BillingDesk
let books: Awaited<ReturnType<typeof bookkeeper>>
let admin: pg.Client
/** February, March once, April, and March closed again: April had to be opened for it, and was closed again too. */
let february: string
let oldMarch: string
let march: string
let april: string

beforeAll(async () => {
  desk = await openBillingDesk()
  const patientId = newId()
  await desk.register(patientId)
  books = await bookkeeper(desk, patientId)
  const visit = desk.visit()
  await desk.complete(visit, { lineItems: [lineItem('90834', 20_000)] })
  const chargeId = (await desk.bill(visit)).lines[0]!.chargeId!
  const post = async (day: string) => {
    const batch = await books.batch(day)
    const receipt = await books.receive(3_000, batch)
    await books.apply(receipt, chargeId, 1_000, batch)
    await books.disburse(receipt, 500, batch)
  }
  for (const day of ['2026-02-10', '2026-03-10', '2026-03-20', '2026-04-10', '2026-05-10']) await post(day)
  const close = async (day: string) => (await books.close(day)).periodId
  february = await close('2026-02-28')
  oldMarch = await close('2026-03-31')
  const oldApril = await close('2026-04-30')
  await books.reopen(oldApril, 'a late check')
  await books.reopen(oldMarch, 'a late check')
  await post('2026-03-25')
  march = await close('2026-03-31')
  april = await close('2026-04-30')
  admin = new pg.Client({ connectionString: desk.adminUrl })
  await admin.connect()
  for (const table of TABLES) await admin.query(`create table kept_${table} as table ${table}`)
}, 60_000)
afterAll(async () => {
  await admin.end()
  await desk.close()
})

const verify = (id: string): Promise<Verification> => books.ask(`/v1/reporting-periods/${id}/verify`)

/** The command line as a process, as an operator calls it. */
function praxisbus(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const database = new URL(desk.adminUrl)
  const login = (kind: string) =>
    Object.assign(new URL(database), { username: `test_billing_${kind}`, password: 'test-only' })
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL_BILLING: login('app').href,
    RELAY_DATABASE_URL_BILLING: login('relay').href,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [OPERATOR, 'books', 'verify', ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

describe('seals that hold', () => {
  test('B-19 a period and those it stands on are recomputed and hold', async () => {
    const told = await verify(april)
    expect(told).toMatchObject({ verified: true, failed: null })
    expect(told.chain.map(({ periodId }) => periodId)).toEqual([february, march, april])
    for (const {
      seal,
      recomputedSeal,
      journals,
      entries,
      recomputedJournals,
      recomputedEntries,
    } of told.chain)
      expect([recomputedSeal, recomputedJournals, recomputedEntries]).toEqual([seal, journals, entries])
    expect(told.chain.map(({ journals, entries }) => [journals, entries])).toEqual([
      [3, 6],
      [10, 20],
      [3, 6],
    ])
  })

  test('B-19 what a period held before it was opened again can still be told', async () => {
    const told = await verify(oldMarch)
    expect(told).toMatchObject({
      verified: true,
      chain: [{ periodId: february }, { journals: 7, entries: 14 }],
    })
    expect(told.chain[1]!.seal).not.toBe((await verify(march)).chain[1]!.seal)
  })

  test('B-19 anybody who has the tables can compute a seal as docs/billing.md says', async () => {
    const { rows } = await admin.query(`
      select to_char(j.effective_date, 'YYYY-MM-DD') as date, j.id, j.kind, j.batch_id, j.corrects_journal_id, j.recorded_by,
             (extract(epoch from j.recorded_at) * 1000000)::bigint::text as at, e.id as entry, e.amount_cents::text as cents,
             a.id as account, a.kind as account_kind, a.receipt_id, a.charge_id, a.payer_id, a.code, a.system
        from journal j join entry e on e.journal_id = j.id join account a on a.id = e.account_id
       where j.effective_date <= '2026-02-28' order by j.effective_date, j.id, e.id`)
    const quoted = (text: string | null) => (text === null ? '-' : JSON.stringify(text))
    const lines = rows.map((row) =>
      [
        ...[
          row.date,
          row.id,
          row.kind,
          row.batch_id,
          row.corrects_journal_id ?? '-',
          quoted(row.recorded_by),
          row.at,
        ],
        ...[row.entry, row.cents, row.account, row.account_kind, row.receipt_id ?? '-', row.charge_id ?? '-'],
        ...[row.payer_id ?? '-', quoted(row.code), quoted(row.system)],
      ].join('|'),
    )
    const seal = createHash('sha256')
      .update(['', ...lines, ''].join('\n'))
      .digest('hex')
    expect((await verify(february)).chain[0]!.seal).toBe(seal)
  })

  test('B-19 the operator’s command says so for every practice, or for one', async () => {
    const [all, one, nobody, slip] = await Promise.all([
      praxisbus(),
      praxisbus('--practice', desk.practiceId),
      praxisbus('--practice', newId()),
      praxisbus('--practice', 'fern street'),
    ])
    expect(all).toMatchObject({ code: 0, err: '' })
    const { seal } = (await verify(april)).chain[2]!
    expect(all.out).toBe(
      `practice ${desk.practiceId}: 5 closings as sealed; closed through 2026-04-30, seal ${seal}\n`,
    )
    expect(one).toEqual(all)
    expect([nobody.code, slip.code]).toEqual([3, 2])
  }, 60_000)

  test('B-19 refuses a period that is not there or not this practice’s', async () => {
    expect((await books.api.get(`/v1/reporting-periods/${newId()}/verify`)).status).toBe(404)
    const other = await desk.as({ permissions: ['billing.read'], practiceIds: [newId()] })
    expect((await other.get(`/v1/reporting-periods/${march}/verify`)).status).toBe(404)
    const closer = await desk.as({ permissions: ['period.close'] })
    expect((await closer.get(`/v1/reporting-periods/${march}/verify`)).status).toBe(403)
  })
})

describe('a hand in the tables', () => {
  beforeAll(async () => {
    await admin.query('set session_replication_role = replica')
  })
  const restore = async () => {
    for (const table of TABLES)
      await admin.query(
        `delete from ${table}; insert into ${table} ${/entry|audit/.test(table) ? 'overriding system value' : ''} select * from kept_${table}`,
      )
  }

  test.each(TAMPERED)('B-19 is found: %s', async (_what, change, where, fault) => {
    const ids = { february, march, april }
    await admin.query(change.replaceAll(/@(march|april)/g, (_, name: 'march' | 'april') => ids[name]))
    const told = await verify(april)
    await restore()
    expect(told).toMatchObject({ verified: false, failed: { periodId: ids[where] } })
    expect(told.failed!.faults).toContain(fault)
    expect(await verify(april)).toMatchObject({ verified: true })
  })

  test('B-19 is found in what a period held before it was opened again', async () => {
    await admin.query(`update entry set amount_cents = amount_cents * 2 where ${MARCH}`)
    const told = await verify(oldMarch)
    await restore()
    expect(told).toMatchObject({ verified: false, failed: { periodId: oldMarch, faults: ['entries'] } })
  })

  test('B-19 is found where a period was changed and sealed anew: the next one stands on the old seal', async () => {
    await admin.query(`update entry set amount_cents = amount_cents * 2 where ${MARCH}`)
    const { recomputedSeal } = (await verify(march)).chain[1]!
    await admin.query(`update reporting_period set seal = '${recomputedSeal}' where id = '${march}'`)
    const told = await verify(april)
    await restore()
    expect(told.failed).toMatchObject({ periodId: april, faults: ['chain'] })
  })

  test('B-19 the operator’s command names practice and period, also of a closing that was taken away', async () => {
    await admin.query(`update entry set amount_cents = amount_cents * 2 where ${MARCH}`)
    await admin.query(`delete from reporting_period where id = '${april}'`)
    const [text, json] = await Promise.all([praxisbus(), praxisbus('--json')])
    await restore()
    expect(text).toMatchObject({ code: 4, err: '' })
    const [head, ...faults] = text.out.trimEnd().split('\n')
    expect(head).toContain(`practice ${desk.practiceId}: NOT AS SEALED; closed through 2026-03-31`)
    const changed = 'its entries or its seal were changed'
    expect(faults).toEqual([
      expect.stringMatching(
        `to 2026-03-31, closing ${oldMarch}: ${changed} .*7 journals and 14 entries, found 7 and 14`,
      ),
      expect.stringMatching(
        `to 2026-03-31, closing ${march}: ${changed} .*10 journals and 20 entries, found 10 and 20`,
      ),
      `  closing ${april}: in the audit trail, but its row is gone`,
    ])
    expect(json.code).toBe(4)
    expect(JSON.parse(json.out)).toMatchObject([{ practiceId: desk.practiceId, lost: [april] }])
  }, 60_000)
})
