import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, PaymentApplied, ReceiptRecorded } from '@praxisbus/contracts'
import { sql, type Tx } from '@praxisbus/runtime'
import { receiptMoney } from '../queries/get-receipt.ts'
import { type InsuranceDesk, openInsuranceDesk } from '../test-insurance.ts'
import { lineItem, paid, procedure, type Visit } from '../test-kit.ts'
import { BROKEN_RECEIPTS } from '../testing/books/observe.ts'

let desk: InsuranceDesk
beforeAll(async () => {
  desk = await openInsuranceDesk()
})
afterAll(() => desk.close())

const receiptsOf = async (visit: Visit) => {
  const rows = await desk.database.read(desk.practiceId, (tx) =>
    tx.many<{ id: string }>(
      sql`select id from receipt where appointment_id = ${visit.appointmentId} order by id`,
    ),
  )
  return Promise.all(rows.map(async ({ id }) => (await desk.biller.get(`/v1/receipts/${id}`)).body))
}

describe('a copay taken at check-in', () => {
  test('B-10 is a receipt in escrow while there is no charge', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.checkIn(visit, 2_500)
    const [receipt] = await receiptsOf(visit)
    expect(receipt).toMatchObject({
      source: 'check-in',
      receivedCents: 2_500,
      appliedCents: 0,
      escrowCents: 2_500,
      depositDate: '2026-03-02',
      payments: [],
    })
    expect((await desk.facts(ReceiptRecorded)).at(-1)).toMatchObject({ key: receipt.receiptId, sequence: 1 })
  })

  test('B-10 is applied by itself when the session posts its charge', async () => {
    const visit = desk.visit()
    await desk.checkIn(visit, 2_500)
    await desk.complete(visit)
    expect(await receiptsOf(visit)).toMatchObject([{ appliedCents: 2_500, escrowCents: 0 }])
    expect(await desk.bill(visit)).toMatchObject({ totalCents: 15_000, balanceCents: 12_500 })
    expect((await desk.facts(PaymentApplied)).at(-1)!.data).toMatchObject({ escrowCents: 0 })
  })

  test('B-10 is applied by itself when the biller signs', async () => {
    const visit = desk.visit()
    await desk.service('90791', 1_800)
    await desk.checkIn(visit, 2_500)
    await desk.release(visit, { procedures: [procedure('90791')] })
    expect(await receiptsOf(visit)).toMatchObject([{ escrowCents: 2_500 }])
    const { billingEncounterId } = await desk.bill(visit)
    await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/sign`)
    expect(await receiptsOf(visit)).toMatchObject([{ appliedCents: 1_800, escrowCents: 700 }])
  })

  test('B-10 is applied at once when it comes after the charge', async () => {
    const visit = desk.visit()
    await desk.complete(visit)
    await desk.checkIn(visit, 2_500)
    expect(await receiptsOf(visit)).toMatchObject([{ appliedCents: 2_500, escrowCents: 0 }])
  })

  test('B-10 is never left waiting beside an open charge, however the two race', async () => {
    for (let round = 0; round < 15; round++) {
      const visit = desk.visit()
      await Promise.all([desk.checkIn(visit, 2_500), desk.complete(visit)])
      expect(await receiptsOf(visit)).toMatchObject([{ appliedCents: 2_500, escrowCents: 0 }])
    }
  })

  test('B-10 older money is used before newer, charge by charge', async () => {
    const visit = desk.visit()
    await desk.checkIn(visit, 2_500)
    const lineItems = [lineItem('90834', 2_000), lineItem('90785', 3_000)]
    await desk.complete(visit, { ...paid(4_000), lineItems })
    expect(await receiptsOf(visit)).toMatchObject([
      { appliedCents: 2_500, escrowCents: 0, payments: [{ applications: [{}, {}] }] },
      { appliedCents: 2_500, escrowCents: 1_500, payments: [{ applications: [{ amountCents: 2_500 }] }] },
    ])
  })

  test('S-16 a deleted appointment leaves escrow as it is, and flags its bill, which is cancelled', async () => {
    const visit = desk.visit()
    const deleted = {
      appointmentId: visit.appointmentId,
      patientId: visit.patientId,
      deletedAt: '2026-03-03T08:00:00Z',
    }
    await desk.checkIn(visit, 2_500)
    await desk.react(AppointmentDeleted, { subject: visit.appointmentId, version: 7, data: deleted })
    await desk.release(visit, { procedures: [procedure('99999')] })
    expect(await receiptsOf(visit)).toMatchObject([{ escrowCents: 2_500 }])
    expect(await desk.bill(visit)).toMatchObject({ status: 'cancelled', appointmentDeleted: true })
  })
})

test('B-10 received = applied + escrow + disbursed + refunded in every snapshot while commands run', async () => {
  let running = true
  let snapshots = 0
  const observer = (async () => {
    while (running) {
      const broken = await desk.database.snapshot(desk.practiceId, async (tx: Tx) => {
        const receipts = await tx.many<{ id: string; amountCents: number }>(
          sql`select id, amount_cents from receipt`,
        )
        for (const { id, amountCents } of receipts.slice(-5)) {
          const money = await receiptMoney(tx, desk.practiceId, id)
          expect(money.receivedCents).toBe(amountCents)
          expect(money.receivedCents).toBe(
            money.appliedCents + money.escrowCents + money.disbursedCents + money.refundedCents,
          )
        }
        return tx.many(BROKEN_RECEIPTS)
      })
      expect(broken).toEqual([])
      snapshots++
    }
  })()
  const one = async () => {
    const visit = desk.visit()
    await Promise.all([desk.checkIn(visit, 2_500), desk.complete(visit, paid(20_000)), desk.release(visit)])
    const bill = await desk.bill(visit)
    const receipts = await receiptsOf(visit)
    await Promise.all(
      receipts.flatMap((receipt) => [
        ...receipt.payments.map((payment: { paymentId: string }) =>
          desk.biller.post(`/v1/payments/${payment.paymentId}/remove`, {}),
        ),
        desk.biller.post(`/v1/receipts/${receipt.receiptId}/payments`, {
          applications: [{ chargeId: bill.lines[0]!.chargeId, amountCents: 1_000 }],
        }),
        desk.biller.post(`/v1/billing-encounters/${bill.billingEncounterId}/cancel`),
      ]),
    )
  }
  // A check on two charges, one of which a copay pays too much of; a take-back; a removal; A/R that moves and is written off.
  const insured = async () => {
    const claims = await Promise.all([desk.claim([desk.first, desk.second]), desk.claim()])
    const receiptId = await desk.check(desk.first, 12_800)
    const lines = claims.map(({ chargeId }) => ({
      chargeId,
      paidCents: 6_400,
      adjustments: ['CO-45:2000', 'PR-2:1600'],
      freePatientMoney: true,
    }))
    const [first, second] = claims
    await desk.copay(second!.patientId, second!.chargeId, 3_000)
    await Promise.all([desk.post(receiptId, lines), desk.post(receiptId, lines)])
    const back = { chargeId: first!.chargeId, paidCents: -6_400, adjustments: ['CO-45:-2000', 'PR-2:-1600'] }
    const { payments } = (await desk.biller.get(`/v1/receipts/${receiptId}`)).body
    await Promise.all([
      desk.post(receiptId, [back]),
      desk.biller.post(`/v1/payments/${payments[0].paymentId}/remove`, { chargeId: second!.chargeId }),
      desk.biller.post('/v1/charges/transfer', {
        from: desk.second,
        to: 'patient',
        charges: [{ chargeId: first!.chargeId }],
      }),
      desk.biller.post(`/v1/charges/${second!.chargeId}/adjustments`, {
        group: 'PI',
        reason: '45',
        amountCents: 100,
      }),
    ])
  }
  await Promise.all([...Array.from({ length: 6 }, one), ...Array.from({ length: 3 }, insured)])
  await Promise.all([...Array.from({ length: 6 }, one), ...Array.from({ length: 3 }, insured)])
  running = false
  await observer
  expect(snapshots).toBeGreaterThan(3)
  const summary = (await desk.biller.get('/v1/ledger/summary')).body
  expect(summary.receivedCents).toBe(
    summary.appliedCents + summary.escrowCents + summary.disbursedCents + summary.refundedCents,
  )
  expect(summary.adjustedCents).toBeGreaterThan(0)
  expect(summary.receivableCents).toBe(
    summary.chargedCents - summary.discountCents - summary.adjustedCents - summary.appliedCents,
  )
})
