import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { bookingSettingsAnswer, openingHoursAnswer } from '../booking-answers.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const FIXED = newId()
const SETTINGS = '/v1/booking/settings'
const hoursPath = (id = office.practitioner.practitionerId) => `/v1/practitioners/${id}/opening-hours`
const offered = () => ({
  serviceId: office.serviceId,
  practitionerIds: [office.practitioner.practitionerId],
})

describe('S-18 how a practice takes bookings online', () => {
  test('S-18 it is off until somebody says so; then it is as said, and the rest has defaults', async () => {
    expect(created(await office.owner.get(SETTINGS))).toMatchObject({
      enabled: false,
      services: [],
      version: 0,
    })
    const portal = await office.as('booking.request')
    expect(created(await portal.get('/v1/booking/offer')).services).toEqual([])

    const body = { enabled: true, bufferAfterMinutes: 10, services: [offered()] }
    const set = created(await office.owner.put(SETTINGS, body))
    expect(bookingSettingsAnswer.parse(set)).toEqual({
      enabled: true,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 10,
      slotStepMinutes: 15,
      earliestNoticeMinutes: 1440,
      furthestDays: 60,
      mostPending: 3,
      offerMinutes: 60,
      services: [{ ...offered(), locationId: null }],
      version: 1,
    })
    expect(created(await office.owner.get(SETTINGS))).toEqual(set)
    expect(created(await portal.get('/v1/booking/offer')).services).toEqual([
      {
        serviceId: office.serviceId,
        description: 'Service 90834',
        lengthMinutes: 45,
        practitioners: [
          { practitionerId: offered().practitionerIds[0], name: 'Dana Reyes', credentials: 'PhD' },
        ],
      },
    ])
  })

  test('S-18, P-07 a change needs the version it was made from, and replaces all', async () => {
    const { version } = created(await office.owner.get(SETTINGS))
    const body = { enabled: true, slotStepMinutes: 20 }
    expect(refusalOf(await office.owner.put(SETTINGS, body))).toMatchObject({
      status: 428,
      code: 'version_required',
      field: 'If-Match',
    })
    expect((await office.owner.put(SETTINGS, body, { ifMatch: version + 1 })).status).toBe(412)
    const changed = created(await office.owner.put(SETTINGS, body, { ifMatch: version }))
    expect(changed).toMatchObject({ slotStepMinutes: 20, services: [], version: version + 1 })
    expect(created(await office.owner.get(SETTINGS))).toEqual(changed)
  })

  test.each([
    ['services.0.serviceId', 'service_not_available', () => ({ ...offered(), serviceId: newId() })],
    [
      'services.0.practitionerIds.1',
      'practitioner_not_available',
      () => ({ ...offered(), practitionerIds: [...offered().practitionerIds, newId()] }),
    ],
    ['services.0.locationId', 'location_not_available', () => ({ ...offered(), locationId: newId() })],
  ])('S-18 what it refers to has to be there: %s', async (field, code, service) => {
    const { version } = created(await office.owner.get(SETTINGS))
    const body = { enabled: true, services: [service()] }
    const answer = await office.owner.put(SETTINGS, body, { ifMatch: version })
    expect(refusalOf(answer)).toEqual({ status: 409, code, field })
    expect(created(await office.owner.get(SETTINGS)).version).toBe(version)
  })

  test.each([
    ['enabled', {}],
    ['bufferBeforeMinutes', { enabled: true, bufferBeforeMinutes: -1 }],
    ['slotStepMinutes', { enabled: true, slotStepMinutes: 1 }],
    ['furthestDays', { enabled: true, furthestDays: 4000 }],
    ['offerMinutes', { enabled: true, offerMinutes: 0 }],
    [
      'services',
      { enabled: true, services: [1, 2].map(() => ({ serviceId: FIXED, practitionerIds: [FIXED] })) },
    ],
    ['services.0.practitionerIds', { enabled: true, services: [{ serviceId: FIXED, practitionerIds: [] }] }],
  ])('S-18 bad input names its field: %s', async (field, body) => {
    expect(refusalOf(await office.owner.put(SETTINGS, body))).toEqual({
      status: 400,
      code: 'invalid_input',
      field,
    })
  })

  test('P-06 only who manages the practice sets it up; the portal sees neither settings nor hours', async () => {
    const portal = await office.as('booking.request')
    for (const path of [SETTINGS, hoursPath()]) expect((await portal.get(path)).status).toBe(403)
    const desk = await office.as('practice.read', 'appointment.write')
    expect((await desk.put(SETTINGS, { enabled: true })).status).toBe(403)
    expect((await desk.put(hoursPath(), { weekly: [] })).status).toBe(403)
  })
})

describe('S-18 opening hours', () => {
  test('S-18 several ranges a day, closed days and extra hours are kept, and replaced as a whole', async () => {
    expect(created(await office.owner.get(hoursPath()))).toEqual({
      practitionerId: office.practitioner.practitionerId,
      weekly: [],
      exceptions: [],
      version: 0,
    })
    const hours = {
      weekly: [
        { weekday: 1, from: '09:00', to: '12:00' },
        { weekday: 1, from: '13:30', to: '24:00' },
      ],
      exceptions: [
        { date: '2031-12-25', closed: true, extra: [] },
        { date: '2031-12-20', closed: false, extra: [{ from: '10:00', to: '12:00' }] },
      ],
    }
    const set = created(await office.owner.put(hoursPath(), hours))
    const exceptions = hours.exceptions.toReversed()
    expect(openingHoursAnswer.parse(set)).toMatchObject({ weekly: hours.weekly, exceptions, version: 1 })
    expect(created(await office.owner.get(hoursPath()))).toEqual(set)
    expect(refusalOf(await office.owner.put(hoursPath(), hours))).toMatchObject({ code: 'version_required' })
    expect((await office.owner.put(hoursPath(), hours, { ifMatch: 7 })).status).toBe(412)
    const bare = created(await office.owner.put(hoursPath(), { weekly: [] }, { ifMatch: 1 }))
    expect(bare).toMatchObject({ weekly: [], exceptions: [], version: 2 })
    expect(created(await office.owner.get(hoursPath()))).toEqual(bare)
  })

  test('S-18 a practitioner who is not there has none', async () => {
    const stranger = hoursPath(newId())
    expect(refusalOf(await office.owner.get(stranger))).toMatchObject({ status: 404, code: 'not_found' })
    expect(refusalOf(await office.owner.put(stranger, { weekly: [] }))).toMatchObject({ status: 404 })
  })

  const nine = { weekday: 1, from: '09:00', to: '12:00' }
  test.each([
    ['weekly', {}],
    ['weekly.0.weekday', { weekly: [{ ...nine, weekday: 8 }] }],
    ['weekly.0.from', { weekly: [{ ...nine, from: '24:00' }] }],
    ['weekly.0.to', { weekly: [{ ...nine, to: '9' }] }],
    ['weekly.0.to', { weekly: [{ ...nine, from: '22:00', to: '02:00' }] }],
    ['weekly.1', { weekly: [nine, { ...nine, from: '11:59', to: '13:00' }] }],
    ['exceptions.0', { weekly: [], exceptions: [{ date: '2031-12-25' }] }],
    ['exceptions.0.date', { weekly: [], exceptions: [{ date: '2031-02-30', closed: true }] }],
    [
      'exceptions.1.date',
      { weekly: [], exceptions: [1, 2].map(() => ({ date: '2031-12-25', closed: true })) },
    ],
    [
      'exceptions.0.extra.1',
      {
        weekly: [],
        exceptions: [
          {
            date: '2031-12-25',
            extra: [
              { from: '09:00', to: '12:00' },
              { from: '11:00', to: '13:00' },
            ],
          },
        ],
      },
    ],
  ])('S-18 bad input names its field: %s', async (field, body) => {
    const answer = await office.owner.put(hoursPath(), body)
    expect(refusalOf(answer)).toEqual({ status: 400, code: 'invalid_input', field })
  })
})
