import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { PeriodClosed, PeriodReopened } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
let owner: BillingDesk['biller']
let patientId: string
beforeEach(async () => {
  desk = await openBillingDesk()
  owner = await desk.as({
    permissions: ['billing.read', 'billing.post', 'receipt.write', 'receipt.refund', 'period.close'],
  })
  patientId = newId()
  await desk.register(patientId)
})
afterEach(() => desk.close())
afterAll(() => undefined)

const batch = async (batchDate: string) =>
  (await owner.post('/v1/reference-batches', { name: `Batch ${batchDate}`, batchDate })).body.batchId
const close = (endsOn: string) => owner.post('/v1/reporting-periods', { endsOn })
const receive = (amountCents: number, batchId: string | null = null) =>
  owner.post('/v1/receipts', { patientId, amountCents, method: 'check', batchId })
async function charge(amount: number): Promise<string> {
  const visit = desk.visit()
  await desk.complete(visit, { lineItems: [lineItem('90834', amount)] })
  return (await desk.bill(visit)).lines[0]!.chargeId!
}

describe('reference batches and periods', () => {
  test('B-09 a posting goes into the batch that is named and is dated by it', async () => {
    const may = await batch('2026-05-30')
    const receipt = (await receive(500, may)).body
    expect(receipt).toMatchObject({ batchId: may, batchDate: '2026-05-30', depositDate: '2026-05-30' })
    const { batches } = (await owner.get('/v1/reference-batches?from=2026-05-01&to=2026-05-31')).body
    expect(batches).toMatchObject([{ batchId: may, name: 'Batch 2026-05-30', closed: false, journals: 1 }])
    expect(await receive(500, newId())).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'batchId' }] },
    })
    const elsewhere = await desk.as({
      permissions: ['billing.read', 'receipt.write'],
      practiceIds: [newId()],
    })
    expect((await elsewhere.get('/v1/reference-batches')).body.batches).toEqual([])
  })

  test('B-09 nothing posts into a closed period, by any verb; the refusal says to use a new batch', async () => {
    const may = await batch('2026-05-30')
    const { receiptId } = (await receive(5_000, may)).body
    const chargeId = await charge(1_000)
    const path = `/v1/receipts/${receiptId}`
    const paid = (await owner.post(`${path}/payments`, { applications: [{ chargeId, amountCents: 100 }] }))
      .body
    const disbursed = (await owner.post(`${path}/disbursements`, { code: 'E', amountCents: 100 })).body
      .disbursements[0]
    const refunded = (await owner.post(`${path}/refunds`, { amountCents: 100, method: 'cash', reason: 'x' }))
      .body.refunds[0]
    expect((await close('2026-05-31')).status).toBe(201)
    const into = { batchId: may }
    for (const answer of [
      await receive(500, may),
      await owner.post(`${path}/payments`, { ...into, applications: [{ chargeId, amountCents: 100 }] }),
      await owner.post(`/v1/payments/${paid.paymentId}/remove`, into),
      await owner.post(`${path}/disbursements`, { ...into, code: 'E', amountCents: 100 }),
      await owner.post(`/v1/disbursements/${disbursed.disbursementId}/undo`, into),
      await owner.post(`${path}/refunds`, { ...into, amountCents: 1, method: 'cash', reason: 'x' }),
      await owner.post(`/v1/refunds/${refunded.refundId}/undo`, into),
      await owner.post('/v1/reference-batches', { name: 'late', batchDate: '2026-05-31' }),
    ])
      expect(answer).toMatchObject({
        status: 409,
        body: {
          type: 'urn:praxisbus:problem:period_closed',
          closedThrough: '2026-05-31',
          next: expect.stringContaining('new reference batch'),
        },
      })
    // The text's two ways for escrow of a closed period: its own batch is closed, so a new one.
    const june = await batch('2026-06-01')
    const posted = await owner.post(`${path}/payments`, {
      batchId: june,
      applications: [{ chargeId, amountCents: 100 }],
    })
    expect(posted).toMatchObject({ status: 201, body: { batchDate: '2026-06-01' } })
  })

  test('B-09 what comes by itself for a closed day is dated on the first open day', async () => {
    expect((await close('2026-05-31')).status).toBe(201)
    const visit = desk.visit()
    await desk.checkIn(visit, 2_500)
    await desk.complete(visit)
    const dates = await desk.database.read(desk.practiceId, (tx) =>
      tx.many<{ effectiveDate: string }>(sql`select distinct effective_date from journal`),
    )
    const today = Temporal.Now.zonedDateTimeISO('America/Chicago').toPlainDate().toString()
    expect(dates).toEqual([{ effectiveDate: today }])
  })

  test('B-09 only days that are over are closed, in order, and only the last period is opened again', async () => {
    const today = Temporal.Now.zonedDateTimeISO('America/Chicago').toPlainDate()
    expect((await close(today.toString())).body.errors[0].field).toBe('endsOn')
    const may = (await close('2026-05-31')).body
    expect(may).toMatchObject({ startsOn: null, endsOn: '2026-05-31', previousSeal: null })
    expect((await close('2026-05-31')).status).toBe(409)
    const june = (await close('2026-06-30')).body
    expect(june).toMatchObject({ startsOn: '2026-06-01', endsOn: '2026-06-30', previousSeal: may.seal })
    const reopen = (id: string) =>
      owner.post(`/v1/reporting-periods/${id}/reopen`, { reason: 'a late check' })
    expect((await reopen(may.periodId)).body.type).toContain('not_the_last')
    expect((await reopen(june.periodId)).body).toMatchObject({ reopenReason: 'a late check' })
    expect((await reopen(june.periodId)).status).toBe(409)
    expect((await reopen(newId())).status).toBe(404)
    expect((await receive(100, await batch('2026-06-15'))).status).toBe(201)
    expect((await close('2026-06-30')).status).toBe(201)
    const list = (await owner.get('/v1/reporting-periods')).body
    expect(list).toMatchObject({ closedThrough: '2026-06-30' })
    expect(list.periods.map((one: { reopenedAt: string | null }) => one.reopenedAt !== null)).toEqual([
      false,
      true,
      false,
    ])
    expect((await desk.facts(PeriodClosed)).map(({ data }) => data.endsOn)).toEqual([
      '2026-05-31',
      '2026-06-30',
      '2026-06-30',
    ])
    expect(await desk.facts(PeriodReopened)).toHaveLength(1)
    expect((await desk.biller.post('/v1/reporting-periods', { endsOn: '2026-07-31' })).status).toBe(403)
  })

  test('B-09 closing a period while payments post: one wins, and nothing lands under or beside the seal', async () => {
    const may = await batch('2026-05-30')
    for (let round = 0; round < 5; round++) {
      const receipts = await Promise.all(Array.from({ length: 6 }, () => receive(100, may)))
      const ends = Temporal.PlainDate.from('2026-05-30').toString()
      const refundAll = receipts.map(({ body }) =>
        owner.post(`/v1/receipts/${body.receiptId}/refunds`, {
          amountCents: 100,
          method: 'cash',
          reason: 'x',
          batchId: may,
        }),
      )
      const [closed, ...refunds] = await Promise.all([close(ends), ...refundAll])
      expect(closed!.status).toBe(201)
      expect(refunds.every(({ status }) => status === 201 || status === 409)).toBe(true)
      const refunded = refunds.filter(({ status }) => status === 201).length
      const sealed = await desk.count(sql`select from journal where effective_date <= ${ends}`)
      expect(closed!.body.journals).toBe(sealed)
      const all = await desk.count(sql`select from refund`)
      expect(all).toBeGreaterThanOrEqual(refunded)
      await owner.post(`/v1/reporting-periods/${closed!.body.periodId}/reopen`, { reason: 'next round' })
    }
  })
})
