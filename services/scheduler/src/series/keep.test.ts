import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentRescheduled, AppointmentScheduled, ROLES } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import { created, type Office, offer, openOffice, PRACTICE, PRODUCTS, refusalOf } from '../testing/office.ts'
import { waitsForCalendar } from '../testing/waiting.ts'
import { keepSeries } from './keep.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const log = openLog('keep-test', 'silent')
const START = '2031-01-02T09:00'
const at = (instant: string) => Temporal.Instant.from(instant)

const weekly = (changes: object = {}) => ({
  patientId: office.patient.patientId,
  practitionerId: office.practitioner.practitionerId,
  start: START,
  end: '2031-01-02T09:50',
  recurrence: { frequency: 'weekly', weekdays: ['TH'] },
  ...changes,
})
const begin = async (changes: object = {}) =>
  created(await office.owner.post('/v1/appointments', weekly(changes)))

async function keep(now: string) {
  const { database, relay } = office.desk
  await keepSeries({ database, relay, log, onFacts: () => undefined }, at(now))
}

const made = (seriesId: string, practiceId = office.desk.practiceId) =>
  office.desk.database.read(practiceId, (tx) =>
    tx.many<{ id: string; start: string }>(sql`
      select id, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start from appointment
       where series_id = ${seriesId} order by start_local`),
  )

describe('series are made two years ahead as time goes by', () => {
  test('S-13 from where they were made on, once, each with its fact, by several at once', async () => {
    const { seriesId } = await begin()
    const before = await made(seriesId)
    expect(before).toHaveLength(105)
    await keep('2031-01-20T12:00:00Z')
    expect(await made(seriesId)).toEqual(before)
    const told = (await office.desk.facts(AppointmentScheduled)).length
    await Promise.all([1, 2, 3].map(() => keep('2031-04-01T12:00:00Z')))
    const after = await made(seriesId)
    expect(after.slice(0, 105)).toEqual(before)
    expect(after.slice(105).map(({ start }) => start.slice(0, 10))).toEqual([
      ...weeksFrom('2033-01-06', 12),
      '2033-03-31',
    ])
    expect((await office.desk.facts(AppointmentScheduled)).slice(told).map(({ key }) => key)).toEqual(
      after.slice(105).map(({ id }) => id),
    )
  })

  test('S-13, S-18 after whoever books on that calendar at this moment', async () => {
    const { seriesId } = await begin()
    const { practitionerId } = office.practitioner
    await waitsForCalendar(office.desk.adminUrl, practitionerId, () => keep('2031-04-01T12:00:00Z'))
    expect((await made(seriesId)).length).toBeGreaterThan(105)
  })

  test('S-13 one with an end is made to its end and then left alone', async () => {
    const { seriesId } = await begin({
      recurrence: { frequency: 'weekly', weekdays: ['TH'], until: '2033-01-20' },
    })
    await keep('2031-04-01T12:00:00Z')
    expect((await made(seriesId)).at(-1)!.start).toBe('2033-01-20T09:00')
    const series = created(await office.owner.get(`/v1/series/${seriesId}`))
    expect(series).toMatchObject({ finished: true, text: expect.stringContaining('FREQ=WEEKLY') })
  })

  test('S-03 what is made later has the price of the catalogue then', async () => {
    const serviceId = await offer(office.desk, { code: '90800', amountCents: 1000 })
    const { seriesId } = await begin({ services: [{ serviceId, units: 1 }] })
    await offer(office.desk, { serviceId, code: '90800', amountCents: 2000, version: 2 })
    await keep('2031-04-01T12:00:00Z')
    const all = await made(seriesId)
    const priceOf = async ({ id }: { id: string }) =>
      (await office.owner.get(`/v1/appointments/${id}`)).body.services[0].amountCents
    expect([await priceOf(all[0]!), await priceOf(all.at(-1)!)]).toEqual([1000, 2000])
  })
})

describe('with the scheduler off', () => {
  const use = async (scheduler: boolean) => {
    const { version } = created(await office.owner.get('/v1/practice'))
    const changed = { ...PRACTICE, products: { ...PRODUCTS, scheduler } }
    created(await office.owner.put('/v1/practice', changed, { ifMatch: version }))
  }
  afterEach(() => use(true))

  test('S-01, S-13 no series is made further; once it is on again they all are', async () => {
    const { seriesId } = await begin()
    await use(false)
    await keep('2031-04-01T12:00:00Z')
    expect(await made(seriesId)).toHaveLength(105)
    await use(true)
    await keep('2031-04-01T12:00:00Z')
    expect((await made(seriesId)).length).toBeGreaterThan(105)
  })

  test('S-01, S-13 those that wait do not keep the others from being made, however many they are', async () => {
    const { desk } = office
    const practiceId = newId()
    const other = await desk.as({ permissions: ROLES.owner!, practiceIds: [practiceId] })
    created(await other.put('/v1/practice', PRACTICE))
    const { practitionerId } = created(await other.post('/v1/practitioners', { name: 'Lee Park' }))
    const event = { kind: 'other-event', title: 'Round', patientId: undefined, practitionerId }
    const goesOn = created(await other.post('/v1/appointments', weekly(event)))
    const { seriesId } = await begin()
    await use(false)
    // More than are found at once, all made less far.
    await desk.database.write(desk.practiceId, (tx) =>
      tx.run(sql`
        insert into series (practice_id, id, rule, start_local, end_local, time_zone, details, made_before, finished)
        select practice_id, gen_random_uuid(), rule, start_local, end_local, time_zone, details, made_before - interval '1 year', false
          from series cross join generate_series(1, 600) where id = ${seriesId}`),
    )
    await keep('2031-04-01T12:00:00Z')
    expect((await made(goesOn.seriesId, practiceId)).length).toBeGreaterThan(105)
    await desk.database.write(desk.practiceId, (tx) =>
      tx.run(
        sql`update series set finished = true where id not in (select series_id from appointment where series_id is not null)`,
      ),
    )
  })

  test('S-01, S-14 a change that would make occurrences is refused, as its preview is; others are not', async () => {
    const { appointmentId } = await begin({ recurrence: undefined })
    const path = `/v1/appointments/${appointmentId}`
    const change = {
      scope: 'this-and-future',
      recurrence: { frequency: 'weekly', weekdays: ['TH'], count: 4 },
    }
    const series = await begin({ recurrence: change.recurrence })
    await use(false)
    for (const answer of [
      await office.owner.patch(path, change),
      await office.owner.post(`${path}/preview-change`, change),
    ])
      expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'scheduler_off' })
    const words = { scope: 'this-and-future', additionalInstructions: 'Ring twice' }
    const kept = created(await office.owner.patch(`/v1/appointments/${series.appointmentId}`, words))
    expect(kept.series).toMatchObject({ changed: 4, made: 0 })
  })
})

describe('looking at series', () => {
  test('S-13 occurrences thirty years away are told with their instants, those made with their appointments', async () => {
    const { seriesId, appointmentId } = await begin()
    const far = created(
      await office.owner.get(`/v1/series/${seriesId}/occurrences?from=2061-07-01T00:00&limit=2`),
    )
    expect(far.items).toEqual([
      {
        occurrence: '2061-07-07T09:00',
        start: '2061-07-07T09:00',
        end: '2061-07-07T09:50',
        startsAt: '2061-07-07T14:00:00Z',
        endsAt: '2061-07-07T14:50:00Z',
        appointmentId: null,
        status: null,
      },
      expect.objectContaining({ occurrence: '2061-07-14T09:00' }),
    ])
    created(await office.owner.patch(`/v1/appointments/${appointmentId}`, { start: '2031-01-03T10:00' }))
    const near = created(await office.owner.get(`/v1/series/${seriesId}/occurrences?limit=1`))
    expect(near.items).toMatchObject([{ occurrence: START, start: '2031-01-03T10:00', appointmentId }])
    expect(refusalOf(await office.owner.get(`/v1/series/${appointmentId}/occurrences`))).toMatchObject({
      status: 404,
    })
  })

  test('S-13 the calendar shows what is made, and what is to be made', async () => {
    const practitionerId = created(
      await office.owner.post('/v1/practitioners', { name: 'Lee Park' }),
    ).practitionerId
    const { seriesId, appointmentId } = await begin({ practitionerId })
    const days = async (from: string, to: string) =>
      created(await office.owner.get(`/v1/calendar?from=${from}&to=${to}&practitionerId=${practitionerId}`))
        .items
    const january = await days('2031-01-01', '2031-01-31')
    expect(january.map(({ start }: { start: string }) => start.slice(0, 10))).toEqual(
      weeksFrom('2031-01-02', 5),
    )
    expect(january[0]).toMatchObject({ appointmentId, seriesId, patientName: 'Ada Moran', version: 1 })
    const far = await days('2050-06-01', '2050-06-30')
    expect(far.map(({ start }: { start: string }) => start.slice(0, 10))).toEqual(weeksFrom('2050-06-02', 5))
    expect(far[0]).toMatchObject({
      appointmentId: null,
      seriesId,
      patientName: 'Ada Moran',
      startsAt: '2050-06-02T14:00:00Z',
    })
    const across = await days('2032-12-27', '2033-01-12')
    expect(across.map(({ appointmentId: id }: { appointmentId: string | null }) => id === null)).toEqual([
      false,
      true,
    ])
  })

  test.each([
    ['from=2031-02-01&to=2031-01-01', 'to_before_from', 'to'],
    ['from=2031-01-01&to=2031-03-01', 'too_many_days', 'to'],
    ['from=2031-02-30&to=2031-03-01', 'invalid_input', 'from'],
  ])('S-13 the calendar refuses %s', async (days, code, field) => {
    expect(refusalOf(await office.owner.get(`/v1/calendar?${days}`))).toMatchObject({
      status: 400,
      code,
      field,
    })
  })
})

describe('an update of the time-zone rules', () => {
  test('S-08 one command moves the instants of what is to come, and tells; the wall clock and the past stay', async () => {
    const past = await office.schedule()
    const { appointmentId, seriesId } = await begin({
      recurrence: { frequency: 'weekly', weekdays: ['TH'], count: 2 },
    })
    const second = (await made(seriesId))[1]!.id
    // As older rules had it: an hour later, for the past one too.
    await office.desk.database.write(office.desk.practiceId, (tx) =>
      tx.run(sql`update appointment set starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour'
                  where id = any(${[past.appointmentId, appointmentId]}::uuid[])`),
    )
    const answer = created(await office.owner.post('/v1/time-zones/recompute'))
    expect(answer).toMatchObject({ moved: 1, rules: expect.stringMatching(/^20\d\d[a-z]/) })
    const shown = async (id: string) => (await office.owner.get(`/v1/appointments/${id}`)).body
    expect(await shown(appointmentId)).toMatchObject({
      start: START,
      startsAt: '2031-01-02T15:00:00Z',
      version: 2,
    })
    expect(await shown(second)).toMatchObject({ version: 1 })
    expect(await shown(past.appointmentId)).toMatchObject({ startsAt: '2025-03-05T16:10:00Z', version: 1 })
    const told = (await office.desk.facts(AppointmentRescheduled)).filter(({ key }) => key === appointmentId)
    expect(told).toMatchObject([{ data: { previous: { startsAt: '2031-01-02T16:00:00Z' } } }])
    expect(created(await office.owner.post('/v1/time-zones/recompute'))).toMatchObject({ moved: 0 })
  })

  test('S-08 it needs the permission to manage the practice', async () => {
    const desk = await office.as('appointment.write', 'appointment.read')
    expect((await desk.post('/v1/time-zones/recompute')).status).toBe(403)
  })
})

function weeksFrom(day: string, count: number): string[] {
  return Array.from({ length: count }, (_, week) => String(Temporal.PlainDate.from(day).add({ weeks: week })))
}
