import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentScheduled, PatientChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { scheduledAnswer } from '../appointment-answers.ts'
import { created, type Office, offer, openCalendar, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const { today, body, post } = openCalendar(() => office)

describe('a client session', () => {
  test('S-02 is saved with all it has, told, and read back', async () => {
    const { location, room, serviceId, patient, practitioner } = office
    const asked = body({
      services: [{ serviceId, units: 2 }],
      modifiers: ['HO'],
      locationId: location.locationId,
      roomId: room.roomId,
      timeZone: 'America/Denver',
      telehealthUrl: 'https://video.example.org/r/1',
      additionalInstructions: 'Ring twice.',
      reminders: [{ channel: 'email', daysAhead: 3 }],
      sessionBridge: true,
    })
    const answer = await office.owner.post('/v1/appointments', asked)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"1"')
    const { warnings, ...appointment } = scheduledAnswer.parse(answer.body)
    const service = { serviceId, code: '90834', amountCents: 15000, units: 2 }
    expect(warnings).toEqual([])
    expect(appointment).toMatchObject({
      ...asked,
      patientName: patient.name,
      practitionerName: practitioner.name,
      locationName: location.name,
      placeOfService: '11',
      roomName: room.name,
      startsAt: `${today()}T16:10:00Z`,
      endsAt: `${today()}T17:03:00Z`,
      services: [service],
      modifiers: [{ code: 'HO', automatic: false }],
      billable: true,
      status: 'scheduled',
    })
    expect((await office.owner.get(`/v1/appointments/${appointment.appointmentId}`)).body).toMatchObject(
      appointment,
    )
    const [fact] = (await office.desk.facts(AppointmentScheduled)).slice(-1)
    expect(AppointmentScheduled.data.parse(fact!.data)).toEqual(fact!.data)
    expect(fact).toMatchObject({
      key: appointment.appointmentId,
      sequence: 1,
      data: {
        patientId: patient.patientId,
        start: asked.start,
        timeZone: 'America/Denver',
        modifiers: ['HO'],
      },
    })
    expect(fact!.data.services).toEqual([service])
  })

  test('S-08 without a zone the calendar’s is meant', async () => {
    expect(created(await post())).toMatchObject({
      timeZone: 'America/Chicago',
      startsAt: `${today()}T15:10:00Z`,
    })
  })

  test('S-02 names every missing field', async () => {
    const answer = await office.owner.post('/v1/appointments', {})
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error: { field: string }) => error.field).sort()).toEqual([
      'end',
      'patientId',
      'practitionerId',
      'start',
    ])
  })

  test('S-02 registers a patient from just a name, in the same transaction', async () => {
    const appointment = created(await post({ patientId: undefined, newPatient: { name: 'New Person' } }))
    expect(appointment.patientName).toBe('New Person')
    const fact = (await office.desk.facts(PatientChanged)).at(-1)
    expect(fact).toMatchObject({ key: appointment.patientId, sequence: 1, data: { name: 'New Person' } })

    const before = await office.desk.facts()
    const reminders = [{ channel: 'email', daysAhead: 1 }]
    const refused = await post({ patientId: undefined, newPatient: { name: 'Never Kept' }, reminders })
    expect(refusalOf(refused)).toMatchObject({
      code: 'reminder_without_consent',
      field: 'reminders.0.channel',
    })
    expect((await office.owner.get('/v1/patients?search=Never')).body.items).toEqual([])
    expect(await office.desk.facts()).toEqual(before)
  })

  test('S-02 who may not register patients cannot do it here either', async () => {
    const clinician = await office.as('appointment.write')
    const answer = await clinician.post(
      '/v1/appointments',
      body({ patientId: undefined, newPatient: { name: 'New Person' } }),
    )
    expect(refusalOf(answer)).toEqual({ status: 403, code: 'may_not_register', field: 'newPatient' })
  })

  test('S-03 is saved without a service or an amount, and is not billable', async () => {
    expect(created(await post({ services: [] })).billable).toBe(false)
    const services = [{ serviceId: office.serviceId }, { serviceId: office.unpricedServiceId }]
    expect(created(await post({ services }))).toMatchObject({
      billable: false,
      services: [
        { units: 1, amountCents: 15000 },
        { units: 1, amountCents: null },
      ],
    })
    expect((await office.desk.facts(AppointmentScheduled)).at(-1)!.data.billable).toBe(false)
  })

  test('S-04 a telehealth location adds 95 and marks it automatic', async () => {
    const { locationId } = office.telehealth
    expect(created(await post({ locationId, modifiers: ['HO'] })).modifiers).toEqual([
      { code: 'HO', automatic: false },
      { code: '95', automatic: true },
    ])
    expect((await office.desk.facts(AppointmentScheduled)).at(-1)!.data.modifiers).toEqual(['HO', '95'])
    const full = await post({ locationId, modifiers: ['HO', 'GT', '59', 'U1'] })
    expect(refusalOf(full)).toEqual({ status: 409, code: 'too_many_modifiers', field: 'modifiers' })
  })
})

describe('what a session refers to', () => {
  const refused = async (changes: object, code: string, field: string, status = 409) => {
    const before = await office.desk.facts()
    expect(refusalOf(await post(changes))).toEqual({ status, code, field })
    expect(await office.desk.facts()).toEqual(before)
  }

  test('S-02 unknown records are refused by name', async () => {
    const [id, known] = [newId(), { serviceId: office.serviceId }]
    await refused({ practitionerId: id }, 'practitioner_not_available', 'practitionerId')
    await refused({ locationId: id }, 'location_not_available', 'locationId')
    await refused({ roomId: id }, 'room_not_available', 'roomId')
    await refused({ patientId: id }, 'patient_not_available', 'patientId')
    await refused({ services: [known, { serviceId: id }] }, 'service_not_available', 'services.1.serviceId')
  })

  test('S-02 records of another practice are unknown here', async () => {
    const practiceIds = [newId()]
    const stranger = await office.desk.as({
      practiceIds,
      permissions: [
        'practice.manage',
        'practice.read',
        'patient.write',
        'appointment.write',
        'appointment.read',
      ],
    })
    const products = { scheduler: true, ehr: true, billing: true, imaging: true }
    created(await stranger.put('/v1/practice', { name: 'Other', timeZone: 'UTC', products }))
    const { practitionerId } = created(await stranger.post('/v1/practitioners', { name: 'Other' }))
    const { patientId } = created(await stranger.post('/v1/patients', { name: 'Other' }))
    await refused({ practitionerId }, 'practitioner_not_available', 'practitionerId')
    await refused({ patientId }, 'patient_not_available', 'patientId')

    const own = created(await post())
    expect((await stranger.get(`/v1/appointments/${own.appointmentId}`)).status).toBe(404)
    expect((await stranger.delete(`/v1/appointments/${own.appointmentId}`)).status).toBe(404)
    expect((await stranger.get('/v1/appointments')).body.items).toEqual([])
    const twoPractices = await stranger.post('/v1/appointments', body())
    expect(refusalOf(twoPractices).code).toBe('practitioner_not_available')
  })

  test('S-02 inactive records are refused by name', async () => {
    const { owner } = office
    const inactive = async (path: string, record: object) => {
      const made = created(await owner.post(path, { ...record, active: false }))
      return Object.values(made).find((value) => typeof value === 'string')
    }
    const { locationId } = office.location
    const dormant = {
      practitionerId: await inactive('/v1/practitioners', { name: 'Gone' }),
      locationId: await inactive('/v1/locations', { name: 'Closed', placeOfService: '11' }),
      roomId: await inactive('/v1/rooms', { name: 'Shut', locationId }),
    }
    await refused({ practitionerId: dormant.practitionerId }, 'practitioner_not_available', 'practitionerId')
    await refused({ locationId: dormant.locationId }, 'location_not_available', 'locationId')
    await refused({ roomId: dormant.roomId }, 'room_not_available', 'roomId')
    const serviceId = await offer(office.desk, { code: '90801', amountCents: 1, active: false })
    await refused({ services: [{ serviceId }] }, 'service_not_available', 'services.0.serviceId')
  })

  test('S-02 a room of another location is refused, a room alone brings its location', async () => {
    const { room, telehealth, location } = office
    await refused({ roomId: room.roomId, locationId: telehealth.locationId }, 'room_elsewhere', 'roomId')
    expect(created(await post({ roomId: room.roomId })).locationId).toBe(location.locationId)
  })

  test('S-10 a reminder over a channel without consent is refused by name', async () => {
    const reminders = [
      { channel: 'email', daysAhead: 1 },
      { channel: 'text', daysAhead: 2 },
    ]
    await refused({ reminders }, 'reminder_without_consent', 'reminders.1.channel')
  })

  test.each([
    [{ start: '2026-03-05T25:00' }, 'invalid_input', 'start'],
    [{ start: '2026-02-30T09:00' }, 'invalid_input', 'start'],
    [{ timeZone: 'Mars/Olympus' }, 'unknown_time_zone', 'timeZone'],
    [{ start: '2026-03-05T10:00', end: '2026-03-05T10:00' }, 'end_not_after_start', 'end'],
    [{ start: '2026-03-05T10:00', end: '2026-03-06T10:01' }, 'too_long', 'end'],
    [{ telehealthUrl: 'javascript:alert(1)' }, 'invalid_input', 'telehealthUrl'],
    [{ modifiers: ['HO', 'GT', '59', 'U1', 'U2'] }, 'invalid_input', 'modifiers'],
    [{ modifiers: ['HO', 'HO'] }, 'invalid_input', 'modifiers'],
    [{ modifiers: ['hop'] }, 'invalid_input', 'modifiers.0'],
    [{ services: [{ serviceId: newId(), units: 0 }] }, 'invalid_input', 'services.0.units'],
    [{ reminders: [{ channel: 'email', daysAhead: 6 }] }, 'invalid_input', 'reminders.0.daysAhead'],
    [{ additionalInstructions: 'x'.repeat(4001) }, 'invalid_input', 'additionalInstructions'],
    [{ newPatient: { name: 'Ada' } }, 'invalid_input', 'newPatient'],
    [{ status: 'completed' }, 'invalid_input', 'status'],
  ])('S-02 S-08 %j is refused', (changes, code, field) => refused(changes, code, field, 400))
})
