import { describe, expect, test } from '@jest/globals'
import {
  afterMaking,
  fitsRequest,
  idempotencyKey,
  judgeOwed,
  lookSeconds,
  waitSeconds,
} from './payment-request.ts'

const failure = (failed: Parameters<typeof afterMaking>[0]['failed']) => ({ failed, message: '' })

describe('what a failed attempt at a link leaves behind', () => {
  test('B-02 an answer that never came is unknown, and asked for under the same key', () => {
    expect(afterMaking(failure('no-answer'), 1)).toEqual({
      state: 'unknown',
      nextRound: false,
      waitSeconds: 15,
    })
  })

  test('B-02 a fault is unknown too, but the partner keeps it under the key', () => {
    expect(afterMaking(failure('fault'), 3)).toEqual({ state: 'unknown', nextRound: true, waitSeconds: 60 })
  })

  test('B-02 "too many" and "no access" come again under the same key; a refusal is the end', () => {
    expect(afterMaking(failure('later'), 2)).toEqual({ state: 'unknown', nextRound: false, waitSeconds: 30 })
    expect(afterMaking(failure('access'), 40)).toMatchObject({ nextRound: false, waitSeconds: 3_600 })
    expect(afterMaking(failure('refused'), 1)).toEqual({ state: 'failed' })
  })
})

test('B-02 pauses grow and stay within an hour; looks within a day', () => {
  expect([1, 2, 3, 9, 1_000].map(waitSeconds)).toEqual([15, 30, 60, 3_600, 3_600])
  expect([0, 1, 5, 1_000].map(lookSeconds)).toEqual([3_600, 7_200, 86_400, 86_400])
})

test('B-02 the key follows from request, amount and round, and from nothing else', () => {
  const request = { id: 'a', amountCents: 100, round: 1 }
  expect(idempotencyKey(request)).toBe(idempotencyKey({ ...request }))
  const others = [
    { ...request, id: 'b' },
    { ...request, amountCents: 101 },
    { ...request, round: 2 },
  ]
  expect(new Set([request, ...others].map(idempotencyKey)).size).toBe(4)
})

test('B-02 a link is worth something only while exactly its amount is owed', () => {
  expect(judgeOwed(100, 100)).toBe('fits')
  expect(judgeOwed(100, 0)).toBe('nothing-owed')
  expect(judgeOwed(100, 99)).toBe('replaced')
  expect(judgeOwed(100, 101)).toBe('replaced')
})

test('B-02 a payment of another amount or currency does not fit', () => {
  const request = { amountCents: 100, currency: 'usd' }
  const paid = { paymentIntentId: 'pi_1', amountCents: 100, currency: 'usd' }
  expect(fitsRequest(request, paid)).toBe(true)
  expect(fitsRequest(request, { ...paid, amountCents: 99 })).toBe(false)
  expect(fitsRequest(request, { ...paid, currency: 'eur' })).toBe(false)
})
