import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { decideCancellation } from './cancellation.ts'

const NOW = Temporal.Instant.from('2026-03-02T15:00:00Z')
const begun = { status: 'scheduled', startsAt: '2026-03-02T15:00:00Z' }
const ahead = { status: 'scheduled', startsAt: '2026-03-02T15:00:01Z' }
const rules = { noShowFeeCents: 7_500, billing: true }
const asked = (kind: 'cancelled' | 'late-cancelled' | 'no-show', feeCents?: number) => ({
  kind,
  reason: null,
  ...(feeCents === undefined ? {} : { feeCents }),
})
const outcome = (...given: Parameters<typeof decideCancellation>) => {
  const decided = decideCancellation(...given)
  return isRefusal(decided) ? [decided.refused, decided.field] : decided.feeCents
}

describe('S-20 the fee', () => {
  test.each([
    ['no-show', undefined, rules, 7_500],
    ['late-cancelled', undefined, rules, 7_500],
    ['cancelled', undefined, rules, 0],
    ['no-show', 0, rules, 0],
    ['no-show', 12_000, rules, 12_000],
    ['cancelled', 2_000, rules, 2_000],
    ['no-show', undefined, { ...rules, noShowFeeCents: null }, 0],
    ['no-show', 500, { ...rules, noShowFeeCents: null }, 500],
    ['no-show', undefined, { ...rules, billing: false }, 0],
    ['no-show', 0, { ...rules, billing: false }, 0],
    ['no-show', 1, { ...rules, billing: false }, ['billing_off', 'feeCents']],
  ] as const)('S-20 %s, %s given, by %j: %j', (kind, feeCents, by, fee) => {
    expect(outcome(asked(kind, feeCents), begun, by, NOW)).toEqual(fee)
  })
})

describe('S-20 what may be cancelled', () => {
  test('S-20 a no-show from its start on, anything else before and after', () => {
    expect(outcome(asked('no-show'), ahead, rules, NOW)).toEqual(['not_begun', 'kind'])
    expect(outcome(asked('cancelled'), ahead, rules, NOW)).toBe(0)
    expect(outcome(asked('late-cancelled'), ahead, rules, NOW)).toBe(7_500)
  })

  test('S-20 somebody who was checked in is no no-show, but may have to be sent home', () => {
    const here = { ...begun, status: 'checked-in' }
    expect(outcome(asked('no-show'), here, rules, NOW)).toEqual(['already_checked_in', 'kind'])
    expect(outcome(asked('cancelled'), here, rules, NOW)).toBe(0)
  })

  test.each([
    ['completed', 'already_completed'],
    ['cancelled', 'already_cancelled'],
    ['deleted', 'appointment_deleted'],
  ])('S-20 not one that is %s', (status, code) => {
    expect(outcome(asked('cancelled'), { ...begun, status }, rules, NOW)).toEqual([code, undefined])
  })
})
