import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  AppointmentDeleted,
  AppointmentScheduled,
  PatientChanged,
  PracticeChanged,
  PractitionerChanged,
  RenderingProviderChanged,
} from '@praxisbus/contracts'
import { newId, type Sql, sql } from '@praxisbus/runtime'
import { type Desk, openDesk } from '@praxisbus/testing'
import { reactions } from '../reactions.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk('ehr', { routes: [], reactions })
})
afterAll(() => desk.close())

const row = (query: Sql) => desk.database.read(desk.practiceId, (tx) => tx.maybe<object>(query))

const practice = (version: number, billing: boolean) =>
  desk.react(PracticeChanged, {
    subject: desk.practiceId,
    version,
    times: 2,
    data: {
      practiceId: desk.practiceId,
      name: `Practice ${version}`,
      timeZone: 'America/Chicago',
      products: { scheduler: true, ehr: true, billing, imaging: true },
    },
  })
const practitioner = (practitionerId: string, version: number, active: boolean) =>
  desk.react(PractitionerChanged, {
    subject: practitionerId,
    version,
    times: 2,
    data: { practitionerId, userId: null, name: `Name ${version}`, credentials: null, npi: null, active },
  })
const patient = (patientId: string, version: number) =>
  desk.react(PatientChanged, {
    subject: patientId,
    version,
    times: 2,
    data: {
      patientId,
      name: `Name ${version}`,
      birthDate: null,
      email: null,
      phone: null,
      addressLines: [],
      reminderConsents: { email: false, phone: false, text: false },
      diagnosisCodes: [],
    },
  })
const provider = (renderingProviderId: string, version: number, practitionerId: string | null) =>
  desk.react(RenderingProviderChanged, {
    subject: renderingProviderId,
    version,
    times: 2,
    data: { renderingProviderId, practitionerId, name: 'x', npi: '1234567893', active: true },
  })
const scheduled = (appointmentId: string, version: number, date: string) =>
  desk.react(AppointmentScheduled, {
    subject: appointmentId,
    version,
    times: 2,
    data: {
      appointmentId,
      patientId: newId(),
      practitionerId: newId(),
      locationId: null,
      roomId: null,
      start: `${date}T23:30`,
      end: `${date}T23:59`,
      timeZone: 'America/Chicago',
      startsAt: '2026-03-11T04:30:00Z',
      endsAt: '2026-03-11T04:59:00Z',
      services: [],
      modifiers: [],
      billable: false,
      telehealthUrl: null,
    },
  })
const deleted = (appointmentId: string, version: number) =>
  desk.react(AppointmentDeleted, {
    subject: appointmentId,
    version,
    times: 2,
    data: { appointmentId, patientId: null, deletedAt: '2026-03-01T00:00:00Z' },
  })

describe('P-02 copies of other services’ records keep the newest, whatever comes twice or late', () => {
  test('P-02 practice.changed', async () => {
    await practice(2, true)
    await practice(1, false)
    const found = () => row(sql`select name, has_billing, version from practice_replica`)
    expect(await found()).toEqual({ name: 'Practice 2', hasBilling: true, version: 2 })
    await practice(3, false)
    expect(await found()).toEqual({ name: 'Practice 3', hasBilling: false, version: 3 })
  })

  test('P-02 practitioner.changed', async () => {
    const id = newId()
    for (const version of [1, 3, 2]) await practitioner(id, version, version !== 3)
    expect(await row(sql`select name, active from practitioner_replica where id = ${id}`)).toEqual({
      name: 'Name 3',
      active: false,
    })
  })

  test('P-02 patient.changed', async () => {
    const id = newId()
    for (const version of [3, 1, 2]) await patient(id, version)
    expect(await row(sql`select name from patient_replica where id = ${id}`)).toEqual({ name: 'Name 3' })
  })

  test('P-02 rendering-provider.changed, linked and unlinked', async () => {
    const [id, practitionerId] = [newId(), newId()]
    const found = () => row(sql`select practitioner_id from rendering_provider_replica where id = ${id}`)
    await provider(id, 2, practitionerId)
    await provider(id, 1, null)
    expect(await found()).toEqual({ practitionerId })
    await provider(id, 3, null)
    expect(await found()).toEqual({ practitionerId: null })
  })

  test('S-08 appointment.scheduled gives the date at the place of the visit', async () => {
    const id = newId()
    await scheduled(id, 2, '2026-03-10')
    await scheduled(id, 1, '2026-03-09')
    expect(
      await row(sql`select service_date, deleted from appointment_replica where id = ${id}`),
    ).toMatchObject({ serviceDate: '2026-03-10', deleted: false })
  })

  test.each([
    ['after', false],
    ['before', true],
  ])('P-02 appointment.deleted holds when it comes %s the appointment itself', async (_, first) => {
    const id = newId()
    if (first) await deleted(id, 2)
    await scheduled(id, 1, '2026-03-10')
    if (!first) await deleted(id, 2)
    expect(
      await row(sql`select deleted, version, service_date from appointment_replica where id = ${id}`),
    ).toEqual({ deleted: true, version: 1, serviceDate: '2026-03-10' })
  })
})

test('P-06 a copy belongs to one practice', async () => {
  const id = newId()
  await patient(id, 1)
  const other = await desk.database.read(newId(), (tx) =>
    tx.maybe(sql`select id from patient_replica where id = ${id}`),
  )
  expect(other).toBeUndefined()
})
