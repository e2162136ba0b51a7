import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import * as output from '../routes/report-outputs.ts'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
let agencyId: string
let receiptId: string
beforeAll(async () => {
  desk = await openBillingDesk()
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.complete(visit, { lineItems: [lineItem('90834', 10_000)] })
  const { billingEncounterId, lines } = await desk.bill(visit)
  const agency = { name: 'Harbor Collections', feeBasisPoints: 2_500 }
  agencyId = (await desk.biller.post('/v1/collection-agencies', agency)).body.agencyId
  await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/collections`, { agencyId })
  receiptId = await receive({ agencyId }, 7_500)
  await receive({ patientId: visit.patientId }, 1_000)
  await receive(
    { payerId: (await desk.biller.post('/v1/payers', { name: 'First Health' })).body.payerId },
    200,
  )
  const applied = await desk.biller.post(`/v1/receipts/${receiptId}/payments`, {
    applications: [{ chargeId: lines[0]!.chargeId, amountCents: 3_000 }],
  })
  expect(applied.status).toBe(201)
})
afterAll(() => desk.close())

async function receive(payer: object, amountCents: number): Promise<string> {
  const answer = await desk.biller.post('/v1/receipts', { ...payer, amountCents, method: 'check' })
  return answer.body.receiptId
}
const ask = async (path: string) => (await desk.biller.get(`/v1/reports/${path}`)).body
const RANGE = 'from=2020-01-01&to=2100-01-01'
const HARBOR = () => ({ payerId: null, payerName: null, agencyId, agencyName: 'Harbor Collections' })

describe('an agency’s money in the reports', () => {
  test('B-12 B-13 Receipts Management names the agency, and lets its money through alone', async () => {
    for (const filter of ['payerKind=agency', `agencyId=${agencyId}`]) {
      const { receipts, totals } = await ask(`receipts?${filter}`)
      expect(receipts).toMatchObject([{ receiptId, payerKind: 'agency', ...HARBOR() }])
      expect(totals).toMatchObject({ receipts: 1, receivedCents: 7_500, appliedCents: 3_000 })
    }
    expect((await ask('receipts?payerKind=insurer')).receipts).toMatchObject([{ agencyId: null }])
    expect((await ask(`receipts?agencyId=${newId()}`)).receipts).toEqual([])
    expect(await ask('receipts.csv?payerKind=agency')).toContain(',agency,,Harbor Collections,check,')
  })

  test('B-12 B-13 the tie-out and the payments name it too', async () => {
    const { receipts } = await ask(`tie-out?${RANGE}`)
    expect(receipts.find((one: { receiptId: string }) => one.receiptId === receiptId)).toMatchObject({
      payerKind: 'agency',
      ...HARBOR(),
    })
    expect(await ask(`tie-out.csv?${RANGE}`)).toContain(',Harbor Collections,')
    expect((await ask(`payments?${RANGE}`)).payments).toMatchObject([{ receiptId, ...HARBOR() }])
    expect(await ask(`payments.csv?${RANGE}`)).toContain(',Harbor Collections,')
  })

  test('B-19 B-13 an explanation names the agency that paid, also of a receipt that was corrected since', async () => {
    const explain = async (query = '') =>
      (await desk.biller.get(`/v1/receipts/${receiptId}/explanation${query}`)).body.receipts
    expect(await explain()).toMatchObject([{ payerKind: 'agency', agencyId, payerId: null }])
    const theirs = await receive({ agencyId }, 500)
    const before = Temporal.Now.instant().toString()
    const modifier = await desk.as({ permissions: ['billing.read', 'receipt.modify'] })
    const { patientId } = desk.visit()
    await desk.register(patientId)
    const corrected = { patientId, amountCents: 500, method: 'check', reason: 'the patient paid it' }
    const { body } = await modifier.get(`/v1/receipts/${theirs}`)
    const put = await modifier.put(`/v1/receipts/${theirs}`, corrected, { ifMatch: body.version })
    expect(put.status).toBe(200)
    const of = async (query: string) =>
      (await desk.biller.get(`/v1/receipts/${theirs}/explanation${query}`)).body.receipts
    expect(await of(`?recordedThrough=${before}`)).toMatchObject([{ payerKind: 'agency', agencyId }])
    expect(await of('')).toMatchObject([{ payerKind: 'patient', agencyId: null, patientId }])
  })

  test('B-12 P-01 what is answered is what the API page says', async () => {
    for (const [shape, path] of [
      [output.receiptsReport, 'receipts'],
      [output.tieOut, `tie-out?${RANGE}`],
      [output.paymentsReport, `payments?${RANGE}`],
    ] as const)
      expect(shape.safeParse(await ask(path)).error).toBeUndefined()
  })
})
