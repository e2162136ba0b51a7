import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
const [ada, ben] = [newId(), newId()]
beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.register(ada, { name: 'Ada Byron' })
  await desk.register(ben, { name: '@Ben' })
})
afterAll(() => desk.close())

const TODAY = Temporal.Now.zonedDateTimeISO('America/Chicago').toPlainDate()
const daysAgo = (days: number) => TODAY.subtract({ days }).toString()
async function owe(patientId: string, serviceDate: string, amount: number, completedAt: string) {
  const visit = { ...desk.visit(), patientId }
  await desk.complete(visit, { serviceDate, completedAt, lineItems: [lineItem('90834', amount)] })
  return (await desk.bill(visit)).lines[0]!.chargeId!
}
const get = async (path: string) => (await desk.biller.get(`/v1/reports/${path}`)).body
const none = {
  currentCents: 0,
  days31To60Cents: 0,
  days61To90Cents: 0,
  days91To120Cents: 0,
  over120DaysCents: 0,
}

describe('A/R aging', () => {
  test('B-20 each bucket begins and ends with its day; a payment counts from the date of its batch', async () => {
    const posted = `${daysAgo(1)}T18:00:00Z`
    for (const [days, amount] of [
      [0, 1],
      [30, 2],
      [31, 4],
      [60, 8],
      [61, 16],
      [90, 32],
      [91, 64],
      [120, 128],
      [121, 256],
    ] as const)
      await owe(ada, daysAgo(days), amount, posted)
    const chargeId = await owe(ben, daysAgo(10), 5_000, posted)
    const batch = (
      await desk.biller.post('/v1/reference-batches', {
        name: 'later',
        batchDate: TODAY.add({ days: 3 }).toString(),
      })
    ).body.batchId
    const receipt = await desk.biller.post('/v1/receipts', {
      patientId: ben,
      amountCents: 2_000,
      method: 'cash',
    })
    await desk.biller.post(`/v1/receipts/${receipt.body.receiptId}/payments`, {
      batchId: batch,
      applications: [{ chargeId, amountCents: 2_000 }],
    })
    const aged = {
      currentCents: 3,
      days31To60Cents: 12,
      days61To90Cents: 48,
      days91To120Cents: 192,
      over120DaysCents: 256,
      totalCents: 511,
    }
    const aging = await get('ar-aging')
    expect(aging).toMatchObject({
      asOf: TODAY.toString(),
      totals: { ...aged, currentCents: 5_003, totalCents: 5_511 },
      byPayer: [{ payerId: null, payerName: null, totalCents: 5_511 }],
      next: null,
    })
    expect(aging.debts).toHaveLength(2)
    expect(aging.debts).toEqual(
      expect.arrayContaining([
        { patientId: ada, patientName: 'Ada Byron', payerId: null, payerName: null, ...aged },
        expect.objectContaining({ patientId: ben, ...none, currentCents: 5_000, totalCents: 5_000 }),
      ]),
    )
    expect((await get(`ar-aging?patientId=${ben}&asOf=${TODAY.add({ days: 3 })}`)).totals).toEqual({
      ...none,
      currentCents: 3_000,
      totalCents: 3_000,
    })
    expect((await get(`ar-aging?asOf=${daysAgo(2)}`)).totals).toEqual({ ...none, totalCents: 0 })
    expect((await get('ar-aging?owedBy=insurer')).debts).toEqual([])
    expect(aging.totals.totalCents).toBe(
      (await desk.biller.get('/v1/ledger/summary')).body.receivableCents + 2_000,
    )
  })

  test('B-20 as a file, by name, with no cell that a spreadsheet would run', async () => {
    expect(await get('ar-aging.csv')).toBe(
      [
        'Patient,Owed by,Current,31-60 days,61-90 days,91-120 days,Over 120 days,Total',
        `'@Ben,Patient,50.00,0.00,0.00,0.00,0.00,50.00`,
        'Ada Byron,Patient,0.03,0.12,0.48,1.92,2.56,5.11',
        '',
      ].join('\r\n'),
    )
    for (const [query, field] of [
      ['asOf=2300-01-01', 'asOf'],
      ['after=x', 'after'],
      ['owedBy=somebody', 'owedBy'],
    ] as const)
      expect(await desk.biller.get(`/v1/reports/ar-aging?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field }] },
      })
  })
})

describe('unpaid sessions', () => {
  test('B-20 oldest first, with what was paid and where the invoice is; what is paid up, cancelled or no session is not there', async () => {
    const { sessions, totals } = await get(`unpaid-sessions?patientId=${ben}`)
    expect(sessions).toEqual([
      {
        billingEncounterId: expect.any(String),
        appointmentId: expect.any(String),
        patientId: ben,
        patientName: '@Ben',
        serviceDate: daysAgo(10),
        ageDays: 10,
        chargedCents: 5_000,
        paidCents: 2_000,
        adjustedCents: 0,
        balanceCents: 3_000,
        invoice: {
          documentId: expect.any(String),
          number: expect.stringMatching(/^INV-\d{6}$/),
          status: 'review',
          delivery: null,
        },
      },
    ])
    expect(totals).toEqual({
      sessions: 1,
      chargedCents: 5_000,
      paidCents: 2_000,
      adjustedCents: 0,
      balanceCents: 3_000,
    })
    await desk.biller.post(`/v1/documents/${sessions[0].invoice.documentId}/send`, {})
    expect((await get(`unpaid-sessions?patientId=${ben}`)).sessions[0].invoice).toMatchObject({
      status: 'issued',
      delivery: 'queued',
    })
    const all = await get('unpaid-sessions')
    expect(all.sessions.map((one: { ageDays: number }) => one.ageDays)).toEqual([
      121, 120, 91, 90, 61, 60, 31, 30, 10, 0,
    ])
    const [oldest, second] = all.sessions
    await desk.biller.post(`/v1/billing-encounters/${oldest.billingEncounterId}/cancel`, {})
    const visit = { ...desk.visit(), patientId: ada }
    await desk.complete(visit, {
      lineItems: [lineItem('90834', 700)],
      alreadyPaid: true,
      payment: { amountCents: 700, method: 'cash', reference: null },
    })
    const after = await get('unpaid-sessions')
    expect(after.sessions[0].billingEncounterId).toBe(second.billingEncounterId)
    expect(after.totals).toMatchObject({ sessions: 9, balanceCents: 3_255 })
    const csv = (await desk.biller.get('/v1/reports/unpaid-sessions.csv')).body as string
    expect(csv.split('\r\n')).toHaveLength(11)
    expect(csv).toContain(`'@Ben,${daysAgo(10)},10,50.00,20.00,0.00,30.00,INV-`)
  })
})
