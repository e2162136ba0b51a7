import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { bookkeeper, ledgerRows, type Row } from '../test-books.ts'
import { type BillingDesk, lineItem, openBillingDesk, procedure, type Visit } from '../test-kit.ts'
import type { ExplainedAccount, ExplainedEntry, Explanation } from './explain-balance.ts'

let desk: BillingDesk
let books: Awaited<ReturnType<typeof bookkeeper>>
let visit: Visit
let march: string
let april: string
let chargeId: string
let receiptId: string
let paymentId: string
let rows: Row[]

beforeAll(async () => {
  desk = await openBillingDesk()
  visit = desk.visit()
  await desk.register(visit.patientId)
  books = await bookkeeper(desk, visit.patientId)
  march = await books.batch('2026-03-20')
  april = await books.batch('2026-04-10')
  await desk.complete(visit, { lineItems: [lineItem('90834', 20_000, { discountCents: 1_000 })] })
  await desk.release(visit, { procedures: [procedure('90834')], contentVersion: 2 })
  chargeId = (await desk.bill(visit)).lines[0]!.chargeId!
  receiptId = await books.receive(10_000, march)
  paymentId = await books.apply(receiptId, chargeId, 4_000, march)
  await books.made(`/v1/payments/${paymentId}/remove`, { batchId: april })
  await books.apply(receiptId, chargeId, 6_000, april)
  await books.disburse(receiptId, 500, april)
  await books.refund(receiptId, 300, april)
  rows = await ledgerRows(desk)
})
afterAll(() => desk.close())

const explain = (path: string, query = ''): Promise<Explanation> =>
  books.ask(`/v1/${path}/explanation${query}`)
const balances = ({ accounts }: Explanation) =>
  Object.fromEntries(accounts.map((account: ExplainedAccount) => [account.kind, account.balanceCents]))
const sumOf = (entries: readonly { amountCents: number }[]) =>
  entries.reduce((all, { amountCents }) => all + amountCents, 0)

/** Entries of the answer come to the balances it states, and are those that the tables have. */
function addsUp(told: Explanation, expected: readonly Row[]) {
  expect(told.entries.map(({ entryId }) => entryId)).toEqual(expected.map(({ entryId }) => entryId))
  for (const { accountId, balanceCents, offCents, entries } of told.accounts) {
    const own = told.entries.filter((entry) => entry.accountId === accountId)
    expect([sumOf(own), own.length, 0]).toEqual([balanceCents, entries, offCents])
  }
  for (const entry of told.entries) expect(sumOf([entry, ...entry.against])).toBe(0)
}

describe('the explanation of a balance', () => {
  test('B-19 of a receipt: where the money came from, and where every cent of it went', async () => {
    const told = await explain(`receipts/${receiptId}`)
    addsUp(
      told,
      rows.filter((row) => row.receiptId === receiptId),
    )
    expect(balances(told)).toEqual({ cash: 10_000, escrow: -3_200, disbursed: -500, refunded: -300 })
    expect(told.receipts).toMatchObject([
      {
        receiptId,
        payerKind: 'patient',
        patientId: visit.patientId,
        source: 'desk',
        method: 'check',
        reference: '4711',
        amountCents: 10_000,
        depositDate: '2026-03-20',
        batchDate: '2026-03-20',
      },
    ])
    const { payments, disbursements, refunds } = await books.ask(`/v1/receipts/${receiptId}`)
    const ids = (name: 'paymentId' | 'disbursementId' | 'refundId') =>
      new Set(told.entries.flatMap((entry) => entry[name] ?? []))
    expect(ids('paymentId')).toEqual(new Set(payments.map((one: { paymentId: string }) => one.paymentId)))
    expect(ids('disbursementId')).toEqual(new Set([disbursements[0].disbursementId]))
    expect(ids('refundId')).toEqual(new Set([refunds[0].refundId]))
  })

  test('B-19 of a charge: back to its bill, the note of the encounter and the visit, and to the receipt that paid it', async () => {
    const told = await explain(`charges/${chargeId}`)
    addsUp(
      told,
      rows.filter((row) => row.chargeId === chargeId),
    )
    expect(balances(told)).toEqual({ receivable: 13_000, discount: 1_000, revenue: -20_000 })
    const { billingEncounterId, lines } = await desk.bill(visit)
    expect(told.charges).toMatchObject([
      {
        chargeId,
        lineId: lines[0]!.lineId,
        lineSource: 'session',
        code: '90834',
        amountCents: 20_000,
        discountCents: 1_000,
        billingEncounterId,
        patientId: visit.patientId,
        appointmentId: visit.appointmentId,
        encounterId: visit.encounterId,
        encounterNumber: 1042,
        releasedAt: '2026-03-02T17:00:00Z',
        noteVersion: 2,
        sessionCompletedAt: '2026-03-02T16:00:00Z',
      },
    ])
    expect(told.receipts).toMatchObject([{ receiptId, depositDate: '2026-03-20' }])
    const paid = told.entries.filter(({ journalKind }) => journalKind === 'payment')
    expect(paid.map(({ against }) => against.map((leg) => [leg.accountKind, leg.receiptId]))).toEqual([
      [['escrow', receiptId]],
      [['escrow', receiptId]],
    ])
  })

  test('B-19 of a charge: the version of the note that was there when it posted', async () => {
    const amended = desk.visit()
    await desk.register(amended.patientId)
    await desk.service('90837', 9_000)
    await desk.release(amended, { procedures: [procedure('90837')], contentVersion: 1 })
    const { billingEncounterId, lines } = await desk.bill(amended)
    const signed = await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/sign`)
    expect(signed.status).toBe(200)
    await desk.release(amended, {
      procedures: [procedure('90837')],
      contentVersion: 2,
      releasedAt: '2026-03-05T09:00:00Z',
    })
    const noteOf = async (id: string) => (await explain(`charges/${id}`)).charges[0]!.noteVersion
    expect(await noteOf((await desk.bill(amended)).lines[0]!.chargeId!)).toBe(1)
    expect(lines).toHaveLength(1)

    const untold = desk.visit()
    await desk.register(untold.patientId)
    await desk.complete(untold)
    const { chargeId: billed } = (await desk.bill(untold)).lines[0]!
    expect(await noteOf(billed!)).toBeNull()
    await desk.release(untold)
    expect(await noteOf(billed!)).toBeNull()
  })

  test('B-19 a correction points back, and what it corrected points on', async () => {
    const { entries } = await explain(`charges/${chargeId}`)
    const removal = entries.find(({ journalKind }) => journalKind === 'payment-removal')!
    const removed = entries.find((one) => one.paymentId === paymentId && one.journalKind === 'payment')!
    expect(removal).toMatchObject({
      paymentId,
      effectiveDate: '2026-04-10',
      batchName: 'Batch 2026-04-10',
      corrects: { journalId: removed.journalId, kind: 'payment', effectiveDate: '2026-03-20' },
    })
    const { journalId, effectiveDate, recordedAt } = removal
    expect(removed.correctedBy).toMatchObject({ journalId, kind: 'payment-removal', effectiveDate })
    const instant = (text: string) => Temporal.Instant.from(text).epochNanoseconds
    expect(instant(removed.correctedBy!.recordedAt)).toBe(instant(recordedAt))
  })

  test('B-19 as of two dates: what was dated, or recorded, later is not there, nor the correction by it', async () => {
    const through = await explain(`charges/${chargeId}`, '?effectiveThrough=2026-03-31')
    addsUp(
      through,
      rows.filter((row) => row.chargeId === chargeId && row.effectiveDate <= '2026-03-31'),
    )
    const paid = through.entries.find(({ journalKind }) => journalKind === 'payment')!
    expect(paid).toMatchObject({ amountCents: -4_000, correctedBy: null })
    const cash = rows.find((row) => row.kind === 'cash')!
    const early = await explain(`receipts/${receiptId}`, `?recordedThrough=${cash.recordedAt}`)
    expect(balances(early)).toEqual({ cash: 10_000, escrow: -10_000, disbursed: 0, refunded: 0 })
  })

  test('B-19 of one account, a page at a time', async () => {
    const { accounts } = await explain(`receipts/${receiptId}`)
    const { accountId } = accounts.find(({ kind }) => kind === 'escrow')!
    const told = await explain(`accounts/${accountId}`)
    addsUp(
      told,
      rows.filter((row) => row.accountId === accountId),
    )
    expect(told.accounts).toHaveLength(1)
    const rest = await explain(`accounts/${accountId}`, `?after=${told.entries[1]!.entryId}`)
    expect(rest.entries).toEqual(told.entries.slice(2))
    expect(rest.accounts).toEqual(told.accounts)
  })

  test('B-19 the receipt is told as it was known then, before somebody corrected it', async () => {
    const id = await books.receive(900, april)
    const { recordedAt, version } = await books.ask(`/v1/receipts/${id}`)
    const now = Temporal.Instant.from((await ledgerRows(desk)).at(-1)!.recordedAt).toString()
    const change = {
      patientId: visit.patientId,
      amountCents: 950,
      method: 'cash',
      reason: 'miscounted',
      batchId: april,
    }
    await books.api.put(`/v1/receipts/${id}`, change, { ifMatch: version })
    expect((await explain(`receipts/${id}`)).receipts[0]).toMatchObject({ amountCents: 950, method: 'cash' })
    const then = await explain(`receipts/${id}`, `?recordedThrough=${now}`)
    expect(then.receipts[0]).toMatchObject({ amountCents: 900, method: 'check', recordedAt })
    expect(balances(then)).toEqual({ cash: 900, escrow: -900 })
  })

  test('B-19 every entry of the ledger is explained from its account, to the cent', async () => {
    const all = await ledgerRows(desk)
    const accounts = [...new Set(all.map(({ accountId }) => accountId))]
    for (const accountId of accounts) {
      const told = await explain(`accounts/${accountId}`)
      addsUp(
        told,
        all.filter((row) => row.accountId === accountId),
      )
      const known = new Set([
        ...told.receipts.map((one) => one.receiptId),
        ...told.charges.map((one) => one.chargeId),
      ])
      const named = told.entries.flatMap((entry: ExplainedEntry) => [entry, ...entry.against])
      expect(named.every((one) => known.has((one.receiptId ?? one.chargeId)!))).toBe(true)
    }
  })

  test('B-19 refuses what is not there or not allowed, and leaves its trace in the audit', async () => {
    for (const kind of ['accounts', 'charges', 'receipts'])
      expect((await books.api.get(`/v1/${kind}/${newId()}/explanation`)).status).toBe(404)
    const other = await desk.as({ permissions: ['billing.read'], practiceIds: [newId()] })
    expect((await other.get(`/v1/receipts/${receiptId}/explanation`)).status).toBe(404)
    const clerk = await desk.as({ permissions: ['billing.post'] })
    expect((await clerk.get(`/v1/receipts/${receiptId}/explanation`)).status).toBe(403)
    const reader = await desk.as({ permissions: ['billing.read'], userId: 'reader' })
    await reader.get(`/v1/charges/${chargeId}/explanation`)
    const seen = await desk.database.read(desk.practiceId, (tx) =>
      tx.many<{ recordType: string }>(
        sql`select distinct record_type from audit where user_id = 'reader' order by record_type`,
      ),
    )
    expect(seen.map(({ recordType }) => recordType)).toEqual(['billing-encounter', 'charge', 'receipt'])
  })
})
