import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, AppointmentRescheduled, AppointmentScheduled } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { seriesPreviewAnswer } from '../appointment-answers.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
beforeEach(() => office.peers.reset())
afterAll(() => office.close())

/** Thursdays at 9:10 in Chicago, in a year of its own per test, so that only wanted clashes happen. */
let year = 2100
const WEEKLY = { frequency: 'weekly', weekdays: ['TH'] }
function nextYear() {
  year++
  // The first Thursday of February.
  const first = Temporal.PlainDate.from({ year, month: 2, day: 1 })
  return first.add({ days: (11 - first.dayOfWeek) % 7 })
}
const on = (day: Temporal.PlainDate, time = '09:10') => `${day}T${time}`

interface Shown {
  appointmentId: string
  start: string
  end: string
  startsAt: string
  status: string
  seriesId: string | null
  occurrence: string | null
  version: number
  additionalInstructions: string | null
}

async function begin(recurrence: object, changes: object = {}) {
  const day = nextYear()
  const asked = {
    patientId: office.patient.patientId,
    practitionerId: office.practitioner.practitionerId,
    start: on(day),
    end: on(day, '10:03'),
    recurrence,
    ...changes,
  }
  const first = created(await office.owner.post('/v1/appointments', asked))
  return { day, first, all: () => rows(first.seriesId) }
}

/** All occurrences that are or were of the series that began so, and of those split from it. */
async function rows(seriesId: string): Promise<Shown[]> {
  const ids = await office.desk.database.read(office.desk.practiceId, (tx) =>
    tx.many<{ id: string }>(sql`
      with recursive line as (
        select id from series where id = ${seriesId}
        union all select series.id from series join line on series.split_from = line.id)
      select id from appointment where series_id in (select id from line) order by start_local`),
  )
  return Promise.all(ids.map(async ({ id }) => (await office.owner.get(`/v1/appointments/${id}`)).body))
}

const path = (id: string) => `/v1/appointments/${id}`
const future = (id: string, body: object, options = {}) =>
  office.owner.patch(path(id), { scope: 'this-and-future', ...body }, options)
const starts = (shown: readonly Shown[]) => shown.map(({ start }) => start)
const live = (shown: readonly Shown[]) => shown.filter(({ status }) => status !== 'deleted')
const weeks = (day: Temporal.PlainDate, count: number, time = '09:10') =>
  Array.from({ length: count }, (_, week) => on(day.add({ weeks: week }), time))

describe('a recurring appointment', () => {
  test('S-13 makes each occurrence an appointment with an id and a fact of its own', async () => {
    const before = (await office.desk.facts(AppointmentScheduled)).length
    const { day, first, all } = await begin({ ...WEEKLY, count: 6 })
    expect(first).toMatchObject({ start: on(day), occurrence: on(day), series: { made: 6 } })
    const made = await all()
    expect(starts(made)).toEqual(weeks(day, 6))
    expect(new Set(made.map(({ appointmentId }) => appointmentId)).size).toBe(6)
    const told = (await office.desk.facts(AppointmentScheduled)).slice(before)
    expect(told.map(({ key }) => key).sort()).toEqual(made.map((one) => one.appointmentId).sort())
    expect(told.every(({ data }) => data.seriesId === first.seriesId)).toBe(true)
  })

  test('S-13 the wall clock stays put over a clock change, and a skipped time is told of its occurrence', async () => {
    // 2115: the clock is set forward on 10 March in Chicago.
    const asked = { start: '2115-02-24T02:30', end: '2115-02-24T03:20' }
    const { first, all } = await begin({ frequency: 'weekly', weekdays: ['SU'], count: 4 }, asked)
    const made = await all()
    expect(made.map(({ start, occurrence }) => [start, occurrence])).toEqual([
      ['2115-02-24T02:30', '2115-02-24T02:30'],
      ['2115-03-03T02:30', '2115-03-03T02:30'],
      ['2115-03-10T03:30', '2115-03-10T02:30'],
      ['2115-03-17T02:30', '2115-03-17T02:30'],
    ])
    expect(made.map(({ startsAt }) => startsAt.slice(11, 16))).toEqual(['08:30', '08:30', '08:30', '07:30'])
    expect(first.warnings).toMatchObject([
      { code: 'skipped_local_time', appointmentId: made[2]!.appointmentId },
    ])
  })

  test('S-13 a series without end is made two years ahead', async () => {
    const { day, first, all } = await begin({ frequency: 'weekly', interval: 2, weekdays: ['TH'] })
    const made = await all()
    expect(first.series.made).toBe(53)
    expect(made.at(-1)!.start).toBe(on(day.add({ weeks: 104 })))
  })

  test.each([
    [{ frequency: 'weekly', weekdays: ['MO'] }, 'recurrence.weekdays'],
    [{ frequency: 'weekly', weekdays: ['TH'], until: '2100-01-01' }, 'recurrence.until'],
    [{ frequency: 'weekly', weekdays: ['TH'], count: 1_000_000 }, 'recurrence.count'],
    [{ frequency: 'weekly', weekdays: [] }, 'recurrence.weekdays'],
    [{ frequency: 'hourly' }, 'recurrence.frequency'],
  ])('S-13 refuses %j by name and makes nothing', async (recurrence, field) => {
    const day = nextYear()
    const asked = { patientId: office.patient.patientId, practitionerId: office.practitioner.practitionerId }
    const times = { start: on(day), end: on(day, '10:03') }
    const answer = await office.owner.post('/v1/appointments', { ...asked, ...times, recurrence })
    expect(refusalOf(answer)).toMatchObject({ status: 400, field })
    const made = await office.desk.database.read(office.desk.practiceId, (tx) =>
      tx.many(sql`select from appointment where start_local = ${on(day)}`),
    )
    expect(made).toEqual([])
  })

  test('S-13 a series that began so long ago that it has too many occurrences is refused, not made', async () => {
    const asked = { start: '1980-01-03T09:00', end: '1980-01-03T09:50' }
    const refused = office.owner.post('/v1/appointments', {
      patientId: office.patient.patientId,
      practitionerId: office.practitioner.practitionerId,
      ...asked,
      recurrence: { frequency: 'daily' },
    })
    expect(refusalOf(await refused)).toMatchObject({ status: 400, code: 'series_too_long', field: 'start' })
  })

  test('S-12 clashes of occurrences are named', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 3 })
    const there = await all()
    const asked = { patientId: office.patient.patientId, practitionerId: office.practitioner.practitionerId }
    const times = { start: on(day), end: on(day, '09:30') }
    const answer = created(
      await office.owner.post('/v1/appointments', {
        ...asked,
        ...times,
        recurrence: { ...WEEKLY, count: 2 },
      }),
    )
    expect(answer.warnings.map((warning: { appointmentId: string }) => warning.appointmentId)).toEqual(
      there.slice(0, 2).map(({ appointmentId }) => appointmentId),
    )
  })
})

describe('this and all future ones', () => {
  test('S-14 another time moves each, ids survive, the past part of the series stays', async () => {
    const { day, first, all } = await begin({ ...WEEKLY, count: 6 })
    const before = await all()
    const third = before[2]!
    const answer = created(
      await future(third.appointmentId, { start: on(day.add({ weeks: 2 }), '11:00') }, { ifMatch: 1 }),
    )
    expect(answer).toMatchObject({ series: { changed: 4, made: 0, deleted: 0, kept: 0 }, version: 2 })
    const after = await all()
    expect(after.map(({ appointmentId }) => appointmentId)).toEqual(
      before.map(({ appointmentId }) => appointmentId),
    )
    expect(starts(after)).toEqual([...weeks(day, 2), ...weeks(day, 6, '11:00').slice(2)])
    expect(after[2]!.end).toBe(on(day.add({ weeks: 2 }), '11:53'))
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
    expect(new Set(after.slice(2).map(({ seriesId }) => seriesId))).toEqual(new Set([answer.seriesId]))
    expect(answer.seriesId).not.toBe(first.seriesId)
    const told = (await office.desk.facts(AppointmentRescheduled)).slice(-4)
    expect(told.map(({ key }) => key).sort()).toEqual(
      after
        .slice(2)
        .map((one) => one.appointmentId)
        .sort(),
    )
    expect(told.every(({ sequence }) => sequence === 2)).toBe(true)
  })

  test('S-14 another weekday moves each within its week; a count goes on counting', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 4 })
    const before = await all()
    const friday = day.add({ weeks: 1, days: 1 })
    created(await future(before[1]!.appointmentId, { start: on(friday), end: on(friday, '10:03') }))
    const after = await all()
    expect(after.map(({ appointmentId }) => appointmentId)).toEqual(
      before.map(({ appointmentId }) => appointmentId),
    )
    expect(starts(after)).toEqual([on(day), ...weeks(friday, 3)])
  })

  test('S-14 a sparser rule deletes what it has no place for, a denser one makes more', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 6 })
    const before = await all()
    const id = before[0]!.appointmentId
    const rarer = created(
      await future(id, { recurrence: { frequency: 'weekly', interval: 2, weekdays: ['TH'], count: 3 } }),
    )
    expect(rarer.series).toMatchObject({ deleted: 3, made: 0 })
    expect(starts(live(await all()))).toEqual([0, 2, 4].map((week) => on(day.add({ weeks: week }))))
    expect(
      (await office.desk.facts(AppointmentDeleted))
        .slice(-3)
        .map(({ key }) => key)
        .sort(),
    ).toEqual([1, 3, 5].map((index) => before[index]!.appointmentId).sort())
    const denser = created(
      await future(id, { recurrence: { frequency: 'weekly', weekdays: ['TU', 'TH'], count: 5 } }),
    )
    expect(denser.series).toMatchObject({ made: 3, deleted: 1 })
    const after = live(await all())
    expect(starts(after)).toEqual([0, 5, 7, 12, 14].map((days) => on(day.add({ days }))))
    expect(after[0]!.appointmentId).toBe(id)
    expect(after[2]).toMatchObject({ start: on(day.add({ weeks: 1 })) })
  })

  test('S-15 only another end: the same series, nothing else is touched', async () => {
    const { day, first, all } = await begin({ ...WEEKLY, count: 4 })
    const before = await all()
    const until = (weeks: number) => String(day.add({ weeks }))
    const id = before[1]!.appointmentId
    const shorter = created(await future(id, { recurrence: { ...WEEKLY, until: until(2) } }))
    expect(shorter).toMatchObject({
      seriesId: first.seriesId,
      version: 1,
      series: { deleted: 1, changed: 0 },
    })
    expect(live(await all())).toEqual(before.slice(0, 3))
    const longer = created(await future(id, { recurrence: { ...WEEKLY, until: until(5) } }))
    expect(longer).toMatchObject({ seriesId: first.seriesId, version: 1, series: { made: 2 } })
    const after = live(await all())
    expect(starts(after)).toEqual([0, 1, 2, 4, 5].map((week) => on(day.add({ weeks: week }))))
    const counted = created(await future(id, { recurrence: { ...WEEKLY, count: 2 } }))
    expect(counted.series).toMatchObject({ deleted: 2 })
    expect(starts(live(await all()))).toEqual(weeks(day, 3))
  })

  test('S-14 details change on each, also on one that was moved alone, which keeps its time', async () => {
    const { day, first, all } = await begin({ ...WEEKLY, count: 4 })
    const before = await all()
    const alone = on(day.add({ weeks: 2, days: 1 }), '15:00')
    created(await office.owner.patch(path(before[2]!.appointmentId), { start: alone }))
    const answer = created(await future(before[1]!.appointmentId, { additionalInstructions: 'Side door.' }))
    expect(answer).toMatchObject({ seriesId: first.seriesId, series: { changed: 3 } })
    const after = await all()
    expect(after.map((one) => one.additionalInstructions)).toEqual([
      null,
      'Side door.',
      'Side door.',
      'Side door.',
    ])
    expect(after[2]).toMatchObject({ start: alone, occurrence: before[2]!.occurrence })
  })

  test('S-04 a series by telehealth keeps its 95 where all that is left of it was moved elsewhere alone', async () => {
    const { telehealth, location } = office
    const { first, all } = await begin({ ...WEEKLY, count: 2 }, { locationId: telehealth.locationId })
    const last = (await all())[1]!
    created(await office.owner.patch(path(last.appointmentId), { locationId: location.locationId }))
    const codes = ({ modifiers }: { modifiers: { code: string }[] }) => modifiers.map(({ code }) => code)
    expect(codes(created(await future(last.appointmentId, { modifiers: ['HO'] })))).toEqual(['HO'])
    created(await future(last.appointmentId, { recurrence: { ...WEEKLY, count: 2 } }))
    const made = (await all())[2]!
    expect(made).toMatchObject({ seriesId: first.seriesId, locationId: telehealth.locationId })
    expect(codes(created(await office.owner.get(path(made.appointmentId))))).toEqual(['HO', '95'])
  })

  test('S-14 its time sent back unchanged moves nobody; that of one moved alone is meant for all', async () => {
    const { day, first, all } = await begin({ ...WEEKLY, count: 4 })
    const [one, two] = (await all()) as [Shown, Shown]
    const alone = { start: on(day.add({ weeks: 1 }), '14:00'), end: on(day.add({ weeks: 1 }), '14:53') }
    created(await office.owner.patch(path(two.appointmentId), alone))
    const form = { start: one.start, end: one.end, timeZone: 'America/Chicago' }
    const same = created(await future(one.appointmentId, { ...form, additionalInstructions: 'Side door.' }))
    expect(same).toMatchObject({ seriesId: first.seriesId, series: { changed: 4 } })
    const longer = created(await future(one.appointmentId, { ...form, recurrence: { ...WEEKLY, count: 5 } }))
    expect(longer).toMatchObject({ seriesId: first.seriesId, series: { changed: 0, made: 1 } })
    expect(starts(await all())).toEqual(weeks(day, 5).with(1, alone.start))
    const others = created(await future(two.appointmentId, alone))
    expect(others.series).toMatchObject({ changed: 3, same: 1 })
    expect(starts(await all())).toEqual([on(day), ...weeks(day, 5, '14:00').slice(1)])
  })

  test('S-14 what one was given alone is meant for all when it is named for them, what all have is not', async () => {
    const { location, telehealth } = office
    const { all } = await begin({ ...WEEKLY, count: 3 }, { locationId: location.locationId })
    const [one, two, three] = (await all()) as [Shown, Shown, Shown]
    const { locationId } = telehealth
    created(await office.owner.patch(path(two.appointmentId), { locationId }))
    const places = async () =>
      Promise.all(
        (await all()).map(async (row) => (await office.owner.get(path(row.appointmentId))).body.locationId),
      )
    const said = { locationId: location.locationId, sessionBridge: true }
    expect(created(await future(one.appointmentId, said)).series).toMatchObject({ changed: 3 })
    expect(await places()).toEqual([location.locationId, locationId, location.locationId])
    expect(created(await future(two.appointmentId, { locationId })).series).toMatchObject({ changed: 1 })
    expect(await places()).toEqual([location.locationId, locationId, locationId])
    expect(created(await office.owner.get(path(three.appointmentId)))).toMatchObject({ version: 3 })
  })

  test('S-14 another time for all takes along one that was moved alone; what was called off stays so', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 5 })
    const before = await all()
    const [one, two, three, four] = before as [Shown, Shown, Shown, Shown]
    created(await office.owner.patch(path(two.appointmentId), { start: on(day.add({ days: 8 }), '15:00') }))
    created(await office.owner.delete(path(three.appointmentId)))
    created(await office.owner.post(`${path(four.appointmentId)}/cancel`, { kind: 'cancelled' }))
    const friday = day.add({ days: 1 })
    const answer = created(await future(one.appointmentId, { start: on(friday, '08:00') }))
    expect(answer.series).toEqual({ changed: 3, same: 0, made: 0, deleted: 0, kept: 0 })
    const after = new Map((await all()).map((shown) => [shown.appointmentId, shown]))
    expect(after.get(two.appointmentId)).toMatchObject({ start: on(friday.add({ weeks: 1 }), '08:00') })
    expect(after.get(three.appointmentId)).toMatchObject({ status: 'deleted', start: three.start })
    expect(after.get(four.appointmentId)).toMatchObject({ status: 'cancelled', start: four.start })
    expect(after.size).toBe(5)
  })

  test('S-14 past occurrences never change, and are not chosen for a change of the series', async () => {
    const monday = Temporal.Now.plainDateISO('America/Chicago').subtract({ weeks: 2 })
    const weekday = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'][monday.dayOfWeek - 1]
    const { all } = await begin(
      { frequency: 'weekly', weekdays: [weekday], count: 6 },
      { start: on(monday), end: on(monday, '10:03') },
    )
    const before = await all()
    const past = before.filter(({ startsAt }) => startsAt < Temporal.Now.instant().toString())
    expect(past.length).toBeGreaterThanOrEqual(2)
    const refused = await future(past[0]!.appointmentId, { additionalInstructions: 'x' })
    expect(refusalOf(refused)).toMatchObject({ status: 409, code: 'occurrence_has_begun', field: 'scope' })
    const next = before[past.length]!
    created(await future(next.appointmentId, { start: next.start.replace('09:10', '13:00') }))
    expect((await all()).slice(0, past.length)).toEqual(past)
  })

  test('S-14 the preview lists each occurrence, its instant and what blocks it; the command does just that', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 4 })
    const before = await all()
    const [one, two, three] = before as [Shown, Shown, Shown]
    office.peers.moneyOf.set(two.appointmentId, { ...NO_BILL, billStatus: 'posted', appliedCents: 100 })
    office.peers.note('signed', false, three.appointmentId)
    const change = { scope: 'this-and-future', start: on(day, '11:00') }
    const preview = seriesPreviewAnswer.parse(
      created(await office.owner.post(`${path(one.appointmentId)}/preview-change`, change)),
    )
    expect(preview.series).toEqual({ changed: 2, same: 0, made: 0, deleted: 0, kept: 2 })
    expect(preview.occurrences.map(({ action, blockers }) => [action, blockers])).toEqual([
      ['change', []],
      ['keep', ['payment_applied', 'bill_open']],
      ['keep', ['note_signed']],
      ['change', []],
    ])
    expect(preview.occurrences[0]).toMatchObject({
      appointmentId: one.appointmentId,
      from: { start: on(day), startsAt: `${day}T15:10:00Z` },
      to: { start: on(day, '11:00'), startsAt: `${day}T17:00:00Z` },
    })
    expect(await all()).toEqual(before)
    expect(office.peers.asked.map(({ method }) => method).sort()).toEqual([
      'ListVisitBilling',
      'ListVisitNotes',
    ])

    const done = created(await office.owner.patch(path(one.appointmentId), { ...change, plan: preview.plan }))
    expect(done.series).toEqual(preview.series)
    const after = new Map((await all()).map((shown) => [shown.appointmentId, shown]))
    for (const { appointmentId, to } of preview.occurrences)
      expect(after.get(appointmentId!)).toMatchObject(to!)
  })

  test('S-14 where anything has changed since the preview, the change is refused', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 3 })
    const [one, two, three] = (await all()) as [Shown, Shown, Shown]
    const change = { scope: 'this-and-future', start: on(day, '11:00') }
    const preview = async () =>
      created(await office.owner.post(`${path(one.appointmentId)}/preview-change`, change)).plan
    const carryOut = (plan: string, other = {}) =>
      office.owner.patch(path(one.appointmentId), { ...change, ...other, plan })
    const refused = { status: 409, code: 'plan_changed', field: 'plan' }
    const first = await preview()
    created(await office.owner.patch(path(two.appointmentId), { sessionBridge: true }))
    expect(refusalOf(await carryOut(first))).toMatchObject(refused)
    const second = await preview()
    office.peers.note('signed', false, three.appointmentId)
    expect(refusalOf(await carryOut(second))).toMatchObject(refused)
    const third = await preview()
    expect(refusalOf(await carryOut(third, { start: on(day, '12:00') }))).toMatchObject(refused)
    expect(starts(await all())).toEqual(weeks(day, 3))
    created(await carryOut(third))
  })

  test('S-17 dragged with all that follow to another practitioner and room, by the plan of the preview', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 3 })
    const [, two] = (await all()) as [Shown, Shown]
    const { practitionerId } = created(await office.owner.post('/v1/practitioners', { name: 'Lee Park' }))
    const start = on(day.add({ weeks: 1 }), '11:00')
    const end = on(day.add({ weeks: 1 }), '11:53')
    const drag = { scope: 'this-and-future', roomId: office.room.roomId, practitionerId, end, start }
    const { plan } = created(await office.owner.post(`${path(two.appointmentId)}/preview-change`, drag))
    const answer = created(
      await office.owner.post(`${path(two.appointmentId)}/reschedule`, { ...drag, plan }),
    )
    expect(answer).toMatchObject({ practitionerId, roomId: office.room.roomId, series: { changed: 2 } })
    expect(starts(await all())).toEqual([on(day), ...weeks(day, 3, '11:00').slice(1)])
  })

  test('S-16 what stands in the way of the chosen occurrence itself refuses the change', async () => {
    const { all } = await begin({ ...WEEKLY, count: 2 })
    const [one] = (await all()) as [Shown]
    office.peers.moneyOf.set(one.appointmentId, { ...NO_BILL, billStatus: 'posted' })
    const answer = await future(one.appointmentId, { locationId: office.location.locationId })
    expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'bill_open' })
    expect(answer.body.next).toMatch(/^Cancel the bill/)
  })

  test('S-17 an occurrence is dragged alone, or with all that follow', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 3 })
    const [one, two] = (await all()) as [Shown, Shown]
    const to = (weeks: number, time: string) => ({
      start: on(day.add({ weeks }), time),
      end: on(day.add({ weeks }), '17:00'),
    })
    created(await office.owner.post(`${path(one.appointmentId)}/reschedule`, to(0, '16:00')))
    expect(starts(await all())).toEqual([on(day, '16:00'), ...weeks(day, 3).slice(1)])
    const body = { ...to(1, '14:00'), scope: 'this-and-future' }
    created(await office.owner.post(`${path(two.appointmentId)}/reschedule`, body))
    expect(starts(await all())).toEqual([on(day, '16:00'), ...weeks(day, 3, '14:00').slice(1)])
  })

  test('S-14 a single appointment becomes the first of a series, and keeps its id', async () => {
    const day = nextYear()
    const single = await office.schedule({ start: on(day), end: on(day, '10:03') })
    expect(refusalOf(await future(single.appointmentId, { sessionBridge: true }))).toMatchObject({
      status: 409,
      code: 'not_recurring',
    })
    const answer = created(await future(single.appointmentId, { recurrence: { ...WEEKLY, count: 3 } }))
    expect(answer).toMatchObject({ appointmentId: single.appointmentId, series: { made: 2 } })
    expect(starts(await rows(answer.seriesId))).toEqual(weeks(day, 3))
  })

  test('S-14 another recurrence is for this and all future ones only', async () => {
    const { first } = await begin({ ...WEEKLY, count: 2 })
    const answer = await office.owner.patch(path(first.appointmentId), { recurrence: WEEKLY })
    expect(refusalOf(answer)).toMatchObject({ status: 400, field: 'scope' })
  })
})

describe('deleting', () => {
  test('S-15 this and all future ones go, each told; what is before stays and the series ends', async () => {
    const { day, first, all } = await begin({ ...WEEKLY, count: 5 })
    const before = await all()
    const third = before[2]!
    const preview = created(await office.owner.post(`${path(third.appointmentId)}/preview-deletion`))
    expect(preview.occurrences.map(({ action }: { action: string }) => action)).toEqual([
      'delete',
      'delete',
      'delete',
    ])
    const query = `?scope=this-and-future&plan=${preview.plan}`
    const answer = created(await office.owner.delete(`${path(third.appointmentId)}${query}`, { ifMatch: 1 }))
    expect(answer).toMatchObject({ status: 'deleted', series: { deleted: 3, kept: 0 } })
    expect(starts(live(await all()))).toEqual(weeks(day, 2))
    expect(
      (await office.desk.facts(AppointmentDeleted))
        .slice(-3)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(
      before
        .slice(2)
        .map(({ appointmentId }) => appointmentId)
        .sort(),
    )
    const series = await office.desk.database.read(office.desk.practiceId, (tx) =>
      tx.one<object>(sql`select rule, finished from series where id = ${first.seriesId}`),
    )
    expect(series).toMatchObject({ finished: true, rule: { until: String(day.add({ days: 13 })) } })
  })

  test('S-15 S-16 one with a bill stays, and is told with the reason', async () => {
    const { all } = await begin({ ...WEEKLY, count: 3 })
    const [one, two, three] = (await all()) as [Shown, Shown, Shown]
    office.peers.moneyOf.set(two.appointmentId, { ...NO_BILL, billStatus: 'unsigned', escrowCents: 500 })
    const preview = created(await office.owner.post(`${path(one.appointmentId)}/preview-deletion`))
    expect(preview.occurrences[1]).toMatchObject({
      action: 'keep',
      blockers: ['money_in_escrow', 'bill_open'],
    })
    const answer = created(await office.owner.delete(`${path(one.appointmentId)}?scope=this-and-future`))
    expect(answer.series).toMatchObject({ deleted: 2, kept: 1 })
    const after = new Map((await all()).map(({ appointmentId, status }) => [appointmentId, status]))
    expect([one, two, three].map(({ appointmentId }) => after.get(appointmentId))).toEqual([
      'deleted',
      'scheduled',
      'deleted',
    ])
  })

  test('S-15 this one alone leaves a hole that a change of the series does not fill', async () => {
    const { day, all } = await begin({ ...WEEKLY, count: 3 })
    const [one, two] = (await all()) as [Shown, Shown]
    created(await office.owner.delete(path(two.appointmentId)))
    created(await future(one.appointmentId, { start: on(day, '08:00') }))
    expect(starts(live(await all()))).toEqual([0, 2].map((week) => on(day.add({ weeks: week }), '08:00')))
    expect(refusalOf(await future(two.appointmentId, { sessionBridge: true }))).toMatchObject({ status: 410 })
  })
})

test('S-14 two change one series at once: one after the other, nothing half done', async () => {
  const { day, all } = await begin({ ...WEEKLY, count: 8 })
  const before = await all()
  const answers = await Promise.all(
    before.map(({ appointmentId }, index) =>
      index % 2 === 0
        ? future(appointmentId, { start: on(day.add({ weeks: index }), `1${index}:00`) })
        : office.owner.patch(path(appointmentId), { additionalInstructions: `Number ${index}` }),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual(before.map(() => 200))
  const after = await all()
  expect(after.map(({ appointmentId }) => appointmentId)).toEqual(
    before.map(({ appointmentId }) => appointmentId),
  )
  expect(after.map(({ start }) => start.slice(0, 10))).toEqual(
    weeks(day, 8).map((start) => start.slice(0, 10)),
  )
})
