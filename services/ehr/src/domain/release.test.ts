import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import fc from 'fast-check'
import { type Coding, decideRelease, instantOfRelease } from './release.ts'

const diagnosesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ code: `F${10 + index}`, description: `d${index}` }))
const procedureWith = (diagnosisPointers: number[]) => ({
  code: '90834',
  description: 'p',
  units: 1,
  modifiers: [],
  diagnosisPointers,
})

/** An encounter's coding and a choice among its diagnoses, right or wrong. */
const cases = fc.integer({ min: 0, max: 20 }).chain((count) =>
  fc.record({
    diagnoses: fc.constant(diagnosesOf(count)),
    links: fc.array(
      fc.uniqueArray(fc.integer({ min: 1, max: Math.max(count, 1) }), { maxLength: count ? 4 : 0 }),
      { maxLength: 3 },
    ),
    choice: fc.option(fc.subarray(diagnosesOf(count).map(({ code }) => code)), { nil: undefined }),
  }),
)

describe('E-13 what is released', () => {
  test('E-13 whatever is released has at most 12 diagnoses, all that are linked, and links to the same codes', () => {
    fc.assert(
      fc.property(cases, ({ diagnoses, links, choice }) => {
        const coding: Coding = { diagnoses, procedures: links.map(procedureWith) }
        const released = decideRelease(coding, choice)
        if (isRefusal(released)) return
        expect(released.diagnoses.length).toBeLessThanOrEqual(12)
        const codesOf = ({ diagnoses: list, procedures }: Coding) =>
          procedures.map((line) => line.diagnosisPointers.map((pointer) => list[pointer - 1]!.code))
        expect(codesOf(released)).toEqual(codesOf(coding))
        if (choice) expect(new Set(released.diagnoses.map(({ code }) => code))).toEqual(new Set(choice))
      }),
      { numRuns: 500 },
    )
  })

  test('E-13 it is refused only for a reason', () => {
    fc.assert(
      fc.property(cases, ({ diagnoses, links, choice }) => {
        const released = decideRelease({ diagnoses, procedures: links.map(procedureWith) }, choice)
        const linked = new Set(links.flat().map((pointer) => diagnoses[pointer - 1]!.code))
        const chosen = choice ?? diagnoses.map(({ code }) => code)
        const sound =
          chosen.length <= 12 &&
          [...linked].every((code) => chosen.includes(code)) &&
          chosen.length + links.length > 0
        expect(isRefusal(released)).toBe(!sound)
      }),
      { numRuns: 500 },
    )
  })

  test('E-12 refuses nothing at all', () => {
    expect(decideRelease({ diagnoses: [], procedures: [] }, undefined)).toMatchObject({
      refused: 'nothing_to_release',
    })
    expect(decideRelease({ diagnoses: diagnosesOf(2), procedures: [] }, [])).toMatchObject({
      refused: 'nothing_to_release',
    })
  })
})

test.each([
  ['the clock where nothing went before', '10:00:00.0019Z', undefined, '10:00:00.001Z'],
  ['the clock where it is later', '10:00:00.003Z', '10:00:00.001Z', '10:00:00.003Z'],
  [
    'a millisecond after the release before, where the clock is not later',
    '09:00:00Z',
    '10:00:00.001Z',
    '10:00:00.002Z',
  ],
  ['the same within one millisecond', '10:00:00.0019Z', '10:00:00.001Z', '10:00:00.002Z'],
])('E-11 a release counts as made at %s', (_, now, before, expected) => {
  const day = '2026-03-05T'
  const at = instantOfRelease(Temporal.Instant.from(day + now), before && day + before)
  expect(at).toBe(day + expected)
})
