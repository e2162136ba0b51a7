import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  AppointmentCancelled,
  AppointmentChanged,
  AppointmentDeleted,
  AppointmentRescheduled,
  AppointmentRestored,
  AppointmentScheduled,
  EncounterReleased,
  EncounterUnlocked,
  PractitionerChanged,
  RenderingProviderChanged,
} from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { extractText } from 'unpdf'
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

function visitOn(appointmentId: string, day: string, practitionerId = clinic.practitionerId) {
  const { patientId } = clinic
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

const read = async (id: string) => (await clinic.therapist.get(`/v1/encounters/${id}`)).body
async function startedNote(templateId = clinic.templateId) {
  const appointmentId = await clinic.visit({ start: '2026-03-02T09:00' })
  const { body } = await clinic.therapist.post('/v1/encounters', { appointmentId, templateId })
  return { appointmentId, encounterId: body.encounterId as string }
}
async function colleague() {
  const practitionerId = newId()
  const renderingProviderId = newId()
  const { react } = clinic.desk
  const who = { userId: 'user-cy', name: 'Cy Moss', credentials: 'PhD', npi: null, active: true }
  await react(PractitionerChanged, { subject: practitionerId, version: 1, data: { practitionerId, ...who } })
  const provider = { renderingProviderId, practitionerId, name: 'Cy Moss', npi: '1234567893', active: true }
  await react(RenderingProviderChanged, { subject: renderingProviderId, version: 1, data: provider })
  return { practitionerId, renderingProviderId }
}
const handOver = (appointmentId: string, version: number, to: string, day = '2026-03-02') =>
  clinic.desk.react(AppointmentRescheduled, {
    subject: appointmentId,
    version,
    data: {
      ...visitOn(appointmentId, day, to),
      previous: { ...placeOn('2026-03-02'), practitionerId: clinic.practitionerId, roomId: null },
    },
  })
const unsigned = async (query: string, user = clinic.therapist): Promise<string[]> =>
  (await user.get(`/v1/unsigned-encounters?${query}`)).body.encounters.map(
    ({ encounterId }: { encounterId: string }) => encounterId,
  )

test('S-17 E-08 E-09 E-12 a visit handed to another practitioner is listed, signed and released as theirs', async () => {
  const { practitionerId, renderingProviderId } = await colleague()
  const { appointmentId, encounterId } = await startedNote()
  await handOver(appointmentId, 2, practitionerId)
  expect(await read(encounterId)).toMatchObject({ practitionerId, practitionerName: 'Cy Moss', version: 2 })
  expect(await unsigned('mine=true')).not.toContain(encounterId)
  const cy = await clinic.desk.as({ userId: 'user-cy', permissions: ['encounter.read'] })
  expect(await unsigned('mine=true', cy)).toContain(encounterId)

  const path = `/v1/encounters/${encounterId}`
  const draft = { diagnoses: [{ code: 'F32.1' }] }
  expect((await clinic.therapist.put(`${path}/draft`, draft, { ifMatch: 2 })).status).toBe(200)
  expect((await clinic.therapist.post(`${path}/sign`, { confirmed: true })).status).toBe(200)
  const { body: bytes } = await clinic.therapist.get(`${path}/document`)
  expect((await extractText(new Uint8Array(bytes))).text[0]).toContain('Cy Moss, PhD')
  expect((await clinic.therapist.post(`${path}/release`, {})).status).toBe(200)
  const fact = (await clinic.desk.facts(EncounterReleased)).find(({ key }) => key === encounterId)!
  expect(fact.data).toMatchObject({ practitionerId, renderingProviderId })
})

test('S-17 E-05 E-12 a note that carries signatures, or that was released, stays as it is', async () => {
  const { practitionerId } = await colleague()
  for (const step of ['review', 'signed', 'released'] as const) {
    const { appointmentId, encounterId } = await startedNote(
      step === 'review' ? clinic.cosignedTemplateId : clinic.templateId,
    )
    const path = `/v1/encounters/${encounterId}`
    await clinic.therapist.put(`${path}/draft`, { diagnoses: [{ code: 'F32.1' }] }, { ifMatch: 1 })
    const done =
      step === 'released'
        ? await clinic.therapist.post(`${path}/release`, {})
        : await clinic.therapist.post(`${path}/sign`, { confirmed: true })
    expect(done.status).toBe(200)
    const before = await read(encounterId)
    await handOver(appointmentId, 2, practitionerId, '2026-03-04')
    expect(await read(encounterId)).toEqual(before)
  }
})

test('S-17 E-02 a draft that went along with its visit is another version: who edited the one before is told', async () => {
  const { appointmentId, encounterId } = await startedNote()
  const { react } = clinic.desk
  const same = { subject: appointmentId, version: 2, data: visitOn(appointmentId, '2026-03-02') }
  await react(AppointmentChanged, same)
  expect(await read(encounterId)).toMatchObject({ serviceDate: '2026-03-02', version: 1 })
  await react(AppointmentChanged, { ...same, version: 3, data: visitOn(appointmentId, '2026-03-04') })
  expect(await read(encounterId)).toMatchObject({ serviceDate: '2026-03-04', version: 2 })
  const draft = { narrative: 'Of the second of March.' }
  const saved = await clinic.therapist.put(`/v1/encounters/${encounterId}/draft`, draft, { ifMatch: 1 })
  expect(saved.status).toBe(412)
})

test('S-17 E-11 a note goes along with a visit that was moved while it was signed, as soon as it is unlocked', async () => {
  const { appointmentId, encounterId } = await startedNote()
  const path = `/v1/encounters/${encounterId}`
  await clinic.therapist.post(`${path}/sign`, { confirmed: true })
  await handOver(appointmentId, 2, clinic.practitionerId, '2026-03-04')
  const unlocked = await clinic.therapist.post(`${path}/unlock`, { reason: 'Other day' }, { ifMatch: 2 })
  const { version } = unlocked.body
  expect(await read(encounterId)).toMatchObject({ serviceDate: '2026-03-04', status: 'draft', version })
  const fact = (await clinic.desk.facts(EncounterUnlocked)).at(-1)
  expect(fact).toMatchObject({ key: encounterId, sequence: version })
  expect((await clinic.therapist.post(`${path}/sign`, { confirmed: true })).status).toBe(200)
})

test('S-17 S-20 P-02 a draft ends with its visit, in whichever order the facts come', async () => {
  const { practitionerId } = await colleague()
  const { patientId } = clinic
  const found = new Set<string>()
  for (const order of orders([0, 1, 2, 3])) {
    const { appointmentId, encounterId } = await startedNote()
    const { react } = clinic.desk
    const fact = { subject: appointmentId, times: 2 }
    const who = { appointmentId, patientId, practitionerId, placeOfService: null, serviceDate: '2026-03-04' }
    const there = { ...who, ...placeOn('2026-03-04') }
    const cancelled = { cancelledAt: '2026-03-01T16:00:00Z', kind: 'cancelled' as const, feeCents: 0 }
    const gone = { appointmentId, patientId, deletedAt: '2026-03-01T18:00:00Z' }
    const steps = [
      () => handOver(appointmentId, 2, practitionerId, '2026-03-04'),
      () => react(AppointmentCancelled, { ...fact, version: 3, data: { ...there, ...cancelled } }),
      () =>
        react(AppointmentRestored, {
          ...fact,
          version: 4,
          data: { ...there, restoredAt: '2026-03-01T17:00:00Z' },
        }),
      () => react(AppointmentDeleted, { ...fact, version: 5, data: gone }),
    ]
    for (const step of order) {
      const before = await read(encounterId)
      await steps[step]!()
      const { serviceDate, version } = await read(encounterId)
      expect(version > before.version).toBe(serviceDate !== before.serviceDate)
    }
    const { serviceDate, practitionerId: sees } = await read(encounterId)
    found.add(JSON.stringify([serviceDate, sees]))
  }
  expect([...found]).toEqual([JSON.stringify(['2026-03-04', practitionerId])])
})

test('S-17 P-02 a draft goes along where only the deletion has come before the move', async () => {
  const { practitionerId } = await colleague()
  const { appointmentId, encounterId } = await startedNote()
  const gone = { appointmentId, patientId: clinic.patientId, deletedAt: '2026-03-01T18:00:00Z' }
  await clinic.desk.react(AppointmentDeleted, { subject: appointmentId, version: 3, data: gone })
  await handOver(appointmentId, 2, practitionerId, '2026-03-04')
  expect(await read(encounterId)).toMatchObject({ practitionerId, serviceDate: '2026-03-04' })
})
