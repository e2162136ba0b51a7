import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { DocumentIssued, DocumentIssuedV2 } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const today = () => Temporal.Now.zonedDateTimeISO('America/Chicago').toPlainDate()
const daysAgo = (days: number) => today().subtract({ days }).toString()
const statement = (patientId: string) => desk.biller.post(`/v1/patients/${patientId}/statements`)
const charged = async (patientId: string, days: number, cents: number, more = {}): Promise<Visit> => {
  const visit = { ...desk.visit(), patientId }
  const lineItems = [lineItem('90834', cents, more)]
  await desk.complete(visit, { serviceDate: daysAgo(days), lineItems })
  return visit
}
const registered = async (email: string | null = 'ada@patients.test') => {
  const { patientId } = desk.visit()
  await desk.register(patientId, { email })
  return patientId
}

describe('a statement', () => {
  test('B-20 holds every open charge with what was paid and taken off, aged by service date, and the credit', async () => {
    const patientId = await registered()
    await charged(patientId, 0, 100)
    const partly = await charged(patientId, 45, 15_000, { discountCents: 1_000 })
    await charged(patientId, 75, 700)
    await charged(patientId, 100, 8_000)
    await charged(patientId, 400, 60_000)
    const settled = await charged(patientId, 10, 3_000)
    await desk.checkIn(partly, 2_500)
    await desk.checkIn(settled, 4_000)
    const answer = await statement(patientId)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      kind: 'statement',
      status: 'issued',
      billingEncounterId: null,
      delivery: null,
      totalCents: 80_300,
    })
    expect(answer.body.number).toMatch(/^STM-\d{6}$/)
    const { content } = answer.body
    expect(content).toMatchObject({ asOf: today().toString(), balanceCents: 80_300, creditCents: 1_000 })
    expect(content.aging).toEqual({
      currentCents: 100,
      days31To60Cents: 11_500,
      days61To90Cents: 700,
      days91To120Cents: 8_000,
      over120Cents: 60_000,
    })
    expect(content.charges.map((charge: { balanceCents: number }) => charge.balanceCents)).toEqual([
      60_000, 8_000, 700, 11_500, 100,
    ])
    expect(content.charges[3]).toMatchObject({
      serviceDate: daysAgo(45),
      amountCents: 15_000,
      adjustedCents: 1_000,
      paidCents: 2_500,
      insuranceCents: 0,
      payments: [{ method: 'cash', insurer: false, amountCents: 2_500 }],
    })
  })

  test('B-20 what it says is written down: a later payment changes nothing on it, nor in its PDF', async () => {
    const patientId = await registered()
    const visit = await charged(patientId, 5, 5_000)
    const { body } = await statement(patientId)
    const pdf = async () => (await desk.biller.get(`/v1/documents/${body.documentId}/pdf`)).body as Buffer
    const before = await pdf()
    await desk.checkIn(visit, 5_000)
    expect((await desk.biller.get(`/v1/documents/${body.documentId}`)).body.content).toEqual(body.content)
    expect((await pdf()).equals(before)).toBe(true)
    expect(before.subarray(0, 5).toString()).toBe('%PDF-')
    expect((await statement(patientId)).body.content).toMatchObject({ charges: [], balanceCents: 0 })
  })

  test('B-20 is sent like any document, told as document.issued version 2 and not as version 1', async () => {
    const patientId = await registered()
    await charged(patientId, 5, 5_000)
    const { documentId } = (await statement(patientId)).body
    const sent = await desk.biller.post(`/v1/documents/${documentId}/send`, {})
    expect(sent.body.delivery).toMatchObject({ status: 'queued', address: 'ada@patients.test' })
    const told = async (contract: typeof DocumentIssued | typeof DocumentIssuedV2) =>
      (await desk.facts(contract)).filter(({ key }) => key === documentId)
    expect(await told(DocumentIssued)).toEqual([])
    const [fact] = await told(DocumentIssuedV2)
    expect(DocumentIssuedV2.data.parse(fact!.data)).toMatchObject({
      kind: 'statement',
      billingEncounterId: null,
      totalCents: 5_000,
    })
  })

  test('B-20 is refused for a patient billing does not know, and without permission', async () => {
    expect((await statement(newId())).status).toBe(404)
    const patientId = await registered()
    expect((await desk.frontDesk.post(`/v1/patients/${patientId}/statements`)).status).toBe(403)
  })
})

describe('statements for all who owe', () => {
  let owing: BillingDesk
  beforeEach(async () => {
    owing = await openBillingDesk()
  })
  const owe = async (cents: number, email: string | null = 'ada@patients.test') => {
    const visit = owing.visit()
    await owing.register(visit.patientId, { email })
    await owing.complete(visit, { lineItems: [lineItem('90834', cents)] })
    return visit.patientId
  }
  const run = (body: object = {}) => owing.biller.post('/v1/statements', body)

  test('B-20 go to who owes that much, so many at a time, and nobody gets two in a day, nor a gap in the numbers', async () => {
    try {
      const [big, second, small] = [await owe(9_000), await owe(5_000, null), await owe(4_999)]
      const first = (await run({ minBalanceCents: 5_000, limit: 1, send: true })).body
      expect(first).toMatchObject({
        statements: [{ patientId: big, totalCents: 9_000, email: 'ada@patients.test' }],
        more: true,
      })
      const next = (await run({ minBalanceCents: 5_000, limit: 1, send: true })).body
      expect(next).toMatchObject({ statements: [{ patientId: second, email: null }], more: false })
      expect((await run({ minBalanceCents: 5_000 })).body).toEqual({ statements: [], more: false })
      const both = await Promise.all([run(), run(), run()])
      expect(both.flatMap(({ body }) => body.statements)).toMatchObject([{ patientId: small }])
      const rows = await owing.database.read(owing.practiceId, (tx) =>
        tx.many<{ number: number; queued: number }>(sql`
          select number, (select count(*)::int from document_delivery where document_id = document.id) as queued
            from document where kind = 'statement' order by number`),
      )
      expect(rows).toEqual([
        { number: 1, queued: 1 },
        { number: 2, queued: 0 },
        { number: 3, queued: 0 },
      ])
    } finally {
      await owing.close()
    }
  })

  test('B-20 the same key answers the same; what makes no sense is refused by name', async () => {
    try {
      await owe(100)
      const once = await owing.biller.post('/v1/statements', {}, { idempotencyKey: 'run-1' })
      const again = await owing.biller.post('/v1/statements', {}, { idempotencyKey: 'run-1' })
      expect(again.body).toEqual(once.body)
      for (const [body, field] of [
        [{ minBalanceCents: 0 }, 'minBalanceCents'],
        [{ minBalanceCents: 0.5 }, 'minBalanceCents'],
        [{ limit: 101 }, 'limit'],
        [{ over: 1 }, 'over'],
      ] as const)
        expect((await run(body)).body.errors[0].field).toBe(field)
    } finally {
      await owing.close()
    }
  })
})
