import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { BookingRequested } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import type { Answer } from '@praxisbus/testing'
import { openBooking, setHours, setUp } from '../testing/booking.ts'
import { created, type Office, openOffice } from '../testing/office.ts'

/** Many at once for one time: exactly one has it, the others are told what is free, and nobody is left with a fault. */
const NOW = '2031-03-06T18:00:00Z'
const REQUESTS = '/v1/booking/requests'
const MANY = 64

let office: Office
let portal: Awaited<ReturnType<Office['as']>>
beforeAll(async () => {
  office = await openOffice()
  office.clock.set(NOW)
  portal = await office.as('booking.request')
})
beforeEach(() => openBooking(office, { slotStepMinutes: 15 }))
afterAll(() => office.close())

let day = Temporal.PlainDate.from('2031-03-10')
function nextDay() {
  do day = day.add({ days: 1 })
  while (day.dayOfWeek > 5)
  return String(day)
}
const at = (time: string) =>
  day.toZonedDateTime({ timeZone: 'America/Chicago', plainTime: time }).toInstant().toString()
const book = (startsAt: string, practitionerId = office.practitioner.practitionerId) =>
  portal.post(REQUESTS, {
    serviceId: office.serviceId,
    practitionerId,
    patientId: office.patient.patientId,
    startsAt,
  })

/** Each got the slot, or was told that it is taken and what is free instead. */
function outcome(answers: readonly Answer[]) {
  for (const { status, body } of answers.filter(({ status }) => status !== 201)) {
    expect([status, body.type]).toEqual([409, 'urn:praxisbus:problem:slot_taken'])
    expect(body.alternatives.length).toBeGreaterThan(0)
  }
  return answers.filter(({ status }) => status === 201).map(({ body }) => body)
}

/** Pairs of what was booked online on that day, and keeps less than this many minutes apart. */
async function tooClose(minutes: number) {
  return office.desk.database.read(office.desk.practiceId, (tx) =>
    tx.many(sql`
      select a.id, b.id as other from appointment a
        join appointment b on b.practitioner_id = a.practitioner_id and b.id > a.id
       where a.status = 'pending' and b.status = 'pending'
         and a.starts_at < b.ends_at + make_interval(mins => ${minutes})
         and b.starts_at < a.ends_at + make_interval(mins => ${minutes})`),
  )
}

describe(`S-18 ${MANY} at once`, () => {
  test('S-18 for one slot: one has it', async () => {
    nextDay()
    const answers = await Promise.all(Array.from({ length: MANY }, () => book(at('09:00'))))
    const [winner, ...others] = outcome(answers)
    expect(others).toEqual([])
    const told = (await office.desk.facts(BookingRequested)).filter(
      ({ data }) => data.startsAt === at('09:00'),
    )
    expect(told.map(({ key }) => key)).toEqual([winner.appointmentId])
  })

  test('S-18 for slots that overlap, with buffers: no two are nearer than the buffer', async () => {
    nextDay()
    await setUp(office, { slotStepMinutes: 15, bufferBeforeMinutes: 5, bufferAfterMinutes: 20 })
    const times = ['13:00', '13:15', '13:30', '13:45', '14:00', '14:15', '14:30', '14:45']
    const answers = await Promise.all(Array.from({ length: MANY }, (_, index) => book(at(times[index % 8]!))))
    const winners = outcome(answers)
    expect(winners.length).toBeGreaterThanOrEqual(1)
    expect(winners.length).toBeLessThanOrEqual(3)
    expect(await tooClose(20)).toEqual([])
  })

  test('S-18 for any of five practitioners: five have it, each with another', async () => {
    const date = nextDay()
    const { weekday } = { weekday: Temporal.PlainDate.from(date).dayOfWeek }
    const others = await Promise.all(
      ['A', 'B', 'C', 'D'].map(async (name) => {
        const { practitionerId } = created(await office.owner.post('/v1/practitioners', { name }))
        await setHours(office, practitionerId, { weekly: [{ weekday, from: '09:00', to: '17:00' }] })
        return practitionerId as string
      }),
    )
    const practitionerIds = [...others, office.practitioner.practitionerId]
    await setUp(office, { services: [{ serviceId: office.serviceId, practitionerIds }] })
    // Half of them name one, in every order.
    const wishes = Array.from({ length: MANY }, (_, index) =>
      index % 2 ? 'any' : practitionerIds[(index / 2) % 5]!,
    )
    const winners = outcome(await Promise.all(wishes.map((wish) => book(at('10:00'), wish))))
    expect(winners.map(({ practitionerId }) => practitionerId).sort()).toEqual(practitionerIds.toSorted())
  })
})

describe('S-12, S-17, S-18 staff and patients at once', () => {
  test('S-18 with staff scheduling, moving in and moving away: one at most, and none where staff were first', async () => {
    let wins = 0
    for (let round = 0; round < 6; round++) {
      const date = nextDay()
      const lee = created(
        await office.owner.post('/v1/practitioners', { name: `Lee ${round}` }),
      ).practitionerId
      const away = await office.schedule({ start: `${date}T09:00`, end: `${date}T09:45` })
      const into = await office.schedule({
        start: `${date}T15:00`,
        end: `${date}T15:45`,
        practitionerId: lee,
      })
      const move = (id: string, body: object) => office.owner.post(`/v1/appointments/${id}/reschedule`, body)
      const staff = [
        move(away.appointmentId, { start: `${date}T12:00`, end: `${date}T12:45`, practitionerId: lee }),
        ...(round % 2
          ? [
              move(into.appointmentId, {
                start: `${date}T09:30`,
                end: `${date}T10:15`,
                practitionerId: office.practitioner.practitionerId,
              }),
            ]
          : []),
        ...(round % 3
          ? []
          : [
              office.owner.post('/v1/appointments', {
                ...session(),
                start: `${date}T09:15`,
                end: `${date}T09:20`,
              }),
            ]),
      ]
      const booked = Array.from({ length: MANY - staff.length }, () => book(at('09:00')))
      for (const { status } of await Promise.all(staff)) expect([200, 201]).toContain(status)
      const winners = outcome(await Promise.all(booked))
      expect(winners.length).toBeLessThanOrEqual(1)
      wins += winners.length
      // Once staff's moves are done, it is had exactly where nobody else has it.
      const last = await book(at('09:00'))
      expect(last.status).toBe(winners.length === 0 && staff.length === 1 ? 201 : 409)
    }
    expect(wins).toBeLessThanOrEqual(6)
  })

  test('S-12, S-18 what staff committed first takes the slot; after it they are warned of the request', async () => {
    const date = nextDay()
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () =>
        office.owner.post('/v1/appointments', { ...session(), start: `${date}T11:00`, end: `${date}T11:45` }),
      ),
      ...Array.from({ length: 24 }, () => book(at('11:00'))),
    ])
    const scheduled = answers.slice(0, 8).map((answer) => created(answer))
    const winners = outcome(answers.slice(8))
    expect(winners.length).toBeLessThanOrEqual(1)
    const warned = scheduled.map(({ warnings }) => warnings.length).sort((a, b) => a - b)
    // Everybody on that time but the first was told of all who came before.
    expect(warned).toEqual(Array.from({ length: 8 }, (_, index) => index + winners.length))
  })
})

describe('S-14, S-18 series and patients at once', () => {
  test('S-14, S-18 a series that is moved onto the slot, or away from it, while many ask for it: one at most', async () => {
    for (let round = 0; round < 4; round++) {
      const date = nextDay()
      const weekday = ['MO', 'TU', 'WE', 'TH', 'FR'][Temporal.PlainDate.from(date).dayOfWeek - 1]!
      const from = round % 2 ? '09:00' : '13:00'
      const series = created(
        await office.owner.post('/v1/appointments', {
          ...session(),
          start: `${date}T${from}`,
          end: Temporal.PlainDateTime.from(`${date}T${from}`)
            .add({ minutes: 45 })
            .toString({ smallestUnit: 'minute' }),
          recurrence: { frequency: 'weekly', weekdays: [weekday], count: 4 },
        }),
      )
      const to = round % 2 ? '13:00' : '09:00'
      const change = office.owner.patch(`/v1/appointments/${series.appointmentId}`, {
        scope: 'this-and-future',
        start: `${date}T${to}`,
      })
      const booked = Array.from({ length: MANY - 1 }, () => book(at('09:00')))
      expect((await change).status).toBe(200)
      const winners = outcome(await Promise.all(booked))
      expect(winners.length).toBeLessThanOrEqual(1)
      // Moved away, it is there for the next; moved onto it, it is not.
      const last = await book(at('09:00'))
      expect(last.status).toBe(round % 2 && winners.length === 0 ? 201 : 409)
    }
  })
})

const session = () => ({
  patientId: office.patient.patientId,
  practitionerId: office.practitioner.practitionerId,
})

describe('S-18 the second lock', () => {
  test('S-18 the database itself takes no two pending requests for one time', async () => {
    nextDay()
    const { appointmentId } = created(await book(at('16:00')))
    const copy = office.desk.database.write(office.desk.practiceId, (tx) =>
      tx.run(sql`
        insert into appointment select (jsonb_populate_record(appointment, jsonb_build_object('id', gen_random_uuid(),
          'starts_at', starts_at + interval '10 minutes', 'ends_at', ends_at + interval '10 minutes'))).*
          from appointment where id = ${appointmentId}`),
    )
    await expect(copy).rejects.toMatchObject({ code: '23P01', constraint: 'appointment_pending_once' })
  })
})

test('S-18 none of this ended in a deadlock', async () => {
  const { deadlocks } = await office.desk.relay.plain((tx) =>
    tx.one<{ deadlocks: number }>(
      sql`select deadlocks from pg_stat_database where datname = current_database()`,
    ),
  )
  expect(deadlocks).toBe(0)
})
