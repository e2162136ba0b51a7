import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  AppointmentCancelled,
  AppointmentChanged,
  AppointmentRescheduled,
  AppointmentScheduled,
} from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, openClinic } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

function placeOn(day: string) {
  return {
    locationId: null,
    roomId: null,
    start: `${day}T09:00`,
    end: `${day}T09:50`,
    timeZone: 'America/Chicago',
    startsAt: `${day}T15:00:00Z`,
    endsAt: `${day}T15:50:00Z`,
  }
}

function visitOn(appointmentId: string, day: string) {
  const { patientId, practitionerId } = clinic
  const rest = { services: [], modifiers: [], billable: false, telehealthUrl: null }
  return { appointmentId, patientId, practitionerId, ...placeOn(day), ...rest }
}

/** What befell one visit, in the order in which it did. */
function story(appointmentId: string) {
  const { practitionerId, patientId } = clinic
  const fact = { subject: appointmentId, times: 2 }
  const previous = { ...placeOn('2026-03-02'), practitionerId, roomId: null }
  const cancelled = { cancelledAt: '2026-03-01T16:00:00Z', kind: 'cancelled' as const, feeCents: 0 }
  const who = { appointmentId, patientId, practitionerId, placeOfService: null, serviceDate: '2026-03-04' }
  const { react } = clinic.desk
  return [
    () => react(AppointmentScheduled, { ...fact, version: 1, data: visitOn(appointmentId, '2026-03-02') }),
    () =>
      react(AppointmentRescheduled, {
        ...fact,
        version: 2,
        data: { ...visitOn(appointmentId, '2026-03-04'), previous },
      }),
    () => react(AppointmentChanged, { ...fact, version: 3, data: visitOn(appointmentId, '2026-03-04') }),
    () =>
      react(AppointmentCancelled, {
        ...fact,
        version: 4,
        data: { ...who, ...placeOn('2026-03-04'), ...cancelled },
      }),
  ]
}

function orders<Item>(items: readonly Item[]): Item[][] {
  return items.length <= 1
    ? [[...items]]
    : items.flatMap((first, at) => orders(items.toSpliced(at, 1)).map((rest) => [first, ...rest]))
}

test('S-17 P-02 the newest place of a visit holds, in whichever order its facts come', async () => {
  const found = new Set<string>()
  for (const order of orders([0, 1, 2, 3])) {
    const id = newId()
    const steps = story(id)
    for (const step of order) await steps[step]!()
    const row = await clinic.desk.database.read(clinic.desk.practiceId, (tx) =>
      tx.one<object>(sql`select service_date, cancelled, version from appointment_replica where id = ${id}`),
    )
    found.add(JSON.stringify(row))
  }
  expect([...found]).toEqual([JSON.stringify({ serviceDate: '2026-03-04', cancelled: true, version: 4 })])
})

test('S-17 the draft of a note goes along with its visit, a note that was released does not', async () => {
  const dateOf = async (id: string) => (await clinic.therapist.get(`/v1/encounters/${id}`)).body.serviceDate
  const started = async () => {
    const appointmentId = newId()
    const steps = story(appointmentId)
    await steps[0]!()
    const { templateId } = clinic
    const { body } = await clinic.therapist.post('/v1/encounters', { appointmentId, templateId })
    return { encounterId: body.encounterId, move: steps[1]! }
  }
  const draft = await started()
  expect(await dateOf(draft.encounterId)).toBe('2026-03-02')
  await draft.move()
  expect(await dateOf(draft.encounterId)).toBe('2026-03-04')

  const signed = await started()
  await clinic.desk.database.write(clinic.desk.practiceId, (tx) =>
    tx.run(sql`update encounter set released_at = now(), released = '{}' where id = ${signed.encounterId}`),
  )
  await signed.move()
  expect(await dateOf(signed.encounterId)).toBe('2026-03-02')
})
