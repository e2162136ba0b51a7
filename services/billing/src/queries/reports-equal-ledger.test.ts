import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import { type BillingDesk, openBillingDesk } from '../test-kit.ts'
import { type Books, DAYS, postByChance } from '../testing/chance.ts'

/** An entry with what its journal and account say: all that figures are recomputed from. */
interface Entry {
  readonly journalId: string
  readonly journalKind: string
  readonly effectiveDate: string
  readonly kind: string
  readonly receiptId: string | null
  readonly chargeId: string | null
  readonly payerId: string | null
  readonly code: string | null
  readonly system: string | null
  readonly cents: number
}

let desk: BillingDesk
let books: Books
let entries: Entry[]
let chargeOf: Map<string, { patientId: string; serviceDate: string; bill: string }>
beforeAll(async () => {
  desk = await openBillingDesk()
  books = await postByChance(desk, 260, 20261122)
  const [found, charges] = await desk.database.read(desk.practiceId, (tx) =>
    Promise.all([
      tx.many<Entry>(sql`
        select journal_id, journal.kind as journal_kind, journal.effective_date, account.kind, receipt_id, charge_id, payer_id, code, system,
               entry.amount_cents as cents
          from entry join journal on journal.id = entry.journal_id join account on account.id = entry.account_id`),
      tx.many<{ id: string; patientId: string; serviceDate: string; bill: string }>(sql`
        select charge.id, patient_id, charge.service_date, billed.id as bill
          from charge join billing_encounter as billed on billed.id = charge.billing_encounter_id`),
    ]),
  )
  entries = found
  chargeOf = new Map(charges.map(({ id, ...charge }) => [id, charge]))
}, 180_000)
afterAll(() => desk.close())

const sum = (list: readonly Entry[]) => list.reduce((total, { cents }) => total + cents, 0)
const minus = (list: readonly Entry[]) => 0 - sum(list)
const of = (kind: string, list: readonly Entry[] = entries) => list.filter((entry) => entry.kind === kind)
const by = <Key>(key: (entry: Entry) => Key, list: readonly Entry[]) => Map.groupBy(list, key)
const within = (from: string, to: string) =>
  entries.filter(({ effectiveDate }) => effectiveDate >= from && effectiveDate <= to)
const RANGES = [
  ['2026-04-01', '2026-04-30'],
  ['2026-05-01', '2026-05-31'],
  ['2026-06-01', '2026-06-30'],
  ['2026-04-30', '2026-05-30'],
  ['2026-01-01', '2026-12-31'],
  ['2030-01-01', '2030-01-31'],
] as const

const get = async (path: string) => {
  const answer = await desk.biller.get(`/v1/reports/${path}`)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
async function pages(path: string, list: string) {
  const rows = []
  for (let after: string | null = ''; after !== null; ) {
    const body = await get(`${path}${after && `${path.includes('?') ? '&' : '?'}after=${after}`}`)
    rows.push(...body[list])
    after = body.next
  }
  return rows
}
/** Charges' side of what moves between a receipt and a charge. */
const applications = (list: readonly Entry[]) =>
  list.filter(({ chargeId, journalKind }) => chargeId && journalKind.startsWith('payment'))

function moneyOf(list: readonly Entry[]) {
  const journals = new Set(of('escrow', list).map(({ journalId }) => journalId))
  return {
    receivedCents: sum(of('cash', list)),
    appliedCents: minus(entries.filter((entry) => entry.chargeId && journals.has(entry.journalId))),
    escrowCents: minus(of('escrow', list)),
    disbursedCents: minus(of('disbursed', list)),
    refundedCents: minus(of('refunded', list)),
  }
}

describe('numbers in reports equal the ledger, recomputed from its entries alone', () => {
  test('B-12 enough was posted by chance, by every verb', () => {
    const verbs = [
      'session',
      'encounter',
      'receive',
      'apply',
      'remove',
      'disburse',
      'refund',
      'undo',
      'modify',
      'delete',
      'cancel',
    ]
    for (const verb of verbs) expect({ verb, done: books.done[verb] ?? 0 }).not.toEqual({ verb, done: 0 })
    expect(new Set(entries.map(({ journalId }) => journalId)).size).toBeGreaterThan(150)
    expect(new Set(entries.map(({ effectiveDate }) => effectiveDate)).size).toBeGreaterThanOrEqual(
      DAYS.length,
    )
  })

  test('B-12 the receipts report: totals, and each receipt', async () => {
    const { totals } = await get('receipts')
    expect(totals).toMatchObject(moneyOf(entries.filter(({ receiptId }) => receiptId)))
    const receipts = await pages('receipts?deleted=all', 'receipts')
    const byReceipt = by(
      ({ receiptId }) => receiptId,
      entries.filter(({ receiptId }) => receiptId),
    )
    expect(receipts).toHaveLength(byReceipt.size)
    for (const receipt of receipts) expect(receipt).toMatchObject(moneyOf(byReceipt.get(receipt.receiptId)!))
    expect(totals.receipts).toBe(receipts.filter((one) => one.deletedAt === null).length)
    for (const { code, system, amountCents } of totals.disbursedBy)
      expect(amountCents).toBe(
        minus(of('disbursed').filter((entry) => entry.code === code && entry.system === system)),
      )
    for (const [from, to] of RANGES) {
      const report = await get(`receipts?from=${from}&to=${to}`)
      const cashOf = by(({ receiptId }) => receiptId, of('cash', within(from, to)))
      const received = [...cashOf].filter(([, cash]) => sum(cash) !== 0).map(([id]) => id)
      const own = entries.filter(({ receiptId }) => received.includes(receiptId))
      expect({ from, ...report.totals }).toMatchObject({ from, receipts: received.length, ...moneyOf(own) })
    }
  })

  test('B-12 payments by range and batch', async () => {
    for (const [from, to] of RANGES) {
      const report = await get(`payments?from=${from}&to=${to}`)
      const posted = applications(within(from, to))
      const applied = posted.filter(({ journalKind }) => journalKind === 'payment')
      const removed = posted.filter(({ journalKind }) => journalKind === 'payment-removal')
      expect(report.totals).toEqual({
        appliedCents: minus(applied),
        removedCents: sum(removed),
        paymentsCents: minus(posted),
        collectionsCents: minus(posted.filter(({ kind }) => kind.startsWith('collection'))),
      })
      const rows = await pages(`payments?from=${from}&to=${to}`, 'payments')
      const byJournal = by(({ journalId }) => journalId, posted)
      expect(rows).toHaveLength(byJournal.size)
      for (const row of rows) expect(row.amountCents).toBe(minus(byJournal.get(row.journalId)!))
      for (const batch of report.byBatch)
        expect(batch.paymentsCents).toBe(
          rows
            .filter((row) => row.batchId === batch.batchId)
            .reduce((total, row) => total + row.amountCents, 0),
        )
    }
  })

  test('B-12 the tie-out: each receipt whose sides differ is explained, to the cent', async () => {
    for (const [from, to] of RANGES) {
      const path = `tie-out?from=${from}&to=${to}`
      const tie = await get(path)
      const range = within(from, to)
      expect(tie).toMatchObject({
        receiptsCents: sum(of('cash', range)),
        paymentsCents: minus(applications(range)),
        disbursedCents: minus(of('disbursed', range)),
        refundedCents: minus(of('refunded', range)),
        escrowChangeCents: minus(of('escrow', range)),
        tiesOut: true,
      })
      expect(tie.explainedCents).toBe(tie.receiptsCents - tie.paymentsCents)
      const rows = await pages(path, 'receipts')
      const explained = new Map(rows.map((row) => [row.receiptId, row]))
      const receiptOfJournal = new Map(
        entries
          .filter(({ receiptId }) => receiptId)
          .map(({ journalId, receiptId }) => [journalId, receiptId!]),
      )
      const differences = new Map<string, number>()
      const add = (id: string, cents: number) => differences.set(id, (differences.get(id) ?? 0) + cents)
      for (const { receiptId, cents } of of('cash', range)) add(receiptId!, cents)
      for (const { journalId, cents } of applications(range)) add(receiptOfJournal.get(journalId)!, cents)
      for (const [id, difference] of differences) {
        const lines: { amountCents: number }[] = explained.get(id)?.lines ?? []
        const cents = lines.reduce((total, line) => total + line.amountCents, 0)
        expect({ from, id, cents }).toEqual({ from, id, cents: difference })
      }
      // And by its reason, where that can be counted without knowing how the report does it.
      const inRange = new Set(
        [...by(({ receiptId }) => receiptId, of('cash', range))]
          .filter(([, cash]) => sum(cash))
          .map(([id]) => id),
      )
      const own = entries.filter(({ receiptId }) => inRange.has(receiptId))
      const reason = (name: string) =>
        tie.reasons.find((one: { reason: string }) => one.reason === name)?.amountCents ?? 0
      expect(reason('in-escrow')).toBe(
        minus(
          of(
            'escrow',
            own.filter(({ effectiveDate }) => effectiveDate <= to),
          ),
        ),
      )
      for (const kind of ['disbursed', 'refunded'])
        expect(reason(kind)).toBe(
          minus(
            of(
              kind,
              own.filter(({ effectiveDate }) => effectiveDate >= from && effectiveDate <= to),
            ),
          ),
        )
    }
  })

  test('B-20 A/R aging as of any day, by patient and by who owes it', async () => {
    for (const asOf of [...DAYS, '2026-02-01', '2027-01-01']) {
      const aging = await get(`ar-aging?asOf=${asOf}`)
      const owed = of('receivable').filter(({ effectiveDate }) => effectiveDate <= asOf)
      expect({ asOf, ...aging.totals }).toEqual({ asOf, ...agedOf(owed, asOf) })
      const byDebtor = by(({ chargeId, payerId }) => `${chargeOf.get(chargeId!)!.patientId} ${payerId}`, owed)
      for (const debt of aging.debts) {
        const key = `${debt.patientId} ${debt.payerId}`
        expect({ key, ...debt }).toMatchObject({ key, ...agedOf(byDebtor.get(key) ?? [], asOf) })
        byDebtor.delete(key)
      }
      for (const [, settled] of byDebtor) expect(agedOf(settled, asOf).totalCents).toBe(0)
      for (const payer of aging.byPayer)
        expect(payer.totalCents).toBe(sum(owed.filter(({ payerId }) => payerId === payer.payerId)))
    }
    const { receivableCents } = (await desk.biller.get('/v1/ledger/summary')).body
    expect((await get('ar-aging')).totals.totalCents).toBe(receivableCents)
    expect(receivableCents).toBe(sum(of('receivable')))
  })

  test('B-20 unpaid sessions: what was charged, paid and is owed', async () => {
    const { totals, sessions } = await get('unpaid-sessions')
    const ofSession = entries.filter(({ chargeId }) => chargeId)
    const bySession = by(({ chargeId }) => chargeOf.get(chargeId!)!.bill, ofSession)
    expect(sessions.length).toBeGreaterThan(3)
    for (const session of sessions) {
      const own = bySession.get(session.billingEncounterId)!
      expect(session).toMatchObject({
        chargedCents: minus(of('revenue', own)) - sum(of('discount', own)),
        paidCents: minus(applications(own)),
        balanceCents: sum(of('receivable', own)),
      })
      bySession.delete(session.billingEncounterId)
    }
    expect(totals).toMatchObject({
      sessions: sessions.length,
      balanceCents: sessions.reduce(
        (total: number, one: { balanceCents: number }) => total + one.balanceCents,
        0,
      ),
    })
    const completed = await desk.database.read(desk.practiceId, (tx) =>
      tx.many<{ id: string }>(sql`select id from billing_encounter where session_completed_at is not null`),
    )
    for (const { id } of completed) expect(sum(of('receivable', bySession.get(id) ?? []))).toBe(0)
  })
})

function agedOf(owed: readonly Entry[], asOf: string) {
  const day = Temporal.PlainDate.from(asOf)
  const age = ({ chargeId }: Entry) =>
    day.since(chargeOf.get(chargeId!)!.serviceDate, { largestUnit: 'days' }).days
  const between = (least: number, most: number) =>
    sum(owed.filter((entry) => age(entry) >= least && age(entry) <= most))
  return {
    currentCents: between(-1e6, 30),
    days31To60Cents: between(31, 60),
    days61To90Cents: between(61, 90),
    days91To120Cents: between(91, 120),
    over120DaysCents: between(121, 1e6),
    totalCents: sum(owed),
  }
}
