import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BookingRequested, PatientChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { bookingAnswer } from '../booking-answers.ts'
import { firstSlotOf, nextWorkday, openBooking, setHours, setUp, slotsOn } from '../testing/booking.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

const NOW = '2031-03-06T18:00:00Z'
const REQUESTS = '/v1/booking/requests'

let office: Office
let portal: Awaited<ReturnType<Office['as']>>
beforeAll(async () => {
  office = await openOffice()
  office.clock.set(NOW)
  await openBooking(office, { slotStepMinutes: 60, furthestDays: 100 })
  portal = await office.as('booking.request')
})
afterAll(() => office.close())

let day = Temporal.PlainDate.from('2031-03-10')
/** A slot at nine on a working day of its own. */
function nextSlot() {
  day = nextWorkday(day)
  return firstSlotOf(day)
}
const body = (changes: object = {}) => ({
  serviceId: office.serviceId,
  practitionerId: office.practitioner.practitionerId,
  patientId: office.patient.patientId,
  startsAt: nextSlot(),
  ...changes,
})
const later = (instant: string, minutes: number) => Temporal.Instant.from(instant).add({ minutes }).toString()

describe('S-18 asking for a slot', () => {
  test('S-18 holds it, is told, and waits in the pending list; the appointment says what was asked', async () => {
    const asked = body({ message: 'First visit, wheelchair.' })
    const request = bookingAnswer.parse(created(await portal.post(REQUESTS, asked)))
    expect(request).toMatchObject({
      state: 'pending',
      patientId: office.patient.patientId,
      practitionerName: 'Dana Reyes',
      startsAt: asked.startsAt,
      endsAt: later(asked.startsAt, 45),
      start: `${day}T09:00`,
      end: `${day}T09:45`,
      message: 'First visit, wheelchair.',
      requestedAt: NOW,
      answeredAt: null,
      version: 1,
    })
    const { appointmentId } = request
    expect(await slotsOn(office, String(day))).not.toContain('09:00')
    const pending = created(await office.owner.get('/v1/appointments?list=pending')).items
    expect(pending).toMatchObject([
      {
        appointmentId,
        status: 'pending',
        kind: 'client-session',
        services: [{ serviceId: office.serviceId, code: '90834', amountCents: 15000, units: 1 }],
        billable: true,
        booking: { outcome: null, message: 'First visit, wheelchair.', anyPractitioner: false },
      },
    ])
    const facts = (await office.desk.facts(BookingRequested)).filter(({ key }) => key === appointmentId)
    expect(facts).toMatchObject([{ sequence: 1, data: { patientId: office.patient.patientId } }])
    for (const { data } of facts) expect(BookingRequested.data.parse(data)).toEqual(data)
    expect(created(await portal.get(`${REQUESTS}/${appointmentId}`))).toEqual(request)
  })

  test('S-18 a new patient is registered with it, and needs a way to be reached', async () => {
    const newPatient = { name: 'Ben Ortiz', phone: '+1 312 555 0142' }
    const { patientId } = created(await portal.post(REQUESTS, body({ patientId: undefined, newPatient })))
    expect(created(await office.owner.get(`/v1/patients/${patientId}`))).toMatchObject(newPatient)
    const told = (await office.desk.facts(PatientChanged)).filter(({ key }) => key === patientId)
    expect(told).toHaveLength(1)
  })

  test('S-04, S-18 the location of the service is the appointment’s, with its automatic modifier', async () => {
    const service = { serviceId: office.serviceId, practitionerIds: [office.practitioner.practitionerId] }
    await setUp(office, {
      services: [{ ...service, locationId: office.telehealth.locationId }],
      slotStepMinutes: 60,
      furthestDays: 100,
    })
    const { appointmentId } = created(await portal.post(REQUESTS, body()))
    expect(created(await office.owner.get(`/v1/appointments/${appointmentId}`))).toMatchObject({
      locationId: office.telehealth.locationId,
      modifiers: [{ code: '95', automatic: true }],
    })
    await setUp(office, { slotStepMinutes: 60, furthestDays: 100 })
  })

  test('S-18 any practitioner: of those who are free, the one with least to do that day', async () => {
    const lee = created(await office.owner.post('/v1/practitioners', { name: 'Lee Park' })).practitionerId
    const { practitionerId } = office.practitioner
    await setHours(office, lee, {
      weekly: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '17:00' })),
    })
    const services = [{ serviceId: office.serviceId, practitionerIds: [practitionerId, lee] }]
    await setUp(office, { services, slotStepMinutes: 60, furthestDays: 100 })
    const asked = body({ practitionerId: 'any' })
    await office.schedule({ start: `${day}T14:00`, end: `${day}T14:30` })
    expect(created(await portal.post(REQUESTS, asked)).practitionerId).toBe(lee)
    expect(created(await portal.post(REQUESTS, asked)).practitionerId).toBe(practitionerId)
    expect(refusalOf(await portal.post(REQUESTS, asked))).toMatchObject({ status: 409, code: 'slot_taken' })
    await setUp(office, { slotStepMinutes: 60, furthestDays: 100 })
  })

  test('P-07 the same key asks once and answers the same; another body is refused', async () => {
    const asked = body()
    const first = await portal.post(REQUESTS, asked, { idempotencyKey: 'book-1' })
    const again = await portal.post(REQUESTS, asked, { idempotencyKey: 'book-1' })
    expect(again.status).toBe(201)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const other = await portal.post(REQUESTS, { ...asked, message: 'Other.' }, { idempotencyKey: 'book-1' })
    expect(other.status).toBe(422)
    const taken = await portal.post(REQUESTS, asked, { idempotencyKey: 'book-2' })
    expect(await portal.post(REQUESTS, asked, { idempotencyKey: 'book-2' })).toMatchObject({
      status: 409,
      body: taken.body,
    })
  })
})

describe('S-18 what is no offered slot', () => {
  const slots = (answer: { body: { alternatives: { startsAt: string }[] } }) =>
    answer.body.alternatives.map(({ startsAt }) => startsAt)

  test('S-18 a taken one is refused with the next that are free', async () => {
    const asked = body()
    created(await portal.post(REQUESTS, asked))
    const answer = await portal.post(REQUESTS, asked)
    expect(refusalOf(answer)).toEqual({ status: 409, code: 'slot_taken', field: 'startsAt' })
    expect(slots(answer)).toEqual([60, 120, 180, 240, 300].map((minutes) => later(asked.startsAt, minutes)))
    // What was named can be had.
    created(await portal.post(REQUESTS, { ...asked, startsAt: slots(answer)[0] }))
  })

  test('S-12, S-18 staff’s own appointment takes it as well, and so does its buffer', async () => {
    await setUp(office, { slotStepMinutes: 60, furthestDays: 100, bufferAfterMinutes: 30 })
    const asked = body()
    await office.schedule({ start: `${day}T09:50`, end: `${day}T10:00` })
    expect(refusalOf(await portal.post(REQUESTS, asked))).toMatchObject({ code: 'slot_taken' })
    const clear = body()
    await office.schedule({ start: `${day}T10:15`, end: `${day}T10:20` })
    created(await portal.post(REQUESTS, clear))
    await setUp(office, { slotStepMinutes: 60, furthestDays: 100 })
  })

  test.each([
    ['outside_hours', 409, 'startsAt', (at: string) => ({ startsAt: later(at, -60) })],
    ['outside_hours', 409, 'startsAt', (at: string) => ({ startsAt: later(at, 8 * 60 - 15) })],
    ['not_a_slot', 409, 'startsAt', (at: string) => ({ startsAt: later(at, 10) })],
    ['wrong_length', 400, 'endsAt', (at: string) => ({ endsAt: later(at, 60) })],
    ['too_short_notice', 409, 'startsAt', () => ({ startsAt: '2031-03-06T18:30:00Z' })],
    ['too_far_ahead', 409, 'startsAt', () => ({ startsAt: '2031-06-16T14:00:00Z' })],
  ] as const)('S-18 %s is refused with alternatives', async (code, status, field, change) => {
    const asked = body()
    const answer = await portal.post(REQUESTS, { ...asked, ...change(asked.startsAt) })
    expect(refusalOf(answer)).toEqual({ status, code, field })
    expect(answer.body.alternatives).toHaveLength(5)
    created(await portal.post(REQUESTS, body({ startsAt: slots(answer)[4] })))
  })

  test('S-18 the end that the slot was offered with is taken', async () => {
    const asked = body()
    created(await portal.post(REQUESTS, { ...asked, endsAt: later(asked.startsAt, 45) }))
  })

  test('S-18 a service that is not offered, a stranger, and booking that is off are refused by name', async () => {
    const ask = async (changes: object) => refusalOf(await portal.post(REQUESTS, body(changes)))
    const none = { status: 409, code: 'service_not_offered' }
    expect(await ask({ serviceId: office.unpricedServiceId })).toEqual({ ...none, field: 'serviceId' })
    expect(await ask({ practitionerId: newId() })).toEqual({ ...none, field: 'practitionerId' })
    expect(await ask({ patientId: newId() })).toEqual({
      status: 409,
      code: 'patient_not_available',
      field: 'patientId',
    })
    expect(await slotsOn(office, String(day))).toContain('09:00')
    await setUp(office, { enabled: false })
    expect(await ask({})).toMatchObject({ status: 409, code: 'booking_off' })
    await setUp(office, { slotStepMinutes: 60, furthestDays: 100 })
  })

  test.each([
    ['serviceId', { serviceId: undefined }],
    ['practitionerId', { practitionerId: 'whoever' }],
    ['startsAt', { startsAt: undefined }],
    ['startsAt', { startsAt: '2031-03-11T09:00' }],
    ['startsAt', { startsAt: '2031-03-11T14:00:30Z' }],
    ['patientId', { patientId: undefined }],
    ['newPatient', { newPatient: { name: 'Ben Ortiz', email: 'ben@example.org' } }],
    ['newPatient.email', { patientId: undefined, newPatient: { name: 'Ben Ortiz' } }],
    ['newPatient.name', { patientId: undefined, newPatient: { phone: '+1 312 555 0142' } }],
    ['message', { message: 'x'.repeat(1001) }],
    ['status', { status: 'accepted' }],
  ])('S-18 bad input names its field: %s', async (field, changes) => {
    const answer = await portal.post(REQUESTS, body(changes))
    expect(refusalOf(answer)).toEqual({ status: 400, code: 'invalid_input', field })
  })

  test('P-06 it needs the permission, and that alone shows no patient', async () => {
    const reader = await office.as('appointment.read', 'appointment.write')
    expect((await reader.post(REQUESTS, body())).status).toBe(403)
    expect((await portal.get(`/v1/patients/${office.patient.patientId}`)).status).toBe(403)
    expect((await portal.get('/v1/appointments?list=pending')).status).toBe(403)
    expect(refusalOf(await portal.get(`${REQUESTS}/${newId()}`))).toMatchObject({ status: 404 })
  })
})
