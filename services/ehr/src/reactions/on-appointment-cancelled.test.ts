import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentCancelled, AppointmentRestored } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, openClinic } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const visit = (appointmentId: string) => ({
  appointmentId,
  patientId: clinic.patientId,
  practitionerId: clinic.practitionerId,
  locationId: null,
  roomId: null,
  placeOfService: null,
  serviceDate: '2026-03-02',
  start: '2026-03-02T09:00',
  end: '2026-03-02T09:50',
  timeZone: 'America/Chicago',
  startsAt: '2026-03-02T15:00:00Z',
  endsAt: '2026-03-02T15:50:00Z',
})
const cancelled = (appointmentId: string, version: number) =>
  clinic.desk.react(AppointmentCancelled, {
    subject: appointmentId,
    version,
    times: 2,
    data: {
      ...visit(appointmentId),
      cancelledAt: '2026-03-02T16:00:00Z',
      kind: 'no-show' as const,
      feeCents: 7_500,
    },
  })
const restored = (appointmentId: string, version: number) =>
  clinic.desk.react(AppointmentRestored, {
    subject: appointmentId,
    version,
    times: 2,
    data: { ...visit(appointmentId), restoredAt: '2026-03-02T17:00:00Z' },
  })
const start = (appointmentId: string) =>
  clinic.therapist.post('/v1/encounters', { appointmentId, templateId: clinic.templateId })

describe('S-20 a cancelled visit', () => {
  test('S-20 E-10 starts no encounter until it is restored', async () => {
    const id = await clinic.visit()
    await cancelled(id, 2)
    const refused = await start(id)
    expect([refused.status, refused.body.title]).toEqual([409, 'Appointment cancelled'])
    await restored(id, 3)
    expect((await start(id)).status).toBe(200)
  })

  test('S-20 an encounter that was started before is resumed all the same', async () => {
    const id = await clinic.visit()
    const { encounterId } = (await start(id)).body
    await cancelled(id, 2)
    expect((await start(id)).body).toMatchObject({ encounterId, resumed: true })
  })

  test.each([
    ['the cancellation late', [3, 2], false],
    ['the restoring late', [2, 3], false],
    ['cancelled again, late facts behind it', [4, 2, 3], true],
  ])('S-20 P-02 the newest holds, and before the appointment itself: %s', async (_, versions, gone) => {
    const id = newId()
    for (const version of versions) await (version % 2 === 0 ? cancelled : restored)(id, version)
    const row = () =>
      clinic.desk.database.read(clinic.desk.practiceId, (tx) =>
        tx.one<object>(sql`select cancelled, patient_id from appointment_replica where id = ${id}`),
      )
    expect(await row()).toEqual({ cancelled: gone, patientId: clinic.patientId })
    expect((await start(id)).status).toBe(gone ? 409 : 200)
  })
})
