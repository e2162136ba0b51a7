import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { lineItem, procedure, type Visit } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
  await desk.service('90791', 20_000)
  await desk.service('96127', 2_000)
})
afterAll(() => desk.close())

/** Oldest first. */
const invoices = async ({ patientId }: Visit) =>
  (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body.documents.reverse()
const living = async (visit: Visit) =>
  (await invoices(visit)).filter((document: { status: string }) => document.status !== 'void')
const sign = async (visit: Visit, body?: object) =>
  desk.biller.post(`/v1/billing-encounters/${(await desk.bill(visit)).billingEncounterId}/sign`, body)
const send = (documentId: string) => desk.biller.post(`/v1/documents/${documentId}/send`, {})

async function released(codes = ['90791']): Promise<Visit> {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.release(visit, { procedures: codes.map((code) => procedure(code)) })
  return visit
}
/** A session of $150.00 with an invoice, and a line of $20.00 that its encounter brought. */
async function withLateLine(): Promise<Visit> {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.complete(visit, { lineItems: [lineItem('90834', 15_000)] })
  await desk.release(visit, { procedures: [procedure('90834'), procedure('96127')] })
  return visit
}

test('B-06 B-03 an encounter signed to the patient has an invoice to review; one signed to insurance has none', async () => {
  const visit = await released()
  expect((await sign(visit)).status).toBe(200)
  const [invoice] = await invoices(visit)
  expect(invoice).toMatchObject({ kind: 'invoice', status: 'review', totalCents: 20_000, owedCents: 20_000 })
  expect((await send(invoice.documentId)).status).toBe(200)
  const { payerId } = (await desk.biller.post('/v1/payers', { name: 'Harbor Health' })).body
  const insured = await released()
  const coverages = [{ payerId, memberId: 'M1' }]
  await desk.biller.put(`/v1/patients/${insured.patientId}/coverages`, { coverages }, { ifMatch: 1 })
  expect((await sign(insured)).status).toBe(200)
  expect(await invoices(insured)).toEqual([])
})

test('B-06 B-03 a session that comes after the encounter was signed makes no second invoice of the same charges', async () => {
  for (const sent of [false, true]) {
    const visit = await released()
    await sign(visit)
    const [{ documentId }] = await invoices(visit)
    if (sent) await send(documentId)
    await desk.complete(visit, { lineItems: [lineItem('90791', 20_000)] })
    expect(await invoices(visit)).toMatchObject([{ documentId, status: sent ? 'issued' : 'review' }])
  }
  const online = await released()
  await sign(online)
  await desk.complete(online, { paymentType: 'online', lineItems: [lineItem('90791', 20_000)] })
  expect(await invoices(online)).toMatchObject([{ status: 'void' }, { status: 'issued', totalCents: 20_000 }])
})

test('B-06 B-03 lines signed after the invoice went out wait on a new one over the whole bill, which replaces it when it is sent', async () => {
  const visit = await withLateLine()
  const [first] = await invoices(visit)
  await send(first.documentId)
  await sign(visit)
  const [counts, waits] = await invoices(visit)
  expect(counts).toMatchObject({ number: first.number, status: 'issued', totalCents: 15_000 })
  expect(waits).toMatchObject({ status: 'review', totalCents: 17_000, owedCents: 17_000 })
  expect((await send(waits.documentId)).body).toMatchObject({
    status: 'issued',
    content: { lines: [{ code: '90834' }, { code: '96127' }], balanceCents: 17_000 },
  })
  expect(await invoices(visit)).toMatchObject([{ status: 'void' }, { status: 'issued', totalCents: 17_000 }])
  expect((await send(first.documentId)).body.type).toBe('urn:praxisbus:problem:void')
})

test('B-06 B-03 lines that are signed while the invoice is being sent are on an invoice that counts or waits', async () => {
  for (let round = 0; round < 6; round++) {
    const visit = await withLateLine()
    const [{ documentId }] = await invoices(visit)
    const [sent, signed] = await Promise.all([send(documentId), sign(visit)])
    expect([sent.status, signed.status]).toEqual([200, 200])
    const totals = (await living(visit)).map((one: { totalCents: number }) => one.totalCents)
    expect([[17_000], [15_000, 17_000]]).toContainEqual(totals)
  }
})
