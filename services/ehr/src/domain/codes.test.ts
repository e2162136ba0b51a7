import { describe, expect, test } from '@jest/globals'
import { normalCode, readSearch, withDescriptions } from './codes.ts'
import { draftInput } from './content.ts'

describe('E-14 codes', () => {
  test.each([
    ['icd-10-cm', ' f321 ', 'F32.1'],
    ['icd-10-cm', 'S72001A', 'S72.001A'],
    ['icd-10-cm', 'F32', 'F32'],
    ['icd-10-cm', 'F32.1', 'F32.1'],
    ['cpt', '90834', '90834'],
    ['hcpcs', 'g0444', 'G0444'],
  ] as const)('E-14 reads the %s code %s as %s', (system, text, code) => {
    expect(normalCode(system, text)).toBe(code)
  })

  test.each([
    ['icd-10-cm', 'f321', { prefix: 'F32.1', words: null }],
    ['icd-10-cm', 'Depressive episodes', { prefix: null, words: 'depressive:* & episodes:*' }],
    ['cpt', '908', { prefix: '908', words: '908:*' }],
    ['cpt', "a' & !b:*", { prefix: null, words: 'a:* & b:*' }],
    ['cpt', '&|!', { prefix: null, words: null }],
    ['cpt', 'a b c d e f g h i j', { prefix: null, words: 'a:* & b:* & c:* & d:* & e:* & f:* & g:* & h:*' }],
  ] as const)('E-14 understands the search in %s for %s', (system, text, search) => {
    expect(readSearch(system, text)).toEqual(search)
  })

  test('E-14 a code counts only in its own system', () => {
    const known = [
      { system: 'icd-10-cm', code: 'F32.1', description: 'x', billable: true },
      { system: 'hcpcs', code: 'G0444', description: 'y', billable: true },
    ] as const
    const draft = draftInput.parse({
      diagnoses: [{ code: 'F32.1' }],
      procedures: [{ code: 'G0444', units: 1 }],
    })
    expect(withDescriptions(draft, known)).toMatchObject({
      diagnoses: [{ code: 'F32.1', description: 'x' }],
      procedures: [{ code: 'G0444', description: 'y' }],
    })
    expect(withDescriptions(draft, [known[0], { ...known[1], system: 'icd-10-cm' }])).toMatchObject({
      refused: 'unknown_code',
      extra: { codes: ['G0444'] },
    })
  })
})
