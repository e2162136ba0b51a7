import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  AppointmentScheduled,
  type EventContract,
  WaitlistAccepted,
  WaitlistLapsed,
  WaitlistOffered,
} from '@praxisbus/contracts'
import { setUp, slotsOn } from '../testing/booking.ts'
import { NOW, openLine } from '../testing/line.ts'
import { created, offer as offerService, refusalOf } from '../testing/office.ts'
import { offerAnswer } from '../waitlist-answers.ts'

let line: Awaited<ReturnType<typeof openLine>>
beforeAll(async () => {
  line = await openLine()
})
beforeEach(() => line.office.clock.set(NOW))
afterAll(() => line.office.close())

async function factsOf(contract: EventContract, id: string) {
  const told = (await line.office.desk.facts(contract)).filter(({ key }) => key === id)
  for (const { data } of told) expect(contract.data.parse(data)).toEqual(data)
  return told
}

describe('S-24 a time that becomes free', () => {
  test('S-24 is offered to the first whom it fits, held for them, and scheduled when they accept', async () => {
    const { office, cancel, visit, wait, look, offerOf, accept, entry } = line
    const day = line.nextDay()
    const { appointmentId } = await visit(day)
    const [first, second] = [await wait(day), await wait(day)]
    expect(await slotsOn(office, day)).not.toContain('09:00')
    await cancel(appointmentId)
    // From this instant it is nobody's online, though nobody was offered it yet.
    expect(await slotsOn(office, day)).not.toContain('09:00')
    await look()
    const offer = offerAnswer.parse(await offerOf(first))
    expect(offer).toMatchObject({
      state: 'offered',
      start: `${day}T09:00`,
      end: `${day}T09:45`,
      offeredAt: NOW,
      expiresAt: '2031-03-06T19:00:00Z',
      practitionerId: office.practitioner.practitionerId,
    })
    expect(await offerOf(second)).toBeNull()
    expect(await slotsOn(office, day)).not.toContain('09:00')
    const accepted = created(await accept(offer.offerId))
    expect(accepted).toMatchObject({ state: 'accepted', waitlistEntryId: first })
    expect(created(await office.owner.get(`/v1/appointments/${accepted.appointmentId}`))).toMatchObject({
      status: 'scheduled',
      start: `${day}T09:00`,
      end: `${day}T09:45`,
      services: [{ serviceId: office.serviceId }],
    })
    expect(await entry(first)).toMatchObject({
      state: 'booked',
      appointmentId: accepted.appointmentId,
      offer: null,
    })
    expect(await factsOf(WaitlistOffered, first)).toMatchObject([
      { sequence: 2, data: { offerId: offer.offerId } },
    ])
    expect(await factsOf(WaitlistAccepted, first)).toMatchObject([
      { sequence: 3, data: { appointmentId: accepted.appointmentId } },
    ])
    expect(await factsOf(AppointmentScheduled, accepted.appointmentId)).toHaveLength(1)
    await look()
    expect(await offerOf(second)).toBeNull()
  })

  test('S-24 one who declines waits on, and the next is offered it; nobody is offered the same time twice', async () => {
    const { visit, wait, cancel, look, offerOf, decline, entry } = line
    const day = line.nextDay()
    const { appointmentId } = await visit(day)
    const [first, second] = [await wait(day), await wait(day)]
    await cancel(appointmentId)
    await look()
    expect(created(await decline((await offerOf(first)).offerId)).state).toBe('declined')
    expect(await entry(first)).toMatchObject({ state: 'waiting', offer: null })
    await look()
    expect(await offerOf(first)).toBeNull()
    created(await decline((await offerOf(second)).offerId))
    await look()
    await look()
    expect([await offerOf(first), await offerOf(second)]).toEqual([null, null])
    expect(await factsOf(WaitlistLapsed, first)).toMatchObject([
      { sequence: 3, data: { reason: 'declined' } },
    ])
    // All have been asked, so whoever books online may have it.
    expect(await slotsOn(line.office, day)).toContain('09:00')
    // Another time of the same day, freed later, is a new chance for the first.
    await cancel((await visit(day, '14:00', '15:00')).appointmentId)
    await look()
    expect(await offerOf(first)).toMatchObject({ start: `${day}T14:00` })
  })

  test('S-24 an offer lapses by its time, a late answer is refused, and the next has their turn', async () => {
    const { visit, wait, cancel, look, pass, offerOf, accept, decline, entry, portal } = line
    const day = line.nextDay()
    const { appointmentId } = await visit(day)
    const [first, second] = [await wait(day), await wait(day)]
    await cancel(appointmentId)
    await look()
    const { offerId } = await offerOf(first)
    pass({ minutes: 59, seconds: 59 })
    await look()
    expect((await offerOf(first)).offerId).toBe(offerId)
    pass({ seconds: 1 })
    // The worker has not looked yet.
    expect(created(await portal.get(`/v1/waitlist/offers/${offerId}`)).state).toBe('lapsed')
    expect(await entry(first)).toMatchObject({ state: 'waiting', offer: null })
    for (const late of [accept, decline])
      expect(refusalOf(await late(offerId))).toMatchObject({ status: 409, code: 'offer_lapsed' })
    expect(await offerOf(second)).toBeNull()
    await look()
    expect(await offerOf(second)).toMatchObject({ start: `${day}T09:00`, expiresAt: '2031-03-06T20:00:00Z' })
    expect(refusalOf(await accept(offerId))).toMatchObject({ code: 'offer_lapsed' })
    expect(await factsOf(WaitlistLapsed, first)).toMatchObject([{ data: { reason: 'lapsed' } }])
    const held = (await offerOf(second)).offerId
    created(await accept(held))
    expect(refusalOf(await accept(held))).toMatchObject({ status: 409, code: 'offer_over' })
  })

  test('S-24 one who withdraws gives up what they were offered', async () => {
    const { visit, wait, cancel, look, offerOf, accept, portal } = line
    const day = line.nextDay()
    const { appointmentId } = await visit(day)
    const [first, second] = [await wait(day), await wait(day)]
    await cancel(appointmentId)
    await look()
    const { offerId } = await offerOf(first)
    const { patientId: _, ...wanted } = await line.entry(first)
    const { serviceId, firstDay, lastDay } = wanted
    const change = await portal.put(`/v1/waitlist/${first}`, { serviceId, firstDay, lastDay }, { ifMatch: 2 })
    expect(refusalOf(change)).toMatchObject({ status: 409, code: 'offer_open' })
    created(await portal.post(`/v1/waitlist/${first}/withdraw`))
    expect(refusalOf(await accept(offerId))).toMatchObject({ code: 'offer_over' })
    expect(await factsOf(WaitlistLapsed, first)).toMatchObject([
      { sequence: 3, data: { reason: 'withdrawn' } },
    ])
    await look()
    expect(await offerOf(second)).toMatchObject({ start: `${day}T09:00` })
  })
})

describe('S-24 whom it is offered', () => {
  test('S-24 by length, practitioner, days and times; the order is that of entry', async () => {
    const { office, visit, wait, cancel, look, offerOf } = line
    const day = line.nextDay()
    const weekday = Temporal.PlainDate.from(day).dayOfWeek
    const other = created(await office.owner.post('/v1/practitioners', { name: 'Lee Park' })).practitionerId
    const long = await offerService(office.desk, { code: '90853', amountCents: 9000, lengthMinutes: 61 })
    const { practitionerId } = office.practitioner
    const skipped = [
      await wait(day, { serviceId: long, practitionerId }),
      await wait(day, { practitionerId: other }),
      await wait(day, { lastDay: '2032-01-01', firstDay: '2031-12-01' }),
      await wait(day, { times: [{ weekdays: [weekday], from: '13:00' }] }),
      await wait(day, { times: [{ weekdays: [(weekday % 7) + 1] }] }),
    ]
    const fits = await wait(day, {
      practitionerId,
      times: [{ weekdays: [weekday], from: '09:10', to: '12:00' }],
    })
    await cancel((await visit(day)).appointmentId)
    await look()
    for (const id of skipped) expect(await offerOf(id)).toBeNull()
    expect(await offerOf(fits)).toMatchObject({ start: `${day}T09:10`, end: `${day}T09:55` })
  })

  test('S-24 an hour that frees two visits serves two, one after another', async () => {
    const { visit, wait, cancel, look, offerOf, accept } = line
    const day = line.nextDay()
    const [first, second] = [await wait(day), await wait(day)]
    await cancel((await visit(day, '09:00', '10:40')).appointmentId)
    await look()
    expect(await offerOf(second)).toBeNull()
    created(await accept((await offerOf(first)).offerId))
    await look()
    expect(await offerOf(second)).toMatchObject({ start: `${day}T09:45`, end: `${day}T10:30` })
  })

  test('S-24 nobody has two offers at once', async () => {
    const { visit, wait, cancel, look, offerOf } = line
    const day = line.nextDay()
    const [first, second] = [await wait(day), await wait(day)]
    const visits = [await visit(day), await visit(day, '14:00', '15:00')]
    for (const { appointmentId } of visits) await cancel(appointmentId)
    await look()
    const starts = [await offerOf(first), await offerOf(second)].map(({ start }) => start.slice(11))
    expect(starts.toSorted()).toEqual(['09:00', '14:00'])
  })

  test('S-24 what is near is offered for half of what is left, what is too near to nobody', async () => {
    const { office, visit, wait, cancel, look, offerOf } = line
    const day = line.nextDay()
    const first = await wait(day)
    const { appointmentId, startsAt } = await visit(day)
    office.clock.set(Temporal.Instant.from(startsAt).subtract({ minutes: 40 }))
    await cancel(appointmentId)
    await look()
    const { offeredAt, expiresAt } = await offerOf(first)
    expect(Temporal.Instant.from(offeredAt).until(expiresAt).total('minutes')).toBe(20)

    const tomorrow = line.nextDay()
    const second = await wait(tomorrow)
    const near = await visit(tomorrow, '09:00', '09:50')
    office.clock.set(Temporal.Instant.from(near.startsAt).subtract({ minutes: 9 }))
    await cancel(near.appointmentId)
    await look()
    // Ten minutes from now it could begin at 9:01, and would end in time.
    expect(await offerOf(second)).toMatchObject({ start: `${tomorrow}T09:01`, end: `${tomorrow}T09:46` })
  })

  test('S-24 how long an offer holds is the practice’s to say', async () => {
    const { office, visit, wait, cancel, look, offerOf } = line
    const day = line.nextDay()
    await setUp(office, { offerMinutes: 15 })
    const id = await wait(day)
    await cancel((await visit(day)).appointmentId)
    await look()
    expect((await offerOf(id)).expiresAt).toBe('2031-03-06T18:15:00Z')
    await setUp(office)
  })
})

describe('S-24 what frees a time', () => {
  const move = (id: string, body: object) => line.office.owner.post(`/v1/appointments/${id}/reschedule`, body)
  test.each([
    ['cancelling', (id: string) => line.cancel(id), '09:00'],
    ['deleting', (id: string) => line.office.owner.delete(`/v1/appointments/${id}`), '09:00'],
    [
      'moving away',
      (id: string) => move(id, { start: `${line.today()}T15:00`, end: `${line.today()}T16:00` }),
      '09:00',
    ],
    // From 9:00 to 10:10 is left of what was 9:00 to 11:00.
    [
      'moving within',
      (id: string) => move(id, { start: `${line.today()}T10:10`, end: `${line.today()}T11:10` }),
      '09:00',
    ],
    [
      'shortening',
      (id: string) => move(id, { start: `${line.today()}T09:00`, end: `${line.today()}T09:10` }),
      '09:10',
    ],
  ])('S-24 %s', async (_, free, start) => {
    const day = line.nextDay()
    const { appointmentId } = await line.visit(day, '09:00', '11:00')
    const id = await line.wait(day)
    await free(appointmentId)
    await line.look()
    expect(await line.offerOf(id)).toMatchObject({ start: `${day}T${start}` })
  })

  test('S-18, S-24 declining a request', async () => {
    const { office, portal, wait, look, offerOf } = line
    const day = line.nextDay()
    const id = await wait(day)
    const startsAt = Temporal.PlainDate.from(day)
      .toZonedDateTime({ timeZone: 'America/Chicago', plainTime: '11:00' })
      .toInstant()
    const { serviceId, patient } = office
    const asked = {
      serviceId,
      practitionerId: 'any',
      patientId: patient.patientId,
      startsAt: String(startsAt),
    }
    const { appointmentId } = created(await portal.post('/v1/booking/requests', asked))
    created(await office.owner.post(`/v1/appointments/${appointmentId}/decline`, {}))
    await look()
    expect(await offerOf(id)).toMatchObject({ start: `${day}T11:00` })
  })

  test('S-15, S-24 the end of a series, and its move: each occurrence for who waits for it', async () => {
    const { office, wait, look, offerOf } = line
    const day = line.nextDay()
    const weekday = ['MO', 'TU', 'WE', 'TH', 'FR'][Temporal.PlainDate.from(day).dayOfWeek - 1]!
    const week = (count: number) => String(Temporal.PlainDate.from(day).add({ weeks: count }))
    const recurrence = { frequency: 'weekly', weekdays: [weekday], count: 4 }
    const first = await line.visit(day, '11:00', '12:00', { recurrence })
    const path = `/v1/appointments/${first.appointmentId}`
    const moved = { scope: 'this-and-future', start: `${day}T16:00`, end: `${day}T17:00` }
    const [today, thirdWeek] = [await wait(day), await wait(week(2))]
    created(await office.owner.patch(path, moved))
    await look()
    expect(await offerOf(today)).toMatchObject({ start: `${day}T11:00` })
    expect(await offerOf(thirdWeek)).toMatchObject({ start: `${week(2)}T11:00` })
    const fourthWeek = await wait(week(3))
    created(await office.owner.delete(`${path}?scope=this-and-future`))
    await look()
    expect(await offerOf(fourthWeek)).toMatchObject({ start: `${week(3)}T16:00` })
  })

  test('S-24 not an event without a patient, nor a room that is changed, nor what has passed', async () => {
    const { office, visit, wait, look, offerOf } = line
    const day = line.nextDay()
    const id = await wait(day)
    const { practitionerId } = office.practitioner
    const event = {
      kind: 'other-event',
      title: 'Meeting',
      practitionerId,
      start: `${day}T12:00`,
      end: `${day}T13:00`,
    }
    const meeting = created(await office.owner.post('/v1/appointments', event))
    created(await office.owner.delete(`/v1/appointments/${meeting.appointmentId}`))
    const { appointmentId } = await visit(day)
    created(await office.owner.patch(`/v1/appointments/${appointmentId}`, { roomId: office.room.roomId }))
    office.clock.set(`${day}T23:00:00Z`)
    await line.cancel(appointmentId)
    await look()
    expect(await offerOf(id)).toBeNull()
  })
})

describe('S-12, S-24 staff', () => {
  test('S-24 may put something on an offered time, are warned, and the offer still stands', async () => {
    const { office, visit, wait, cancel, look, offerOf, accept } = line
    const day = line.nextDay()
    const id = await wait(day)
    await cancel((await visit(day)).appointmentId)
    await look()
    const { offerId, expiresAt } = await offerOf(id)
    const over = await visit(day, '09:30', '10:30')
    expect(over.warnings).toEqual([
      { code: 'time_offered', field: 'practitionerId', detail: expect.stringContaining(expiresAt) },
    ])
    const { appointmentId } = created(await accept(offerId))
    expect(created(await office.owner.get(`/v1/appointments/${appointmentId}`))).toMatchObject({
      start: `${day}T09:00`,
    })
    expect((await visit(day, '14:00', '15:00')).warnings).toEqual([])
  })

  test('S-24 what staff took before anybody was offered it is not offered', async () => {
    const { visit, wait, cancel, look, offerOf } = line
    const day = line.nextDay()
    const id = await wait(day)
    await cancel((await visit(day)).appointmentId)
    await visit(day, '09:30', '10:30')
    await look()
    expect(await offerOf(id)).toBeNull()
  })
})
