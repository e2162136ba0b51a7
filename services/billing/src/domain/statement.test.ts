import { describe, expect, test } from '@jest/globals'
import { ageBalances, bucketOf } from './statement.ts'

describe('B-20 aging by service date', () => {
  test.each([
    ['2026-03-31', 'currentCents'],
    ['2026-04-02', 'currentCents'],
    ['2026-03-01', 'currentCents'],
    ['2026-02-28', 'days31To60Cents'],
    ['2026-01-30', 'days31To60Cents'],
    ['2026-01-29', 'days61To90Cents'],
    ['2025-12-31', 'days61To90Cents'],
    ['2025-12-30', 'days91To120Cents'],
    ['2025-12-01', 'days91To120Cents'],
    ['2025-11-30', 'over120Cents'],
    ['2019-01-01', 'over120Cents'],
  ])('B-20 a service of %s is, on 31 March, %s', (serviceDate, bucket) => {
    expect(bucketOf(serviceDate, '2026-03-31')).toBe(bucket)
  })

  test('B-20 what is owed is in one bucket, to the cent', () => {
    const owed = [
      { serviceDate: '2026-03-30', balanceCents: 1 },
      { serviceDate: '2026-03-01', balanceCents: 20 },
      { serviceDate: '2026-02-28', balanceCents: 300 },
      { serviceDate: '2025-01-01', balanceCents: 4_000 },
    ]
    expect(ageBalances('2026-03-31', owed)).toEqual({
      currentCents: 21,
      days31To60Cents: 300,
      days61To90Cents: 0,
      days91To120Cents: 0,
      over120Cents: 4_000,
    })
  })
})
