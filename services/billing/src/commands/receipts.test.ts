import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PaymentRemoved } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

async function knownPatient(): Promise<string> {
  const patientId = newId()
  await desk.register(patientId)
  return patientId
}
const receive = async (amountCents: number, more: object = {}) => {
  const patientId = await knownPatient()
  return (await desk.frontDesk.post('/v1/receipts', { patientId, amountCents, method: 'check', ...more }))
    .body
}
async function charges(...amounts: number[]): Promise<string[]> {
  const visit = desk.visit()
  await desk.complete(visit, { lineItems: amounts.map((amount) => lineItem('90834', amount)) })
  return (await desk.bill(visit)).lines.map((line) => line.chargeId!)
}
const apply = (receiptId: string, ...applications: [string, number][]) =>
  desk.biller.post(`/v1/receipts/${receiptId}/payments`, {
    applications: applications.map(([chargeId, amountCents]) => ({ chargeId, amountCents })),
  })

describe('receipts', () => {
  test('B-07 a patient receipt is in escrow until it is applied', async () => {
    const patientId = await knownPatient()
    const answer = await desk.frontDesk.post('/v1/receipts', {
      patientId,
      amountCents: 12_345,
      method: 'check',
      reference: '1047',
      depositDate: '2026-05-30',
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect((await desk.biller.get(`/v1/receipts/${answer.body.receiptId}`)).body).toMatchObject({
      patientId,
      reference: '1047',
      depositDate: '2026-05-30',
      receivedCents: 12_345,
      appliedCents: 0,
      escrowCents: 12_345,
      disbursedCents: 0,
      refundedCents: 0,
    })
  })

  test.each([
    ['amountCents', { amountCents: 0 }],
    ['amountCents', { amountCents: -100 }],
    ['amountCents', { amountCents: 1.5 }],
    ['amountCents', { amountCents: 100_000_000 }],
    ['method', { method: 'shells' }],
    ['depositDate', { depositDate: '2026-02-30' }],
    ['depositDate', { depositDate: '0000-01-01' }],
    ['depositDate', { depositDate: '2200-01-01' }],
    ['patientId', { patientId: 'me' }],
    ['currency', { currency: 'USD' }],
    ['reference', { reference: 'x'.repeat(101) }],
  ])('B-07 names %s when the input is %j', async (field, wrong) => {
    const body = { patientId: newId(), amountCents: 100, method: 'cash', ...wrong }
    expect((await desk.frontDesk.post('/v1/receipts', body)).body).toMatchObject({
      status: 400,
      errors: [{ field }],
    })
  })

  test('B-07 money for a patient that billing does not know is refused, so that none lies in escrow for nobody', async () => {
    const before = (await desk.biller.get('/v1/ledger/summary')).body
    const body = { patientId: newId(), amountCents: 700, method: 'cash' }
    expect(await desk.frontDesk.post('/v1/receipts', body)).toMatchObject({
      status: 422,
      body: { type: 'urn:praxisbus:problem:patient_unknown', errors: [{ field: 'patientId' }] },
    })
    expect((await desk.biller.get('/v1/ledger/summary')).body).toEqual(before)
  })

  test('P-07 the same request sent twice records the money once', async () => {
    const body = { patientId: await knownPatient(), amountCents: 700, method: 'cash' }
    const idempotencyKey = newId()
    const before = (await desk.biller.get('/v1/ledger/summary')).body.receivedCents
    const answers = await Promise.all(
      [1, 2, 3].map(() => desk.frontDesk.post('/v1/receipts', body, { idempotencyKey })),
    )
    expect(new Set(answers.map((answer) => answer.body.receiptId)).size).toBe(1)
    expect((await desk.biller.get('/v1/ledger/summary')).body.receivedCents).toBe(before + 700)
  })
})

describe('payments', () => {
  test('B-08 escrow money is applied to several charges; the receipt keeps the rest', async () => {
    const { receiptId } = await receive(10_000)
    const [first, second] = await charges(6_000, 5_000)
    const applied = await apply(receiptId, [first!, 6_000], [second!, 3_500])
    expect(applied).toMatchObject({ status: 201, body: { receiptId, escrowCents: 500, version: 2 } })
    const receipt = (await desk.biller.get(`/v1/receipts/${receiptId}`)).body
    expect(receipt).toMatchObject({ receivedCents: 10_000, appliedCents: 9_500, escrowCents: 500 })
    expect(receipt.payments).toMatchObject([{ paymentId: applied.body.paymentId, applications: [{}, {}] }])
  })

  test('B-08 more than the escrow, more than the charge, a charge of nobody or named twice: refused by field, nothing applied', async () => {
    const { receiptId } = await receive(1_000)
    const [first, second] = await charges(600, 5_000)
    const refused = async (field: string, ...applications: [string, number][]) => {
      const answer = await apply(receiptId, ...applications)
      expect(answer.status).toBe(422)
      expect(answer.body.errors[0].field).toBe(field)
    }
    await refused('applications.1.amountCents', [second!, 500], [first!, 601])
    await refused('applications.1.amountCents', [first!, 600], [second!, 401])
    await refused('applications.0.chargeId', [newId(), 1])
    await refused('applications.1.chargeId', [first!, 1], [first!, 1])
    expect((await apply(newId(), [first!, 1])).status).toBe(404)
    expect((await desk.biller.get(`/v1/receipts/${receiptId}`)).body).toMatchObject({
      escrowCents: 1_000,
      version: 1,
    })
    const none = await desk.biller.post(`/v1/receipts/${receiptId}/payments`, { applications: [] })
    expect(none.body).toMatchObject({ status: 400, errors: [{ field: 'applications' }] })
  })

  test('B-08 two who apply the same escrow at once: one wins, the other is told', async () => {
    for (let round = 0; round < 8; round++) {
      const { receiptId } = await receive(1_000)
      const [first, second] = await charges(1_000, 1_000)
      const answers = await Promise.all([
        apply(receiptId, [first!, 1_000]),
        apply(receiptId, [second!, 1_000]),
      ])
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 422])
      expect(answers.find((answer) => answer.status === 422)!.body).toMatchObject({
        type: 'urn:praxisbus:problem:over_escrow',
        escrowCents: 0,
      })
    }
  })

  test('B-08 two receipts race for one charge: it is paid once', async () => {
    const [one, other] = [await receive(1_000), await receive(1_000)]
    const [charge] = await charges(1_000)
    const answers = await Promise.all([
      apply(one.receiptId, [charge!, 800]),
      apply(other.receiptId, [charge!, 800]),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 422])
  })

  test('B-08 payments that name the same charges in other orders do not deadlock', async () => {
    const ids = await charges(1_000, 1_000, 1_000, 1_000)
    const receipts = await Promise.all(Array.from({ length: 6 }, () => receive(400)))
    const answers = await Promise.all(
      receipts.map(({ receiptId }, index) =>
        apply(receiptId, ...(index % 2 ? ids : ids.toReversed()).map((id): [string, number] => [id, 100])),
      ),
    )
    expect(answers.map((answer) => answer.status)).toEqual(Array(6).fill(201))
  })

  test('B-05 a payment is removed for one charge alone, or as a whole, once', async () => {
    const { receiptId } = await receive(2_000)
    const [first, second] = await charges(1_000, 1_000)
    const { paymentId } = (await apply(receiptId, [first!, 1_000], [second!, 1_000])).body
    const path = `/v1/payments/${paymentId}/remove`
    expect((await desk.biller.post(path, { chargeId: newId() })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'chargeId' }],
    })
    expect((await desk.biller.post(path, { chargeId: first })).body).toMatchObject({ escrowCents: 1_000 })
    const answers = await Promise.all([1, 2, 3].map(() => desk.biller.post(path, {})))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409])
    expect((await desk.biller.get(`/v1/receipts/${receiptId}`)).body).toMatchObject({
      appliedCents: 0,
      escrowCents: 2_000,
      payments: [{ applications: [{ removed: true }, { removed: true }] }],
    })
    expect((await desk.biller.post(`/v1/payments/${newId()}/remove`, {})).status).toBe(404)
  })

  test('B-08 ids in capitals name the same records, and facts carry them as they are stored', async () => {
    const { receiptId } = await receive(1_000)
    const [charge] = await charges(1_000)
    const applied = await apply(receiptId.toUpperCase(), [charge!.toUpperCase(), 1_000])
    expect(applied).toMatchObject({ status: 201, body: { receiptId, applications: [{ chargeId: charge }] } })
    const { paymentId } = applied.body
    const removed = await desk.biller.post(`/v1/payments/${paymentId.toUpperCase()}/remove`, {})
    expect(removed).toMatchObject({ status: 200, body: { paymentId } })
    expect((await desk.facts(PaymentRemoved)).at(-1)!.data).toMatchObject({ paymentId })
  })

  test('P-06 the front desk takes money and a biller applies it; another practice reaches neither', async () => {
    const { receiptId } = await receive(100)
    const [charge] = await charges(100)
    const body = { applications: [{ chargeId: charge, amountCents: 100 }] }
    expect((await desk.frontDesk.post(`/v1/receipts/${receiptId}/payments`, body)).status).toBe(403)
    const elsewhere = await desk.as({ permissions: ['billing.read', 'billing.post'], practiceIds: [newId()] })
    expect((await elsewhere.get(`/v1/receipts/${receiptId}`)).status).toBe(404)
    const theirs = await elsewhere.post(`/v1/receipts/${receiptId}/payments`, body)
    expect(theirs.status).toBe(404)
  })
})
