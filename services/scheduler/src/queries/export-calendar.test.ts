import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Api } from '@praxisbus/testing'
import fc from 'fast-check'
import ICAL from 'ical.js'
import { readComponents } from '../domain/ical/components.ts'
import { readVtimezone, sameBetween } from '../domain/ical/vtimezone.ts'
import { vtimezoneLines } from '../domain/ical/vtimezone-text.ts'
import { fold } from '../domain/ical/write.ts'
import { zoneOf } from '../domain/recurrence/zone.ts'
import { calendarOf, sendCalendar } from '../testing/ical.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
let fresh: Office
beforeAll(async () => {
  office = await openOffice()
  fresh = await openOffice()
})
afterAll(() => Promise.all([office.close(), fresh.close()]))

const newPractitioner = async (at: Office) =>
  created(await at.owner.post('/v1/practitioners', { name: 'Robin Vale' })).practitionerId as string
const exported = async (api: Api, query: string) =>
  created(await api.get(`/v1/calendar/export?${query}`)) as string

/** Instants and titles of some days, as the calendar has them. */
async function seen(api: Api, practitionerId: string, from: string, to: string): Promise<string[]> {
  const { items } = created(
    await api.get(`/v1/calendar?from=${from}&to=${to}&practitionerId=${practitionerId}`),
  )
  return items.map(({ startsAt, endsAt }: Record<string, string>) => `${startsAt} ${endsAt}`)
}

/** The same as another program reads them from the file. */
function seenByOthers(text: string, from: string, to: string): string[] {
  const calendar = new ICAL.Component(ICAL.parse(text))
  const zones = new Map(
    calendar
      .getAllSubcomponents('vtimezone')
      .map((one) => [one.getFirstPropertyValue('tzid'), new ICAL.Timezone(one)]),
  )
  for (const [tzid, zone] of zones) ICAL.TimezoneService.register(zone, tzid as string)
  const events = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one))
  const [begin, end] = [Date.parse(from), Date.parse(to)]
  const text3 = (at: ICAL.Time) => new Date(at.toUnixTime() * 1000).toISOString().replace('.000', '')
  const found: string[] = []
  for (const event of events) {
    if (event.isRecurrenceException()) continue
    for (const other of events)
      if (other.isRecurrenceException() && other.uid === event.uid) event.relateException(other)
    const add = (start: ICAL.Time, stop: ICAL.Time) => {
      const ms = start.toUnixTime() * 1000
      if (ms >= begin && ms < end) found.push(`${text3(start)} ${text3(stop)}`)
    }
    if (!event.isRecurring()) {
      add(event.startDate, event.endDate)
      continue
    }
    const iterator = event.iterator()
    for (
      let next = iterator.next();
      next && next.toUnixTime() * 1000 < end + 90 * 86_400_000;
      next = iterator.next()
    ) {
      const details = event.getOccurrenceDetails(next)
      add(details.startDate, details.endDate)
    }
  }
  for (const tzid of zones.keys()) ICAL.TimezoneService.remove(tzid as string)
  return found.sort()
}

describe('a calendar as a file of iCalendar', () => {
  test('S-13 iCalendar: lines are folded at 75 octets, texts escaped, patients unnamed unless asked and allowed', async () => {
    const practitionerId = await newPractitioner(office)
    const title = `Übung; a, b\\c ${'ß∂😀'.repeat(30)}`
    await office.schedule({ practitionerId, start: '2032-03-05T09:10', end: '2032-03-05T10:00' })
    const event = {
      kind: 'other-event',
      title,
      practitionerId,
      start: '2032-03-06T09:00',
      end: '2032-03-06T10:00',
      showAs: 'free',
    }
    created(await office.owner.post('/v1/appointments', event))
    const query = `from=2032-03-01&to=2032-03-31&practitionerId=${practitionerId}`
    const text = await exported(office.owner, query)
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    expect(text).not.toContain('\uFFFD')
    expect(text).not.toContain('Ada Moran')
    const summaries = new ICAL.Component(ICAL.parse(text))
      .getAllSubcomponents('vevent')
      .map((one) => new ICAL.Event(one).summary)
    expect(summaries).toEqual(['Appointment', title])
    expect(await exported(office.owner, `${query}&names=true`)).toContain('SUMMARY:Ada Moran')
    const desk = await office.as('appointment.read', 'patient.read')
    expect(refusalOf(await desk.get(`/v1/calendar/export?${query}&names=true`))).toMatchObject({
      status: 403,
      code: 'may_not_name',
    })
    expect(refusalOf(await desk.get('/v1/calendar/export?from=2032-03-02&to=2032-03-01'))).toMatchObject({
      code: 'to_before_from',
    })
    const own = created(await sendCalendar(office.owner, practitionerId, text))
    expect(own).toMatchObject({ made: 0, alreadyThere: 2 })
  })

  test('S-13 S-08 iCalendar: an endless series with one moved and one deleted goes out and comes back with the same instants', async () => {
    const practitionerId = await newPractitioner(office)
    const series = await office.schedule({
      ...{ practitionerId, start: '2031-02-27T09:00', end: '2031-02-27T09:50', timeZone: 'America/Chicago' },
      recurrence: { frequency: 'weekly', weekdays: ['TH'] },
    })
    const { items } = created(await office.owner.get(`/v1/series/${series.seriesId}/occurrences?limit=4`))
    created(
      await office.owner.post(
        `/v1/appointments/${items[1].appointmentId}/reschedule`,
        { start: '2031-03-07T11:00', end: '2031-03-07T11:30' },
        { ifMatch: 1 },
      ),
    )
    created(await office.owner.delete(`/v1/appointments/${items[2].appointmentId}`, { ifMatch: 1 }))
    const text = await exported(
      office.owner,
      `from=2031-02-01&to=2031-03-31&practitionerId=${practitionerId}`,
    )
    const there = await newPractitioner(fresh)
    expect(created(await sendCalendar(fresh.owner, there, text))).toMatchObject({ made: 2, skipped: 0 })
    for (const [from, to] of [
      ['2031-02-15', '2031-03-25'],
      ['2038-03-01', '2038-03-31'],
      ['2038-10-20', '2038-11-20'],
    ] as const) {
      const ours = await seen(office.owner, practitionerId, from, to)
      expect(await seen(fresh.owner, there, from, to)).toEqual(ours)
      const end = Temporal.PlainDate.from(to)
        .add({ days: 1 })
        .toZonedDateTime('America/Chicago')
        .toInstant()
        .toString()
      expect(
        seenByOthers(
          text,
          Temporal.PlainDate.from(from).toZonedDateTime('America/Chicago').toInstant().toString(),
          end,
        ),
      ).toEqual(ours)
      expect(ours.length).toBeGreaterThan(2)
    }
  })

  test('S-08 iCalendar: the zones of a file are those of IANA, from its first year to long after its last', () => {
    const zones = [
      'America/Chicago',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Asia/Jerusalem',
      'Africa/Casablanca',
      'Asia/Kolkata',
      'America/Santiago',
    ]
    for (const timeZone of zones) {
      const root = readComponents(
        Buffer.from(calendarOf(fold(vtimezoneLines(timeZone, 1990, 2030)).trimEnd())),
      )
      if ('refused' in root) throw new Error(root.detail)
      const read = readVtimezone(root.children[0]!.children[0]!)
      const span = [Date.parse('1990-01-01T12:00Z'), Date.parse('2050-01-01T00:00Z')] as const
      expect([timeZone, read && sameBetween(read, zoneOf(timeZone), ...span)]).toEqual([timeZone, true])
    }
  })

  test('S-13 iCalendar: whatever stands in a calendar, others read the same from its file, and so do we', async () => {
    const at = fc.record({
      day: fc.integer({ min: 0, max: 25 }),
      hour: fc.integer({ min: 5, max: 20 }),
      minutes: fc.integer({ min: 1, max: 120 }),
      timeZone: fc.constantFrom('America/Chicago', 'Europe/Berlin', 'Asia/Kolkata', 'UTC'),
      every: fc.constantFrom(
        null,
        { frequency: 'daily', interval: 2, count: 9 },
        { frequency: 'daily' },
        { frequency: 'daily', interval: 7, until: '2033-04-20' },
      ),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(at, { minLength: 1, maxLength: 4 }), async (list) => {
        const practitionerId = await newPractitioner(office)
        for (const { day, hour, minutes, timeZone, every } of list) {
          const start = Temporal.PlainDateTime.from('2033-03-01T00:10').add({ days: day, hours: hour })
          const times = {
            start: start.toString().slice(0, 16),
            end: start.add({ minutes }).toString().slice(0, 16),
            timeZone,
          }
          const body = {
            kind: 'other-event',
            title: 'Event',
            practitionerId,
            ...times,
            ...(every ? { recurrence: every } : {}),
          }
          created(await office.owner.post('/v1/appointments', body))
        }
        const text = await exported(
          office.owner,
          `from=2033-02-20&to=2033-04-30&practitionerId=${practitionerId}`,
        )
        const ours = await seen(office.owner, practitionerId, '2033-02-28', '2033-04-09')
        const zoned = (date: string) =>
          Temporal.PlainDate.from(date).toZonedDateTime('America/Chicago').toInstant().toString()
        expect(seenByOthers(text, zoned('2033-02-28'), zoned('2033-04-10'))).toEqual(ours.toSorted())
        const there = await newPractitioner(fresh)
        created(await sendCalendar(fresh.owner, there, text))
        expect((await seen(fresh.owner, there, '2033-02-28', '2033-04-09')).toSorted()).toEqual(
          ours.toSorted(),
        )
      }),
      { numRuns: 8 },
    )
  }, 120_000)
})
