import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import pg from 'pg'
import { bookkeeper, equationOf, ledgerRows, movedBy, type Row } from '../test-books.ts'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
let books: Awaited<ReturnType<typeof bookkeeper>>
let march: string
let april: string
let chargeId: string
let first: string
let second: string
let moved: string
let paymentId: string
let beforeTheRefund: string
let rows: Row[]

beforeAll(async () => {
  desk = await openBillingDesk()
  const patientId = newId()
  await desk.register(patientId)
  books = await bookkeeper(desk, patientId)
  march = await books.batch('2026-03-20')
  april = await books.batch('2026-04-10')
  const visit = desk.visit()
  await desk.complete(visit, { lineItems: [lineItem('90834', 20_000)] })
  chargeId = (await desk.bill(visit)).lines[0]!.chargeId!
  first = await books.receive(10_000, march)
  second = await books.receive(5_000, march)
  moved = await books.receive(3_000, march)
  const deleted = await books.receive(700, march)
  await books.made(`/v1/receipts/${deleted}/delete`, { reason: 'entered twice' })
  paymentId = await books.apply(first, chargeId, 4_000, march)
  await books.apply(first, chargeId, 2_500, april)
  await books.made(`/v1/payments/${paymentId}/remove`, { batchId: april })
  await books.disburse(second, 1_200, march)
  const { version } = await books.ask(`/v1/receipts/${moved}`)
  const change = {
    ...{ amountCents: 3_100, method: 'check', batchId: april },
    patientId,
    reason: 'wrong day',
  }
  await books.api.put(`/v1/receipts/${moved}`, change, { ifMatch: version })
  beforeTheRefund = (await ledgerRows(desk)).at(-1)!.recordedAt
  await books.refund(second, 800, march)
  rows = await ledgerRows(desk)
})
afterAll(() => desk.close())

const prove = (batchId: string, query = '') => books.ask(`/v1/reference-batches/${batchId}/proof${query}`)
const entriesOf = (batchId: string, query: string) =>
  books.ask(`/v1/reference-batches/${batchId}/proof/entries?${query}`)
const FIGURES = ['received', 'applied', 'escrow', 'disbursed', 'refunded'] as const

describe('the proof of a batch', () => {
  test('B-19 is the equation over its receipts, each and all, as counted again from the entries', async () => {
    const proof = await prove(march)
    const ids = [first, second].sort()
    expect(proof).toMatchObject({
      batchDate: '2026-03-20',
      addsUp: true,
      offCents: 0,
      faults: [],
      receiptCount: 2,
      next: null,
      ...{ receivedCents: 15_000, appliedCents: 2_500, escrowCents: 10_500 },
      ...{ disbursedCents: 1_200, refundedCents: 800 },
    })
    expect(proof).toMatchObject(equationOf(rows, ids))
    expect(proof.receipts).toEqual(
      ids.map((receiptId) => ({ receiptId, ...equationOf(rows, [receiptId]), offCents: 0 })),
    )
  })

  test('B-19 counts a receipt in the batch it stands in, and not where it was before', async () => {
    expect(await prove(april)).toMatchObject({ receiptCount: 1, receivedCents: 3_100, escrowCents: 3_100 })
  })

  test('B-19 goes by the effective date: what April did to the receipts of March is left out', async () => {
    const proof = await prove(march, '?effectiveThrough=2026-03-31')
    const known = rows.filter(({ effectiveDate }) => effectiveDate <= '2026-03-31')
    expect(proof).toMatchObject({ effectiveThrough: '2026-03-31', addsUp: true, appliedCents: 4_000 })
    expect(proof).toMatchObject(equationOf(known, [first, second]))
  })

  test('B-19 goes by the recorded date: what was not known yet is left out', async () => {
    const proof = await prove(march, `?recordedThrough=${beforeTheRefund}`)
    expect(proof).toMatchObject({
      recordedThrough: beforeTheRefund,
      addsUp: true,
      refundedCents: 0,
      escrowCents: 11_300,
    })
    const recorded = Temporal.Instant.from(beforeTheRefund)
    const known = rows.filter(({ recordedAt }) => Temporal.Instant.compare(recordedAt, recorded) <= 0)
    expect(proof).toMatchObject(equationOf(known, [first, second]))
    const atFirst = await prove(
      march,
      `?recordedThrough=${rows.find(({ kind }) => kind === 'cash')!.recordedAt}`,
    )
    expect(atFirst).toMatchObject({ receiptCount: 1, receivedCents: 10_000, appliedCents: 0 })
  })

  test('B-19 says what the batch itself moved, by kind of journal', async () => {
    const { moved: byKind } = await prove(april)
    expect(byKind.map((one: { kind: string; journals: number }) => [one.kind, one.journals])).toEqual([
      ['payment', 1],
      ['payment-removal', 1],
      ['receipt', 1],
    ])
    for (const one of byKind)
      expect(one).toMatchObject(
        movedBy(rows.filter((row) => row.batchId === april && row.journalKind === one.kind)),
      )
  })

  test.each(FIGURES)(
    'B-19 the entries behind %s come to it, of the batch and of each receipt',
    async (figure) => {
      const proof = await prove(march)
      const { entries, next } = await entriesOf(march, `figure=${figure}`)
      const total = (of: readonly { countsCents: number }[]) =>
        of.reduce((all, one) => all + one.countsCents, 0)
      expect(total(entries)).toBe(proof[`${figure}Cents`])
      expect(next).toBeNull()
      for (const receipt of proof.receipts) {
        const own = await entriesOf(march, `figure=${figure}&receiptId=${receipt.receiptId}`)
        expect(total(own.entries)).toBe(receipt[`${figure}Cents`])
      }
      const half = entries[Math.floor(entries.length / 2)]
      const rest = await entriesOf(march, `figure=${figure}&after=${half.entryId}`)
      expect(rest.entries).toEqual(entries.slice(Math.floor(entries.length / 2) + 1))
    },
  )

  test('B-19 every entry of the batch is behind what it moved', async () => {
    const { entries } = await entriesOf(april, 'figure=moved')
    expect(entries.map((one: { entryId: number }) => one.entryId)).toEqual(
      rows.filter(({ batchId }) => batchId === april).map(({ entryId }) => entryId),
    )
  })

  test('B-19 a hundred receipts to a page, every one once', async () => {
    const big = await books.batch('2026-04-20')
    for (let from = 0; from < 105; from += 15)
      await Promise.all(Array.from({ length: 15 }, () => books.receive(100, big)))
    const one = await prove(big)
    expect([one.receiptCount, one.receivedCents, one.receipts.length]).toEqual([105, 10_500, 100])
    const two = await prove(big, `?after=${one.next}&recordedThrough=${one.recordedThrough}`)
    expect([two.receiptCount, two.receipts.length, two.next]).toEqual([105, 5, null])
    const ids = [...one.receipts, ...two.receipts].map(({ receiptId }: { receiptId: string }) => receiptId)
    expect(new Set(ids).size).toBe(105)
  })

  test('B-19 refuses what is not there, not allowed or not a date', async () => {
    expect((await books.api.get(`/v1/reference-batches/${newId()}/proof`)).status).toBe(404)
    expect((await books.api.get(`/v1/reference-batches/${newId()}/proof/entries?figure=moved`)).status).toBe(
      404,
    )
    const bad = await books.api.get(
      `/v1/reference-batches/${march}/proof?recordedThrough=0000-01-01T00:00:00Z`,
    )
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ field: 'recordedThrough' }] } })
    const clerk = await desk.as({ permissions: ['billing.post'] })
    expect((await clerk.get(`/v1/reference-batches/${march}/proof`)).status).toBe(403)
    const other = await desk.as({ permissions: ['billing.read'], practiceIds: [newId()] })
    expect((await other.get(`/v1/reference-batches/${march}/proof`)).status).toBe(404)
  })
})

describe('a proof that does not add up says where', () => {
  let admin: pg.Client
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: desk.adminUrl })
    await admin.connect()
    await admin.query('set session_replication_role = replica')
  })
  afterAll(() => admin.end())

  /** What a hand in the tables did is seen, and undone again. */
  async function faultsAfter(change: string, undo: string) {
    await admin.query(change)
    const { faults, addsUp, offCents } = await prove(march)
    await admin.query(undo)
    expect(addsUp).toBe(false)
    expect((await prove(march)).addsUp).toBe(true)
    return { faults, offCents }
  }
  const cashEntry = () => rows.find((row) => row.kind === 'cash' && row.receiptId === first)!

  test('B-19 an entry of another amount: the journal, the receipt and the account are named', async () => {
    const { entryId, journalId, accountId } = cashEntry()
    const add = (cents: number) =>
      `update entry set amount_cents = amount_cents + ${cents} where id = ${entryId}`
    expect(await faultsAfter(add(1), add(-1))).toEqual({
      offCents: 1,
      faults: [
        { where: 'account', id: accountId, what: 'balance', offCents: -1 },
        { where: 'journal', id: journalId, what: 'unbalanced', offCents: 1 },
        { where: 'receipt', id: first, what: 'amount', offCents: -1 },
        { where: 'receipt', id: first, what: 'equation', offCents: 1 },
      ],
    })
  })

  test('B-19 both entries of a journal changed alike: the balances that are kept give it away', async () => {
    const { journalId } = cashEntry()
    const double = `update entry set amount_cents = amount_cents * 2 where journal_id = '${journalId}'`
    const { faults, offCents } = await faultsAfter(double, double.replace('* 2', '/ 2'))
    expect(offCents).toBe(0)
    expect(faults.map(({ what }: { what: string }) => what)).toEqual(['balance', 'balance', 'amount'])
  })

  test('B-19 entries that are gone, and a journal of another date than its batch', async () => {
    const { journalId } = cashEntry()
    const gone = await faultsAfter(
      `create table kept as select * from entry where journal_id = '${journalId}'; delete from entry where journal_id = '${journalId}'`,
      'insert into entry overriding system value select * from kept; drop table kept',
    )
    expect(gone.faults).toContainEqual({
      where: 'journal',
      id: journalId,
      what: 'entries-missing',
      offCents: 0,
    })
    expect(gone.faults).toContainEqual({ where: 'receipt', id: first, what: 'amount', offCents: 10_000 })
    const date = (day: string) => `update journal set effective_date = '${day}' where id = '${journalId}'`
    const { faults } = await faultsAfter(date('2026-03-21'), date('2026-03-20'))
    expect(faults).toEqual([{ where: 'journal', id: journalId, what: 'other-date', offCents: 0 }])
  })
})
