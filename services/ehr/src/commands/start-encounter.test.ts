import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, EncounterStarted, PERMISSIONS } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type Clinic, openClinic, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const start = (body: object) => clinic.therapist.post('/v1/encounters', body)

describe('E-02 starting an encounter', () => {
  test('E-02 takes patient, practitioner and the local date from the visit, and says so as a fact', async () => {
    // 23:30 in Chicago is the next day in UTC.
    const appointmentId = await clinic.visit({ start: '2026-03-10T23:30' })
    const started = await start({ templateId: clinic.templateId, appointmentId })
    expect(started.status).toBe(200)
    expect(started.headers.get('etag')).toBe('"1"')
    expect(started.body).toMatchObject({
      appointmentId,
      patientId: clinic.patientId,
      practitionerId: clinic.practitionerId,
      practitionerName: 'Ana Ruiz',
      serviceDate: '2026-03-10',
      status: 'draft',
      plugins: ['narrative', 'vitals', 'diagnosis', 'procedure'],
      content: { narrative: '', vitals: {}, diagnoses: [], procedures: [] },
      signerRoles: ['therapist'],
      signatures: [],
      released: null,
      resumed: false,
      version: 1,
    })
    const { encounterId, encounterNumber, startedAt } = started.body
    expect((await clinic.desk.facts(EncounterStarted)).at(-1)).toMatchObject({
      key: encounterId,
      sequence: 1,
      data: {
        encounterId,
        encounterNumber,
        appointmentId,
        patientId: clinic.patientId,
        practitionerId: clinic.practitionerId,
      },
    })
    expect(Date.parse(startedAt)).not.toBeNaN()
  })

  test('E-02 starts a free-standing encounter', async () => {
    const { templateId, patientId, practitionerId } = clinic
    const started = await start({ templateId, patientId, practitionerId, serviceDate: '2026-02-03' })
    expect(started.body).toMatchObject({ appointmentId: null, serviceDate: '2026-02-03', resumed: false })
    const again = await start({ templateId, patientId, practitionerId, serviceDate: '2026-02-03' })
    expect(again.body.encounterId).not.toBe(started.body.encounterId)
  })

  test('E-10 opening a visit again resumes its encounter, without a template and after the visit was deleted', async () => {
    const appointmentId = await clinic.visit()
    const first = await start({ templateId: clinic.templateId, appointmentId })
    const facts = (await clinic.desk.facts(EncounterStarted)).length
    const again = await start({ appointmentId })
    expect(again.body).toEqual({ ...first.body, resumed: true })
    await clinic.desk.react(AppointmentDeleted, {
      subject: appointmentId,
      version: 2,
      data: { appointmentId, patientId: clinic.patientId, deletedAt: '2026-03-01T00:00:00Z' },
    })
    expect((await start({ appointmentId })).body.encounterId).toBe(first.body.encounterId)
    expect(await clinic.desk.facts(EncounterStarted)).toHaveLength(facts)
  })

  test('E-10 ten who open one visit at once get one encounter', async () => {
    const appointmentId = await clinic.visit()
    const facts = (await clinic.desk.facts(EncounterStarted)).length
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => start({ templateId: clinic.templateId, appointmentId })),
    )
    expect(new Set(answers.map(({ body }) => body.encounterId)).size).toBe(1)
    expect(answers.filter(({ body }) => !body.resumed)).toHaveLength(1)
    expect(await clinic.desk.facts(EncounterStarted)).toHaveLength(facts + 1)
  })

  test('E-02 numbers have no gaps, with starts at once and refusals between, and each practice has its own', async () => {
    const { templateId, patientId, practitionerId } = clinic
    const free = { patientId, practitionerId, serviceDate: '2026-02-03' }
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        start({ ...free, templateId: index % 3 ? templateId : newId() }),
      ),
    )
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(4)
    const { body } = await start({ ...free, templateId })
    const list = await clinic.therapist.get(`/v1/encounters?patientId=${patientId}&limit=100`)
    const numbers = list.body.encounters.map(
      ({ encounterNumber }: { encounterNumber: number }) => encounterNumber,
    )
    expect(numbers).toEqual(Array.from({ length: body.encounterNumber }, (_, i) => body.encounterNumber - i))
  })
})

describe('E-02 refuses to start', () => {
  test.each([
    ['nothing at all', {}, 'patientId', 'is required where no appointmentId is given'],
    [
      'a visit with a date of its own',
      { appointmentId: newId(), serviceDate: '2026-01-01' },
      'serviceDate',
      'comes from the appointment; leave it out',
    ],
    [
      'a date that is none',
      { patientId: newId(), practitionerId: newId(), serviceDate: '2026-02-30' },
      'serviceDate',
      undefined,
    ],
    [
      'a year before any calendar',
      { patientId: newId(), practitionerId: newId(), serviceDate: '0000-01-01' },
      'serviceDate',
      undefined,
    ],
    ['an id that is none', { appointmentId: 'x' }, 'appointmentId', undefined],
    ['a field of another kind', { appointmentId: newId(), colour: 'red' }, 'colour', undefined],
  ])('E-02 %s', async (_, body, field, detail) => {
    const refused = await start({ templateId: clinic.templateId, ...body })
    expect(refused.status).toBe(400)
    expect(refused.body.errors[0]).toMatchObject({ field, ...(detail && { detail }) })
  })

  test('E-02 what it does not know, by name', async () => {
    const { templateId, patientId, practitionerId } = clinic
    const free = { templateId, patientId, practitionerId, serviceDate: '2026-02-03' }
    const cases: [object, number, string, string][] = [
      [{ templateId, appointmentId: newId() }, 404, 'appointment_not_found', 'appointmentId'],
      [{ ...free, patientId: newId() }, 404, 'patient_not_found', 'patientId'],
      [{ ...free, practitionerId: newId() }, 404, 'practitioner_not_found', 'practitionerId'],
      [{ ...free, templateId: newId() }, 404, 'template_not_found', 'templateId'],
      [{ ...free, templateId: undefined }, 422, 'template_required', 'templateId'],
      [{ ...free, serviceDate: '2199-01-01' }, 422, 'service_date_in_future', 'serviceDate'],
    ]
    for (const [body, status, code, field] of cases) {
      const refused = await start(body)
      expect([refused.status, refused.body.type, refused.body.errors[0].field]).toEqual([
        status,
        `urn:praxisbus:problem:${code}`,
        field,
      ])
    }
  })

  test('E-02 a deleted visit, also where the deletion came first', async () => {
    const appointmentId = newId()
    await clinic.desk.react(AppointmentDeleted, {
      subject: appointmentId,
      version: 2,
      data: { appointmentId, patientId: null, deletedAt: '2026-03-01T00:00:00Z' },
    })
    const refused = await start({ templateId: clinic.templateId, appointmentId })
    expect([refused.status, refused.body.title]).toEqual([409, 'Appointment deleted'])
  })

  test('S-01 a practice that does not use the EHR, or is not known yet', async () => {
    const appointmentId = await clinic.visit()
    await clinic.use({ ehr: false })
    const refused = await start({ templateId: clinic.templateId, appointmentId })
    expect([refused.status, refused.body.title]).toEqual([409, 'Ehr not in use'])
    await clinic.use({})
    expect((await start({ templateId: clinic.templateId, appointmentId })).status).toBe(200)
  })

  test('P-06 without the permission, and for the visit of another practice', async () => {
    const appointmentId = await clinic.visit()
    const body = { templateId: clinic.templateId, appointmentId }
    const reader = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.read'] })
    expect((await reader.post('/v1/encounters', body)).status).toBe(403)
    const stranger = await clinic.desk.as({ permissions: PERMISSIONS, practiceIds: [newId()] })
    expect((await stranger.post('/v1/encounters', body)).body.title).toBe('Appointment not found')
  })
})
