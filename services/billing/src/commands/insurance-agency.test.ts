import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Claim, type InsuranceDesk, openInsuranceDesk, problem } from '../test-insurance.ts'

let desk: InsuranceDesk
let agencyId: string
beforeAll(async () => {
  desk = await openInsuranceDesk()
  const agency = { name: 'Harbor', feeBasisPoints: 2_500 }
  agencyId = (await desk.biller.post('/v1/collection-agencies', agency)).body.agencyId
})
afterAll(() => desk.close())

const send = ({ billingEncounterId }: Claim) =>
  desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/collections`, { agencyId })
const transfer = ({ chargeId }: Claim, from: string, to: string, amountCents: number | null = null) =>
  desk.biller.post('/v1/charges/transfer', { from, to, charges: [{ chargeId, amountCents }] })
const pay = (receiptId: string, { chargeId }: Claim, amountCents: number) =>
  desk.biller.post(`/v1/receipts/${receiptId}/payments`, { applications: [{ chargeId, amountCents }] })
const receive = async (who: object, amountCents: number): Promise<string> =>
  (await desk.biller.post('/v1/receipts', { ...who, amountCents, method: 'check' })).body.receiptId

describe('an insurer answers for a charge that an agency collects', () => {
  test('B-13 B-15 what the patient paid of the agency’s part is not freed: more than is owed to us is refused', async () => {
    const claim = await desk.claim()
    await transfer(claim, desk.first, 'patient', 3_000)
    await send(claim)
    const own = await receive({ patientId: claim.patientId }, 9_000)
    expect((await pay(own, claim, 9_000)).status).toBe(201)
    const line = { chargeId: claim.chargeId, paidCents: 7_000, freePatientMoney: true }
    const refused = await desk.post(await desk.check(desk.first, 7_000), [line])
    expect(refused).toMatchObject({ ...problem(422, 'over_balance', 'lines.0.paidCents') })
    expect(refused.body).toMatchObject({ balanceCents: 0, surplusCents: 7_000, patientPaidCents: 0 })
    expect(await desk.receipt(own)).toMatchObject({ appliedCents: 9_000, escrowCents: 0 })
  })

  test('B-13 B-15 what the agency paid is not the patient’s to be freed', async () => {
    const claim = await desk.claim([])
    await desk.cover(claim.patientId, [desk.first])
    await send(claim)
    const theirs = await receive({ agencyId }, 3_000)
    await pay(theirs, claim, 3_000)
    const line = { chargeId: claim.chargeId, paidCents: 2_000, freePatientMoney: true }
    const refused = await desk.post(await desk.check(desk.first, 2_000), [line])
    expect(refused).toMatchObject({ ...problem(422, 'over_balance') })
    expect(refused.body).toMatchObject({ surplusCents: 2_000, patientPaidCents: 0 })
    expect(await desk.receipt(theirs)).toMatchObject({ appliedCents: 3_000 })
  })

  test('B-13 B-15 no more is owed than was charged, what the agency collects included', async () => {
    const claim = await desk.claim([])
    await desk.cover(claim.patientId, [desk.first])
    await send(claim)
    const receiptId = await desk.check(desk.first, 0)
    const interest = { chargeId: claim.chargeId, paidCents: 0, adjustments: ['CO-225:-100'] }
    expect(await desk.post(receiptId, [interest])).toMatchObject({
      ...problem(422, 'over_charge', 'lines.0'),
    })
    expect(await desk.owed(claim)).toEqual({})
  })
})
