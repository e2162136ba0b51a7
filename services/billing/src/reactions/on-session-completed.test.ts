import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  BillingEncounterOpened,
  ChargesPosted,
  DocumentIssued,
  PaymentApplied,
  ReceiptRecorded,
} from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk, paid, procedure } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const documentsOf = async (patientId: string) =>
  (await desk.biller.get(`/v1/documents?patientId=${patientId}`)).body.documents

describe('session.completed', () => {
  test('B-03 a session that is not paid posts its charges and saves an invoice for review', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    const lineItems = [
      lineItem('90834', 15_000, { discountCents: 2_500, modifiers: ['95'] }),
      lineItem('90785', 2_000, { units: 2 }),
    ]
    await desk.complete(visit, { lineItems })
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      status: 'posted',
      source: 'session',
      totalCents: 16_500,
      balanceCents: 16_500,
    })
    expect(bill.needsReview).toBe(false)
    expect(bill.diagnoses).toEqual([{ code: 'F32.1', description: null }])
    expect(bill.lines.map((line) => [line.code, line.chargedCents, line.modifiers])).toEqual([
      ['90834', 12_500, ['95']],
      ['90785', 4_000, []],
    ])
    const [invoice] = await documentsOf(visit.patientId)
    expect(invoice).toMatchObject({ kind: 'invoice', status: 'review', totalCents: 16_500, delivery: null })
    const posted = (await desk.facts(ChargesPosted)).at(-1)!
    expect(posted).toMatchObject({
      key: bill.billingEncounterId,
      data: { totalCents: 16_500, batchDate: '2026-03-02' },
    })
    expect((await desk.facts(BillingEncounterOpened)).at(-1)!.data).toMatchObject({ source: 'session' })
  })

  test('B-03 a session that is paid records the receipt, applies it and makes a receipt document with its email queued', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.complete(visit, paid(20_000))
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({ totalCents: 15_000, balanceCents: 0 })
    const recorded = (await desk.facts(ReceiptRecorded)).at(-1)!
    expect(recorded.data).toMatchObject({ amountCents: 20_000, method: 'card', reference: 'auth 4711' })
    expect((await desk.facts(PaymentApplied)).at(-1)).toMatchObject({
      key: recorded.key,
      sequence: 2,
      data: { escrowCents: 5_000, applications: [{ amountCents: 15_000 }] },
    })
    const receipt = await desk.biller.get(`/v1/receipts/${recorded.key}`)
    expect(receipt.body).toMatchObject({ receivedCents: 20_000, appliedCents: 15_000, escrowCents: 5_000 })
    const [document, invoice] = await documentsOf(visit.patientId)
    expect(invoice).toMatchObject({ kind: 'invoice', status: 'review', totalCents: 15_000, delivery: null })
    expect((await desk.biller.get(`/v1/documents/${invoice.documentId}`)).body.content).toMatchObject({
      paidCents: 15_000,
      balanceCents: 0,
    })
    expect(document).toMatchObject({
      kind: 'receipt',
      status: 'issued',
      totalCents: 20_000,
      delivery: { status: 'queued', address: 'ada@patients.test', attempts: 0, lastError: null },
    })
    expect((await desk.facts(DocumentIssued)).at(-1)!.data).toMatchObject({
      kind: 'receipt',
      status: 'issued',
    })
  })

  test('B-03 without an address no email is queued, and the receipt document is there all the same', async () => {
    const visit = desk.visit()
    await desk.complete(visit, paid(15_000, null))
    expect(await documentsOf(visit.patientId)).toMatchObject([
      { kind: 'receipt', delivery: null },
      { kind: 'invoice' },
    ])
  })

  test('B-03 paid with nothing in hand, as where the copay covered it, there is no receipt and an invoice shows nothing owed', async () => {
    const visit = desk.visit()
    await desk.checkIn(visit, 15_000)
    await desk.checkIn({ ...desk.visit(), patientId: visit.patientId }, 0)
    await desk.complete(visit, paid(0))
    const [invoice] = await documentsOf(visit.patientId)
    const { body } = await desk.biller.get(`/v1/documents/${invoice.documentId}`)
    expect(body).toMatchObject({ kind: 'invoice', content: { paidCents: 15_000, balanceCents: 0 } })
    expect(await desk.count(sql`select from receipt where patient_id = ${visit.patientId}`)).toBe(1)
  })

  test('B-03 a session delivered twice, and told in a second event, bills once', async () => {
    const visit = desk.visit()
    await desk.complete(visit, paid(15_000))
    await desk.complete(visit, paid(15_000))
    expect((await desk.bill(visit)).lines).toHaveLength(1)
    expect(await desk.count(sql`select from receipt where appointment_id = ${visit.appointmentId}`)).toBe(1)
    expect(await documentsOf(visit.patientId)).toMatchObject([{ kind: 'receipt' }, { kind: 'invoice' }])
  })

  test('B-04 an item whose discount is more than its amount is no session we can bill: it is parked, nothing is written', async () => {
    const visit = desk.visit()
    const lineItems = [lineItem('90834', 100, { discountCents: 101 })]
    await expect(desk.complete(visit, { lineItems })).rejects.toThrow('discount')
    await expect(desk.bill(visit)).rejects.toThrow('0 bills')
  })

  test('B-04 each cash payment of the flow is a receipt of its own, applied after what was paid before, with its document', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.checkIn(visit, 1_000)
    const cashPayments = [
      { amountCents: 3_000, reference: null },
      { amountCents: 500, reference: 'till 2' },
    ]
    await desk.complete(visit, { ...paid(9_000), cashPayments })
    expect(await desk.bill(visit)).toMatchObject({ totalCents: 15_000, balanceCents: 1_500 })
    const held = (await desk.biller.get(`/v1/visits/${visit.appointmentId}`)).body
    expect(held.receipts).toMatchObject([
      { source: 'check-in', receivedCents: 1_000, escrowCents: 0 },
      { source: 'session', method: 'card', receivedCents: 9_000, escrowCents: 0 },
      { source: 'session', method: 'cash', receivedCents: 3_000, escrowCents: 0 },
      { source: 'session', method: 'cash', receivedCents: 500, escrowCents: 0 },
    ])
    expect(await documentsOf(visit.patientId)).toMatchObject([
      { kind: 'receipt', totalCents: 500, delivery: { status: 'queued' } },
      { kind: 'receipt', totalCents: 3_000 },
      { kind: 'receipt', totalCents: 9_000 },
      { kind: 'invoice', totalCents: 15_000 },
    ])
  })

  test('B-04 cash without a payment before and without an address: the receipts are there, nothing is emailed', async () => {
    const visit = desk.visit()
    await desk.complete(visit, { cashPayments: [{ amountCents: 2_000, reference: null }] })
    expect(await desk.bill(visit)).toMatchObject({ balanceCents: 13_000 })
    expect(await documentsOf(visit.patientId)).toMatchObject([
      { kind: 'receipt', totalCents: 2_000, delivery: null },
      { kind: 'invoice', totalCents: 15_000 },
    ])
  })

  test('B-04 a session of nothing but free items is billed without moving money', async () => {
    const visit = desk.visit()
    await desk.complete(visit, {
      lineItems: [lineItem('90834', 0), lineItem('90785', 900, { discountCents: 900 })],
    })
    expect(await desk.bill(visit)).toMatchObject({ status: 'posted', totalCents: 0, balanceCents: 0 })
  })

  test('B-03 invoices and receipts are each numbered without gaps, also while sessions race and one fails', async () => {
    const before = await desk.count(sql`select from document where kind = 'invoice'`)
    const visits = Array.from({ length: 8 }, () => desk.visit())
    const outcomes = await Promise.allSettled(
      visits.map((visit, index) =>
        desk.complete(visit, {
          lineItems: [lineItem('90834', 100, { discountCents: index === 3 ? 101 : 0 })],
        }),
      ),
    )
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1)
    const rows = await desk.database.read(desk.practiceId, (tx) =>
      tx.many<{ number: number }>(sql`select number from document where kind = 'invoice' order by number`),
    )
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: before + 7 }, (_, index) => index + 1))
  })
})

describe('session and encounter of one visit', () => {
  const procedures = [procedure('90834', { diagnosisPointers: [2] }), procedure('96127', { units: 3 })]

  test('B-06 the encounter that comes after the session is merged by code; what the session did not bill waits', async () => {
    const visit = desk.visit()
    await desk.service('96127', 700)
    await desk.complete(visit)
    const posted = await desk.bill(visit)
    await desk.release(visit, { procedures })
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      billingEncounterId: posted.billingEncounterId,
      encounterId: visit.encounterId,
      encounterNumber: 1042,
      status: 'posted',
      needsReview: true,
      totalCents: 15_000,
    })
    expect(bill.diagnoses.map((diagnosis) => diagnosis.code)).toEqual(['F41.1', 'F32.1'])
    expect(bill.lines).toMatchObject([
      { code: '90834', diagnosisPointers: [2], chargeId: posted.lines[0]!.chargeId, unitAmountCents: 15_000 },
      { code: '96127', units: 3, unitAmountCents: 700, chargeId: null, source: 'encounter' },
    ])
    expect(
      await desk.count(sql`select from charge where billing_encounter_id = ${bill.billingEncounterId}`),
    ).toBe(1)
    const signed = await desk.biller.post(`/v1/billing-encounters/${bill.billingEncounterId}/sign`)
    expect(signed.body).toMatchObject({ totalCents: 17_100, needsReview: false })
  })

  test('B-06 the session that comes after the encounter sets price and units by code; the others stay for review', async () => {
    const visit = desk.visit()
    await desk.release(visit, { procedures })
    expect(await desk.bill(visit)).toMatchObject({
      status: 'unsigned',
      source: 'encounter',
      needsReview: true,
    })
    await desk.complete(visit, {
      lineItems: [lineItem('90834', 12_300, { units: 2 }), lineItem('90785', 1_000)],
      diagnosisCodes: ['F32.1', 'Z63.0'],
    })
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({ status: 'posted', needsReview: true, totalCents: 25_600 })
    expect(bill.diagnoses.map((diagnosis) => diagnosis.code)).toEqual(['F41.1', 'F32.1', 'Z63.0'])
    expect(
      bill.lines.map((line) => [line.code, line.units, line.chargedCents, line.diagnosisPointers]),
    ).toEqual([
      ['90834', 2, 24_600, [2]],
      ['96127', 3, null, [1]],
      ['90785', 1, 1_000, []],
    ])
  })

  test('B-06 both at once meet in one billing encounter, and nothing is charged twice', async () => {
    for (let round = 0; round < 10; round++) {
      const visit = desk.visit()
      await Promise.all([
        desk.complete(visit, paid(15_000)),
        desk.release(visit, { procedures }),
        desk.checkIn(visit, 1_000),
      ])
      const bill = await desk.bill(visit)
      expect(bill.lines.map((line) => line.code).sort()).toEqual(['90834', '96127'])
      expect(bill).toMatchObject({ totalCents: 15_000, balanceCents: 0, encounterId: visit.encounterId })
      expect(
        await desk.count(sql`select from billing_encounter where appointment_id = ${visit.appointmentId}`),
      ).toBe(1)
    }
  })

  test('B-06 a bill the biller signed before the session was completed is not charged again', async () => {
    const visit = desk.visit()
    await desk.service('90847', 18_000)
    await desk.release(visit, { procedures: [procedure('90847')] })
    const { billingEncounterId } = await desk.bill(visit)
    await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/sign`)
    await desk.complete(visit, { ...paid(18_000), lineItems: [lineItem('90847', 18_000)] })
    expect(await desk.bill(visit)).toMatchObject({ totalCents: 18_000, balanceCents: 0 })
  })
})
