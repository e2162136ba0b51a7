import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, OtherEventChanged, OtherEventScheduled } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { at, type Connected, type GoogleDesk, onDay, openGoogleDesk, times } from '../testing/google.ts'
import { created, refusalOf } from '../testing/office.ts'
import { waitsForCalendar } from '../testing/waiting.ts'

let desk: GoogleDesk
let dana: Connected
beforeAll(async () => {
  desk = await openGoogleDesk()
})
beforeEach(async () => {
  dana = await desk.anew()
})
afterAll(() => desk.close())

const calendar = () => desk.google.calendar(dana.calendarId)
const calls = () => {
  const from = desk.google.requests.length
  return () => desk.google.requests.slice(from).map(({ call }) => call)
}

describe('S-19 outside events come in', () => {
  test('S-19 busy or free, in their own zone, told as facts; then moved, made free, deleted', async () => {
    const event = desk.put(dana, { summary: 'Dentist', ...times(at(0), at(0, '10:30'), 'America/New_York') })
    await desk.sync()
    const [here] = await desk.agenda(dana)
    expect(here).toMatchObject({
      ...{ kind: 'other-event', title: 'Dentist', showAs: 'busy', start: at(0), end: at(0, '10:30') },
      timeZone: 'America/New_York',
    })
    calendar().change(
      event.id,
      { transparency: 'transparent', ...times(at(1), at(1, '11:00')) },
      'patch',
      undefined,
    )
    await desk.sync()
    expect(await desk.agenda(dana)).toMatchObject([
      { id: here!.id, showAs: 'free', start: at(1), timeZone: 'America/Chicago' },
    ])
    calendar().delete(event.id, undefined)
    await desk.sync()
    expect(await desk.agenda(dana)).toEqual([])
    for (const contract of [OtherEventScheduled, OtherEventChanged, AppointmentDeleted])
      expect((await desk.desk.facts(contract)).filter(({ key }) => key === here!.id)).toHaveLength(1)
  })

  test('S-19, S-18 they come, and move, after whoever books on that calendar at this moment', async () => {
    const event = desk.put(dana, { summary: 'Dentist', ...times(at(0), at(0, '10:30')) })
    await waitsForCalendar(desk.desk.adminUrl, dana.practitionerId, () => desk.sync())
    expect(await desk.agenda(dana)).toMatchObject([{ start: at(0) }])
    calendar().change(event.id, times(at(1), at(1, '11:00')), 'patch', undefined)
    await waitsForCalendar(desk.desk.adminUrl, dana.practitionerId, () => desk.sync())
    expect(await desk.agenda(dana)).toMatchObject([{ start: at(1) }])
  })

  test('S-19 of a private event staff see that it is busy, and nothing else', async () => {
    desk.put(dana, { summary: 'Oncologist', visibility: 'private', ...times(at(0), at(0, '10:00')) })
    await desk.sync()
    expect(await desk.agenda(dana)).toMatchObject([{ title: 'Busy', showAs: 'busy' }])
    const stored = await desk.desk.database.read(desk.desk.practiceId, (tx) =>
      tx.many(sql`select content from google_event`),
    )
    expect(JSON.stringify(stored)).not.toMatch(/Oncologist/)
  })

  test('S-19 an all-day event is a day of the calendar, a long one as many appointments as days', async () => {
    desk.put(dana, { summary: 'Off', start: { date: onDay(0) }, end: { date: onDay(1) } })
    const trip = desk.put(dana, { summary: 'Trip', ...times(at(3, '12:00'), at(5, '12:00')) })
    await desk.sync()
    expect(await desk.agenda(dana)).toMatchObject([
      { title: 'Off', start: at(0, '00:00'), end: at(1, '00:00') },
      { title: 'Trip', start: at(3, '12:00'), end: at(4, '00:00') },
      { title: 'Trip', start: at(4, '00:00'), end: at(5, '00:00') },
      { title: 'Trip', start: at(5, '00:00'), end: at(5, '12:00') },
    ])
    calendar().change(trip.id, times(at(3, '12:00'), at(4, '09:00')), 'patch', undefined)
    await desk.sync()
    expect(await desk.agenda(dana)).toMatchObject([{ title: 'Off' }, { title: 'Trip', end: at(4, '09:00') }])
    calendar().delete(trip.id, undefined)
    await desk.sync()
    expect(await desk.agenda(dana)).toHaveLength(1)
  })

  test('S-19 a recurring event comes as its instances, at the same wall time over a clock change; one moves or goes alone', async () => {
    const zone = 'America/Chicago'
    const march = Temporal.Now.plainDateISO().add({ months: 3 }).year
    // The second Sunday of March is when the clock is set forward there.
    const first = Temporal.PlainDate.from({ year: march, month: 3, day: 1 })
    const change = first.add({ days: ((7 - first.dayOfWeek) % 7) + 7 })
    const start = change.subtract({ days: 5 })
    const series = desk.put(dana, {
      ...{ summary: 'Yoga', recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] },
      ...times(`${start}T07:00`, `${start}T08:00`, zone),
    })
    await desk.sync()
    const agenda = await desk.agenda(dana)
    expect(agenda.map((one) => one.start)).toEqual([0, 7, 14].map((days) => `${start.add({ days })}T07:00`))
    expect(agenda.map(({ startsAt }) => startsAt.slice(11, 16))).toEqual(['13:00', '12:00', '12:00'])
    const [, second, third] = calendar()
      .expanded()
      .map(({ event }) => event)
      .filter(({ recurringEventId }) => recurringEventId === series.id)
    calendar().change(
      second!.id,
      times(`${start.add({ days: 8 })}T07:00`, `${start.add({ days: 8 })}T08:00`),
      'patch',
      undefined,
    )
    calendar().delete(third!.id, undefined)
    await desk.sync()
    expect((await desk.agenda(dana)).map((one) => one.start)).toEqual(
      [0, 8].map((days) => `${start.add({ days })}T07:00`),
    )
    calendar().delete(series.id, undefined)
    await desk.sync()
    expect((await desk.agenda(dana)).filter((one) => one.start < `${start.add({ days: 8 })}`)).toEqual([])
  })

  test('S-19 all pages are read, and the token of the last is used: no page is read twice', async () => {
    for (let index = 0; index < 260; index++)
      desk.put(dana, { summary: `E${index}`, ...times(at(index % 50, '09:00'), at(index % 50, '09:30')) })
    const requests = calls()
    await desk.sync()
    expect(requests()).toEqual(['events.list', 'events.list'])
    expect(await desk.agenda(dana)).toHaveLength(260)
    const later = calls()
    await desk.sync()
    expect(later()).toEqual(['events.list'])
    expect(desk.google.requests.at(-1)!.query).toMatchObject({
      syncToken: expect.any(String),
      singleEvents: 'true',
    })
    expect(desk.google.requests.at(-1)!.query.timeMin).toBeUndefined()
  }, 60_000)

  test('S-19 a round that breaks off between pages is read again, and doubles nothing', async () => {
    for (let index = 0; index < 260; index++)
      desk.put(dana, { summary: `E${index}`, ...times(at(index % 50, '09:00'), at(index % 50, '09:30')) })
    desk.google.trouble({ on: 'events.list', how: 'hang', after: 1 })
    await desk.sync()
    expect(await desk.agenda(dana)).toHaveLength(250)
    await desk.settle()
    expect(await desk.agenda(dana)).toHaveLength(260)
  }, 60_000)

  test('S-19 an expired token (410) reads all anew: what was deleted meanwhile goes, what stands is not made twice', async () => {
    const kept = desk.put(dana, { summary: 'Kept', ...times(at(0), at(0, '10:00')) })
    const deleted = desk.put(dana, { summary: 'Deleted', ...times(at(1), at(1, '10:00')) })
    const visit = await desk.visit(dana, { start: at(2), end: at(2, '10:00') })
    const block = await desk.block(dana, { start: at(3), end: at(3, '10:00') })
    await desk.settle()
    const [here] = await desk.agenda(dana)
    calendar().delete(deleted.id, undefined)
    for (const id of [visit, block]) calendar().delete(`pb${id.replaceAll('-', '')}`, undefined)
    desk.put(dana, { summary: 'New', ...times(at(4), at(4, '10:00')) })
    calendar().generation += 1
    const requests = calls()
    await desk.sync()
    expect(requests().slice(0, 2)).toEqual(['events.list', 'events.list'])
    expect(await desk.agenda(dana)).toMatchObject([
      { id: here!.id, title: 'Kept' },
      { id: visit },
      { title: 'New' },
    ])
    expect(kept.id).toBeDefined()
    expect(await desk.proposals(dana)).toMatchObject([{ appointmentId: visit, kind: 'cancel' }])
  })

  test('S-19 to change or delete an outside event here is refused, with the next step; it is Google’s to change', async () => {
    desk.put(dana, { summary: 'Dentist', ...times(at(0), at(0, '10:00')) })
    const trip = desk.put(dana, { summary: 'Trip', ...times(at(3, '12:00'), at(4, '12:00')) })
    const own = await desk.block(dana, { start: at(6), end: at(6, '10:00') })
    await desk.sync()
    const before = await desk.agenda(dana)
    const requests = calls()
    const path = (id: string) => `/v1/appointments/${id}`
    for (const { id } of before.filter(({ title }) => title === 'Dentist' || title === 'Trip'))
      for (const answer of [
        await desk.owner.patch(path(id), { title: 'Mine' }),
        await desk.owner.patch(path(id), { showAs: 'free' }),
        await desk.owner.post(`${path(id)}/reschedule`, { start: at(8), end: at(8, '10:00') }),
        await desk.owner.delete(path(id)),
      ]) {
        expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'kept_in_google' })
        expect(answer.body.next).toMatch(/^Change or delete it in Google/)
      }
    await desk.turn()
    expect(await desk.agenda(dana)).toEqual(before)
    expect(requests()).toEqual([])
    created(await desk.owner.patch(path(own), { title: 'Ours' }))
    calendar().delete(trip.id, undefined)
    await desk.settle()
    expect(await desk.agenda(dana)).toMatchObject([{ title: 'Dentist' }, { title: 'Ours' }])
  })

  test('S-19 what is changed here of an outside event all the same, by whatever way, is set back', async () => {
    desk.put(dana, { summary: 'Dentist', ...times(at(0), at(0, '10:00')) })
    await desk.sync()
    const [dentist] = await desk.agenda(dana)
    await desk.desk.database.write(desk.desk.practiceId, (tx) =>
      tx.run(sql`
        update appointment set title = 'Mine', starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour',
               version = version + 1
         where id = ${dentist!.id}`),
    )
    const requests = calls()
    await desk.turn()
    expect(await desk.agenda(dana)).toMatchObject([
      { id: dentist!.id, title: 'Dentist', startsAt: dentist!.startsAt },
    ])
    expect(requests()).toEqual([])
  })

  test('S-19 an event that cannot be read does not keep the others out', async () => {
    calendar().insert({
      id: 'odd00',
      summary: 'Odd',
      ...times(at(0), at(0, '10:00')),
      attendees: 'none' as never,
    })
    desk.put(dana, { summary: 'Even', ...times(at(1), at(1, '10:00')) })
    await desk.sync()
    expect(await desk.agenda(dana)).toMatchObject([{ title: 'Even' }])
    expect(await desk.connection(dana)).toMatchObject({ lastError: null })
  })

  test('S-19 two practitioners of two calendars do not see each other’s', async () => {
    const lee = await desk.connect()
    desk.put(dana, { summary: 'Dana’s', ...times(at(0), at(0, '10:00')) })
    desk.put(lee, { summary: 'Lee’s', ...times(at(0), at(0, '10:00')) })
    await desk.settle()
    expect([await desk.agenda(dana), await desk.agenda(lee)]).toMatchObject([
      [{ title: 'Dana’s' }],
      [{ title: 'Lee’s' }],
    ])
  })
})
