import { describe, expect, test } from '@jest/globals'
import { type KnownMessage, type PlannedVisit, planMessages, reminderDue } from './message-plan.ts'

const NOW = Temporal.Instant.from('2026-03-01T12:00:00Z')
const visit: PlannedVisit = {
  status: 'scheduled',
  startsAt: '2026-03-10T15:00:00Z',
  endsAt: '2026-03-10T15:50:00Z',
  timeZone: 'America/Chicago',
  reminders: [
    { channel: 'email', daysAhead: 1 },
    { channel: 'text', daysAhead: 3 },
  ],
  sessionBridge: false,
  feedbackChannel: 'email',
}
const MOVED = '2026-03-11T15:00:00Z'

/** Carries a plan out, as the tables would. */
function applied(visit: PlannedVisit, known: readonly KnownMessage[], now = NOW): KnownMessage[] {
  let rows = [...known]
  for (const change of planMessages(visit, known, now)) {
    if (change.do === 'make') rows.push({ ...change, id: `m${rows.length + 1}` })
    else if (change.do === 'drop')
      rows = rows.map((row) =>
        row.id === change.id ? { ...row, state: 'dropped', reason: change.reason } : row,
      )
    else rows = rows.map((row) => (row.id === change.id ? { ...row, ...change } : row))
  }
  return rows
}
const brief = (rows: readonly KnownMessage[]) =>
  rows.map(({ channel, state, reason, startsAt }) =>
    [channel, state, reason, startsAt.slice(8, 10)].join(' '),
  )
const marked = (
  rows: readonly KnownMessage[],
  channel: string,
  state: KnownMessage['state'],
  reason = null,
) => rows.map((row) => (row.channel === channel && row.state !== 'dropped' ? { ...row, state, reason } : row))
const planned = applied(visit, [])

describe('what is planned for an appointment', () => {
  test('S-10 each reminder waits for the hour of the appointment, so many days ahead', () => {
    expect(planned).toMatchObject([
      { kind: 'reminder', channel: 'email', daysAhead: 1, ordinal: 1, state: 'waiting' },
      { kind: 'reminder', channel: 'text', daysAhead: 3, ordinal: 1, state: 'waiting' },
    ])
    // Chicago sets its clock forward on March 8: 10:00 there is 15:00Z after it and 16:00Z before.
    expect(planned.map(({ dueAt }) => dueAt)).toEqual(['2026-03-09T15:00:00Z', '2026-03-07T16:00:00Z'])
  })

  test.each([
    ['2026-11-03T15:00:00Z', 'America/Chicago', 3, '2026-10-31T14:00:00Z'],
    // 02:30 is skipped on March 8: half an hour after the gap begins becomes 03:30.
    ['2026-03-09T07:30:00Z', 'America/Chicago', 1, '2026-03-08T08:30:00Z'],
    ['2026-07-10T00:15:00Z', 'Asia/Kathmandu', 5, '2026-07-05T00:15:00Z'],
  ])('S-10 of %s in %s, %i days ahead is %s', (start, zone, days, due) => {
    expect(reminderDue(start, zone, days).toString()).toBe(due)
  })

  test('S-10 planned twice is planned once', () => {
    expect(planMessages(visit, planned, NOW)).toEqual([])
    const sent = marked(planned, 'email', 'sent')
    expect(planMessages(visit, sent, NOW)).toEqual([])
  })

  test('S-10 a reschedule moves what waits', () => {
    const moved = applied({ ...visit, startsAt: MOVED }, planned)
    expect(brief(moved)).toEqual(['email waiting  11', 'text waiting  11'])
    expect(moved.map(({ dueAt }) => dueAt)).toEqual(['2026-03-10T15:00:00Z', '2026-03-08T15:00:00Z'])
  })

  test.each(['sent', 'unknown', 'sending'] as const)(
    'S-10 after one was %s, another start gets another, and the same start none',
    (state) => {
      const told = marked(planned, 'email', state)
      const moved = applied({ ...visit, startsAt: MOVED }, told)
      expect(brief(moved)).toEqual([`email ${state}  10`, 'text waiting  11', 'email waiting  11'])
      const back = applied(visit, moved)
      expect(brief(back)).toEqual([`email ${state}  10`, 'text waiting  10', 'email dropped superseded 11'])
      expect(planMessages(visit, back, NOW)).toEqual([])
      const again = applied({ ...visit, startsAt: MOVED }, back)
      expect(brief(again)).toEqual([`email ${state}  10`, 'text waiting  11', 'email waiting  11'])
    },
  )

  test('S-10 told of a start in between, the patient is told of the first one again', () => {
    const told = marked(planned, 'email', 'sent')
    const toldTwice = applied({ ...visit, startsAt: MOVED }, told).map((row) =>
      row.channel === 'email' ? { ...row, state: 'sent' as const } : row,
    )
    expect(brief(applied(visit, toldTwice)).filter((row) => row.startsWith('email'))).toEqual([
      'email sent  10',
      'email sent  11',
      'email waiting  10',
    ])
  })

  test.each([
    ['cancelled', 'cancelled'],
    ['deleted', 'deleted'],
    ['checked-in', 'arrived'],
    ['completed', 'completed'],
    ['requested', 'not-booked'],
  ])('S-10 %s: what waits is dropped, and comes back when that is taken back', (status, reason) => {
    const gone = applied({ ...visit, status }, planned)
    expect(brief(gone)).toEqual([`email dropped ${reason} 10`, `text dropped ${reason} 10`])
    expect(planMessages({ ...visit, status }, gone, NOW)).toEqual([])
    expect(brief(applied(visit, gone))).toEqual(['email waiting  10', 'text waiting  10'])
    expect(brief(applied({ ...visit, startsAt: MOVED }, gone))).toEqual([
      'email waiting  11',
      'text waiting  11',
    ])
  })

  test('S-10 what was sent stays sent over a cancellation, and is not sent again when that is taken back', () => {
    const told = marked(planned, 'email', 'sent')
    const cancelled = applied({ ...visit, status: 'cancelled' }, told)
    expect(brief(applied(visit, cancelled))).toEqual(['email sent  10', 'text waiting  10'])
  })

  test('S-10 a reminder that is taken off, exchanged or put elsewhere in the list keeps to its own', () => {
    const told = marked(planned, 'email', 'sent')
    const turned = { ...visit, reminders: [...visit.reminders].reverse() }
    expect(planMessages(turned, told, NOW)).toEqual([])
    const other = { ...visit, reminders: [{ channel: 'email', daysAhead: 2 } as const] }
    expect(brief(applied(other, told))).toEqual([
      'email sent  10',
      'text dropped removed 10',
      'email waiting  10',
    ])
  })

  test('S-10 what failed stays to be looked at, and a new start is tried anew', () => {
    const failed = marked(planned, 'email', 'failed').map((row) =>
      row.channel === 'email' ? { ...row, reason: 'refused' as const } : row,
    )
    expect(planMessages(visit, failed, NOW)).toEqual([])
    expect(brief(applied({ ...visit, startsAt: MOVED }, failed))).toEqual([
      'email failed refused 10',
      'text waiting  11',
      'email waiting  11',
    ])
  })

  test.each(['too-late', 'channel-not-set-up'] as const)(
    'S-10 what was kept back (%s) is planned again, moves along, and goes when it is not wanted',
    (reason) => {
      const kept = planned.map((row) => ({ ...row, state: 'failed' as const, reason }))
      expect(brief(applied(visit, kept))).toEqual(['email waiting  10', 'text waiting  10'])
      expect(brief(applied({ ...visit, startsAt: MOVED }, kept))).toEqual([
        'email waiting  11',
        'text waiting  11',
      ])
      const cancelled = applied({ ...visit, status: 'cancelled' }, kept)
      expect(brief(cancelled)).toEqual(['email dropped cancelled 10', 'text dropped cancelled 10'])
    },
  )

  test('S-10 made or moved after its start nothing is sent; a clock that stood wrong is made good', () => {
    const later = Temporal.Instant.from('2026-03-10T15:00:00Z')
    const late = applied(visit, [], later)
    expect(brief(late)).toEqual(['email dropped too-late 10', 'text dropped too-late 10'])
    expect(planMessages(visit, late, later)).toEqual([])
    expect(brief(applied(visit, late))).toEqual(['email waiting  10', 'text waiting  10'])
    expect(brief(applied({ ...visit, startsAt: '2026-02-10T15:00:00Z' }, planned))).toEqual([
      'email dropped too-late 10',
      'text dropped too-late 10',
    ])
  })

  describe('the link to give feedback', () => {
    const wanted: PlannedVisit = { ...visit, reminders: [], sessionBridge: true, status: 'completed' }
    const after = Temporal.Instant.from('2026-03-10T18:00:00Z')

    test.each([
      ['scheduled', []],
      ['cancelled', []],
      ['checked-in', ['email waiting  10']],
      ['completed', ['email waiting  10']],
    ])('S-11 %s: %j', (status, rows) => {
      expect(brief(applied({ ...wanted, status }, [], after))).toEqual(rows)
    })

    test('S-11 it waits for the end of the session, and comes once, whatever becomes of the appointment', () => {
      const rows = applied({ ...wanted, status: 'checked-in' }, [])
      expect(rows).toMatchObject([{ kind: 'feedback', daysAhead: null, dueAt: '2026-03-10T15:50:00Z' }])
      expect(planMessages(wanted, rows, after)).toEqual([])
      const sent = marked(rows, 'email', 'sent')
      const moved = { ...wanted, startsAt: '2026-03-10T16:00:00Z', feedbackChannel: 'text' as const }
      expect(planMessages(moved, sent, after)).toEqual([])
      expect(brief(applied({ ...wanted, status: 'deleted' }, rows))).toEqual(['email dropped deleted 10'])
    })

    test('S-11 a week after the session it is too late', () => {
      const late = Temporal.Instant.from('2026-03-17T15:50:00Z')
      expect(brief(applied(wanted, [], late))).toEqual(['email dropped too-late 10'])
    })
  })

  describe('a confirmation', () => {
    const asked: KnownMessage = {
      ...{ id: 'c', kind: 'confirmation', channel: 'email', daysAhead: null, ordinal: 1 },
      ...{ startsAt: visit.startsAt, dueAt: NOW.toString(), state: 'waiting', reason: null },
    }
    const alone = { ...visit, reminders: [] }
    test('S-09 that waits goes along with the appointment, or is dropped with it', () => {
      expect(planMessages(alone, [asked], NOW)).toEqual([])
      expect(brief(applied({ ...alone, startsAt: MOVED }, [asked]))).toEqual(['email waiting  11'])
      expect(brief(applied({ ...alone, status: 'cancelled' }, [asked]))).toEqual([
        'email dropped cancelled 10',
      ])
      expect(brief(applied({ ...alone, startsAt: '2026-02-10T15:00:00Z' }, [asked]))).toEqual([
        'email dropped too-late 10',
      ])
    })
  })
})
