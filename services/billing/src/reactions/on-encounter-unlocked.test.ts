import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { EncounterSigned, EncounterUnlocked } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { type BillingDesk, openBillingDesk, procedure, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.service('90834', 10_000)
})
afterAll(() => desk.close())

const AT = '2026-03-04T10:00:00Z'
const noteOf = ({ encounterId, appointmentId, patientId, practitionerId }: Visit) => ({
  ...{ encounterId, appointmentId, patientId, practitionerId },
  encounterNumber: 1042,
})
const unlocked = (visit: Visit, version: number, contentVersion = 2) =>
  desk.react(EncounterUnlocked, {
    subject: visit.encounterId,
    version,
    times: 2,
    data: {
      ...noteOf(visit),
      ...{ unlockedBy: 'user-ana', unlockedAt: AT, status: 'signed', released: true },
      ...{ unlockedVersion: contentVersion - 1, contentVersion },
    },
  })
const signed = (
  visit: Visit,
  version: number,
  { contentVersion = 2, status = 'signed' as 'signed' | 'review' } = {},
) =>
  desk.react(EncounterSigned, {
    subject: visit.encounterId,
    version,
    times: 2,
    data: {
      ...noteOf(visit),
      ...{ signedBy: 'user-ana', signerRole: 'therapist', status, signedAt: AT, contentVersion },
      documentSha256: 'a'.repeat(64),
    },
  })
const noteUnlockedAt = async (visit: Visit) => (await desk.bill(visit)).noteUnlockedAt
const books = () =>
  desk.count(
    sql`select id::text from entry union all select id::text || version::text from billing_encounter`,
  )

describe('E-11 the note behind a bill is unlocked', () => {
  test('E-11 a biller sees it, from the unlocking until all have signed again; nothing of the bill moves', async () => {
    const visit = desk.visit()
    await desk.release(visit, { procedures: [procedure('90834')] })
    const { billingEncounterId, version } = await desk.bill(visit)
    await desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/sign`, {}, { ifMatch: version })
    const before = [await books(), (await desk.facts()).length]
    expect(await noteUnlockedAt(visit)).toBeNull()
    await unlocked(visit, 10)
    expect(await noteUnlockedAt(visit)).toBe(AT)
    await signed(visit, 11, { status: 'review' })
    expect(await noteUnlockedAt(visit)).toBe(AT)
    await signed(visit, 12)
    expect(await noteUnlockedAt(visit)).toBeNull()
    expect([await books(), (await desk.facts()).length]).toEqual(before)
  })

  test('E-11 whichever of the two topics comes first, the newer holds; a first version was never unlocked', async () => {
    const visit = desk.visit()
    await desk.release(visit)
    await signed(visit, 8, { contentVersion: 1 })
    await signed(visit, 14, { contentVersion: 3 })
    await unlocked(visit, 13, 3)
    await unlocked(visit, 10)
    expect(await noteUnlockedAt(visit)).toBeNull()
    await unlocked(visit, 15, 4)
    await signed(visit, 12)
    expect(await noteUnlockedAt(visit)).toBe(AT)
  })

  test('E-11 a bill of the session shows it too, though the note was never released', async () => {
    const visit = desk.visit()
    await unlocked(visit, 10)
    await desk.register(visit.patientId)
    await desk.complete(visit)
    expect(await noteUnlockedAt(visit)).toBe(AT)
    const other = desk.visit()
    await desk.register(other.patientId)
    await desk.complete(other)
    expect(await noteUnlockedAt(other)).toBeNull()
  })
})
