import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, BillingEncounterCancelled } from '@praxisbus/contracts'
import { type BillingDesk, lineItem, openBillingDesk, procedure, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.service('90834', 10_000)
})
afterAll(() => desk.close())

const released = { procedures: [procedure('90834')] }
const remove = ({ appointmentId, patientId }: Visit) =>
  desk.react(AppointmentDeleted, {
    subject: appointmentId,
    version: 7,
    times: 2,
    data: { appointmentId, patientId, deletedAt: '2026-03-03T08:00:00Z' },
  })
const cancelledFacts = async ({ appointmentId }: Visit) =>
  (await desk.facts(BillingEncounterCancelled)).filter(({ data }) => data.appointmentId === appointmentId)
const post = async (visit: Visit, verb: string) => {
  const { billingEncounterId, version } = await desk.bill(visit)
  return desk.biller.post(`/v1/billing-encounters/${billingEncounterId}/${verb}`, {}, { ifMatch: version })
}

describe('the bill of a visit that was deleted', () => {
  test.each(['before', 'after'])(
    'S-16 is cancelled, told once, where the deletion comes %s the release, and cannot be signed',
    async (when) => {
      const visit = desk.visit()
      if (when === 'before') await remove(visit)
      await desk.release(visit, released)
      if (when === 'after') await remove(visit)
      const bill = await desk.bill(visit)
      expect(bill).toMatchObject({
        status: 'cancelled',
        appointmentDeleted: true,
        releasedAt: expect.any(String),
      })
      expect(await cancelledFacts(visit)).toMatchObject([
        { key: bill.billingEncounterId, sequence: bill.version, data: { reversedChargeIds: [] } },
      ])
      expect((await post(visit, 'sign')).status).toBe(409)
    },
  )

  test('S-16 E-11 is not opened again by a later version of the note', async () => {
    const visit = desk.visit()
    await desk.release(visit, released)
    expect((await post(visit, 'cancel')).status).toBe(200)
    await remove(visit)
    await desk.release(visit, {
      releasedAt: '2026-03-09T09:00:00Z',
      procedures: [procedure('90834', { units: 2 })],
    })
    expect(await desk.bill(visit)).toMatchObject({ status: 'cancelled', releases: [{}, { kind: 'amended' }] })
    expect(await cancelledFacts(visit)).toHaveLength(1)
  })

  test('S-16 stays as it is, flagged, once something of it is in the ledger', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    await desk.complete(visit, { lineItems: [lineItem('90834', 10_000)] })
    await remove(visit)
    expect(await desk.bill(visit)).toMatchObject({
      status: 'posted',
      appointmentDeleted: true,
      totalCents: 10_000,
    })
    expect(await cancelledFacts(visit)).toEqual([])
  })
})
