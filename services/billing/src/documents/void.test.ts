import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DocumentIssuedV2, DocumentVoided } from '@praxisbus/contracts'
import type { Visit } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
let modifier: OnlineDesk['biller']
beforeAll(async () => {
  desk = await openOnlineDesk()
  modifier = await desk.as({ permissions: ['billing.read', 'billing.post', 'receipt.modify'] })
})
afterAll(() => desk.close())

const documentsOf = async ({ patientId }: Visit) =>
  (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body.documents
const pathOf = async (visit: Visit) => `/v1/billing-encounters/${(await desk.bill(visit)).billingEncounterId}`

/** What a subscriber knows of the patient's documents: each fact with the version that it brought, in order. */
async function told({ patientId }: Visit) {
  const facts = [...(await desk.facts(DocumentIssuedV2)), ...(await desk.facts(DocumentVoided))]
  return facts
    .filter(({ data }) => data.patientId === patientId)
    .sort(
      (one, other) =>
        `${one.data.number}`.localeCompare(`${other.data.number}`) || one.sequence - other.sequence,
    )
    .map(({ sequence, data }) => [data.kind, sequence, 'reason' in data ? data.reason : data.status])
}

test('B-05 a cancelled bill and a reversed one tell of each document that is void', async () => {
  for (const [verb, reason] of [
    ['cancel', 'bill-cancelled'],
    ['reverse', 'bill-reversed'],
  ] as const) {
    const visit = await desk.onlineVisit({ paymentType: 'other' })
    const path = await pathOf(visit)
    expect(
      (await desk.biller.post(`${path}/${verb}`, verb === 'cancel' ? undefined : { reason: 'price' })).status,
    ).toBe(200)
    expect(await told(visit)).toEqual([
      ['invoice', 1, 'review'],
      ['invoice', 2, reason],
    ])
    const [{ documentId, number, version }] = await documentsOf(visit)
    expect(version).toBe(2)
    expect((await desk.facts(DocumentVoided)).at(-1)!.data).toMatchObject({
      documentId,
      number,
      totalCents: 15_000,
      receiptId: null,
    })
  }
})

test('B-02 B-03 an invoice that another takes the place of is told as void: asked for online, or replaced', async () => {
  const asked = await desk.onlineVisit({ paymentType: 'other' })
  const { billingEncounterId } = await desk.bill(asked)
  await desk.biller.post('/v1/payment-requests', { billingEncounterId })
  expect(await told(asked)).toEqual([
    ['invoice', 1, 'review'],
    ['invoice', 2, 'replaced'],
    ['invoice', 1, 'issued'],
  ])
  const copay = await desk.onlineVisit()
  await desk.turn()
  await desk.checkIn(copay, 2_500)
  await desk.watch()
  expect(await told(copay)).toEqual([
    ['invoice', 1, 'issued'],
    ['invoice', 2, 'replaced'],
    ['invoice', 1, 'issued'],
  ])
})

test('B-14 a receipt document is told as void when its receipt is deleted', async () => {
  const { visit } = await desk.paidVisit()
  const { receiptId } = (await documentsOf(visit)).find((one: { kind: string }) => one.kind === 'receipt')
  const { payments } = (await modifier.get(`/v1/receipts/${receiptId}`)).body
  await modifier.post(`/v1/payments/${payments[0].paymentId}/remove`, {})
  expect((await modifier.post(`/v1/receipts/${receiptId}/delete`, { reason: 'declined' })).status).toBe(200)
  expect((await told(visit)).slice(1)).toEqual([
    ['receipt', 1, 'issued'],
    ['receipt', 2, 'receipt-deleted'],
  ])
  expect((await desk.facts(DocumentVoided)).at(-1)!.data).toMatchObject({ receiptId, totalCents: 15_000 })
})
