import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import { type InsuranceDesk, openInsuranceDesk } from '../test-insurance.ts'
import { procedure } from '../test-kit.ts'

let desk: InsuranceDesk
beforeAll(async () => {
  desk = await openInsuranceDesk()
})
afterAll(() => desk.close())

test('B-01 B-06 a bill is signed to the payer that was found, though the coverages change while it waits for the books', async () => {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  await desk.cover(visit.patientId, [desk.first])
  await desk.release(visit, { procedures: [procedure('90834')] })
  const { billingEncounterId } = await desk.bill(visit)
  const { practiceId } = desk
  const [signed] = await desk.database.write(practiceId, async (tx) => {
    await tx.run(sql`select pg_advisory_xact_lock(books_lock(${practiceId}))`)
    const signing = desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/sign`, {
      billTo: 'insurance',
    })
    const waiting = sql`select from pg_locks where locktype = 'advisory' and not granted`
    while ((await tx.many(waiting)).length === 0) await setTimeout(5)
    await desk.cover(visit.patientId, [])
    // In a list, so that the lock goes before it is waited for.
    return [signing]
  })
  const { status, body } = await signed!
  expect(status).toBe(200)
  expect(body.lines).toMatchObject([{ shares: [{ payerId: desk.first, balanceCents: 10_000 }] }])
})
