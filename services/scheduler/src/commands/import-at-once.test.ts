import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { OtherEventScheduled } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { MOST_COMPONENTS } from '../domain/ical/components.ts'
import { calendarOf, eventOf, sendCalendar } from '../testing/ical.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'
import { MOST_FILE_BYTES } from './import-calendar.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const newPractitioner = async (): Promise<string> =>
  created(await office.owner.post('/v1/practitioners', { name: 'Robin Vale' })).practitionerId
const read = <T>(query: ReturnType<typeof sql>) =>
  office.desk.database.read(office.desk.practiceId, (tx) => tx.one<T>(query))

const compact = (at: Temporal.PlainDateTime) =>
  at.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')
const singles = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const at = Temporal.PlainDateTime.from('2031-01-01T08:00').add({ minutes: 30 * index })
    const start = `DTSTART;TZID=America/Chicago:${compact(at)}`
    return eventOf(`UID:single-${index}@x`, start, 'DURATION:PT25M', `SUMMARY:Meeting ${index}`)
  })
const series = (count: number, occurrences: number) =>
  Array.from({ length: count }, (_, index) => {
    const at = Temporal.PlainDateTime.from('2031-01-06T08:00').add({ minutes: 5 * (index % 60) })
    const start = `DTSTART;TZID=America/Chicago:${compact(at)}`
    const rule = `RRULE:FREQ=WEEKLY;COUNT=${occurrences}`
    return eventOf(`UID:series-${index}@x`, start, 'DURATION:PT5M', rule, `SUMMARY:Round ${index}`)
  })

describe('a large calendar', () => {
  test('S-13 iCalendar: of two equal files sent at once one makes all of it and the other finds all of it there', async () => {
    const practitionerId = await newPractitioner()
    const file = calendarOf(...singles(120), ...series(15, 4))
    const facts = (await office.desk.facts(OtherEventScheduled)).length
    const answers = await Promise.all([1, 2, 3].map(() => sendCalendar(office.owner, practitionerId, file)))
    const told = answers.map(created).map(({ made, alreadyThere, appointments }) => ({
      made,
      alreadyThere,
      appointments,
    }))
    expect(told.toSorted((a, b) => b.made - a.made)).toEqual([
      { made: 135, alreadyThere: 0, appointments: 180 },
      { made: 0, alreadyThere: 135, appointments: 0 },
      { made: 0, alreadyThere: 135, appointments: 0 },
    ])
    expect(
      await read(sql`
        select (select count(*)::int from appointment where practitioner_id = ${practitionerId}) as appointments,
               (select count(*)::int from imported_event where practitioner_id = ${practitionerId}) as events,
               (select count(*)::int from series where details->>'practitionerId' = ${practitionerId}) as series`),
    ).toEqual({ appointments: 180, events: 135, series: 15 })
    expect((await office.desk.facts(OtherEventScheduled)).length - facts).toBe(180)
  })

  test('S-13 iCalendar: thousands of series and events are made within the time that a statement has', async () => {
    const practitionerId = await newPractitioner()
    const file = calendarOf(...singles(1_000), ...series(2_000, 2))
    const answer = created(await sendCalendar(office.owner, practitionerId, file))
    expect(answer).toMatchObject({ made: 3_000, appointments: 5_000 })
    expect(
      await read(sql`
        select count(*)::int as count, max(rule->>'frequency') as frequency, min(start_local)::text as start,
               bool_and(finished) as finished
          from series where details->>'practitionerId' = ${practitionerId}`),
    ).toEqual({ count: 2_000, frequency: 'weekly', start: '2031-01-06 08:00:00', finished: true })
  }, 60_000)

  test.each([
    [
      'more bytes than a file may have',
      () => `${calendarOf()}${' '.repeat(MOST_FILE_BYTES)}`,
      413,
      'too_large',
    ],
    ['more components', () => calendarOf(...singles(MOST_COMPONENTS)), 422, 'too_many_components'],
    ['more appointments', () => calendarOf(...series(200, 101)), 422, 'too_many_appointments'],
  ])(
    'S-13 iCalendar: %s is refused by name, before anything is locked or written',
    async (_name, file, status, code) => {
      const practitionerId = await newPractitioner()
      const held = holdCalendar(practitionerId)
      try {
        await held.taken
        expect(refusalOf(await sendCalendar(office.owner, practitionerId, file()))).toMatchObject({
          status,
          code,
        })
      } finally {
        await held.release()
      }
      const { count } = await read<{ count: number }>(
        sql`select count(*)::int as count from appointment where practitioner_id = ${practitionerId}`,
      )
      expect(count).toBe(0)
    },
  )
})

/** Somebody else works on this calendar: whoever has to lock it waits. */
function holdCalendar(practitionerId: string) {
  const taken = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const done = office.desk.database.write(office.desk.practiceId, async (tx) => {
    await tx.one(sql`select id from practitioner where id = ${practitionerId} for update`)
    taken.resolve()
    await released.promise
  })
  return {
    taken: taken.promise,
    release: () => {
      released.resolve()
      return done
    },
  }
}
