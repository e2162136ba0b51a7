import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { contentOf, sameContent, titleOf } from './content.ts'
import { appointmentOf, eventIdOf } from './event-id.ts'
import { fitsOne, piecesOf } from './pieces.ts'
import { googleEvent, seenEvent } from './seen.ts'
import { waitSeconds } from './waiting.ts'

const visit = {
  patientName: 'Ada Lovelace-Moran',
  title: null,
  showAs: 'busy',
  startsAt: '2090-03-06T15:10:00Z',
  endsAt: '2090-03-06T16:00:00.000Z',
  timeZone: 'America/Chicago',
}
const block = { ...visit, patientName: null, title: 'Call with Ada' }
const NOTHING = { patientShownAs: 'nothing', titlesShown: false } as const

describe('S-19 what leaves', () => {
  test.each([
    ['nothing', 'Appointment'],
    ['initials', 'Appointment A. L. M.'],
    ['name', 'Ada Lovelace-Moran'],
  ] as const)('S-19 of a patient: %s', (patientShownAs, summary) => {
    expect(contentOf(visit, { patientShownAs, titlesShown: true })).toEqual({
      startsAt: '2090-03-06T15:10:00Z',
      endsAt: '2090-03-06T16:00:00Z',
      timeZone: 'America/Chicago',
      summary,
      transparency: 'opaque',
    })
  })

  test('S-19 titles stay here unless they are shown; what its owner calls it there stays', () => {
    expect(contentOf(block, NOTHING).summary).toBe('Busy')
    expect(contentOf({ ...block, showAs: 'free' }, NOTHING, 'Busy')).toMatchObject({
      summary: 'Free',
      transparency: 'transparent',
    })
    expect(contentOf(block, NOTHING, 'Dentist').summary).toBe('Dentist')
    expect(contentOf(block, { ...NOTHING, titlesShown: true }, 'Dentist').summary).toBe('Call with Ada')
    expect(contentOf(visit, NOTHING, 'Ada').summary).toBe('Appointment')
  })

  test('S-19 the zone is only how the same instants are shown', () => {
    const content = contentOf(visit, NOTHING)
    expect(sameContent(content, { ...content, timeZone: 'UTC' })).toBe(true)
    expect(sameContent(content, { ...content, endsAt: '2090-03-06T16:00:01Z' })).toBe(false)
    expect(sameContent(null, null)).toBe(false)
  })
})

test('S-19 event ids are base32hex, carry the appointment, and have generations', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat(99_999), (appointmentId, generation) => {
      const eventId = eventIdOf(appointmentId, generation)
      expect(eventId).toMatch(/^[a-v0-9]{5,1024}$/)
      expect(appointmentOf(eventId)).toEqual({ appointmentId, generation })
    }),
  )
  for (const other of ['abc', 'pb12', `pb${'0'.repeat(32)}g0`, `pb${'0'.repeat(32)}_20900101`])
    expect(appointmentOf(other)).toBeUndefined()
})

describe('S-19 what is seen of an event', () => {
  const seen = (event: object) => seenEvent(googleEvent.parse({ id: 'abcde', ...event }), 'Europe/Berlin')
  const nine = {
    start: { dateTime: '2090-01-02T09:00:00+01:00' },
    end: { dateTime: '2090-01-02T10:00:00+01:00' },
  }

  test('S-19 instants by offset or zone, and the zone of the calendar where none is said', () => {
    expect(seen(nine).content).toMatchObject({ startsAt: '2090-01-02T08:00:00Z', timeZone: 'Europe/Berlin' })
    const zoned = { dateTime: '2090-07-02T09:00:00', timeZone: 'America/New_York' }
    const { content } = seen({ start: zoned, end: { ...zoned, dateTime: '2090-07-02T09:30:00' } })
    expect(content).toMatchObject({ startsAt: '2090-07-02T13:00:00Z', timeZone: 'America/New_York' })
    const offset = { ...nine, start: { ...nine.start, timeZone: '+01:00' } }
    expect(seen(offset).content).toMatchObject({ timeZone: 'Europe/Berlin' })
  })

  test('S-19 an all-day event lasts from midnight to midnight of the calendar, also when the clock changes', () => {
    const { content } = seen({ start: { date: '2090-03-26' }, end: { date: '2090-03-27' } })
    expect(content).toMatchObject({ startsAt: '2090-03-25T23:00:00Z', endsAt: '2090-03-26T22:00:00Z' })
  })

  test('S-19 seconds round outwards, and what has no length lasts a minute', () => {
    const odd = { start: { dateTime: '2090-01-02T09:00:30Z' }, end: { dateTime: '2090-01-02T09:10:30Z' } }
    expect(seen(odd).content).toMatchObject({
      startsAt: '2090-01-02T09:00:00Z',
      endsAt: '2090-01-02T09:11:00Z',
    })
    expect(seen({ ...nine, end: nine.start }).content).toMatchObject({ endsAt: '2090-01-02T08:01:00Z' })
  })

  test.each([
    ['private', 'Busy'],
    ['confidential', 'Busy'],
    ['public', 'Gym'],
    [undefined, 'Gym'],
  ])('S-19 an event with visibility %s is shown as %s', (visibility, shown) => {
    expect(seen({ ...nine, summary: ' Gym\n', visibility }).shownTitle).toBe(shown)
  })

  test.each([
    { status: 'cancelled' },
    { eventType: 'workingLocation' },
    { eventType: 'birthday' },
    { attendees: [{ responseStatus: 'accepted' }, { self: true, responseStatus: 'declined' }] },
    { start: null },
    { start: { dateTime: 'soon' } },
  ])('S-19 %j takes nobody’s time', (event) => {
    expect(seen({ ...nine, ...event }).content).toBeNull()
  })

  test('S-19 what somebody else accepted, and what is tentative, takes time', () => {
    const attendees = [{ responseStatus: 'declined' }, { self: true, responseStatus: 'tentative' }]
    expect(seen({ ...nine, attendees, status: 'tentative' }).content).not.toBeNull()
  })

  test('S-19 a title is one line of two hundred letters at most', () => {
    expect(titleOf('  a\u0000\r\n b ')).toBe('a b')
    expect(titleOf('   ')).toBe('Busy')
    expect(titleOf('x'.repeat(500))).toHaveLength(200)
  })
})

describe('S-19 long events', () => {
  const window = { startsAt: '2090-01-01T00:00:00Z', endsAt: '2091-01-01T00:00:00Z' }

  test('S-19 days are cut at midnight; the 25 hours of the day the clock is set back are two pieces', () => {
    const time = { startsAt: '2090-11-04T18:00:00Z', endsAt: '2090-11-06T18:00:00Z' }
    expect(piecesOf(time, 'America/Chicago', window)).toEqual([
      { startsAt: '2090-11-04T18:00:00Z', endsAt: '2090-11-05T05:00:00Z' },
      { startsAt: '2090-11-05T05:00:00Z', endsAt: '2090-11-06T05:00:00Z' },
      { startsAt: '2090-11-06T05:00:00Z', endsAt: '2090-11-06T06:00:00Z' },
      { startsAt: '2090-11-06T06:00:00Z', endsAt: '2090-11-06T18:00:00Z' },
    ])
  })

  test('S-19 pieces join, fit, and cover the event as far as the window reaches', () => {
    const zones = ['America/Chicago', 'Europe/Berlin', 'Australia/Lord_Howe', 'UTC']
    const start = fc
      .integer({ min: -500, max: 12_000 })
      .map((hours) => Temporal.Instant.from(window.startsAt).add({ hours }))
    fc.assert(
      fc.property(
        start,
        fc.integer({ min: 1, max: 60 * 24 * 90 }),
        fc.constantFrom(...zones),
        (from, minutes, zone) => {
          const time = { startsAt: from.toString(), endsAt: from.add({ minutes }).toString() }
          const pieces = piecesOf(time, zone, window)
          for (const piece of pieces) expect(fitsOne(piece)).toBe(true)
          for (const [index, piece] of pieces.entries())
            if (index > 0) expect(piece.startsAt).toBe(pieces[index - 1]!.endsAt)
          const inside =
            Temporal.Instant.compare(time.endsAt, window.startsAt) > 0 &&
            Temporal.Instant.compare(time.startsAt, window.endsAt) < 0
          expect(pieces.length > 0).toBe(inside)
          if (!inside) return
          const first =
            Temporal.Instant.compare(time.startsAt, window.startsAt) >= 0 ? time.startsAt : window.startsAt
          expect(Temporal.Instant.compare(pieces[0]!.startsAt, first)).toBeLessThanOrEqual(0)
          const last = Temporal.Instant.compare(time.endsAt, window.endsAt) <= 0 ? time.endsAt : window.endsAt
          expect(Temporal.Instant.compare(pieces.at(-1)!.endsAt, last)).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})

test('S-19 pauses double up to an hour, are spread, and are never shorter than Google asks', () => {
  const failure = { failed: 'busy', message: '' } as const
  expect([1, 2, 3, 30].map((attempts) => waitSeconds(attempts, failure, 1))).toEqual([5, 10, 20, 3600])
  expect(waitSeconds(1, failure, 0)).toBe(2.5)
  expect(waitSeconds(1, { ...failure, retryAfterSeconds: 90 }, 0)).toBe(90)
  expect(waitSeconds(1, { ...failure, retryAfterSeconds: 1e9 }, 0)).toBe(86_400)
})
