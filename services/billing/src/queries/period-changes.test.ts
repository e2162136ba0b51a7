import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { bookkeeper, ledgerRows, movedBy, type Row } from '../test-books.ts'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'
import type { PeriodChanges } from './period-changes.ts'

let desk: BillingDesk
let books: Awaited<ReturnType<typeof bookkeeper>>
let chargeId: string
let first: string
let march: string
beforeEach(async () => {
  desk = await openBillingDesk()
  const patientId = newId()
  await desk.register(patientId)
  books = await bookkeeper(desk, patientId)
  const visit = desk.visit()
  await desk.complete(visit, { lineItems: [lineItem('90834', 20_000)] })
  chargeId = (await desk.bill(visit)).lines[0]!.chargeId!
  march = await books.batch('2026-03-20')
  first = await books.receive(9_000, march)
  await books.apply(first, chargeId, 4_000, march)
})
afterEach(() => desk.close())

const changes = (id: string, query = ''): Promise<PeriodChanges> =>
  books.ask(`/v1/reporting-periods/${id}/changes${query}`)

/** What a period says, counted again from what was recorded until then. */
function figuresOf(rows: readonly Row[], [from, to]: [string, string], recordedThrough: string) {
  const moment = Temporal.Instant.from(recordedThrough)
  const known = rows.filter(
    ({ effectiveDate, recordedAt }) =>
      effectiveDate <= to && Temporal.Instant.compare(recordedAt, moment) <= 0,
  )
  const { escrowCents, receivableCents } = movedBy(known)
  return {
    ...movedBy(known.filter(({ effectiveDate }) => effectiveDate >= from)),
    escrowAtEndCents: escrowCents,
    receivableAtEndCents: receivableCents,
  }
}

describe('why did March change?', () => {
  test('B-19 nothing changed while its closing stands', async () => {
    const { periodId } = await books.close('2026-03-31')
    await books.receive(500, await books.batch('2026-04-02'))
    expect(await changes(periodId)).toEqual({
      periodId,
      startsOn: null,
      endsOn: '2026-03-31',
      openings: [],
      journals: [],
      next: null,
      laterCorrections: [],
      nextCorrection: null,
    })
  })

  test('B-19 a late check: who opened it and why, what came, and the figures before and after', async () => {
    const closed = await books.close('2026-03-31')
    await books.reopen(closed.periodId, 'a late check')
    const late = await books.receive(2_500, march)
    await books.apply(late, chargeId, 1_500, march)
    await books.receive(700, await books.batch('2026-04-02'))
    const again = await books.close('2026-03-31')
    const told = await changes(closed.periodId)
    expect(await changes(again.periodId)).toEqual({ ...told, periodId: again.periodId })
    expect(told.openings).toMatchObject([
      {
        closedAt: closed.closedAt,
        closedBy: 'bookkeeper',
        reopenings: [{ periodId: closed.periodId, reopenedBy: 'bookkeeper', reason: 'a late check' }],
        closedAgainAt: again.closedAt,
        closedAgainBy: 'bookkeeper',
        before: { receivedCents: 9_000, appliedCents: 4_000, escrowCents: 5_000, escrowAtEndCents: 5_000 },
        after: { receivedCents: 11_500, appliedCents: 5_500, escrowCents: 6_000, escrowAtEndCents: 6_000 },
        byKind: [
          { kind: 'payment', journals: 1, appliedCents: 1_500, escrowCents: -1_500, receivableCents: -1_500 },
          { kind: 'receipt', journals: 1, receivedCents: 2_500, escrowCents: 2_500 },
        ],
      },
    ])
    expect(told.journals).toMatchObject([
      { kind: 'receipt', opening: 0, effectiveDate: '2026-03-20', receivedCents: 2_500, receiptIds: [late] },
      { kind: 'payment', opening: 0, appliedCents: 1_500, receiptIds: [late], chargeIds: [chargeId] },
    ])
    const rows = await ledgerRows(desk)
    const [opening] = told.openings
    const days: [string, string] = ['2026-01-01', '2026-03-31']
    expect(opening!.before).toMatchObject(figuresOf(rows, days, closed.closedAt))
    expect(opening!.after).toMatchObject(figuresOf(rows, days, again.closedAt))
    const late2 = rows.filter((row) => told.journals.some(({ journalId }) => journalId === row.journalId))
    expect(movedBy(late2).receivedCents).toBe(opening!.after.receivedCents - opening!.before.receivedCents)
    expect(movedBy(late2).receivableCents).toBe(
      opening!.after.receivableAtEndCents - opening!.before.receivableAtEndCents,
    )
  })

  test('B-19 it is told while it is still open, and over several openings', async () => {
    const one = await books.close('2026-03-31')
    await books.reopen(one.periodId, 'a late check')
    await books.receive(100, march)
    const two = await books.close('2026-03-31')
    await books.reopen(two.periodId, 'a refund forgotten')
    await books.refund(first, 250, march)
    const told = await changes(one.periodId)
    expect(told.openings).toMatchObject([
      {
        reopenings: [{ reason: 'a late check' }],
        closedAgainAt: two.closedAt,
        after: { receivedCents: 9_100 },
      },
      {
        closedAt: two.closedAt,
        reopenings: [{ reason: 'a refund forgotten' }],
        closedAgainAt: null,
        before: { receivedCents: 9_100, refundedCents: 0 },
        after: { receivedCents: 9_100, refundedCents: 250, escrowAtEndCents: 4_850 },
      },
    ])
    expect(told.journals.map(({ kind, opening }) => [kind, opening])).toEqual([
      ['receipt', 0],
      ['refund', 1],
    ])
    const rest = await changes(one.periodId, `?after=${told.journals[0]!.journalId}`)
    expect(rest.journals).toEqual(told.journals.slice(1))
  })

  test('B-19 what was posted into February changes the end of March, and is named', async () => {
    const february = await books.close('2026-02-28')
    const closed = await books.close('2026-03-31')
    await books.reopen(closed.periodId, 'a check of February')
    await books.reopen(february.periodId, 'a check of February')
    const late = await books.receive(300, await books.batch('2026-02-20'))
    await books.close('2026-02-28')
    const again = await books.close('2026-03-31')
    const told = await changes(again.periodId)
    expect(told.openings).toMatchObject([
      {
        reopenings: [{ periodId: closed.periodId }],
        before: { receivedCents: 9_000, escrowAtEndCents: 5_000 },
        after: { receivedCents: 9_000, escrowAtEndCents: 5_300 },
        byKind: [{ kind: 'receipt', journals: 1, receivedCents: 300 }],
      },
    ])
    expect(told.journals).toMatchObject([{ effectiveDate: '2026-02-20', receiptIds: [late] }])
    const days: [string, string] = ['2026-03-01', '2026-03-31']
    expect(told.openings[0]!.after).toMatchObject(figuresOf(await ledgerRows(desk), days, again.closedAt))
  })

  test('B-19 corrections in later periods point back', async () => {
    const disbursed = await books.disburse(first, 600, march)
    const { disbursementId } = disbursed.disbursements[0]
    const { periodId } = await books.close('2026-03-31')
    const april = await books.batch('2026-04-10')
    await books.made(`/v1/disbursements/${disbursementId}/undo`, { batchId: april })
    const told = await changes(periodId)
    expect(told).toMatchObject({ openings: [], journals: [], nextCorrection: null })
    expect(told.laterCorrections).toMatchObject([
      {
        kind: 'disbursement-undo',
        effectiveDate: '2026-04-10',
        disbursedCents: -600,
        escrowCents: 600,
        receiptIds: [first],
        corrected: { kind: 'disbursement', effectiveDate: '2026-03-20' },
      },
    ])
    const [correction] = told.laterCorrections
    expect(correction!.correctsJournalId).toBe(correction!.corrected.journalId)
    expect((await changes(periodId, `?afterCorrection=${correction!.journalId}`)).laterCorrections).toEqual(
      [],
    )
  })

  test('B-19 refuses a period that is not there or not this practice’s', async () => {
    const { periodId } = await books.close('2026-03-31')
    expect((await books.api.get(`/v1/reporting-periods/${newId()}/changes`)).status).toBe(404)
    const other = await desk.as({ permissions: ['billing.read'], practiceIds: [newId()] })
    expect((await other.get(`/v1/reporting-periods/${periodId}/changes`)).status).toBe(404)
    const closer = await desk.as({ permissions: ['period.close'] })
    expect((await closer.get(`/v1/reporting-periods/${periodId}/changes`)).status).toBe(403)
  })
})
