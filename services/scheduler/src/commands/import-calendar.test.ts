import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { OtherEventScheduled } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import type { ImportedEvent } from '../ical/answer.ts'
import { calendarOf, eventOf, sendCalendar } from '../testing/ical.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

/** A calendar of its own for each test, so that nothing of the others is in the way. */
async function newPractitioner(): Promise<string> {
  return created(await office.owner.post('/v1/practitioners', { name: 'Robin Vale' })).practitionerId
}

async function bring(practitionerId: string, file: string, query = '') {
  return created(await sendCalendar(office.owner, practitionerId, file, query))
}

/** What stands in a calendar: local start and end, title. */
function rowsOf(practitionerId: string) {
  return office.desk.database.read(office.desk.practiceId, (tx) =>
    tx.many<{
      id: string
      start: string
      end: string
      zone: string
      at: string
      title: string
      status: string
      showAs: string
    }>(sql`
      select id, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start, to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end",
             time_zone as zone, starts_at as at, title, status, show_as
        from appointment where practitioner_id = ${practitionerId} order by starts_at, id`),
  )
}
const reasons = (events: ImportedEvent[]) =>
  events.map(({ uid, outcome, reason }) => [uid, outcome, reason?.code ?? null])
const warnings = ({ warnings }: ImportedEvent) =>
  warnings.map(({ code, property }) => (property ? `${code} ${property}` : code))

const MEETING = eventOf(
  'UID:meeting@example.org',
  'DTSTART;TZID=Europe/Berlin:20310305T091000',
  'DTEND;TZID=Europe/Berlin:20310305T100000',
  'SUMMARY:Team\\, all of it',
  'TRANSP:TRANSPARENT',
  'ATTENDEE;CN="Vale; Robin":mailto:robin@example.org',
  'CATEGORIES:WORK',
  'BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM',
)

describe('events of an iCalendar file', () => {
  test('S-13 iCalendar: what recurs from the hour that comes twice is made with the length that it has', async () => {
    const practitionerId = await newPractitioner()
    const night = eventOf(
      'UID:night@example.org',
      // The clock is set back at two: by the clock it ends a quarter of an hour before it starts.
      'DTSTART;TZID=America/Chicago:20301103T013000',
      'DURATION:PT45M',
      'RRULE:FREQ=WEEKLY;COUNT=2',
    )
    const { events } = await bring(practitionerId, calendarOf(night))
    expect(reasons(events)).toEqual([['night@example.org', 'made', null]])
    expect(await rowsOf(practitionerId)).toMatchObject([
      { start: '2030-11-03T01:30', end: '2030-11-03T02:15', at: '2030-11-03T06:30:00Z' },
      { start: '2030-11-10T01:30', end: '2030-11-10T02:15' },
    ])
  })

  test('S-13 S-07 iCalendar: an event becomes an other-event with its fact; what is lost is named', async () => {
    const practitionerId = await newPractitioner()
    const answer = await bring(practitionerId, calendarOf(MEETING))
    expect(answer).toMatchObject({ made: 1, skipped: 0, appointments: 1, dryRun: false })
    const [event] = answer.events
    expect(warnings(event)).toEqual(['not_carried ATTENDEE', 'not_carried CATEGORIES', 'not_carried VALARM'])
    expect(await rowsOf(practitionerId)).toEqual([
      {
        id: event.appointmentIds[0],
        start: '2031-03-05T09:10',
        end: '2031-03-05T10:00',
        zone: 'Europe/Berlin',
        at: '2031-03-05T08:10:00Z',
        title: 'Team, all of it',
        status: 'scheduled',
        showAs: 'free',
      },
    ])
    const facts = await office.desk.facts(OtherEventScheduled)
    expect(facts.filter(({ key }) => key === event.appointmentIds[0])).toHaveLength(1)
  })

  test('P-07 iCalendar: the same file again makes nothing; what changed in the other calendar is told, not changed', async () => {
    const practitionerId = await newPractitioner()
    const first = await bring(practitionerId, calendarOf(MEETING))
    const again = await bring(practitionerId, calendarOf(MEETING))
    expect(again).toMatchObject({ made: 0, alreadyThere: 1, appointments: 0 })
    expect(again.events[0].appointmentIds).toEqual(first.events[0].appointmentIds)
    const later = await bring(practitionerId, calendarOf(MEETING.replace('SUMMARY', 'SEQUENCE:2\r\nSUMMARY')))
    expect(reasons(later.events)).toEqual([['meeting@example.org', 'changed', 'changed_since']])
    expect(await rowsOf(practitionerId)).toHaveLength(1)
    const other = await newPractitioner()
    expect(await bring(other, calendarOf(MEETING))).toMatchObject({ made: 1 })
  })

  test('S-13 iCalendar: a dry run answers the same and writes nothing', async () => {
    const practitionerId = await newPractitioner()
    const file = calendarOf(
      MEETING,
      eventOf('UID:b', 'DTSTART:20310306T090000Z', 'RRULE:FREQ=WEEKLY;COUNT=3'),
    )
    const before = (await office.desk.facts()).length
    const dry = await bring(practitionerId, file, '&dryRun=true')
    expect(await rowsOf(practitionerId)).toEqual([])
    expect((await office.desk.facts()).length).toBe(before)
    const wet = await bring(practitionerId, file)
    const without = (answer: { events: ImportedEvent[] }) => ({
      ...answer,
      dryRun: null,
      events: answer.events.map((event) => ({ ...event, seriesId: null, appointmentIds: [] })),
    })
    expect(without(dry)).toEqual(without(wet))
    expect(dry.appointments).toBe(4)
  })

  test('S-12 iCalendar: clashes with what was there are told', async () => {
    const practitionerId = await newPractitioner()
    await office.schedule({ practitionerId, start: '2031-03-05T02:30', end: '2031-03-05T03:00' })
    const answer = await bring(practitionerId, calendarOf(MEETING.replace('TRANSPARENT', 'OPAQUE')))
    expect(answer.clashes).toMatchObject([{ code: 'practitioner_busy' }])
  })

  test('S-08 iCalendar: days, long events, floating and UTC times are told and keep their instants', async () => {
    const practitionerId = await newPractitioner()
    const file = calendarOf(
      eventOf('UID:day', 'DTSTART;VALUE=DATE:20311102', 'DTEND;VALUE=DATE:20311103', 'SUMMARY:Day'),
      eventOf('UID:long', 'DTSTART:20311110T220000', 'DURATION:P1DT4H', 'SUMMARY:Long'),
      eventOf('UID:utc', 'DTSTART:20311201T150030Z', 'DTEND:20311201T160000Z', 'SUMMARY:UTC'),
      eventOf('UID:none', 'DTSTART:20311202T150000Z', 'SUMMARY:Reminder'),
      eventOf('UID:gap', 'DTSTART;TZID=Europe/Berlin:20320328T023000', 'DURATION:PT1H', 'SUMMARY:Gap'),
    )
    const { events } = await bring(practitionerId, file)
    expect(events.map(warnings)).toEqual([
      [],
      ['floating_time DTSTART', 'split_by_day'],
      ['seconds_cut DTSTART'],
      ['no_length'],
      ['skipped_local_time DTSTART'],
    ])
    // The clock is set back on that day in Chicago: it lasts 25 hours.
    expect((await rowsOf(practitionerId)).map(({ start, end, title }) => `${title} ${start} ${end}`)).toEqual(
      [
        'Day 2031-11-02T00:00 2031-11-03T00:00',
        'Long 2031-11-10T22:00 2031-11-11T00:00',
        'Long 2031-11-11T00:00 2031-11-12T00:00',
        'Long 2031-11-12T00:00 2031-11-12T02:00',
        'UTC 2031-12-01T09:00 2031-12-01T10:00',
        'Reminder 2031-12-02T09:00 2031-12-02T09:01',
        'Gap 2032-03-28T03:30 2032-03-28T04:30',
      ],
    )
  })
})

const WEEKLY = [
  'UID:weekly',
  'DTSTART;TZID=America/Chicago:20310306T090000',
  'DTEND;TZID=America/Chicago:20310306T095000',
  'SUMMARY:Rounds',
]
const live = async (practitionerId: string) =>
  (await rowsOf(practitionerId))
    .filter(({ status }) => status === 'scheduled')
    .map(({ start, title }) => `${start} ${title}`)

describe('recurring events of an iCalendar file', () => {
  test('S-13 iCalendar: a series with occurrences taken out, moved, cancelled and added', async () => {
    const practitionerId = await newPractitioner()
    const file = calendarOf(
      eventOf(
        ...WEEKLY,
        'RRULE:FREQ=WEEKLY;COUNT=6',
        'EXDATE;TZID=America/Chicago:20310313T090000',
        'RDATE:20310401T140000Z',
      ),
      eventOf(
        'UID:weekly',
        'RECURRENCE-ID:20310320T140000Z',
        'DTSTART;TZID=America/Chicago:20310321T110000',
        'DURATION:PT30M',
        'SUMMARY:Moved',
      ),
      eventOf(
        'UID:weekly',
        'RECURRENCE-ID;TZID=America/Chicago:20310327T090000',
        'DTSTART;TZID=America/Chicago:20310327T090000',
        'STATUS:CANCELLED',
      ),
    )
    const { events } = await bring(practitionerId, file)
    expect(reasons(events)).toEqual([
      ['weekly', 'made', null],
      ['weekly', 'made', null],
      ['weekly', 'skipped', 'cancelled'],
    ])
    expect(await live(practitionerId)).toEqual([
      '2031-03-06T09:00 Rounds',
      '2031-03-21T11:00 Moved',
      '2031-04-01T09:00 Rounds',
      '2031-04-03T09:00 Rounds',
      '2031-04-10T09:00 Rounds',
    ])
    const { items } = created(await office.owner.get(`/v1/series/${events[0].seriesId}/occurrences`))
    expect(items.map(({ status }: { status: string }) => status)).toEqual([
      ...['scheduled', 'deleted', 'scheduled', 'deleted', 'scheduled', 'scheduled'],
    ])
    expect(items[2].appointmentId).toBe(events[1].appointmentIds[0])
  })

  test('S-13 S-14 iCalendar: an endless series goes on, also past an exception far ahead, and can be changed as any other', async () => {
    const practitionerId = await newPractitioner()
    const file = calendarOf(
      eventOf(...WEEKLY, 'RRULE:FREQ=WEEKLY', 'EXDATE;TZID=America/Chicago:20350104T090000'),
    )
    const { events } = await bring(practitionerId, file)
    const { items } = created(
      await office.owner.get(`/v1/calendar?from=2034-12-25&to=2035-01-20&practitionerId=${practitionerId}`),
    )
    expect(items.map(({ start }: { start: string }) => start)).toEqual([
      '2034-12-28T09:00',
      '2035-01-11T09:00',
      '2035-01-18T09:00',
    ])
    const [first] = await rowsOf(practitionerId)
    const changed = await office.owner.patch(
      `/v1/appointments/${first!.id}`,
      { scope: 'this-and-future', title: 'Grand rounds' },
      { ifMatch: 1 },
    )
    expect(created(changed).series).toMatchObject({ kept: 0, made: 0, deleted: 0 })
    expect(events[0].appointments).toBe(changed.body.series.changed)
  })

  test('S-13 iCalendar: what no series can say is listed with its part, or taken apart where it is small', async () => {
    const practitionerId = await newPractitioner()
    const rule = (uid: string, ...lines: string[]) => eventOf(`UID:${uid}`, ...WEEKLY.slice(1), ...lines)
    const { events } = await bring(
      practitionerId,
      calendarOf(
        rule('setpos', 'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'),
        rule('seconds', 'RRULE:FREQ=SECONDLY'),
        rule('broken', 'RRULE:FREQ=NEVER'),
        rule('two', 'RRULE:FREQ=WEEKLY;COUNT=2', 'RRULE:FREQ=MONTHLY;COUNT=2'),
        rule('two-endless', 'RRULE:FREQ=WEEKLY', 'RRULE:FREQ=MONTHLY'),
        rule('exrule', 'RRULE:FREQ=WEEKLY', 'EXRULE:FREQ=MONTHLY'),
        eventOf(
          'UID:weekend',
          'DTSTART;VALUE=DATE:20310308',
          'DTEND;VALUE=DATE:20310310',
          'RRULE:FREQ=WEEKLY;COUNT=2',
          'SUMMARY:Off',
        ),
      ),
    )
    expect(reasons(events)).toEqual([
      ['setpos', 'skipped', 'rule_not_expressible'],
      ['seconds', 'skipped', 'rule_not_expressible'],
      ['broken', 'skipped', 'rule_malformed'],
      ['two', 'made', null],
      ['two-endless', 'skipped', 'several_rules'],
      ['exrule', 'skipped', 'exception_rule'],
      ['weekend', 'made', null],
    ])
    expect(await live(practitionerId)).toEqual([
      '2031-03-06T09:00 Rounds',
      '2031-03-08T00:00 Off',
      '2031-03-09T00:00 Off',
      '2031-03-13T09:00 Rounds',
      '2031-03-15T00:00 Off',
      '2031-03-16T00:00 Off',
      '2031-04-06T09:00 Rounds',
    ])
  })
})

describe('what an import refuses', () => {
  test.each<[string, string | Uint8Array, string, number]>([
    ['an empty file', '', 'empty_file', 400],
    ['what is no calendar', 'BEGIN:VCARD\r\nEND:VCARD\r\n', 'not_icalendar', 422],
    ['a file that ends in the middle', calendarOf(MEETING).slice(0, -40), 'truncated_file', 422],
    ['NUL bytes', calendarOf(MEETING.replace('Team', 'Te\0am')), 'not_text', 422],
    [
      'another encoding',
      Buffer.from(calendarOf(MEETING.replace('Team', 'Mädchen')), 'latin1'),
      'not_utf8',
      422,
    ],
    ['deep nesting', calendarOf('BEGIN:X\r\n'.repeat(50_000) + 'END:X\r\n'.repeat(50_000)), 'too_deep', 422],
    [
      'a million components',
      calendarOf('BEGIN:VEVENT\r\nEND:VEVENT\r\n'.repeat(100_000)),
      'too_many_components',
      422,
    ],
  ])('P-07 iCalendar: %s, and writes nothing', async (_, file, code, status) => {
    const practitionerId = await newPractitioner()
    const answer = await sendCalendar(office.owner, practitionerId, file)
    expect(refusalOf(answer)).toMatchObject({ status, code })
    expect(await rowsOf(practitionerId)).toEqual([])
  })

  test('P-07 iCalendar: a file of more than 5 MB, one that makes too much, and people who may not', async () => {
    const practitionerId = await newPractitioner()
    const huge = calendarOf(eventOf(...WEEKLY, `X-A:${'a'.repeat(5 * 1024 * 1024)}`))
    expect((await sendCalendar(office.owner, practitionerId, huge)).status).toBe(413)
    const daily = [1, 2, 3, 4].map((n) =>
      eventOf(`UID:${n}`, 'DTSTART:20100101T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'),
    )
    expect(refusalOf(await sendCalendar(office.owner, practitionerId, calendarOf(...daily)))).toMatchObject({
      code: 'too_many_appointments',
    })
    const reader = await office.as('appointment.read')
    expect((await sendCalendar(reader, practitionerId, calendarOf(MEETING))).status).toBe(403)
    expect(await rowsOf(practitionerId)).toEqual([])
  })

  test('S-13 iCalendar: one broken event costs itself alone', async () => {
    const practitionerId = await newPractitioner()
    const { events, warnings: stray } = await bring(
      practitionerId,
      calendarOf(
        'nonsense',
        eventOf('UID:feb', 'DTSTART:20310230T100000Z'),
        eventOf('UID:zone', 'DTSTART;TZID=Europe/Nowhere:20310201T100000'),
        eventOf('UID:back', 'DTSTART:20310201T100000Z', 'DTEND:20310201T090000Z'),
        eventOf('UID:old', 'DTSTART:19000101T100000Z'),
        eventOf('SUMMARY:No start'),
        'BEGIN:VTODO\r\nUID:todo\r\nEND:VTODO',
        eventOf('UID:fine', 'DTSTART:20310201T100000Z', 'DURATION:PT1H', 'what is this', 'SUMMARY:Fine'),
      ),
    )
    expect(reasons(events).map(([, outcome, code]) => code ?? outcome)).toEqual([
      ...[
        'unreadable_time',
        'unknown_time_zone',
        'end_before_start',
        'year_out_of_range',
        'no_start',
        'not_an_event',
        'made',
      ],
    ])
    expect(stray).toMatchObject([{ code: 'unreadable_line' }])
    expect(warnings(events.at(-1))).toEqual(['unreadable_line'])
    expect(await live(practitionerId)).toEqual(['2031-02-01T04:00 Fine'])
  })
})
