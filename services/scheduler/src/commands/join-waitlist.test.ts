import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { NOW, openLine } from '../testing/line.ts'
import { created, refusalOf } from '../testing/office.ts'
import { waitlistEntryAnswer, waitlistItem } from '../waitlist-answers.ts'

let line: Awaited<ReturnType<typeof openLine>>
beforeAll(async () => {
  line = await openLine()
})
beforeEach(() => line.office.clock.set(NOW))
afterAll(() => line.office.close())

const WAITLIST = '/v1/waitlist'
const DAYS = { firstDay: '2031-03-10', lastDay: '2031-03-14' }
const body = (changes: object = {}) => ({
  patientId: line.office.patient.patientId,
  serviceId: line.office.serviceId,
  ...DAYS,
  ...changes,
})
const post = (changes?: object, options = {}) => line.portal.post(WAITLIST, body(changes), options)
const listed = async (list: string) =>
  created(await line.office.owner.get(`${WAITLIST}?list=${list}&limit=200`)).items
const ids = (items: { waitlistEntryId: string }[]) => items.map(({ waitlistEntryId }) => waitlistEntryId)

describe('S-24 waiting', () => {
  test('S-24 an entry says what is waited for; staff see the line in the order of entry', async () => {
    const times = [{ weekdays: [1, 3], from: '09:00', to: '12:00' }, { weekdays: [5] }]
    const first = waitlistEntryAnswer.parse(created(await post({ times })))
    expect(first).toMatchObject({
      practitionerId: 'any',
      ...DAYS,
      times: [times[0], { weekdays: [5], from: '00:00', to: '24:00' }],
      state: 'waiting',
      offer: null,
      appointmentId: null,
      enteredAt: NOW,
      version: 1,
    })
    expect(created(await line.portal.get(`${WAITLIST}/${first.waitlistEntryId}`))).toEqual(first)
    const { practitionerId } = line.office.practitioner
    const second = created(await post({ practitionerId }))
    expect(second.practitionerId).toBe(practitionerId)
    const items = (await listed('waiting')).map((item: unknown) => waitlistItem.parse(item))
    expect(ids(items)).toEqual([first, second].map(({ waitlistEntryId }) => waitlistEntryId))
    expect(items[0]).toMatchObject({ patientName: 'Ada Moran', serviceDescription: 'Service 90834' })
    const page = created(await line.office.owner.get(`${WAITLIST}?limit=1`))
    const rest = created(await line.office.owner.get(`${WAITLIST}?limit=1&after=${page.next}`))
    expect([...ids(page.items), ...ids(rest.items)]).toEqual(ids(items))
  })

  test('S-24 what is waited for is changed in place, and withdrawn for good', async () => {
    const { waitlistEntryId: id } = created(await post())
    const { patientId: _, ...wanted } = body({ lastDay: '2031-03-20' })
    expect((await line.portal.put(`${WAITLIST}/${id}`, wanted)).status).toBe(428)
    expect((await line.portal.put(`${WAITLIST}/${id}`, wanted, { ifMatch: 3 })).status).toBe(412)
    const changed = created(await line.portal.put(`${WAITLIST}/${id}`, wanted, { ifMatch: 1 }))
    expect(changed).toMatchObject({ lastDay: '2031-03-20', enteredAt: NOW, version: 2 })
    expect(ids(await listed('waiting'))).toContain(id)
    const left = created(await line.portal.post(`${WAITLIST}/${id}/withdraw`))
    expect(left).toMatchObject({ state: 'withdrawn', version: 3 })
    expect(ids(await listed('waiting'))).not.toContain(id)
    expect(ids(await listed('withdrawn'))).toEqual([id])
    const over = { status: 409, code: 'entry_over' }
    expect(refusalOf(await line.portal.post(`${WAITLIST}/${id}/withdraw`))).toMatchObject(over)
    expect(refusalOf(await line.portal.put(`${WAITLIST}/${id}`, wanted, { ifMatch: 3 }))).toMatchObject(over)
  })

  test('S-24 when the last day has passed it is over, and in the line no more', async () => {
    const { waitlistEntryId: id } = created(await post())
    line.office.clock.set('2031-03-15T04:59:00Z') // 23:59 of the last day in Chicago
    expect((await line.entry(id)).state).toBe('waiting')
    line.office.clock.set('2031-03-15T05:00:00Z')
    expect((await line.entry(id)).state).toBe('over')
    expect(ids(await listed('waiting'))).not.toContain(id)
    expect(ids(await listed('all'))).toContain(id)
  })

  test('P-07 the same key enters once', async () => {
    const first = await post({}, { idempotencyKey: 'wait-1' })
    const again = await post({}, { idempotencyKey: 'wait-1' })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    expect((await post({ lastDay: '2031-03-11' }, { idempotencyKey: 'wait-1' })).status).toBe(422)
  })
})

describe('S-24 refusals', () => {
  test.each([
    ['patient_not_available', 'patientId', () => ({ patientId: newId() })],
    ['service_not_available', 'serviceId', () => ({ serviceId: newId() })],
    ['practitioner_not_available', 'practitionerId', () => ({ practitionerId: newId() })],
    ['service_not_offered', 'practitionerId', () => ({ serviceId: line.office.unpricedServiceId })],
    ['window_over', 'lastDay', () => ({ firstDay: '2031-03-01', lastDay: '2031-03-05' })],
  ])('S-24 %s names %s', async (code, field, changes) => {
    expect(refusalOf(await post(changes()))).toEqual({ status: 409, code, field })
  })

  test.each([
    ['patientId', { patientId: undefined }],
    ['serviceId', { serviceId: 'x' }],
    ['practitionerId', { practitionerId: 'anybody' }],
    ['firstDay', { firstDay: '2031-02-30' }],
    ['lastDay', { lastDay: '2031-03-09' }],
    ['times.0.weekdays', { times: [{ weekdays: [] }] }],
    ['times.0.weekdays.0', { times: [{ weekdays: [0] }] }],
    ['times.0.to', { times: [{ weekdays: [1], from: '12:00', to: '09:00' }] }],
    ['place', { place: 1 }],
  ])('S-24 bad input names its field: %s', async (field, changes) => {
    expect(refusalOf(await post(changes))).toEqual({ status: 400, code: 'invalid_input', field })
  })

  test('S-24, P-06 what is not there is not found; who may not, does not', async () => {
    const { portal, office } = line
    const missing = [
      portal.get(`${WAITLIST}/${newId()}`),
      portal.post(`${WAITLIST}/${newId()}/withdraw`),
      portal.get(`${WAITLIST}/offers/${newId()}`),
      portal.post(`${WAITLIST}/offers/${newId()}/accept`),
      portal.post(`${WAITLIST}/offers/${newId()}/decline`),
    ]
    for (const answer of await Promise.all(missing))
      expect(refusalOf(answer)).toMatchObject({ status: 404, code: 'not_found' })
    expect((await portal.get(WAITLIST)).status).toBe(403)
    const reader = await office.as('appointment.read')
    expect((await reader.post(WAITLIST, body())).status).toBe(403)
  })
})
