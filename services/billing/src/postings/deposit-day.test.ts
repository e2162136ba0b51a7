import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AppointmentCheckedIn, ReceiptRecorded } from '@praxisbus/contracts'
import { type BillingDesk, openBillingDesk, paid, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const report = async (query: string) =>
  (await desk.biller.get(`/v1/reports/receipts?from=2026-03-01&to=2026-03-31&${query}`)).body.receipts
const tieOut = async () => (await desk.biller.get('/v1/reports/tie-out?from=2026-03-01&to=2026-03-31')).body
/** The evening of March 2 in Chicago, the next day in UTC. */
const checkIn = ({ appointmentId, patientId }: Visit) =>
  desk.react(AppointmentCheckedIn, {
    subject: appointmentId,
    version: 2,
    data: {
      appointmentId,
      patientId,
      checkedInAt: '2026-03-03T02:00:00Z',
      copay: { amountCents: 2_500, method: 'cash', reference: null },
    },
  })

test('B-07 B-09 money whose fact comes after its month was closed: the day it came stays, the batch moves on', async () => {
  const closer = await desk.as({ permissions: ['period.close'] })
  const visit = desk.visit()
  await desk.register(visit.patientId)
  expect((await closer.post('/v1/reporting-periods', { endsOn: '2026-03-31' })).status).toBe(201)
  await checkIn(visit)
  const cash = {
    cashPayments: [{ amountCents: 1_000, reference: null }],
    completedAt: '2026-03-03T03:00:00Z',
  }
  await desk.complete(visit, { ...paid(3_000), ...cash })

  const told = (await desk.facts(ReceiptRecorded)).map(({ data }) => data)
  expect(told.map(({ depositDate, amountCents }) => [depositDate, amountCents])).toEqual([
    ['2026-03-02', 2_500],
    ['2026-03-02', 3_000],
    ['2026-03-02', 1_000],
  ])
  expect(told.every(({ batchDate }) => String(batchDate) > '2026-03-31')).toBe(true)
  // The bank's day has all of it; the closed month reports none of it.
  expect(await report('dateKind=deposit')).toHaveLength(3)
  expect(await report('dateKind=batch')).toEqual([])
  expect(await tieOut()).toMatchObject({ tiesOut: true, receiptsCents: 0, paymentsCents: 0 })
})

test('B-09 in an open month the batch is of the same day', async () => {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.react(AppointmentCheckedIn, {
    subject: visit.appointmentId,
    version: 2,
    data: {
      appointmentId: visit.appointmentId,
      patientId: visit.patientId,
      checkedInAt: '2026-05-31T02:00:00Z',
      copay: { amountCents: 2_500, method: 'cash', reference: null },
    },
  })
  expect((await desk.facts(ReceiptRecorded)).at(-1)!.data).toMatchObject({
    depositDate: '2026-05-30',
    batchDate: '2026-05-30',
  })
})
