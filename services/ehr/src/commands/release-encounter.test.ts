import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, EncounterReleased, RenderingProviderChanged } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, DRAFT, openClinic, THERAPIST } from '../testing/clinic.ts'
import { todayAt } from './practice.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const release = (id: string, body: object = {}, ifMatch?: number) =>
  clinic.therapist.post(`/v1/encounters/${id}/release`, body, { ifMatch })
const read = async (id: string) => (await clinic.therapist.get(`/v1/encounters/${id}`)).body
const releases = async (id: string) =>
  (await clinic.desk.facts(EncounterReleased)).filter(({ key }) => key === id)
const problem = ({ status, body }: { status: number; body: { type: string } }) => [
  status,
  body.type.split(':').at(-1),
]

describe('E-12 releasing an encounter', () => {
  test('E-12 carries rendering provider, service date, diagnoses, procedures, links and units', async () => {
    const renderingProviderId = newId()
    const link = (version: number, active: boolean) =>
      clinic.desk.react(RenderingProviderChanged, {
        subject: renderingProviderId,
        version,
        data: {
          renderingProviderId,
          practitionerId: clinic.practitionerId,
          name: 'Ana Ruiz',
          npi: '1234567893',
          active,
        },
      })
    await link(1, true)
    const { id, version } = await clinic.encounter()
    const released = await release(id)
    expect(released.status).toBe(200)
    expect(released.body).toMatchObject({ encounterId: id, status: 'draft', version: version + 1 })
    const [fact] = await releases(id)
    expect(fact).toMatchObject({ key: id, sequence: version + 1 })
    const { appointmentId, encounterNumber } = await read(id)
    expect(fact!.data).toEqual({
      encounterId: id,
      encounterNumber,
      appointmentId,
      patientId: clinic.patientId,
      practitionerId: clinic.practitionerId,
      renderingProviderId,
      serviceDate: '2026-03-10',
      releasedAt: released.body.released.releasedAt,
      contentVersion: 1,
      diagnoses: [
        { code: 'F32.1', description: 'Disorder F32.1' },
        { code: 'F41.1', description: 'Disorder F41.1' },
      ],
      procedures: [
        {
          lineId: expect.any(String),
          code: '90834',
          description: 'Psychotherapy, 45 minutes',
          units: 1,
          modifiers: ['95'],
          diagnosisPointers: [2, 1],
        },
      ],
    })
    await link(2, false)
    const unlinked = await clinic.encounter()
    expect((await release(unlinked.id)).body.released.renderingProviderId).toBeNull()
  })

  test('E-12 happens once, also for two at once', async () => {
    const { id } = await clinic.encounter()
    const answers = await Promise.all(Array.from({ length: 5 }, () => release(id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409])
    expect(problem(await release(id))).toEqual([409, 'already_released'])
    expect(await releases(id)).toHaveLength(1)
  })

  test('E-12 a signed encounter is released like a draft, and a released draft is still signed', async () => {
    const signed = await clinic.encounter()
    await clinic.therapist.post(`/v1/encounters/${signed.id}/sign`, { confirmed: true })
    expect((await release(signed.id)).body.status).toBe('signed')
    const draft = await clinic.encounter()
    await release(draft.id)
    const after = await clinic.therapist.post(`/v1/encounters/${draft.id}/sign`, { confirmed: true })
    expect(after.body.status).toBe('signed')
    expect(await read(draft.id)).toMatchObject({ status: 'signed', released: { serviceDate: '2026-03-10' } })
  })

  test('E-12 saves the draft first, in the same transaction', async () => {
    const { id, version } = await clinic.encounter()
    const draft = {
      ...DRAFT,
      narrative: 'Saved by the release.',
      diagnoses: [{ code: 'F42.2' }],
      procedures: [],
    }
    expect(problem(await release(id, { draft }))).toEqual([428, 'if_match_required'])
    expect((await release(id, { draft }, version - 1)).status).toBe(412)
    const bad = await release(id, { draft: { ...draft, diagnoses: [{ code: 'Z99.99' }] } }, version)
    expect(problem(bad)).toEqual([422, 'unknown_code'])
    const empty = await release(id, { draft: { narrative: 'x' } }, version)
    expect(problem(empty)).toEqual([409, 'nothing_to_release'])
    expect(await read(id)).toMatchObject({ version, content: { narrative: DRAFT.narrative } })
    const released = await release(id, { draft }, version)
    expect(released.body.released.diagnoses).toEqual([{ code: 'F42.2', description: 'Disorder F42.2' }])
    expect(await read(id)).toMatchObject({
      version: version + 1,
      content: { narrative: 'Saved by the release.' },
    })
  })

  test('E-12 a signed encounter takes no draft, and only an editor sends one', async () => {
    const { id, version } = await clinic.encounter()
    const releaser = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.release'] })
    const refused = await releaser.post(
      `/v1/encounters/${id}/release`,
      { draft: DRAFT },
      { ifMatch: version },
    )
    expect(problem(refused)).toEqual([403, 'may_not_edit'])
    await clinic.therapist.post(`/v1/encounters/${id}/sign`, { confirmed: true })
    expect(problem(await release(id, { draft: DRAFT }, version + 1))).toEqual([409, 'encounter_signed'])
    expect((await releaser.post(`/v1/encounters/${id}/release`, {})).status).toBe(200)
  })

  test('E-12 afterwards the coding stays, by every interface, and the narrative of a draft is still edited', async () => {
    const { id, version } = await clinic.encounter()
    await release(id)
    const save = (draft: object, ifMatch: number) =>
      clinic.therapist.put(`/v1/encounters/${id}/draft`, draft, { ifMatch })
    const recoded = await save({ ...DRAFT, diagnoses: [{ code: 'F32.1' }, { code: 'F42.2' }] }, version + 1)
    expect(problem(recoded)).toEqual([409, 'coding_released'])
    expect((await save({ ...DRAFT, narrative: 'More to say.' }, version + 1)).status).toBe(200)
    expect((await read(id)).content).toMatchObject({
      narrative: 'More to say.',
      diagnoses: [{ code: 'F32.1' }, { code: 'F41.1' }],
    })
    const recode = sql`update encounter set content = jsonb_set(content, '{diagnoses}', '[]') where id = ${id}`
    await expect(clinic.asAdmin(recode)).rejects.toThrow('its coding cannot change')
  })

  test('E-12 S-16 the note of a deleted visit is not released, since a visit off the calendar has no bill', async () => {
    const { id } = await clinic.encounter()
    const { appointmentId } = await read(id)
    await clinic.desk.react(AppointmentDeleted, {
      subject: appointmentId,
      version: 2,
      data: { appointmentId, patientId: clinic.patientId, deletedAt: '2026-03-11T00:00:00Z' },
    })
    const refused = await release(id)
    expect(problem(refused)).toEqual([409, 'appointment_deleted'])
    expect(refused.body.next).toMatch(/free-standing/)
    expect(await releases(id)).toEqual([])
    expect((await clinic.therapist.post(`/v1/encounters/${id}/sign`, { confirmed: true })).status).toBe(200)
  })

  test('E-04 E-12 a visit that is still to come is neither signed nor released; its draft is begun, and today’s is signed', async () => {
    const noteOn = async (days: number) => {
      // Not tomorrow: that may begin while the test runs.
      const day = Temporal.Now.plainDateISO('America/Chicago').add({ days })
      const appointmentId = await clinic.visit({ start: `${day}T09:00` })
      const { templateId } = clinic
      const { body } = await clinic.therapist.post('/v1/encounters', { appointmentId, templateId })
      const path = `/v1/encounters/${body.encounterId}`
      expect((await clinic.therapist.put(`${path}/draft`, DRAFT, { ifMatch: 1 })).status).toBe(200)
      return { id: body.encounterId as string, sign: `${path}/sign`, day }
    }
    const ahead = await noteOn(2)
    const refused = await clinic.therapist.post(ahead.sign, { confirmed: true })
    expect(problem(refused)).toEqual([409, 'service_date_in_future'])
    expect(refused.body.detail).toContain(ahead.day.toString())
    // Nobody is asked to confirm what is then refused.
    const unasked = await clinic.therapist.post(ahead.sign, {})
    expect(problem(unasked)).toEqual([409, 'service_date_in_future'])
    expect(problem(await release(ahead.id))).toEqual([409, 'service_date_in_future'])
    expect(problem(await release(ahead.id, { draft: DRAFT }, 2))).toEqual([409, 'service_date_in_future'])
    expect(await read(ahead.id)).toMatchObject({ status: 'draft', released: null, version: 2 })

    const today = await noteOn(0)
    expect((await clinic.therapist.post(today.sign, { confirmed: true })).status).toBe(200)
    expect((await release(today.id)).status).toBe(200)
  })

  test.each([
    ['2026-03-11T04:59:59Z', '2026-03-10'],
    ['2026-03-11T05:00:00Z', '2026-03-11'],
  ])('E-12 the day of a practice begins at its own midnight: at %s it is %s', (now, day) => {
    const practice = { name: 'Lakeside Counseling', timeZone: 'America/Chicago' }
    expect(todayAt(practice, { now: Temporal.Instant.from(now) })).toBe(day)
  })

  test('E-12 a code set loaded anew changes neither what was released nor the right to go on writing', async () => {
    const { id, version } = await clinic.encounter()
    await release(id)
    const load = (description: string) =>
      clinic.therapist.post('/v1/code-sets', { system: 'icd-10-cm', codes: [{ code: 'F32.1', description }] })
    await load('Renamed')
    const draft = { ...DRAFT, narrative: 'After the new code set.' }
    const saved = await clinic.therapist.put(`/v1/encounters/${id}/draft`, draft, { ifMatch: version + 1 })
    expect(saved.status).toBe(200)
    expect((await read(id)).content.diagnoses[0].description).toBe('Disorder F32.1')
    await load('Disorder F32.1')
  })

  test('E-12 refuses where there is nothing to release, no Billing, no such encounter, no permission', async () => {
    const empty = await clinic.encounter({ draft: { narrative: 'No coding.' } })
    expect(problem(await release(empty.id))).toEqual([409, 'nothing_to_release'])
    expect(problem(await release(newId()))).toEqual([404, 'encounter_not_found'])
    const { id } = await clinic.encounter()
    const reader = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.read', 'encounter.write'] })
    expect((await reader.post(`/v1/encounters/${id}/release`, {})).status).toBe(403)
    await clinic.use({ billing: false })
    expect(problem(await release(id))).toEqual([409, 'billing_not_in_use'])
    await clinic.use({})
    expect((await release(id)).status).toBe(200)
    expect(await releases(empty.id)).toEqual([])
  })

  test('E-12 an edit and a release at once: what goes to billing is what is kept', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, version } = await clinic.encounter()
      const edit = { ...DRAFT, diagnoses: [{ code: 'F42.2' }, { code: 'F41.1' }] }
      const [edited] = await Promise.all([
        clinic.therapist.put(`/v1/encounters/${id}/draft`, edit, { ifMatch: version }),
        release(id),
      ])
      expect([200, 412]).toContain(edited!.status)
      const { content, released } = await read(id)
      expect(released.diagnoses).toEqual(content.diagnoses)
      expect(content.diagnoses[0].code).toBe(edited!.status === 200 ? 'F42.2' : 'F32.1')
    }
  })
})
