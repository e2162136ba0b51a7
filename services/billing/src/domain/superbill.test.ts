import { expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { composeSuperbill, pointerLetter } from './superbill.ts'

const line = {
  code: '90834',
  description: 'Psychotherapy',
  modifiers: [],
  units: 1,
  diagnosisPointers: [1],
  amountCents: 15_000,
  discountCents: 500,
}
const whole = {
  serviceDate: '2026-03-02',
  birthDate: null,
  provider: { name: 'Dana Reyes', npi: '1234567893' },
  placeOfService: '11',
  diagnoses: [{ code: 'F32.1', description: null }],
  lines: [line],
  paidCents: 2_000,
}

test('B-20 the total is net of discounts', () => {
  expect(composeSuperbill(whole)).toMatchObject({ totalCents: 14_500, paidCents: 2_000 })
})

test.each([
  [{ lines: [] }, 'not_eligible'],
  [{ lines: [{ ...line, amountCents: 0, discountCents: 0 }] }, 'not_eligible'],
  [{ diagnoses: [] }, 'no_diagnosis'],
  [{ provider: undefined }, 'no_rendering_provider'],
])('S-03 B-20 %j has no superbill: %s', (change, code) => {
  const made = composeSuperbill({ ...whole, ...change })
  expect(isRefusal(made) && made.refused).toBe(code)
})

test('B-20 diagnoses are pointed to by letters', () => {
  expect([1, 2, 12, 26, 27].map(pointerLetter)).toEqual(['A', 'B', 'L', 'Z', '27'])
})
