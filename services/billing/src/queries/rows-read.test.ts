import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readStatement } from '../documents/statement.ts'
import { type BillingDesk, openBillingDesk, paid, type Visit } from '../test-kit.ts'
import { addOtherBills, rowsRead } from '../test-rows.ts'
import { encounterDependents } from './encounter-dependents.ts'
import { getBillingEncounter } from './get-billing-encounter.ts'

const OTHERS = 5_000
/** A bill with its money is some dozens of rows, however many others there are. */
const FEW = 200

let desk: BillingDesk
let visit: Visit
let billId: string
beforeAll(async () => {
  desk = await openBillingDesk()
  visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.complete(visit, paid(10_000))
  await addOtherBills(desk, OTHERS)
  billId = (await desk.bill(visit)).billingEncounterId
}, 60_000)
afterAll(() => desk.close())

describe('B-20 what is read beside thousands of charges of others', () => {
  test('B-06 a look at a bill reads its own accounts', async () => {
    expect((await desk.bill(visit)).balanceCents).toBe(5_000)
    const read = await rowsRead(desk, (ctx) => getBillingEncounter(ctx, { id: billId }))
    expect(read).toBeGreaterThan(5)
    expect(read).toBeLessThan(FEW)
  })

  test('E-11 what hangs on a note reads the accounts of its bill', async () => {
    const { appointmentId, encounterId } = visit
    let dependents: unknown
    const read = await rowsRead(desk, async (ctx) => {
      dependents = await encounterDependents(ctx, { appointmentId, encounterId })
    })
    expect(dependents).toMatchObject({ charges: [{ balanceCents: 5_000, collectionsCents: 0 }] })
    expect(read).toBeLessThan(FEW)
  })

  test('B-20 a statement reads what its patient was charged', async () => {
    const { patientId } = visit
    let statement: unknown
    const read = await rowsRead(desk, async ({ tx }) => {
      statement = await readStatement(tx, desk.practiceId, patientId, '2026-03-31')
    })
    expect(statement).toMatchObject({ balanceCents: 5_000, charges: [{ paidCents: 10_000 }] })
    expect(read).toBeLessThan(FEW)
  })
})
