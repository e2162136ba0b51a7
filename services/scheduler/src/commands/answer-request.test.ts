import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppointmentScheduled, BookingDeclined, type EventContract } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import { waitFor } from '@praxisbus/testing'
import { lapseRequests } from '../booking/lapse.ts'
import { firstSlotOf, nextWorkday, openBooking, slotsOn } from '../testing/booking.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'
import { startTimekeeping } from '../timekeeping.ts'

const NOW = '2031-03-06T18:00:00Z'
const REQUESTS = '/v1/booking/requests'

let office: Office
let portal: Awaited<ReturnType<Office['as']>>
beforeAll(async () => {
  office = await openOffice()
  office.clock.set(NOW)
  await openBooking(office, { slotStepMinutes: 60 })
  portal = await office.as('booking.request')
})
beforeEach(() => office.clock.set(NOW))
afterAll(() => office.close())

let day = Temporal.PlainDate.from('2031-03-10')
async function request() {
  day = nextWorkday(day)
  const startsAt = firstSlotOf(day)
  const { practitionerId } = office.practitioner
  const asked = { serviceId: office.serviceId, practitionerId, patientId: office.patient.patientId, startsAt }
  return created(await portal.post(REQUESTS, asked))
}
const answer = (id: string, verb: 'accept' | 'decline', body?: object, options = {}) =>
  office.owner.post(`/v1/appointments/${id}/${verb}`, body, options)
const read = async (id: string) => created(await office.owner.get(`/v1/appointments/${id}`))
const state = async (id: string) => created(await portal.get(`${REQUESTS}/${id}`)).state
const listed = async (list: string) =>
  created(await office.owner.get(`/v1/appointments?list=${list}&limit=200`)).items.map(
    ({ appointmentId }: { appointmentId: string }) => appointmentId,
  )
async function factsOf(contract: EventContract, id: string) {
  const told = (await office.desk.facts(contract)).filter(({ key }) => key === id)
  for (const { data } of told) expect(contract.data.parse(data)).toEqual(data)
  return told
}
const parts = () => ({ database: office.desk.database, relay: office.desk.relay, onFacts: () => undefined })

describe('S-18 staff accept', () => {
  test('S-18 the request becomes an appointment; its versions go on', async () => {
    const { appointmentId } = await request()
    const accepted = created(await answer(appointmentId, 'accept', undefined, { ifMatch: 1 }))
    expect(accepted).toMatchObject({
      status: 'scheduled',
      version: 2,
      warnings: [],
      booking: { outcome: 'accepted' },
    })
    expect(await factsOf(AppointmentScheduled, appointmentId)).toMatchObject([{ sequence: 2 }])
    expect(await state(appointmentId)).toBe('accepted')
    expect(await listed('upcoming')).toContain(appointmentId)
    expect(await listed('pending')).not.toContain(appointmentId)
    // It is moved and cancelled like any other now.
    const moved = { start: `${day}T18:00`, end: `${day}T18:45` }
    created(await office.owner.post(`/v1/appointments/${appointmentId}/reschedule`, moved))
    created(await office.owner.post(`/v1/appointments/${appointmentId}/cancel`, { kind: 'cancelled' }))
    expect(await state(appointmentId)).toBe('cancelled')
  })

  test('S-12, S-18 staff who put something on the time are told of the request, and of both when accepting', async () => {
    const { appointmentId } = await request()
    const other = await office.schedule({ start: `${day}T09:30`, end: `${day}T10:00` })
    expect(other.warnings).toMatchObject([{ code: 'practitioner_busy', appointmentId }])
    expect(created(await answer(appointmentId, 'accept')).warnings).toMatchObject([
      { appointmentId: other.appointmentId },
    ])
  })

  test('S-18 of several answers at once one counts', async () => {
    const { appointmentId } = await request()
    const verbs = Array.from({ length: 8 }, (_, index) => (index % 2 ? 'accept' : 'decline'))
    const answers = await Promise.all(
      verbs.map((verb) => answer(appointmentId, verb, verb === 'decline' ? {} : undefined)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)])
    const facts = [
      ...(await factsOf(AppointmentScheduled, appointmentId)),
      ...(await factsOf(BookingDeclined, appointmentId)),
    ]
    expect(facts).toHaveLength(1)
  })
})

describe('S-18 staff decline', () => {
  test('S-18 the time is free again; the reason is shown and in no fact', async () => {
    const { appointmentId } = await request()
    const reason = 'Please see your physician first.'
    expect(created(await answer(appointmentId, 'decline', { reason }))).toMatchObject({
      status: 'declined',
      version: 2,
      booking: { outcome: 'declined', declineReason: reason },
    })
    const told = await factsOf(BookingDeclined, appointmentId)
    expect(told).toMatchObject([{ sequence: 2, data: { lapsed: false } }])
    expect(JSON.stringify(told)).not.toContain('physician')
    expect(created(await portal.get(`${REQUESTS}/${appointmentId}`))).toMatchObject({
      state: 'declined',
      declineReason: reason,
    })
    expect(await slotsOn(office, String(day))).toContain('09:00')
    expect(await listed('declined')).toContain(appointmentId)
    expect(await listed('pending')).not.toContain(appointmentId)
  })

  test('S-17, S-18 what waits for an answer is neither moved, cancelled, checked in, completed nor deleted', async () => {
    const { appointmentId } = await request()
    const path = `/v1/appointments/${appointmentId}`
    const { owner } = office
    const tries = [
      owner.patch(path, { additionalInstructions: 'Ring twice.' }),
      owner.post(`${path}/reschedule`, { start: `${day}T12:00`, end: `${day}T12:45` }),
      owner.post(`${path}/cancel`, { kind: 'cancelled' }),
      owner.post(`${path}/check-in`, {}),
      owner.post(`${path}/complete`, { paymentType: 'other', alreadyPaid: false, lineItems: [] }),
      owner.delete(path),
    ]
    for (const refused of await Promise.all(tries))
      expect(refusalOf(refused)).toMatchObject({ status: 409, code: 'still_pending' })
    created(await answer(appointmentId, 'decline', {}))
    expect(refusalOf(await owner.delete(path))).toMatchObject({ status: 410, code: 'appointment_deleted' })
    expect(refusalOf(await owner.post(`${path}/restore`))).toMatchObject({ status: 410 })
  })
})

describe('S-18 refusals of an answer', () => {
  test('S-18 what is no request, or was answered, is refused', async () => {
    const { appointmentId } = await office.schedule({ start: '2031-03-08T09:00', end: '2031-03-08T10:00' })
    for (const verb of ['accept', 'decline'] as const) {
      expect(refusalOf(await answer(appointmentId, verb, {}))).toMatchObject({
        status: 409,
        code: 'not_pending',
      })
      expect(refusalOf(await answer(newId(), verb, {}))).toMatchObject({ status: 404, code: 'not_found' })
    }
    const asked = await request()
    expect((await answer(asked.appointmentId, 'accept', undefined, { ifMatch: 9 })).status).toBe(412)
    const long = await answer(asked.appointmentId, 'decline', { reason: 'x'.repeat(501) })
    expect(refusalOf(long)).toEqual({ status: 400, code: 'invalid_input', field: 'reason' })
    expect(await state(asked.appointmentId)).toBe('pending')
  })

  test('P-06 the portal cannot answer', async () => {
    const { appointmentId } = await request()
    for (const verb of ['accept', 'decline'])
      expect((await portal.post(`/v1/appointments/${appointmentId}/${verb}`, {})).status).toBe(403)
  })
})

describe('S-18 nobody answers', () => {
  test('S-18 by its start a request has lapsed, also before anybody wrote it down', async () => {
    const { appointmentId, startsAt } = await request()
    office.clock.set(startsAt)
    expect(await state(appointmentId)).toBe('lapsed')
    expect(await listed('pending')).not.toContain(appointmentId)
    for (const verb of ['accept', 'decline'] as const)
      expect(refusalOf(await answer(appointmentId, verb, {}))).toMatchObject({
        status: 409,
        code: 'request_lapsed',
      })
  })

  test('S-18 it is written down once, whoever looks at the same moment', async () => {
    const { appointmentId, startsAt } = await request()
    const before = Temporal.Instant.from(startsAt).subtract({ seconds: 1 })
    expect(await lapseRequests(parts(), before)).not.toContain(appointmentId)
    const at = Temporal.Instant.from(startsAt)
    const ended = await Promise.all([1, 2, 3, 4].map(() => lapseRequests(parts(), at)))
    expect(ended.flat().filter((id) => id === appointmentId)).toHaveLength(1)
    expect(await read(appointmentId)).toMatchObject({
      status: 'declined',
      booking: { outcome: 'lapsed', declineReason: null },
    })
    expect(await factsOf(BookingDeclined, appointmentId)).toMatchObject([
      { sequence: 2, data: { lapsed: true } },
    ])
    expect(await listed('declined')).toContain(appointmentId)
  })

  test('S-18 the service does it by itself, by its clock, and goes on after it was stopped', async () => {
    const { appointmentId, startsAt } = await request()
    let now = Temporal.Instant.from(NOW)
    const settings = { ...parts(), log: openLog('scheduler', 'silent'), now: () => now, lookMs: 10 }
    const first = startTimekeeping(settings)
    await first.stop()
    expect((await read(appointmentId)).status).toBe('pending')
    now = Temporal.Instant.from(startsAt)
    const workers = [startTimekeeping(settings), startTimekeeping(settings)]
    await waitFor(async () => (await read(appointmentId)).status === 'declined', 20_000, 'the lapse')
    await Promise.all(workers.map((worker) => worker.stop()))
    expect(await factsOf(BookingDeclined, appointmentId)).toHaveLength(1)
  })
})
