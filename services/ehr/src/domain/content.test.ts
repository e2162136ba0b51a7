import { describe, expect, test } from '@jest/globals'
import { checkDraft, draftInput, PLUGINS, sameCoding } from './content.ts'

const draft = (part: object) => draftInput.parse(part)

describe('E-02 the content of a draft', () => {
  test('E-02 what is left out is empty', () => {
    expect(draft({})).toEqual({ narrative: '', vitals: {}, diagnoses: [], procedures: [] })
  })

  test('E-01 empty content belongs to no plugin, other content needs its own', () => {
    expect(checkDraft([], draft({}))).toBeUndefined()
    const full = {
      narrative: 'x',
      vitals: { heightCm: 170 },
      diagnoses: [{ code: 'F32.1' }],
      procedures: [{ code: '90834', units: 1 }],
    }
    expect(checkDraft(PLUGINS, draft(full))).toBeUndefined()
    for (const [field, value] of Object.entries(full))
      expect(checkDraft([], draft({ [field]: value }))).toMatchObject({
        refused: 'plugin_not_in_template',
        field,
      })
  })

  test.each([
    ['heightCm', 171.25, 171.255],
    ['weightKg', 3.4, 0.1],
    ['systolicMmHg', 120, 120.5],
    ['heartRatePerMinute', 66, 0],
    ['temperatureCelsius', 36.8, 98.6],
    ['oxygenSaturationPercent', 98, 101],
    ['bloodGlucoseMgPerDl', 95, -1],
  ])('E-02 takes %s of %d and not of %d', (name, good, bad) => {
    expect(draftInput.safeParse({ vitals: { [name]: good } }).success).toBe(true)
    expect(draftInput.safeParse({ vitals: { [name]: bad } }).success).toBe(false)
  })

  test('E-12 coding is the same whatever the text and the descriptions are', () => {
    const line = { code: '90834', units: 1, modifiers: ['95'], diagnosisPointers: [1] }
    const one = draft({ narrative: 'a', diagnoses: [{ code: 'F32.1' }], procedures: [line] })
    const stored = {
      ...one,
      narrative: 'b',
      diagnoses: [{ code: 'F32.1', description: 'x' }],
      procedures: [{ ...line, description: 'y' }],
    }
    expect(sameCoding(one, stored)).toBe(true)
    for (const other of [{ units: 2 }, { modifiers: [] }, { diagnosisPointers: [] }, { code: '90837' }])
      expect(sameCoding(draft({ ...one, procedures: [{ ...line, ...other }] }), stored)).toBe(false)
    expect(sameCoding(draft({ ...one, diagnoses: [] }), stored)).toBe(false)
  })
})
