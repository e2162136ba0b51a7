import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  AppointmentScheduled,
  BookingDeclined,
  BookingWithdrawn,
  type EventContract,
} from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { firstSlotOf, nextWorkday, openBooking, setUp, slotsOn } from '../testing/booking.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

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
/** Asks for nine o'clock on a working day of its own. */
function ask(patientId: string) {
  day = nextWorkday(day)
  const startsAt = firstSlotOf(day)
  const { practitionerId } = office.practitioner
  return portal.post(REQUESTS, { serviceId: office.serviceId, practitionerId, patientId, startsAt })
}
const request = async () => created(await ask(office.patient.patientId))
const newPatient = async (): Promise<string> =>
  created(await office.owner.post('/v1/patients', { name: 'Sam Field' })).patientId
const withdraw = (id: string) => portal.post(`${REQUESTS}/${id}/withdraw`)
const answer = (id: string, verb: 'accept' | 'decline') =>
  office.owner.post(`/v1/appointments/${id}/${verb}`, verb === 'decline' ? {} : undefined)
async function factsOf(contract: EventContract, id: string) {
  const told = (await office.desk.facts(contract)).filter(({ key }) => key === id)
  for (const { data } of told) expect(contract.data.parse(data)).toEqual(data)
  return told
}

describe('a patient withdraws what they asked for', () => {
  test('S-18 the time is free again, it is told, and staff see that it was withdrawn', async () => {
    const { appointmentId, startsAt } = await request()
    expect(await slotsOn(office, String(day))).not.toContain('09:00')
    expect(created(await withdraw(appointmentId))).toMatchObject({
      state: 'withdrawn',
      answeredAt: NOW,
      declineReason: null,
      version: 2,
    })
    expect(await slotsOn(office, String(day))).toContain('09:00')
    expect(await factsOf(BookingWithdrawn, appointmentId)).toMatchObject([
      { sequence: 2, data: { startsAt, withdrawnAt: `${NOW.slice(0, -1)}.000Z` } },
    ])
    expect(await factsOf(BookingDeclined, appointmentId)).toEqual([])
    expect(created(await office.owner.get(`/v1/appointments/${appointmentId}`))).toMatchObject({
      status: 'declined',
      booking: { outcome: 'withdrawn' },
    })
    const declined = created(await office.owner.get('/v1/appointments?list=declined')).items
    expect(declined.map((one: { appointmentId: string }) => one.appointmentId)).toContain(appointmentId)
  })

  test('S-18 once it was answered, withdrawn or has lapsed, it is refused with the next step', async () => {
    const accepted = await request()
    created(await answer(accepted.appointmentId, 'accept'))
    const late = await withdraw(accepted.appointmentId)
    expect(refusalOf(late)).toMatchObject({ status: 409, code: 'not_pending' })
    expect(late.body.next).toMatch(/ask the practice to cancel/i)
    const declined = await request()
    created(await answer(declined.appointmentId, 'decline'))
    const withdrawn = await request()
    created(await withdraw(withdrawn.appointmentId))
    for (const { appointmentId } of [declined, withdrawn])
      expect(refusalOf(await withdraw(appointmentId))).toMatchObject({ status: 409, code: 'not_pending' })
    expect(refusalOf(await answer(withdrawn.appointmentId, 'accept'))).toMatchObject({
      status: 409,
      code: 'not_pending',
    })
    const forgotten = await request()
    office.clock.set(forgotten.startsAt)
    expect(refusalOf(await withdraw(forgotten.appointmentId))).toMatchObject({
      status: 409,
      code: 'request_lapsed',
    })
  })

  test('S-18 P-06 what staff scheduled is no request, and who may only read withdraws none', async () => {
    const { appointmentId } = await office.schedule({ start: '2031-03-08T09:00', end: '2031-03-08T10:00' })
    for (const id of [appointmentId, newId()])
      expect(refusalOf(await withdraw(id))).toMatchObject({ status: 404, code: 'not_found' })
    const asked = await request()
    const staff = await office.as('appointment.read', 'appointment.write')
    expect((await staff.post(`${REQUESTS}/${asked.appointmentId}/withdraw`)).status).toBe(403)
  })

  test.each([1, 2, 3, 4])(
    'S-18 of withdrawing and accepting at once, one counts and one fact tells of it (%s)',
    async (round) => {
      const { appointmentId } = await request()
      const tries = Array.from({ length: 8 }, (_, index) =>
        index % 2 === round % 2 ? withdraw(appointmentId) : answer(appointmentId, 'accept'),
      )
      const answers = await Promise.all(tries)
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)])
      const withdrawn = await factsOf(BookingWithdrawn, appointmentId)
      const accepted = await factsOf(AppointmentScheduled, appointmentId)
      expect(withdrawn.length + accepted.length).toBe(1)
      const { state } = created(await portal.get(`${REQUESTS}/${appointmentId}`))
      expect(state).toBe(withdrawn.length === 1 ? 'withdrawn' : 'accepted')
    },
  )
})

describe('how many requests of a patient wait at once', () => {
  test('S-18 one more than the practice takes is refused; withdrawing, an answer or the lapse makes room', async () => {
    await setUp(office, { slotStepMinutes: 60, mostPending: 2 })
    const patientId = await newPatient()
    const [first, second] = [created(await ask(patientId)), created(await ask(patientId))]
    const refused = await ask(patientId)
    expect(refusalOf(refused)).toEqual({ status: 409, code: 'too_many_pending', field: 'patientId' })
    expect(refused.body.detail).toMatch(/2 requests .* takes 2 at once/)
    expect(refused.body.next).toMatch(/withdraw/)
    expect((await ask(await newPatient())).status).toBe(201)
    created(await withdraw(first.appointmentId))
    const third = created(await ask(patientId))
    created(await answer(second.appointmentId, 'accept'))
    created(await ask(patientId))
    expect((await ask(patientId)).status).toBe(409)
    office.clock.set(third.startsAt)
    expect((await ask(patientId)).status).toBe(201)
  })

  test('S-18 of many at once no more are taken than it says', async () => {
    await setUp(office, { slotStepMinutes: 60, mostPending: 3 })
    const patientId = await newPatient()
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(patientId)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    for (const refused of answers.filter(({ status }) => status !== 201))
      expect(refusalOf(refused)).toMatchObject({ status: 409, code: 'too_many_pending' })
  })
})
