import { describe, expect, test } from '@jest/globals'
import {
  afterFailure,
  decideSending,
  MAX_ATTEMPTS,
  type SendFailure,
  type Standing,
} from './message-sending.ts'

const at = (text: string) => Temporal.Instant.from(text)
/** Nine in the morning in Chicago, when the reminder is due. */
const NOW = at('2026-03-09T14:00:00Z')
const message: Standing = {
  kind: 'reminder',
  channel: 'text',
  state: 'waiting',
  startsAt: '2026-03-10T14:00:00Z',
  dueAt: '2026-03-09T14:00:00Z',
  attempts: 0,
  triedAt: null,
  address: null,
  visit: {
    status: 'scheduled',
    startsAt: '2026-03-10T14:00:00Z',
    endsAt: '2026-03-10T14:50:00Z',
    timeZone: 'America/Chicago',
    sessionBridge: false,
  },
  consents: { email: true, phone: true, text: true },
  email: 'ada@patients.test',
  phone: '+1 312 555 0142',
  ready: true,
  overtaken: false,
}
const visit = (changes: Partial<Standing['visit']>) => ({ visit: { ...message.visit, ...changes } })

describe('a message whose moment has come', () => {
  test.each([
    ['text', '+1 312 555 0142'],
    ['phone', '+1 312 555 0142'],
    ['email', 'ada@patients.test'],
  ] as const)('S-10 goes out by %s to %s', (channel, address) => {
    expect(decideSending({ ...message, channel }, NOW)).toEqual({ do: 'send', address })
  })

  test.each([
    [visit({ status: 'cancelled' }), { do: 'drop', reason: 'cancelled' }],
    [visit({ status: 'checked-in' }), { do: 'drop', reason: 'arrived' }],
    [{ overtaken: true }, { do: 'drop', reason: 'overtaken' }],
    [{ consents: { email: true, phone: true, text: false } }, { do: 'fail', reason: 'consent-withdrawn' }],
    [{ phone: null }, { do: 'fail', reason: 'consent-withdrawn' }],
    [{ ready: false }, { do: 'fail', reason: 'channel-not-set-up' }],
  ] as [Partial<Standing>, object][])('S-10 %j: %j', (changes, outcome) => {
    expect(decideSending({ ...message, ...changes }, NOW)).toEqual(outcome)
  })

  test('S-10 late it is of use until the visit begins', () => {
    expect(decideSending(message, at('2026-03-10T13:59:59Z'))).toMatchObject({ do: 'send' })
    expect(decideSending(message, at('2026-03-10T14:00:00Z'))).toEqual({ do: 'fail', reason: 'too-late' })
  })

  test('S-10 a clock that was set back lets it wait for its own moment', () => {
    expect(decideSending(message, at('2026-03-08T14:00:00Z'))).toEqual({ do: 'wait', until: NOW })
  })

  test.each([
    // 22:30 and 05:00 in Chicago
    ['text', '2026-03-10T03:30:00Z', '2026-03-10T13:00:00Z'],
    ['phone', '2026-03-10T10:00:00Z', '2026-03-10T13:00:00Z'],
    ['email', '2026-03-10T03:30:00Z', undefined],
    ['text', '2026-03-10T01:59:00Z', undefined],
    ['text', '2026-03-10T13:00:00Z', undefined],
  ] as const)('S-10 late by %s at %s it waits until %s', (channel, now, until) => {
    expect(decideSending({ ...message, channel }, at(now))).toEqual(
      until ? { do: 'wait', until: at(until) } : { do: 'send', address: expect.anything() },
    )
  })

  test('S-10 late at night it goes all the same where the visit begins before the morning, or it is in time', () => {
    const night = at('2026-03-10T03:30:00Z')
    const early = { ...message, ...visit({ startsAt: '2026-03-10T12:30:00Z' }) }
    expect(decideSending(early, night)).toMatchObject({ do: 'send' })
    expect(decideSending({ ...message, dueAt: '2026-03-10T03:00:00Z' }, night)).toMatchObject({ do: 'send' })
  })
})

describe('a message that somebody was sending', () => {
  const left: Standing = {
    ...message,
    ...{ state: 'sending', attempts: 1, triedAt: NOW.toString(), address: '+1 312 555 0142' },
  }
  const later = NOW.add({ minutes: 10 })

  test('S-10 a provider is asked again by the same key; an email is not sent again', () => {
    expect(decideSending(left, later)).toEqual({ do: 'repeat', address: '+1 312 555 0142' })
    const email = { ...left, channel: 'email', address: 'ada@patients.test' } as const
    expect(decideSending(email, later)).toEqual({ do: 'unknown' })
  })

  test.each([
    [visit({ status: 'cancelled' })],
    [visit({ startsAt: '2026-03-11T14:00:00Z' })],
    [{ phone: '+1 312 555 0199' }],
    [{ consents: { email: true, phone: true, text: false } }],
    [{ attempts: MAX_ATTEMPTS }],
    [{ triedAt: '2026-03-08T14:00:00Z' }],
    [{ triedAt: '2026-03-12T14:00:00Z' }],
    [{ ready: false }],
    [{ kind: 'feedback' }],
  ] as [Partial<Standing>][])('S-10 not with %j: nobody knows any more', (changes) => {
    expect(decideSending({ ...left, ...changes }, later)).toEqual({ do: 'unknown' })
  })
})

describe('after an attempt that failed', () => {
  const failure: SendFailure = { message: 'no', code: 'NO', permanent: false, mayHaveArrived: false }
  const tried = { kind: 'reminder', channel: 'text', attempts: 1, repeated: false } as const

  test('S-10 it waits twice as long each time, an hour at most, and is given up in the end', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS }, (_, index) =>
      afterFailure({ ...tried, attempts: index + 1 }, failure),
    ).map((after) => ('waitSeconds' in after ? after.waitSeconds : after))
    expect(waits).toEqual([
      ...[30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600],
      { state: 'failed', reason: 'gave-up' },
    ])
  })

  test.each([
    [{}, { permanent: true }, { state: 'failed', reason: 'refused' }],
    [{}, { retryAfterSeconds: 90 }, { state: 'waiting', waitSeconds: 90 }],
    [{}, { retryAfterSeconds: 86_400 }, { state: 'waiting', waitSeconds: 3600 }],
    [{}, { mayHaveArrived: true }, { state: 'sending', waitSeconds: 30 }],
    [{ channel: 'email' }, { mayHaveArrived: true }, { state: 'unknown' }],
    [{ kind: 'feedback' }, { mayHaveArrived: true }, { state: 'unknown' }],
    [{ attempts: MAX_ATTEMPTS }, { mayHaveArrived: true }, { state: 'unknown' }],
    [{ repeated: true }, { permanent: true }, { state: 'unknown' }],
    [{ repeated: true }, {}, { state: 'sending', waitSeconds: 30 }],
  ] as const)('S-10 %j %j: %j', (changes, said, after) => {
    expect(afterFailure({ ...tried, ...changes }, { ...failure, ...said })).toEqual(after)
  })
})
