import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentCancelled, BillingEncounterAmended } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk, paid, procedure, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.service('90834', 15_000)
})
afterAll(() => desk.close())

const path = (id: string) => `/v1/billing-encounters/${id}`
const billsOf = async (patientId: string) =>
  (await desk.biller.get(`/v1/billing-encounters?patientId=${patientId}`)).body.billingEncounters
const agingOf = async (patientId: string) =>
  (await desk.biller.get(`/v1/reports/ar-aging?patientId=${patientId}`)).body.totals.totalCents
const settle = (releaseId: string, body: object = {}) =>
  desk.biller.post(`/v1/encounter-releases/${releaseId}/settle`, { note: 'seen', ...body })

/** A visit, and the same appointment with another patient's note. */
async function mixedUp(): Promise<{ visit: Visit; wrong: Visit }> {
  const visit = desk.visit()
  const wrong = { ...visit, patientId: newId(), encounterId: newId() }
  for (const { patientId } of [visit, wrong]) await desk.register(patientId)
  return { visit, wrong }
}

/** Its evening in Chicago. */
const noShow = ({ appointmentId, patientId, practitionerId }: Visit) =>
  desk.react(AppointmentCancelled, {
    subject: appointmentId,
    version: 4,
    data: {
      appointmentId,
      patientId,
      practitionerId,
      locationId: null,
      roomId: null,
      placeOfService: '11',
      serviceDate: '2026-03-02',
      start: '2026-03-02T09:00',
      end: '2026-03-02T09:50',
      timeZone: 'America/Chicago',
      startsAt: '2026-03-02T15:00:00Z',
      endsAt: '2026-03-02T15:50:00Z',
      cancelledAt: '2026-03-03T02:00:00Z',
      kind: 'no-show',
      feeCents: 7_500,
    },
  })

describe('another patient’s note came before the session', () => {
  test('B-06 the session bills its own patient; the note stands beside the bill and waits', async () => {
    const { visit, wrong } = await mixedUp()
    await desk.release(wrong, { procedures: [procedure('90837'), procedure('96127')] })
    await desk.checkIn(visit, 5_000)
    await desk.complete(visit, paid(10_000))
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      patientId: visit.patientId,
      encounterId: null,
      status: 'posted',
      totalCents: 15_000,
      balanceCents: 0,
      needsReview: true,
      diagnoses: [{ code: 'F32.1' }],
      lines: [{ code: '90834' }],
    })
    expect(await billsOf(wrong.patientId)).toEqual([])
    expect([await agingOf(wrong.patientId), await agingOf(visit.patientId)]).toEqual([0, 0])
    const [release] = bill.releases
    expect(release).toMatchObject({
      kind: 'other-patient',
      encounterId: wrong.encounterId,
      waits: true,
      differences: [{ what: 'other-patient', billed: visit.patientId, released: wrong.patientId }],
    })
    const told = (await desk.facts(BillingEncounterAmended)).at(-1)!
    expect(told.data).toMatchObject({ patientId: visit.patientId, kind: 'other-patient' })
    expect((await settle(release!.releaseId, { take: true })).body.errors[0].field).toBe('take')
    expect((await settle(release!.releaseId)).body.needsReview).toBe(false)
    await desk.release(visit)
    expect(await desk.bill(visit)).toMatchObject({ encounterId: visit.encounterId, totalCents: 15_000 })
  })

  test('B-06 the right patient’s note, which waited beside it, becomes the bill’s own', async () => {
    const { visit, wrong } = await mixedUp()
    await desk.release(wrong, { procedures: [procedure('90837')] })
    await desk.release(visit, {
      procedures: [procedure('90834', { diagnosisPointers: [2] }), procedure('96127')],
    })
    await desk.complete(visit)
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      patientId: visit.patientId,
      encounterId: visit.encounterId,
      totalCents: 15_000,
    })
    expect(bill.lines).toMatchObject([
      { code: '90834', diagnosisPointers: [2] },
      { code: '96127', chargeId: null },
    ])
    expect(bill.releases.map(({ kind, waits }) => [kind, waits]).toSorted()).toEqual([
      ['first', false],
      ['other-patient', true],
    ])
  })

  test('B-06 what was charged to the other patient stays theirs, flagged, and the session has a bill of its own', async () => {
    const { visit, wrong } = await mixedUp()
    await desk.release(wrong, { procedures: [procedure('90834')] })
    const [{ billingEncounterId }] = await billsOf(wrong.patientId)
    await desk.biller.post(`${path(billingEncounterId)}/sign`)
    await desk.release(visit, { procedures: [procedure('90834'), procedure('96127')] })
    await desk.complete(visit, { ...paid(9_000), lineItems: [lineItem('90834', 12_000)] })
    await desk.complete(visit, { ...paid(9_000), lineItems: [lineItem('90834', 12_000)] })
    expect(await desk.bill(visit)).toMatchObject({
      patientId: visit.patientId,
      encounterId: visit.encounterId,
      totalCents: 12_000,
      balanceCents: 3_000,
      lines: [{ code: '90834' }, { code: '96127', chargeId: null }],
    })
    const { body: theirs } = await desk.biller.get(path(billingEncounterId))
    expect(theirs).toMatchObject({
      patientId: wrong.patientId,
      appointmentId: null,
      encounterId: wrong.encounterId,
      balanceCents: 15_000,
      needsReview: true,
    })
    expect(theirs.releases).toMatchObject([
      { waits: true, differences: [{ what: 'other-patient', released: visit.patientId }] },
    ])
    const cancelled = await desk.biller.post(`${path(billingEncounterId)}/cancel`)
    expect(cancelled.body).toMatchObject({ status: 'cancelled', needsReview: false })
    expect([await agingOf(wrong.patientId), await agingOf(visit.patientId)]).toEqual([0, 3_000])
  })

  test.each([false, true])(
    'B-06 S-20 a fee is owed by the patient of the appointment (other bill signed: %s)',
    async (signed) => {
      const { visit, wrong } = await mixedUp()
      await desk.release(wrong, { procedures: [procedure('90834')] })
      const [{ billingEncounterId }] = await billsOf(wrong.patientId)
      if (signed) await desk.biller.post(`${path(billingEncounterId)}/sign`)
      await noShow(visit)
      const bill = await desk.bill(visit)
      expect(bill).toMatchObject({
        patientId: visit.patientId,
        totalCents: 7_500,
        lines: [{ code: 'NOSHOW' }],
      })
      expect(await agingOf(visit.patientId)).toBe(7_500)
      expect(await agingOf(wrong.patientId)).toBe(signed ? 15_000 : 0)
    },
  )
})

test('B-06 a second patient of the calendar itself is no bill: it is parked, and nothing is written', async () => {
  const { visit, wrong } = await mixedUp()
  await noShow(visit)
  await expect(desk.complete(wrong)).rejects.toThrow('two patients')
  expect(await desk.bill(visit)).toMatchObject({ patientId: visit.patientId, totalCents: 7_500 })
})
