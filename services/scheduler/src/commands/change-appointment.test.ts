import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  AppointmentChanged,
  AppointmentRescheduled,
  type EventContract,
  OtherEventChanged,
} from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { scheduledAnswer } from '../appointment-answers.ts'
import { created, type Office, offer, openCalendar, openOffice, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
beforeEach(() => office.peers.reset())
afterAll(() => office.close())

const { nextDay, post } = openCalendar(() => office)
const path = (id: string) => `/v1/appointments/${id}`
const change = (id: string, body: object, options = {}) => office.owner.patch(path(id), body, options)
const reschedule = (id: string, body: object) => office.owner.post(`${path(id)}/reschedule`, body)

async function factsOf(contract: EventContract, id: string) {
  const told = (await office.desk.facts(contract)).filter(({ key }) => key === id)
  for (const { data } of told) expect(contract.data.parse(data)).toEqual(data)
  return told
}

async function another(name = 'Lee Park') {
  return created(await office.owner.post('/v1/practitioners', { name })).practitionerId
}

async function setStatus(id: string, status: string) {
  await office.desk.database.write(office.desk.practiceId, (tx) =>
    tx.run(sql`update appointment set status = ${status} where id = ${id}`),
  )
}

describe('changing an appointment', () => {
  test('S-14 what the change names is changed, what it leaves out stays, null takes away; told once', async () => {
    const { serviceId } = office
    const first = created(
      await post({
        services: [{ serviceId, units: 1 }],
        modifiers: ['HO'],
        roomId: office.room.roomId,
        reminders: [{ channel: 'email', daysAhead: 2 }],
        telehealthUrl: 'https://video.example.org/r/1',
      }),
    )
    const changes = {
      telehealthUrl: null,
      additionalInstructions: 'Ring twice.',
      services: [{ serviceId, units: 3 }],
      reminders: [{ channel: 'email', daysAhead: 1 }],
      sessionBridge: true,
    }
    const answer = await change(first.appointmentId, changes, { ifMatch: 1 })
    expect(answer.headers.get('etag')).toBe('"2"')
    const { warnings, ...rest } = scheduledAnswer.parse(created(answer))
    const { warnings: _, ...before } = first
    const service = { ...before.services[0], units: 3 }
    expect(rest).toEqual({ ...before, ...changes, services: [service], version: 2 })
    expect(warnings).toEqual([])
    expect(await factsOf(AppointmentChanged, first.appointmentId)).toMatchObject([{ sequence: 2 }])
    expect(await factsOf(AppointmentRescheduled, first.appointmentId)).toEqual([])
  })

  test('S-14 a change that leaves everything as it is tells nothing and makes no version', async () => {
    const { appointmentId, start, end } = created(await post())
    expect(created(await change(appointmentId, { start, end, services: [] }))).toMatchObject({ version: 1 })
    expect(created(await change(appointmentId, {}))).toMatchObject({ version: 1 })
    expect(await factsOf(AppointmentChanged, appointmentId)).toEqual([])
  })

  test('S-14 S-16 a form that sends all its fields changes no more than what differs, also where the rest is in the way of a bill', async () => {
    const { serviceId } = office
    const past = await office.schedule({
      start: '2025-05-05T09:10',
      end: '2025-05-05T10:03',
      roomId: office.room.roomId,
      services: [{ serviceId, units: 2 }],
      modifiers: ['HO'],
    })
    office.peers.money = { ...NO_BILL, billStatus: 'posted', appliedCents: 100 }
    const { start, end, timeZone, practitionerId, locationId, roomId, telehealthUrl, reminders } = past
    const { sessionBridge, medium, contactWith, title, showAs } = past
    const form = {
      ...{ start, end, timeZone, ambiguousTime: 'later', practitionerId, locationId, roomId, telehealthUrl },
      ...{ reminders, sessionBridge, medium, contactWith, title, showAs },
      services: [{ serviceId, units: 2 }],
      modifiers: ['HO'],
    }
    const answer = await change(past.appointmentId, { ...form, additionalInstructions: 'Thank you.' })
    const { warnings: _, ...before } = past
    expect(created(answer)).toEqual({
      ...before,
      additionalInstructions: 'Thank you.',
      version: 2,
      warnings: [],
    })
    const inTheWay = [
      { end: '2025-05-05T10:10' },
      { services: [{ serviceId, units: 1 }] },
      { locationId: office.telehealth.locationId },
    ]
    for (const other of inTheWay) {
      const refused = await change(past.appointmentId, { ...form, ...other })
      expect(refusalOf(refused)).toMatchObject({ status: 409, code: 'payment_applied' })
    }
  })

  test('P-07 a stale edit is refused and changes nothing', async () => {
    const { appointmentId } = created(await post())
    created(await change(appointmentId, { additionalInstructions: 'one' }, { ifMatch: 1 }))
    const answer = await change(appointmentId, { additionalInstructions: 'two' }, { ifMatch: 1 })
    expect(refusalOf(answer)).toMatchObject({ status: 412, code: 'stale' })
    expect((await office.owner.get(path(appointmentId))).body.additionalInstructions).toBe('one')
  })

  test('S-04 the automatic 95 goes away with the telehealth location, also when it was sent back; a typed one stays', async () => {
    const codes = async (id: string, body: object) =>
      created(await change(id, body)).modifiers.map(
        ({ code, automatic }: { code: string; automatic: boolean }) => code + (automatic ? ' automatic' : ''),
      )
    const { telehealth, location } = office
    const { appointmentId: id } = created(
      await post({ modifiers: ['HO'], locationId: telehealth.locationId }),
    )
    expect(await codes(id, { modifiers: ['HO', '95'] })).toEqual(['HO', '95 automatic'])
    expect(await codes(id, { locationId: location.locationId })).toEqual(['HO'])
    expect(await codes(id, { locationId: telehealth.locationId })).toEqual(['HO', '95 automatic'])
    expect(await codes(id, { locationId: null })).toEqual(['HO'])
    expect(await codes(id, { modifiers: ['95', 'HO'] })).toEqual(['95', 'HO'])
    expect(await codes(id, { locationId: telehealth.locationId })).toEqual(['95', 'HO'])
    expect(await codes(id, { locationId: location.locationId })).toEqual(['95', 'HO'])
  })

  test('S-04 S-16 what was made of the location since touches the modifiers of no visit that is changed otherwise', async () => {
    const place = { name: 'Annex', placeOfService: '11' }
    const { locationId } = created(await office.owner.post('/v1/locations', place))
    const past = await office.schedule({ locationId, modifiers: ['HO', 'GT', '59', '25'] })
    const telehealth = { ...place, placeOfService: '10' }
    created(await office.owner.put(`/v1/locations/${locationId}`, telehealth, { ifMatch: 1 }))
    office.peers.money = { ...NO_BILL, billStatus: 'posted', appliedCents: 100 }
    const answer = created(
      await change(past.appointmentId, { telehealthUrl: 'https://video.example.org/r/2' }),
    )
    expect(answer.modifiers).toEqual(past.modifiers)
    office.peers.reset()
    const { appointmentId } = created(await post({ locationId, modifiers: ['HO'] }))
    created(await office.owner.put(`/v1/locations/${locationId}`, place, { ifMatch: 2 }))
    const moved = created(await change(appointmentId, { sessionBridge: true }))
    expect(moved.modifiers).toEqual([
      { code: 'HO', automatic: false },
      { code: '95', automatic: true },
    ])
    expect(created(await change(appointmentId, { modifiers: ['GT'] })).modifiers).toEqual([
      { code: 'GT', automatic: false },
    ])
  })

  test('S-04 four typed modifiers leave no room for a telehealth location', async () => {
    const { appointmentId } = created(await post({ modifiers: ['HO', 'GT', '59', '25'] }))
    const answer = await change(appointmentId, { locationId: office.telehealth.locationId })
    expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'too_many_modifiers', field: 'modifiers' })
    expect((await change(appointmentId, { modifiers: ['HO', 'GT', '59', '25', '76'] })).status).toBe(400)
  })

  test('S-03 a service that was retired since stays with its price, and is not to be added elsewhere', async () => {
    const serviceId = await offer(office.desk, { code: '90999', amountCents: 7000 })
    const { appointmentId } = created(await post({ services: [{ serviceId, units: 1 }] }))
    await offer(office.desk, { serviceId, version: 2, code: '90999', amountCents: 9000, active: false })
    const kept = created(await change(appointmentId, { services: [{ serviceId, units: 2 }] }))
    expect(kept.services).toMatchObject([{ amountCents: 7000, units: 2 }])
    const other = created(await post())
    const refused = await change(other.appointmentId, { services: [{ serviceId, units: 1 }] })
    expect(refusalOf(refused)).toMatchObject({ code: 'service_not_available', field: 'services.0.serviceId' })
  })

  test('S-03 a service that got its amount since makes the session billable once it is entered again', async () => {
    const serviceId = await offer(office.desk, { code: '90791', amountCents: null })
    const services = [{ serviceId, units: 1 }]
    const one = created(await post({ services }))
    const billed = await office.schedule({ services })
    expect(created(await change(one.appointmentId, { services }))).toMatchObject({
      version: 1,
      billable: false,
    })
    office.peers.money = { ...NO_BILL, billStatus: 'posted' }
    created(await change(billed.appointmentId, { services, sessionBridge: true }))
    await offer(office.desk, { serviceId, version: 2, code: '90791', amountCents: 20_000 })
    const words = created(await change(one.appointmentId, { additionalInstructions: 'Side door.' }))
    expect(words).toMatchObject({ billable: false, services: [{ amountCents: null }] })
    const again = created(await change(one.appointmentId, { services }))
    expect(again).toMatchObject({ billable: true, services: [{ serviceId, amountCents: 20_000 }] })
    await offer(office.desk, { serviceId, version: 3, code: '90791', amountCents: 30_000 })
    const kept = created(await change(one.appointmentId, { services: [{ serviceId, units: 2 }] }))
    expect(kept.services).toMatchObject([{ amountCents: 20_000, units: 2 }])
    expect(refusalOf(await change(billed.appointmentId, { services }))).toMatchObject({ code: 'bill_open' })
  })

  test('S-14 somebody who left the practice keeps their appointments, and gets no others', async () => {
    const practitionerId = await another('Gone Soon')
    const { appointmentId } = created(await post({ practitionerId }))
    created(
      await office.owner.put(
        `/v1/practitioners/${practitionerId}`,
        { name: 'Gone Soon', active: false },
        { ifMatch: 1 },
      ),
    )
    expect((await change(appointmentId, { additionalInstructions: 'Bye.' })).status).toBe(200)
    const other = created(await post())
    expect(refusalOf(await change(other.appointmentId, { practitionerId }))).toMatchObject({
      code: 'practitioner_not_available',
      field: 'practitionerId',
    })
  })

  test('S-10 reminders that are newly asked for need the consent', async () => {
    const { appointmentId } = created(await post())
    const answer = await change(appointmentId, { reminders: [{ channel: 'text', daysAhead: 1 }] })
    expect(refusalOf(answer)).toMatchObject({
      code: 'reminder_without_consent',
      field: 'reminders.0.channel',
    })
  })

  test.each([
    [{ title: 'Meeting' }, 'title'],
    [{ medium: 'phone' }, 'medium'],
    [{ showAs: 'free' }, 'showAs'],
  ])('S-14 a field of another kind is refused by name: %j', async (body, field) => {
    const { appointmentId } = created(await post())
    expect(refusalOf(await change(appointmentId, body))).toMatchObject({
      status: 400,
      code: 'does_not_fit_kind',
      field,
    })
  })

  test('S-07 an event is changed and moved like anything else, told by a fact of its own', async () => {
    const { start, end } = nextDay()
    const { practitionerId } = office.practitioner
    const asked = { kind: 'other-event', title: 'Team meeting', practitionerId, start, end }
    const { appointmentId } = created(await office.owner.post('/v1/appointments', asked))
    created(await change(appointmentId, { showAs: 'free', title: 'Lunch' }))
    const moved = nextDay()
    created(await reschedule(appointmentId, { start: moved.start, end: moved.end }))
    expect(await factsOf(OtherEventChanged, appointmentId)).toMatchObject([
      { sequence: 2, data: { showAs: 'free', title: 'Lunch', start } },
      { sequence: 3, data: { start: moved.start } },
    ])
  })
})

describe('rescheduling', () => {
  test('S-17 moves time, practitioner and room at once, and tells where it was', async () => {
    const first = created(await post())
    const { start, end } = nextDay()
    const practitionerId = await another()
    const { roomId } = office.room
    const answer = created(await reschedule(first.appointmentId, { start, end, practitionerId, roomId }))
    expect(answer).toMatchObject({
      start,
      end,
      practitionerId,
      roomId,
      locationId: office.location.locationId,
      version: 2,
      warnings: [],
    })
    const { startsAt, timeZone } = first
    const previous = { start: first.start, end: first.end, startsAt, timeZone, roomId: null }
    expect(await factsOf(AppointmentRescheduled, first.appointmentId)).toMatchObject([
      { sequence: 2, data: { start, practitionerId, roomId, startsAt: answer.startsAt, previous } },
    ])
  })

  test('S-12 S-17 a clash at the new time is saved with a warning that names it', async () => {
    const there = created(await post())
    const first = created(await post())
    const answer = created(await reschedule(first.appointmentId, { start: there.start, end: there.end }))
    expect(answer.warnings).toMatchObject([{ code: 'practitioner_busy', appointmentId: there.appointmentId }])
  })

  test('S-08 S-17 onto a skipped hour it moves forward and is told; a start alone takes the end along', async () => {
    const { appointmentId } = created(await post())
    const answer = created(
      await reschedule(appointmentId, { start: '2091-03-11T02:30', end: '2091-03-11T03:45' }),
    )
    expect(answer).toMatchObject({ start: '2091-03-11T03:30', end: '2091-03-11T03:45' })
    expect(answer.warnings).toMatchObject([{ code: 'skipped_local_time', field: 'start' }])
    const { start } = nextDay()
    const moved = created(await change(appointmentId, { start }))
    expect(moved.end).toBe(start.replace('T09:10', 'T09:25'))
  })

  test('S-08 another zone keeps the wall time and moves the instant', async () => {
    const { appointmentId, start } = created(await post())
    const answer = created(await change(appointmentId, { timeZone: 'America/Denver' }))
    expect(answer).toMatchObject({
      start,
      timeZone: 'America/Denver',
      startsAt: `${start.slice(0, 10)}T16:10:00Z`,
    })
    expect(refusalOf(await change(appointmentId, { timeZone: 'Mars/Olympus' }))).toMatchObject({
      status: 400,
      code: 'unknown_time_zone',
      field: 'timeZone',
    })
  })

  test.each([
    ['pending', 409, 'still_pending'],
    ['declined', 410, 'appointment_deleted'],
    ['cancelled', 409, 'appointment_cancelled'],
  ])('S-17 a %s appointment is not moved', async (status, code, refused) => {
    const { appointmentId } = created(await post())
    await setStatus(appointmentId, status)
    const { start, end } = nextDay()
    expect(refusalOf(await reschedule(appointmentId, { start, end }))).toMatchObject({
      status: code,
      code: refused,
    })
    expect((await office.owner.get(path(appointmentId))).body.version).toBe(1)
  })

  test('S-17 an end that is not after the start, and what is not there, are refused', async () => {
    const { appointmentId } = created(await post())
    const { start } = nextDay()
    expect(refusalOf(await reschedule(appointmentId, { start, end: start }))).toMatchObject({
      code: 'end_not_after_start',
      field: 'end',
    })
    expect(
      (await reschedule(appointmentId, {})).body.errors.map(({ field }: { field: string }) => field),
    ).toEqual(['start', 'end'])
    expect(refusalOf(await reschedule(newId(), { start, end: `${start.slice(0, 10)}T11:00` }))).toMatchObject(
      {
        status: 404,
      },
    )
  })

  test('S-16 a completed session moves to another past time, not to one that is to come', async () => {
    const { appointmentId } = await office.schedule()
    created(
      await office.owner.post(`${path(appointmentId)}/complete`, { paymentType: 'other', lineItems: [] }),
    )
    office.peers.money = { ...office.peers.money, billStatus: 'cancelled', sessionTaken: true }
    const past = { start: '2025-03-04T08:00', end: '2025-03-04T08:50' }
    expect(created(await reschedule(appointmentId, past))).toMatchObject({ ...past, status: 'completed' })
    const { start, end } = nextDay()
    expect(refusalOf(await reschedule(appointmentId, { start, end }))).toMatchObject({
      code: 'already_completed',
      field: 'end',
    })
  })

  test('S-16 S-22 completed, moved and deleted at once: each sees what the other left', async () => {
    for (let round = 0; round < 5; round++) {
      const { appointmentId } = await office.schedule()
      const past = { start: `2025-03-0${round + 1}T08:00`, end: `2025-03-0${round + 1}T08:50` }
      const answers = await Promise.all([
        reschedule(appointmentId, past),
        office.owner.post(`${path(appointmentId)}/complete`, { paymentType: 'other', lineItems: [] }),
        office.owner.delete(path(appointmentId)),
      ])
      const [, completed, deleted] = answers
      expect(answers.map(({ status }) => status).every((status) => [200, 409, 410].includes(status))).toBe(
        true,
      )
      const after = (await office.owner.get(path(appointmentId))).body
      // Billing shows no bill for what was completed, so that is still on its way: it is not deleted.
      expect([completed!.status, deleted!.status].sort()).toEqual(
        after.status === 'deleted' ? [200, 410] : [200, 409],
      )
      expect(after.version).toBe(1 + answers.filter(({ status }) => status === 200).length)
    }
  })
})
