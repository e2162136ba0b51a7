import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PERMISSIONS } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, DRAFT, openClinic, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const save = (id: string, draft: object, ifMatch?: number) =>
  clinic.therapist.put(`/v1/encounters/${id}/draft`, draft, { ifMatch })
const read = async (id: string) => (await clinic.therapist.get(`/v1/encounters/${id}`)).body

describe('E-02 editing a draft', () => {
  test('E-02 keeps all plugins, with the descriptions of the codes', async () => {
    const { id, version } = await clinic.encounter()
    const found = await clinic.therapist.get(`/v1/encounters/${id}`)
    expect(found.headers.get('etag')).toBe(`"${version}"`)
    expect(found.body.content).toEqual({
      narrative: DRAFT.narrative,
      vitals: DRAFT.vitals,
      diagnoses: [
        { code: 'F32.1', description: 'Disorder F32.1' },
        { code: 'F41.1', description: 'Disorder F41.1' },
      ],
      procedures: [
        {
          code: '90834',
          description: 'Psychotherapy, 45 minutes',
          units: 1,
          modifiers: ['95'],
          diagnosisPointers: [2, 1],
        },
      ],
    })
  })

  test('E-02 replaces the whole content, and a plugin that is left out is emptied', async () => {
    const { id, version } = await clinic.encounter()
    expect((await save(id, { narrative: 'Only this.' }, version)).body.version).toBe(version + 1)
    expect((await read(id)).content).toEqual({
      narrative: 'Only this.',
      vitals: {},
      diagnoses: [],
      procedures: [],
    })
  })

  test('E-02 tells the second of two editors, and loses nothing of the first', async () => {
    const { id, version } = await clinic.encounter()
    const answers = await Promise.all([
      save(id, { narrative: 'one' }, version),
      save(id, { narrative: 'two' }, version),
    ])
    const won = answers.findIndex(({ status }) => status === 200)
    const told = answers[1 - won]!
    expect(told.status).toBe(412)
    expect(told.body).toMatchObject({ currentVersion: version + 1, errors: [{ field: 'If-Match' }] })
    expect((await read(id)).content.narrative).toBe(['one', 'two'][won])
  })

  test('E-02 asks for If-Match', async () => {
    const { id } = await clinic.encounter()
    expect((await save(id, DRAFT)).status).toBe(428)
  })

  test('E-02 saving often is cheap: no fact, and nothing is written where nothing changed', async () => {
    const { id, version } = await clinic.encounter()
    const facts = (await clinic.desk.facts()).length
    const page = () =>
      clinic.desk.database.read(clinic.desk.practiceId, (tx) =>
        tx.one<{ ctid: string }>(sql`select ctid::text from encounter where id = ${id}`),
      )
    const before = await page()
    expect((await save(id, DRAFT, version)).body.version).toBe(version)
    expect(await page()).toEqual(before)
    for (let round = 0; round < 20; round++)
      expect((await save(id, { ...DRAFT, narrative: `Round ${round}` }, version + round)).status).toBe(200)
    expect(await clinic.desk.facts()).toHaveLength(facts)
  })
})

describe('E-02 refuses content', () => {
  const line = DRAFT.procedures[0]!
  test.each([
    ['a diagnosis twice', { diagnoses: [{ code: 'F32.1' }, { code: 'F32.1' }] }, 'diagnoses.1.code', 422],
    [
      'a link to a diagnosis that is not there',
      { procedures: [{ ...line, diagnosisPointers: [3] }] },
      'procedures.0.diagnosisPointers.0',
      422,
    ],
    [
      'a link twice',
      { procedures: [{ ...line, diagnosisPointers: [1, 1] }] },
      'procedures.0.diagnosisPointers.1',
      422,
    ],
    [
      'a link to diagnosis 0',
      { procedures: [{ ...line, diagnosisPointers: [0] }] },
      'procedures.0.diagnosisPointers.0',
      400,
    ],
    [
      'five links',
      { procedures: [{ ...line, diagnosisPointers: [1, 2, 3, 4, 5] }] },
      'procedures.0.diagnosisPointers',
      400,
    ],
    [
      'a modifier twice',
      { procedures: [{ ...line, modifiers: ['95', '95'] }] },
      'procedures.0.modifiers.1',
      422,
    ],
    [
      'five modifiers',
      { procedures: [{ ...line, modifiers: ['95', 'GT', 'HO', 'U1', 'U2'] }] },
      'procedures.0.modifiers',
      400,
    ],
    ['no units', { procedures: [{ ...line, units: 0 }] }, 'procedures.0.units', 400],
    ['a thousand units', { procedures: [{ ...line, units: 1_000 }] }, 'procedures.0.units', 400],
    ['half a unit', { procedures: [{ ...line, units: 1.5 }] }, 'procedures.0.units', 400],
    [
      'pressures the wrong way round',
      { vitals: { systolicMmHg: 70, diastolicMmHg: 120 } },
      'vitals.diastolicMmHg',
      422,
    ],
    [
      'a temperature in Fahrenheit',
      { vitals: { temperatureCelsius: 98.6 } },
      'vitals.temperatureCelsius',
      400,
    ],
    ['a vital sign it does not know', { vitals: { weightLb: 150 } }, 'vitals.weightLb', 400],
    ['half of a character', { narrative: 'a\ud800b' }, 'narrative', 400],
    ['a narrative of novel length', { narrative: 'x'.repeat(100_001) }, 'narrative', 400],
    ['a code that is none', { diagnoses: [{ code: 'depression' }] }, 'diagnoses.0.code', 400],
  ])('E-02 %s', async (_, part, field, status) => {
    const { id, version } = await clinic.encounter()
    const refused = await save(id, { ...DRAFT, ...part }, version)
    expect([refused.status, refused.body.errors[0].field]).toEqual([status, field])
    expect((await read(id)).version).toBe(version)
  })

  test('E-14 unknown codes, all by name', async () => {
    const { id, version } = await clinic.encounter()
    const draft = {
      diagnoses: [{ code: 'F32.1' }, { code: 'Z99.99' }],
      procedures: [{ code: '99999', units: 1 }],
    }
    const refused = await save(id, draft, version)
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({
      title: 'Unknown code',
      codes: ['Z99.99', '99999'],
      errors: [{ field: 'diagnoses.1.code' }],
    })
  })

  test('E-14 a header code, and a procedure among the diagnoses', async () => {
    const { id, version } = await clinic.encounter()
    const header = await save(id, { diagnoses: [{ code: 'F32' }] }, version)
    expect([header.status, header.body.title, header.body.codes]).toEqual([422, 'Code not billable', ['F32']])
    const swapped = await save(id, { diagnoses: [{ code: 'G04.44' }] }, version)
    expect(swapped.body.title).toBe('Unknown code')
  })

  test('E-01 content of a plugin that the template has not', async () => {
    const made = await clinic.therapist.post('/v1/templates', {
      name: `Phone note ${newId()}`,
      plugins: ['narrative'],
      signerRoles: ['therapist'],
    })
    const { id, version } = await clinic.encounter({
      templateId: made.body.templateId,
      draft: { narrative: 'x' },
    })
    const refused = await save(id, { narrative: 'x', vitals: { heightCm: 170 } }, version)
    expect([refused.status, refused.body.errors[0].field]).toEqual([422, 'vitals'])
  })

  test('P-06 without the permission, and of another practice', async () => {
    const { id, version } = await clinic.encounter()
    const options = { ifMatch: version }
    const reader = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.read'] })
    expect((await reader.put(`/v1/encounters/${id}/draft`, DRAFT, options)).status).toBe(403)
    const stranger = await clinic.desk.as({ permissions: PERMISSIONS, practiceIds: [newId()] })
    expect((await stranger.put(`/v1/encounters/${id}/draft`, DRAFT, options)).status).toBe(404)
    expect((await stranger.get(`/v1/encounters/${id}`)).status).toBe(404)
  })
})
