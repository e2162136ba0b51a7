import { expect, test } from '@jest/globals'
import { feeOf } from './collections.ts'

test.each([
  [7_500, 2_500, 2_500],
  [10_000, 0, 0],
  [50, 5_000, 50],
  [67, 3_333, 33],
  [1, 3_333, 0],
  [1, 5_000, 1],
  [99_999_999, 9_999, 999_899_990_001],
])('B-13 of %i cents paid over at %i basis points the agency kept %i', (net, basisPoints, fee) => {
  expect(feeOf(net, basisPoints)).toBe(fee)
})
