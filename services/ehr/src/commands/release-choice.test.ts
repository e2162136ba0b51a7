import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { EncounterReleased } from '@praxisbus/contracts'
import { type Clinic, DIAGNOSES, openClinic } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const release = (id: string, body: object = {}) => clinic.therapist.post(`/v1/encounters/${id}/release`, body)
const read = async (id: string) => (await clinic.therapist.get(`/v1/encounters/${id}`)).body
const problem = ({ status, body }: { status: number; body: { type: string } }) => [
  status,
  body.type.split(':').at(-1),
]

const MANY = {
  diagnoses: DIAGNOSES.map((code) => ({ code })),
  procedures: [
    { code: '90834', units: 2, modifiers: ['95', 'HO'], diagnosisPointers: [14, 1] },
    { code: 'G0444', units: 1, diagnosisPointers: [3] },
  ],
}

describe('E-13 more than 12 diagnoses', () => {
  test('E-13 without a choice the release is refused with the list, linked ones preselected', async () => {
    const { id, version } = await clinic.encounter({ draft: MANY })
    const refused = await release(id)
    expect(problem(refused)).toEqual([409, 'diagnosis_choice_required'])
    expect(refused.body).toMatchObject({ most: 12, errors: [{ field: 'diagnosisCodes' }] })
    expect(refused.body.diagnoses).toEqual(
      DIAGNOSES.map((code, index) => ({
        code,
        description: `Disorder ${code}`,
        selected: [0, 2, 13].includes(index),
      })),
    )
    expect((await read(id)).version).toBe(version)
  })

  test('E-13 the chosen ones go, in the encounter’s order, with the links renumbered', async () => {
    const { id } = await clinic.encounter({ draft: MANY })
    // All but the second and the fourth, backwards.
    const diagnosisCodes = DIAGNOSES.filter((_, index) => index !== 1 && index !== 3).reverse()
    const { released } = (await release(id, { diagnosisCodes })).body
    expect(released.diagnoses.map(({ code }: { code: string }) => code)).toEqual(diagnosisCodes.toReversed())
    expect(released.procedures).toMatchObject([
      { code: '90834', units: 2, modifiers: ['95', 'HO'], diagnosisPointers: [12, 1] },
      { code: 'G0444', units: 1, modifiers: [], diagnosisPointers: [2] },
    ])
    // The encounter itself keeps all.
    expect((await read(id)).content.diagnoses).toHaveLength(14)
  })

  test.each([
    ['13 codes', DIAGNOSES.slice(1), 'too_many_diagnoses'],
    ['a code that is not in the encounter', [...DIAGNOSES.slice(0, 3), 'F99'], 'diagnosis_not_in_encounter'],
    ['a code twice', ['F32.0', 'F32.0'], 'duplicate_choice'],
    ['one without a linked code', DIAGNOSES.slice(0, 12), 'linked_diagnosis_left_out'],
  ])('E-13 refuses the choice of %s', async (_, diagnosisCodes, code) => {
    const { id } = await clinic.encounter({ draft: MANY })
    expect(problem(await release(id, { diagnosisCodes }))).toEqual([422, code])
    const facts = await clinic.desk.facts(EncounterReleased)
    expect(facts.filter(({ key }) => key === id)).toEqual([])
  })

  test('E-13 12 need no choice', async () => {
    const { id } = await clinic.encounter({ draft: { diagnoses: MANY.diagnoses.slice(0, 12) } })
    expect((await release(id)).body.released.diagnoses).toHaveLength(12)
  })

  test('E-13 refuses more than 12 linked ones, which no choice can mend', async () => {
    const pointers = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
      [13, 14],
    ]
    const procedures = pointers.map((diagnosisPointers) => ({ code: '90834', units: 1, diagnosisPointers }))
    const { id } = await clinic.encounter({ draft: { ...MANY, procedures } })
    expect(problem(await release(id))).toEqual([409, 'too_many_linked_diagnoses'])
  })
})
