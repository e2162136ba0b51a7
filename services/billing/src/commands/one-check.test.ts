import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { type Claim, type InsuranceDesk, openInsuranceDesk, problem } from '../test-insurance.ts'
import { lineItem } from '../test-kit.ts'

let desk: InsuranceDesk
beforeAll(async () => {
  desk = await openInsuranceDesk()
})
afterAll(() => desk.close())

const transfer = (from: string, to: string, claims: readonly Claim[]) =>
  desk.biller.post('/v1/charges/transfer', {
    from,
    to,
    charges: claims.map(({ chargeId }) => ({ chargeId })),
  })

describe('one check over many encounters', () => {
  const COUNT = 300
  const OF_CHECK = { paidCents: 50, adjustments: ['CO-45:50'] }
  let payerId: string
  const claims: Claim[] = []
  beforeAll(async () => {
    payerId = await desk.payer('Many Health')
    // Ten bills of thirty lines each: three hundred open charges.
    for (let bill = 0; bill < COUNT / 30; bill++) {
      const visit = desk.visit()
      await desk.register(visit.patientId)
      await desk.complete(visit, { lineItems: Array.from({ length: 30 }, () => lineItem('90834', 100)) })
      await desk.cover(visit.patientId, [payerId])
      const { billingEncounterId, lines } = await desk.bill(visit)
      const own = lines.map(({ chargeId }) => ({
        patientId: visit.patientId,
        billingEncounterId,
        chargeId: chargeId!,
      }))
      await transfer('patient', payerId, own)
      claims.push(...own)
    }
  }, 120_000)

  test('B-15 is posted in one command, all or nothing, and its place is kept while it is posted in parts', async () => {
    const receiptId = await desk.check(payerId, COUNT * 50)
    const open = (query = '') => desk.biller.get(`/v1/receipts/${receiptId}/open-charges${query}`)
    const page = (await open()).body
    expect([page.charges.length, page.escrowCents, page.postedLines]).toEqual([200, COUNT * 50, 0])
    expect(page.charges[0]).toMatchObject({
      payerBalanceCents: 100,
      chargedCents: 100,
      postedFromReceipt: false,
    })
    // The first half is posted; the next page is where it was.
    const first = page.charges.slice(0, 150) as Claim[]
    await desk.post(
      receiptId,
      first.map(({ chargeId }) => ({ chargeId, ...OF_CHECK })),
    )
    const rest = (await open(`?after=${page.next}`)).body
    expect([rest.charges.length, rest.postedLines, rest.next]).toEqual([100, 150, null])
    expect((await open()).body.charges).toHaveLength(150)
    const lines = claims
      .filter(({ chargeId }) => !first.some((one) => one.chargeId === chargeId))
      .map(({ chargeId }) => ({ chargeId, ...OF_CHECK }))
    const wrong = [...lines.slice(1), { ...lines[0]!, expectedBalanceCents: 99 }]
    expect(await desk.post(receiptId, wrong)).toMatchObject(
      problem(409, 'stale_line', 'lines.149.expectedBalanceCents'),
    )
    expect((await desk.post(receiptId, lines)).body).toMatchObject({ escrowCents: 0 })
    expect(await desk.receipt(receiptId)).toMatchObject({ appliedCents: COUNT * 50, escrowCents: 0 })
    expect((await open()).body).toMatchObject({ charges: [], postedLines: COUNT })
    const one = await open(`?patientId=${claims[0]!.patientId}`)
    expect(one.body.charges).toHaveLength(30)
    expect(one.body.charges[0]).toMatchObject({
      balanceCents: 0,
      paidByPayerCents: 50,
      postedFromReceipt: true,
    })
  }, 60_000)

  test('B-15 a check of 300 lines takes the statements of one line', async () => {
    const { paymentId } = (
      await desk.post(
        await desk.check(payerId, 0),
        claims.map(({ chargeId }) => ({ chargeId, paidCents: -50 })),
      )
    ).body
    // Rows that one statement wrote share its number within the transaction.
    expect(
      await desk.count(sql`
        select distinct entry.xmin::text, entry.cmin::text from payment_application as applied
          join entry on entry.practice_id = applied.practice_id and entry.journal_id = applied.journal_id
         where applied.payment_id = ${paymentId}`),
    ).toBe(1)
    expect(
      await desk.count(sql`
        select distinct xmin::text, cmin::text from payment_application where payment_id = ${paymentId}`),
    ).toBe(1)
  }, 60_000)

  test('B-15 is found by the encounter’s number', async () => {
    const claim = await desk.claim([payerId], { encounterNumber: 7_411 })
    const receiptId = await desk.check(payerId, 100)
    const open = (query: string) => desk.biller.get(`/v1/receipts/${receiptId}/open-charges${query}`)
    expect((await open('?encounterNumber=e7411')).body.charges).toMatchObject([{ chargeId: claim.chargeId }])
    expect((await open('?encounterNumber=x1')).status).toBe(400)
    expect((await desk.biller.get(`/v1/receipts/${newId()}/open-charges`)).status).toBe(404)
  })

  test('B-15 two billers post the same check at once: it is posted once', async () => {
    const own = [await desk.claim(), await desk.claim(), await desk.claim()]
    for (let round = 0; round < 4; round++) {
      const receiptId = await desk.check(desk.first, 3_000)
      const post = (order: readonly Claim[]) =>
        desk.post(
          receiptId,
          order.map(({ chargeId }) => ({
            chargeId,
            paidCents: 1_000,
            expectedBalanceCents: 10_000 - round * 1_000,
          })),
        )
      const answers = await Promise.all([post(own), post(own.toReversed())])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
      expect(await desk.receipt(receiptId)).toMatchObject({ appliedCents: 3_000, escrowCents: 0 })
    }
    expect(await desk.owed(own[0]!)).toEqual({ first: 6_000 })
  })
})
