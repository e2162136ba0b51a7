import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  DisbursementUndone,
  EscrowDisbursed,
  ReceiptDeleted,
  ReceiptModified,
  RefundIssued,
} from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
let patientId: string
let owner: BillingDesk['biller']
beforeAll(async () => {
  desk = await openBillingDesk()
  patientId = newId()
  await desk.register(patientId)
  owner = await desk.as({
    permissions: ['billing.read', 'billing.post', 'receipt.write', 'receipt.modify', 'period.close'],
  })
})
afterAll(() => desk.close())

const receive = async (amountCents: number, more: object = {}) =>
  (await desk.frontDesk.post('/v1/receipts', { patientId, amountCents, method: 'check', ...more })).body
const read = async (receiptId: string) => (await desk.biller.get(`/v1/receipts/${receiptId}`)).body
const disburse = (receiptId: string, body: object) =>
  desk.biller.post(`/v1/receipts/${receiptId}/disbursements`, body)
const refund = (receiptId: string, amountCents: number) =>
  desk.biller.post(`/v1/receipts/${receiptId}/refunds`, { amountCents, method: 'check', reason: 'overpaid' })
async function charge(amount: number): Promise<string> {
  const visit = desk.visit()
  await desk.complete(visit, { lineItems: [lineItem('90834', amount)] })
  return (await desk.bill(visit)).lines[0]!.chargeId!
}
const apply = async (receiptId: string, amountCents: number) =>
  desk.biller.post(`/v1/receipts/${receiptId}/payments`, {
    applications: [{ chargeId: await charge(amountCents), amountCents }],
  })

describe('insurance receipts', () => {
  test('B-07 an insurer’s check is a receipt of the payer and its plan, in escrow', async () => {
    const payer = (await desk.biller.post('/v1/payers', { name: 'Acme Health' })).body
    const plan = (await desk.biller.post(`/v1/payers/${payer.payerId}/plans`, { name: 'Gold' })).body
    const planId = plan.plans[0].planId
    const check = { payerId: payer.payerId, planId, amountCents: 90_000, method: 'eft', reference: 'EFT 77' }
    const answer = await desk.biller.post('/v1/receipts', check)
    expect(answer).toMatchObject({
      status: 201,
      body: { payerKind: 'insurer', payerId: payer.payerId, planId, patientId: null, escrowCents: 90_000 },
    })
    const other = (await desk.biller.post('/v1/payers', { name: 'Other Health' })).body
    for (const [field, body] of [
      ['planId', { ...check, payerId: other.payerId }],
      ['payerId', { ...check, payerId: newId() }],
      ['payerId', { ...check, patientId }],
      ['patientId', { amountCents: 100, method: 'cash' }],
      ['appointmentId', { ...check, appointmentId: newId() }],
    ] as const)
      expect(await desk.biller.post('/v1/receipts', body)).toMatchObject({
        status: 422,
        body: { errors: [{ field }] },
      })
  })
})

describe('disbursements', () => {
  test('B-11 O takes money out of escrow for another system; A/R does not move; it is undone in part of its history', async () => {
    const { receiptId } = await receive(10_000)
    const before = (await desk.biller.get('/v1/ledger/summary')).body
    const answer = await disburse(receiptId, {
      code: 'O',
      system: 'OldPM',
      amountCents: 4_000,
      note: 'legacy',
    })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        escrowCents: 6_000,
        disbursedCents: 4_000,
        disbursements: [{ code: 'O', system: 'OldPM', note: 'legacy', amountCents: 4_000, undone: false }],
      },
    })
    const after = (await desk.biller.get('/v1/ledger/summary')).body
    expect(after.receivableCents).toBe(before.receivableCents)
    expect(after.disbursedCents).toBe(before.disbursedCents + 4_000)
    expect((await desk.facts(EscrowDisbursed)).at(-1)).toMatchObject({
      key: receiptId,
      data: { code: 'O', escrowCents: 6_000 },
    })
    const { disbursementId } = answer.body.disbursements[0]
    const undo = () => desk.biller.post(`/v1/disbursements/${disbursementId}/undo`, {})
    const undone = await Promise.all([undo(), undo()])
    expect(undone.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await read(receiptId)).toMatchObject({
      escrowCents: 10_000,
      disbursedCents: 0,
      disbursements: [{ undone: true }],
    })
    expect((await desk.facts(DisbursementUndone)).at(-1)!.data).toMatchObject({
      disbursementId,
      escrowCents: 10_000,
    })
    expect((await desk.biller.post(`/v1/disbursements/${newId()}/undo`, {})).status).toBe(404)
  })

  test('B-11 E, CP and V are there, own codes are added by who may modify receipts, and may go out of use', async () => {
    const { receiptId } = await receive(1_000)
    for (const code of ['E', 'CP', 'V'])
      expect((await disburse(receiptId, { code, amountCents: 100 })).status).toBe(201)
    expect(await disburse(receiptId, { code: 'BAD', amountCents: 100 })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'code' }] },
    })
    const own = { code: 'BAD', description: 'Returned check' }
    expect((await desk.frontDesk.post('/v1/disbursement-codes', own)).status).toBe(403)
    expect((await desk.biller.post('/v1/disbursement-codes', own)).status).toBe(200)
    expect((await disburse(receiptId, { code: 'BAD', amountCents: 100 })).status).toBe(201)
    await desk.biller.post('/v1/disbursement-codes', { ...own, active: false })
    expect((await disburse(receiptId, { code: 'BAD', amountCents: 100 })).status).toBe(422)
    expect((await desk.biller.post('/v1/disbursement-codes', { ...own, code: 'CP' })).status).toBe(409)
    const { codes } = (await desk.biller.get('/v1/disbursement-codes')).body
    expect(codes.map((code: { code: string }) => code.code)).toEqual(['O', 'E', 'CP', 'V', 'BAD'])
  })

  test('B-11 O names a system, others do not; more than escrow and unknown receipts are refused; nothing moves', async () => {
    const { receiptId } = await receive(1_000)
    for (const [field, body] of [
      ['system', { code: 'O', amountCents: 100 }],
      ['system', { code: 'E', system: 'OldPM', amountCents: 100 }],
      ['amountCents', { code: 'E', amountCents: 1_001 }],
    ] as const)
      expect(await disburse(receiptId, body)).toMatchObject({ status: 422, body: { errors: [{ field }] } })
    for (const amountCents of [0, -5, 1.5, 2 ** 40])
      expect((await disburse(receiptId, { code: 'E', amountCents })).status).toBe(400)
    expect((await disburse(newId(), { code: 'E', amountCents: 1 })).status).toBe(404)
    expect(await read(receiptId)).toMatchObject({ escrowCents: 1_000, version: 1 })
  })
})

describe('refunds', () => {
  test('B-13 escrow money goes back to the payer; a voided refund check puts it back', async () => {
    const { receiptId } = await receive(5_000)
    await apply(receiptId, 2_000)
    expect((await refund(receiptId, 3_001)).body.errors[0].field).toBe('amountCents')
    const { body } = await refund(receiptId, 3_000)
    expect(body).toMatchObject({ appliedCents: 2_000, escrowCents: 0, refundedCents: 3_000 })
    expect((await desk.facts(RefundIssued)).at(-1)!.data).toMatchObject({
      amountCents: 3_000,
      escrowCents: 0,
    })
    const back = await desk.biller.post(`/v1/refunds/${body.refunds[0].refundId}/undo`, {})
    expect(back.body).toMatchObject({ escrowCents: 3_000, refundedCents: 0, refunds: [{ undone: true }] })
    expect((await desk.frontDesk.post(`/v1/receipts/${receiptId}/refunds`, {})).status).toBe(403)
  })

  test('B-13 a refund raced by a payment and a disbursement: the money goes one way', async () => {
    for (let round = 0; round < 8; round++) {
      const { receiptId } = await receive(1_000)
      const chargeId = await charge(1_000)
      const answers = await Promise.all([
        refund(receiptId, 1_000),
        desk.biller.post(`/v1/receipts/${receiptId}/payments`, {
          applications: [{ chargeId, amountCents: 1_000 }],
        }),
        disburse(receiptId, { code: 'E', amountCents: 1_000 }),
      ])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422])
      const { appliedCents, escrowCents, disbursedCents, refundedCents } = await read(receiptId)
      expect([appliedCents + disbursedCents + refundedCents, escrowCents]).toEqual([1_000, 0])
    }
  })
})

describe('modifying and deleting a receipt', () => {
  const modify = (receiptId: string, version: number, more: object = {}) =>
    desk.biller.put(
      `/v1/receipts/${receiptId}`,
      {
        patientId,
        amountCents: 1_500,
        method: 'card',
        reason: 'mistyped',
        ...more,
      },
      { ifMatch: `"${version}"` },
    )

  test('B-14 a mistyped amount is corrected; the old figure stays in the history and in the ledger', async () => {
    const { receiptId } = await receive(15_000, { reference: '1047' })
    const answer = await modify(receiptId, 1)
    expect(answer).toMatchObject({
      status: 200,
      body: { receivedCents: 1_500, escrowCents: 1_500, method: 'card', reference: null, version: 2 },
    })
    expect(answer.body.history).toMatchObject([
      {
        version: 1,
        change: 'modified',
        reason: 'mistyped',
        before: { amountCents: 15_000, reference: '1047' },
      },
    ])
    expect((await desk.facts(ReceiptModified)).at(-1)).toMatchObject({
      key: receiptId,
      sequence: 2,
      data: { amountCents: 1_500 },
    })
    expect((await modify(receiptId, 1)).status).toBe(412)
    expect((await modify(receiptId, 2, { patientId: newId() })).body.errors[0].field).toBe('patientId')
    expect((await desk.frontDesk.put(`/v1/receipts/${receiptId}`, {})).status).toBe(403)
  })

  test('B-14 applied, disbursed or refunded money forbids it, and each refusal says what to undo first', async () => {
    const applied = await receive(1_000)
    await apply(applied.receiptId, 1_000)
    const disbursed = await receive(1_000)
    await disburse(disbursed.receiptId, { code: 'V', amountCents: 10 })
    const refunded = await receive(1_000)
    await refund(refunded.receiptId, 10)
    for (const [receipt, type, next] of [
      [applied, 'payment_applied', 'remove'],
      [disbursed, 'disbursed', 'undo'],
      [refunded, 'refunded', 'undo'],
    ] as const)
      for (const answer of [
        await modify(receipt.receiptId, 2),
        await desk.biller.post(`/v1/receipts/${receipt.receiptId}/delete`, { reason: 'twice' }),
      ])
        expect(answer).toMatchObject({
          status: 409,
          body: { type: `urn:praxisbus:problem:${type}`, next: expect.stringContaining(next) },
        })
  })

  test('B-14 a deleted receipt holds nothing, stays readable, and takes no payment', async () => {
    const { receiptId } = await receive(700)
    const before = (await desk.biller.get('/v1/ledger/summary')).body
    const remove = () => desk.biller.post(`/v1/receipts/${receiptId}/delete`, { reason: 'entered twice' })
    expect(await remove()).toMatchObject({
      status: 200,
      body: {
        receivedCents: 0,
        escrowCents: 0,
        deletedAt: expect.any(String),
        history: [{ change: 'deleted' }],
      },
    })
    expect((await desk.facts(ReceiptDeleted)).at(-1)).toMatchObject({
      key: receiptId,
      data: { amountCents: 700 },
    })
    const after = (await desk.biller.get('/v1/ledger/summary')).body
    expect(after.receivedCents).toBe(before.receivedCents - 700)
    expect((await remove()).status).toBe(409)
    expect((await apply(receiptId, 100)).status).toBe(409)
    expect((await refund(receiptId, 100)).status).toBe(409)
  })

  test('B-14 a deletion raced by a payment: one of both', async () => {
    for (let round = 0; round < 6; round++) {
      const { receiptId } = await receive(500)
      const answers = await Promise.all([
        apply(receiptId, 500),
        desk.biller.post(`/v1/receipts/${receiptId}/delete`, { reason: 'twice' }),
      ])
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
    }
  })

  test('B-14 a closed period keeps its receipts as they were reported', async () => {
    const { batchId } = (await owner.post('/v1/reference-batches', { name: 'May', batchDate: '2026-05-30' }))
      .body
    const { receiptId } = await receive(1_000, { batchId })
    expect((await owner.post('/v1/reporting-periods', { endsOn: '2026-05-31' })).status).toBe(201)
    for (const answer of [
      await modify(receiptId, 1),
      await owner.post(`/v1/receipts/${receiptId}/delete`, { reason: 'twice' }),
    ])
      expect(answer).toMatchObject({ status: 409, body: { type: 'urn:praxisbus:problem:period_closed' } })
  })
})
