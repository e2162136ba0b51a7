import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  ChargesRecalled,
  ChargesSentToCollections,
  PaymentApplied,
  ReceiptRecorded,
} from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import type { BillingEncounter } from '../queries/get-billing-encounter.ts'
import { type BillingDesk, lineItem, openBillingDesk, type Visit } from '../test-kit.ts'

let desk: BillingDesk
let agencyId: string
beforeAll(async () => {
  desk = await openBillingDesk()
})
beforeEach(async () => {
  agencyId = (await desk.biller.post('/v1/collection-agencies', agencyOf(2_500))).body.agencyId
})
afterAll(() => desk.close())

const agencyOf = (feeBasisPoints: number) => ({ name: `Harbor ${newId()}`, feeBasisPoints })
const pathOf = ({ billingEncounterId }: BillingEncounter) => `/v1/billing-encounters/${billingEncounterId}`
const send = (bill: BillingEncounter, more: object = {}) =>
  desk.biller.post(`${pathOf(bill)}/collections`, { agencyId, ...more })
const recall = (bill: BillingEncounter, more: object = {}) =>
  desk.biller.post(`${pathOf(bill)}/recall`, { reason: 'pays us', ...more })
const read = async (receiptId: string) => (await desk.biller.get(`/v1/receipts/${receiptId}`)).body
const summary = async () => (await desk.biller.get('/v1/ledger/summary')).body
const receive = async (amountCents: number, more: object = { agencyId }) =>
  (await desk.biller.post('/v1/receipts', { amountCents, method: 'check', ...more })).body.receiptId as string
const apply = (receiptId: string, chargeId: string, amountCents: number, more: object = {}) =>
  desk.biller.post(`/v1/receipts/${receiptId}/payments`, {
    applications: [{ chargeId, amountCents, ...more }],
  })

async function owed(cents = 15_000, visit: Visit = desk.visit()) {
  await desk.register(visit.patientId)
  await desk.complete(visit, { lineItems: [lineItem('90834', cents)] })
  const bill = await desk.bill(visit)
  return { visit, bill, chargeId: bill.lines[0]!.chargeId! }
}
/** Of every cent charged and every cent received, from the entries alone. */
function balanced(now: Awaited<ReturnType<typeof summary>>) {
  expect(now.chargedCents).toBe(
    now.discountCents +
      now.adjustedCents +
      now.receivableCents +
      now.collectionsCents +
      now.collectionFeeCents +
      now.appliedCents,
  )
  expect(now.receivedCents).toBe(now.appliedCents + now.escrowCents + now.disbursedCents + now.refundedCents)
}

describe('collections', () => {
  test('B-13 sent out, collected with the agency’s fee, the rest recalled: to the cent, in A/R and in B-10', async () => {
    const { visit, bill, chargeId } = await owed()
    const before = await summary()
    const sent = (await send(bill, { reason: 'no answer for 90 days' })).body
    expect(sent).toMatchObject({
      status: 'posted',
      totalCents: 15_000,
      balanceCents: 0,
      collectionsCents: 15_000,
    })
    expect(sent.placements).toMatchObject([
      {
        chargeId,
        agencyId,
        feeBasisPoints: 2_500,
        sentCents: 15_000,
        balanceCents: 15_000,
        reason: 'no answer for 90 days',
      },
    ])
    expect((await desk.facts(ChargesSentToCollections)).at(-1)).toMatchObject({
      key: bill.billingEncounterId,
      sequence: sent.version,
      data: { agencyId, charges: [{ chargeId, amountCents: 15_000 }] },
    })
    expect(await summary()).toMatchObject({
      receivableCents: before.receivableCents - 15_000,
      collectionsCents: before.collectionsCents + 15_000,
      chargedCents: before.chargedCents,
    })

    const receiptId = await receive(7_500)
    expect(await read(receiptId)).toMatchObject({
      payerKind: 'agency',
      agencyId,
      source: 'agency',
      patientId: null,
    })
    expect((await desk.facts(ReceiptRecorded)).at(-1)!.data).toMatchObject({
      payerKind: 'insurer',
      payerId: null,
      agencyId,
    })
    const paid = await apply(receiptId, chargeId, 7_500)
    expect(paid).toMatchObject({ status: 201, body: { escrowCents: 0 } })
    expect((await desk.facts(PaymentApplied)).at(-1)!.data.applications).toEqual([
      { chargeId, amountCents: 7_500, feeCents: 2_500 },
    ])
    expect(await read(receiptId)).toMatchObject({ receivedCents: 7_500, appliedCents: 7_500, escrowCents: 0 })
    const during = await summary()
    expect(during).toMatchObject({
      collectionsCents: before.collectionsCents + 5_000,
      collectionFeeCents: before.collectionFeeCents + 2_500,
      appliedCents: before.appliedCents + 7_500,
    })
    balanced(during)
    const [invoice] = (await desk.biller.get(`/v1/documents?patientId=${visit.patientId}`)).body.documents
    expect((await desk.biller.get(`/v1/documents/${invoice.documentId}`)).body.content).toMatchObject({
      totalCents: 15_000,
      paidCents: 10_000,
      balanceCents: 5_000,
    })

    const back = (await recall(bill)).body
    expect(back).toMatchObject({ balanceCents: 5_000, collectionsCents: 0 })
    expect(back.placements).toMatchObject([
      { balanceCents: 0, recallReason: 'pays us', recalledBy: 'user-1' },
    ])
    expect((await desk.facts(ChargesRecalled)).at(-1)!.data.charges).toEqual([
      { chargeId, amountCents: 5_000 },
    ])
    balanced(await summary())

    const removed = await desk.biller.post(`/v1/payments/${paid.body.paymentId}/remove`, {})
    expect(removed.body).toMatchObject({ escrowCents: 7_500 })
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 15_000, collectionsCents: 0 })
    const after = await summary()
    expect(after).toMatchObject({
      receivableCents: before.receivableCents,
      collectionsCents: before.collectionsCents,
      collectionFeeCents: before.collectionFeeCents,
    })
    balanced(after)
  })

  test('B-13 an agency’s payment that is removed while the charge is with it stands in collections again, fee and all', async () => {
    const { visit, bill, chargeId } = await owed()
    await send(bill)
    const receiptId = await receive(9_000)
    const first = (await apply(receiptId, chargeId, 6_000, { feeCents: 1_234 })).body
    expect(await desk.bill(visit)).toMatchObject({ collectionsCents: 7_766, balanceCents: 0 })
    expect((await read(receiptId)).payments[0].applications).toMatchObject([
      { amountCents: 6_000, feeCents: 1_234 },
    ])
    await desk.biller.post(`/v1/payments/${first.paymentId}/remove`, {})
    expect(await desk.bill(visit)).toMatchObject({ collectionsCents: 15_000, balanceCents: 0 })
    expect(await read(receiptId)).toMatchObject({ appliedCents: 0, escrowCents: 9_000 })
    expect((await apply(receiptId, chargeId, 9_000, { feeCents: 6_001 })).body).toMatchObject({
      type: 'urn:praxisbus:problem:over_balance',
      balanceCents: 15_000,
    })
  })

  test('B-13 money that the patient pays to us goes onto what the agency collects, without a fee, by a person’s hand', async () => {
    const { visit, bill, chargeId } = await owed()
    await send(bill)
    await desk.checkIn(visit, 2_000)
    const { receipts } = (await desk.biller.get(`/v1/visits/${visit.appointmentId}`)).body
    expect(receipts).toMatchObject([{ escrowCents: 2_000 }])
    expect((await apply(receipts[0].receiptId, chargeId, 2_000)).status).toBe(201)
    expect(await desk.bill(visit)).toMatchObject({ collectionsCents: 13_000, balanceCents: 0 })
    const own = await receive(20_000, { patientId: visit.patientId })
    expect((await apply(own, chargeId, 13_001)).body.type).toContain('over_balance')
    expect((await apply(own, chargeId, 100, { feeCents: 0 })).body.type).toContain('fee_not_expected')
    expect((await apply(own, chargeId, 13_000)).status).toBe(201)
    expect((await recall(bill)).body).toMatchObject({ balanceCents: 0, collectionsCents: 0 })
    balanced(await summary())
  })

  test('B-13 B-05 a bill in collections is neither cancelled nor reversed: the next step is to recall it', async () => {
    const { bill } = await owed()
    await send(bill)
    for (const answer of [
      await desk.biller.post(`${pathOf(bill)}/cancel`),
      await desk.biller.post(`${pathOf(bill)}/reverse`, { reason: 'wrong', returnPayments: true }),
    ])
      expect(answer.body).toMatchObject({
        status: 409,
        type: 'urn:praxisbus:problem:in_collections',
        next: expect.stringContaining('/recall'),
      })
    await recall(bill)
    const answer = await desk.biller.post(`${pathOf(bill)}/reverse`, {
      reason: 'wrong',
      returnPayments: true,
    })
    expect(answer.body).toMatchObject({ status: 'unsigned', placements: [{ recallReason: 'pays us' }] })
  })

  test('B-13 an agency’s money that was recalled with is returned by a reversal, and the charge goes whole', async () => {
    const { bill, chargeId } = await owed()
    await send(bill)
    const receiptId = await receive(3_000)
    await apply(receiptId, chargeId, 3_000)
    await recall(bill)
    const before = await summary()
    const answer = await desk.biller.post(`${pathOf(bill)}/reverse`, {
      reason: 'wrong',
      returnPayments: true,
    })
    expect(answer.status).toBe(200)
    expect(await read(receiptId)).toMatchObject({ appliedCents: 0, escrowCents: 3_000 })
    const after = await summary()
    expect(after.collectionFeeCents).toBe(before.collectionFeeCents - 1_000)
    expect(after.receivableCents).toBe(before.receivableCents - 11_000)
    balanced(after)
  })

  test('B-13 what cannot be sent, recalled or collected is refused by name, and nothing moves', async () => {
    const { visit, bill, chargeId } = await owed()
    const other = await owed()
    const before = await summary()
    for (const [code, more] of [
      ['agency_unknown', { agencyId: newId() }],
      ['unknown_charge', { chargeIds: [other.chargeId] }],
      ['unknown_charge', { chargeIds: [chargeId, chargeId] }],
      ['unknown_batch', { batchId: newId() }],
    ] as const)
      expect((await send(bill, more)).body.type).toContain(code)
    expect((await recall(bill)).body.type).toContain('not_in_collections')
    expect((await desk.frontDesk.post(`${pathOf(bill)}/collections`, { agencyId })).status).toBe(403)
    const receiptId = await receive(5_000)
    expect((await apply(receiptId, chargeId, 100)).body).toMatchObject({
      type: 'urn:praxisbus:problem:not_with_agency',
      errors: [{ field: 'applications.0.chargeId' }],
    })
    expect(await summary()).toMatchObject({
      receivableCents: before.receivableCents,
      collectionsCents: before.collectionsCents,
    })
    await send(bill, { chargeIds: [chargeId] })
    expect((await send(bill, { chargeIds: [chargeId] })).body.type).toContain('in_collections')
    expect((await send(bill)).body.type).toContain('nothing_owed')
    const rival = (await desk.biller.post('/v1/collection-agencies', agencyOf(0))).body
    expect(
      (await apply(await receive(100, { agencyId: rival.agencyId }), chargeId, 100)).body.detail,
    ).toContain('Harbor')
    const both = { agencyId, patientId: visit.patientId, amountCents: 1, method: 'cash' }
    expect((await desk.biller.post('/v1/receipts', both)).body.type).toContain('one_payer')
    expect(
      (await desk.biller.post('/v1/receipts', { ...both, patientId: null, agencyId: newId() })).body.type,
    ).toContain('agency_unknown')
  })

  test('B-13 a charge keeps the fee under which it went; a retired agency takes no more; B-14 its receipt is corrected', async () => {
    const { bill, chargeId } = await owed()
    await send(bill)
    const path = `/v1/collection-agencies/${agencyId}`
    const { agencies } = (await desk.biller.get('/v1/collection-agencies')).body
    const { name, version } = agencies.find((one: { agencyId: string }) => one.agencyId === agencyId)
    const retired = { name, feeBasisPoints: 5_000, active: false }
    expect((await desk.biller.put(path, retired)).status).toBe(428)
    expect((await desk.biller.put(path, retired, { ifMatch: version })).body).toMatchObject({
      version: version + 1,
    })
    expect((await desk.biller.put(path, retired, { ifMatch: version })).status).toBe(412)
    expect((await send((await owed()).bill)).body.type).toContain('agency_retired')
    const receiptId = await receive(3_000)
    const corrected = { agencyId, amountCents: 6_000, method: 'eft', reason: 'mistyped' }
    expect(
      (await desk.biller.put(`/v1/receipts/${receiptId}`, corrected, { ifMatch: 1 })).body,
    ).toMatchObject({
      payerKind: 'agency',
      agencyId,
      receivedCents: 6_000,
      history: [{ before: { agencyId, amountCents: 3_000 } }],
    })
    await apply(receiptId, chargeId, 6_000)
    expect((await read(receiptId)).payments[0].applications[0].feeCents).toBe(2_000)
    const list = (await desk.biller.get(`/v1/collections?agencyId=${agencyId}&open=true`)).body
    expect(list).toMatchObject({
      placements: [{ chargeId, code: '90834', sentCents: 15_000, balanceCents: 7_000 }],
      next: null,
    })
    const again = { name, feeBasisPoints: 1 }
    expect((await desk.biller.post('/v1/collection-agencies', again)).status).toBe(201)
    expect((await desk.biller.post('/v1/collection-agencies', again)).body.type).toContain('agency_exists')
  })

  test('B-13 sending raced by a payment, and a recall raced by the agency’s money: nothing is owed twice', async () => {
    for (let round = 0; round < 5; round++) {
      const { visit, bill, chargeId } = await owed(10_000)
      const own = await receive(4_000, { patientId: visit.patientId })
      await Promise.all([send(bill), apply(own, chargeId, 4_000)])
      const there = await desk.bill(visit)
      expect(there.balanceCents + there.collectionsCents).toBe(6_000)
      const theirs = await receive(3_000)
      const [back, money] = await Promise.all([recall(bill), apply(theirs, chargeId, 3_000)])
      expect(back.status).toBe(200)
      expect((await desk.bill(visit)).balanceCents).toBe(money.status === 201 ? 2_000 : 6_000)
    }
    balanced(await summary())
  })
})
