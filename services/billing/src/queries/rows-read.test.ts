import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { QueryContext } from '@praxisbus/runtime'
import { readStatement } from '../documents/statement.ts'
import { type BillingDesk, openBillingDesk, paid, procedure, type Visit } from '../test-kit.ts'
import { addOtherBills, analyze, rowsRead } from '../test-rows.ts'
import { encounterDependents } from './encounter-dependents.ts'
import { getBillingEncounter } from './get-billing-encounter.ts'
import { listBillingEncounters } from './list-billing-encounters.ts'
import { listOpenCharges } from './list-open-charges.ts'

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

/** What a question answers, and that it reads few rows for it. */
async function asked<Answer>(ask: (ctx: QueryContext) => Promise<Answer>): Promise<Answer> {
  let answer: Answer | undefined
  const read = await rowsRead(desk, async (ctx) => {
    answer = await ask(ctx)
  })
  expect(read).toBeGreaterThan(0)
  expect(read).toBeLessThan(FEW)
  return answer!
}

describe('B-20 what is read beside thousands of charges of others', () => {
  test('B-06 a look at a bill reads its own accounts', async () => {
    const bill = await asked((ctx) => getBillingEncounter(ctx, { id: billId }))
    expect(bill).toMatchObject({ balanceCents: 5_000, collectionsCents: 0 })
  })

  test('E-11 what hangs on a note reads the accounts of its bill', async () => {
    const { appointmentId, encounterId } = visit
    const dependents = await asked((ctx) => encounterDependents(ctx, { appointmentId, encounterId }))
    expect(dependents).toMatchObject({ charges: [{ balanceCents: 5_000, collectionsCents: 0 }] })
  })

  test('B-20 a statement reads what its patient was charged', async () => {
    const { patientId } = visit
    const statement = await asked(({ tx }) => readStatement(tx, desk.practiceId, patientId, '2026-03-31'))
    expect(statement).toMatchObject({ balanceCents: 5_000, charges: [{ paidCents: 10_000 }] })
  })
})

describe('B-06 lists beside thousands of bills of others', () => {
  const ids = ({ billingEncounters }: { billingEncounters: { billingEncounterId: string }[] }) =>
    billingEncounters.map((one) => one.billingEncounterId)

  test('B-06 the bills of a patient, and of a visit', async () => {
    const { patientId, appointmentId } = visit
    expect(ids(await asked((ctx) => listBillingEncounters(ctx, { patientId })))).toEqual([billId])
    expect(ids(await asked((ctx) => listBillingEncounters(ctx, { appointmentId })))).toEqual([billId])
  })

  test('B-06 the bills that wait for a biller, and those of which nothing is posted', async () => {
    const unsigned = desk.visit()
    await desk.register(unsigned.patientId)
    await desk.release(unsigned)
    // Posted, and the note brought more.
    await desk.release(visit, { procedures: [procedure('90834'), procedure('96127')] })
    const unsignedId = (await desk.bill(unsigned)).billingEncounterId
    await analyze(desk)
    expect(ids(await asked((ctx) => listBillingEncounters(ctx, { review: true })))).toEqual([
      billId,
      unsignedId,
    ])
    expect(ids(await asked((ctx) => listBillingEncounters(ctx, { status: 'unsigned' })))).toEqual([
      unsignedId,
    ])
  })

  test('B-15 charges of an encounter number, and of a patient', async () => {
    const { body } = await desk.biller.post('/v1/payers', { name: 'Harbor Health' })
    const receipt = await desk.biller.post('/v1/receipts', {
      payerId: body.payerId,
      amountCents: 100,
      method: 'eft',
    })
    const id = receipt.body.receiptId
    const ofNumber = await asked((ctx) => listOpenCharges(ctx, { id, encounterNumber: OTHERS }))
    expect(ofNumber).toMatchObject({ charges: [{ encounterNumber: OTHERS, balanceCents: 10_000 }] })
    const ofPatient = await asked((ctx) => listOpenCharges(ctx, { id, patientId: visit.patientId }))
    expect(ofPatient).toMatchObject({ charges: [{ billingEncounterId: billId, balanceCents: 5_000 }] })
  })
})
