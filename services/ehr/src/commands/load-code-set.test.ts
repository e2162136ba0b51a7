import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { type Clinic, openClinic, THERAPIST } from '../testing/clinic.ts'

const OFFICIAL_LIST = fileURLToPath(
  new URL('../../../../../shared/material/open/codes/icd10cm-code-list-April-2026.txt.gz', import.meta.url),
)

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const load = (system: string, codes: object[]) => clinic.therapist.post('/v1/code-sets', { system, codes })
const search = async (system: string, q: string, more = '') => {
  const answer = await clinic.therapist.get(`/v1/codes?system=${system}&q=${encodeURIComponent(q)}${more}`)
  expect(answer.status).toBe(200)
  return answer.body.codes as { code: string; description: string; billable: boolean }[]
}
const codesOf = async (system: string, q: string) => (await search(system, q)).map(({ code }) => code)

describe('E-14 code sets', () => {
  test('E-14 loads codes, takes the point as optional, and brings known ones up to date', async () => {
    const codes = [
      { code: 'E1140', description: 'Type 2 diabetes mellitus with diabetic neuropathy, unspecified' },
      { code: 'E11', description: 'Type 2 diabetes mellitus', billable: false },
    ]
    const loaded = await load('icd-10-cm', codes)
    expect(loaded.body).toEqual({ system: 'icd-10-cm', received: 2, changed: 2 })
    expect((await load('icd-10-cm', codes)).body.changed).toBe(0)
    const renamed = await load('icd-10-cm', [{ code: 'E11.40', description: 'Diabetic neuropathy, type 2' }])
    expect(renamed.body.changed).toBe(1)
    expect(await search('icd-10-cm', 'E11')).toEqual([
      { system: 'icd-10-cm', code: 'E11', description: 'Type 2 diabetes mellitus', billable: false },
      { system: 'icd-10-cm', code: 'E11.40', description: 'Diabetic neuropathy, type 2', billable: true },
    ])
  })

  test('E-14 finds by the beginning of a code, with or without point and capitals', async () => {
    for (const q of ['F41', 'f41', 'F41.', ' F41 '])
      expect(await codesOf('icd-10-cm', q)).toEqual(['F41.0', 'F41.1'])
    expect(await codesOf('icd-10-cm', 'f411')).toEqual(['F41.1'])
    expect(await codesOf('cpt', '9083')).toEqual(['90834', '90837'])
    expect(await codesOf('hcpcs', '90834')).toEqual([])
  })

  test('E-14 finds by words, in any order and not yet finished, the closest first', async () => {
    await load('cpt', [
      { code: '90785', description: 'Interactive complexity, with psychotherapy of any kind and any length' },
      { code: '90832', description: 'Psychotherapy' },
    ])
    expect(await codesOf('cpt', 'psychoth')).toEqual(['90832', '90834', '90837', '90785'])
    expect(await codesOf('cpt', '60 psychotherapies')).toEqual(['90837'])
    expect(await codesOf('cpt', 'the')).toEqual([])
    expect(await codesOf('cpt', "'; drop table code; --")).toEqual([])
    expect(await codesOf('cpt', '!&|():*')).toEqual([])
    expect(await search('cpt', 'psychotherapy', '&limit=2')).toHaveLength(2)
  })

  test.each([
    ['a code of another system', 'cpt', [{ code: 'F32.1', description: 'x' }], 422, 'codes.0.code'],
    [
      'a code twice',
      'icd-10-cm',
      [
        { code: 'F321', description: 'x' },
        { code: 'F32.1', description: 'y' },
      ],
      422,
      'codes.1.code',
    ],
    ['an unknown system', 'snomed', [{ code: 'F32.1', description: 'x' }], 400, 'system'],
    ['no codes', 'cpt', [], 400, 'codes'],
    ['a code without words', 'cpt', [{ code: '90834', description: ' ' }], 400, 'codes.0.description'],
    [
      'more than 5,000',
      'cpt',
      Array.from({ length: 5_001 }, (_, index) => ({ code: String(10_000 + index), description: 'x' })),
      400,
      'codes',
    ],
  ])('E-14 refuses %s', async (_, system, codes, status, field) => {
    const refused = await load(system, codes)
    expect([refused.status, refused.body.errors[0].field]).toEqual([status, field])
  })

  test('E-14 two loads of the same codes at once both end', async () => {
    const codes = Array.from({ length: 2_000 }, (_, index) => ({
      code: String(20_000 + index),
      description: `Service ${index}`,
    }))
    const answers = await Promise.all([load('cpt', codes), load('cpt', codes.toReversed())])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[0]!.body.changed + answers[1]!.body.changed).toBe(2_000)
  })

  test('E-14 refuses a search without words, of an unknown system, or without end', async () => {
    for (const query of ['system=cpt', 'system=cpt&q=', 'system=snomed&q=x', 'system=cpt&q=x&limit=1000'])
      expect((await clinic.therapist.get(`/v1/codes?${query}`)).status).toBe(400)
  })

  test('P-06 loading needs its permission, and each practice has its own sets', async () => {
    const reader = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.read'] })
    const codes = [{ code: '90834', description: 'x' }]
    expect((await reader.post('/v1/code-sets', { system: 'cpt', codes })).status).toBe(403)
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect((await stranger.get('/v1/codes?system=cpt&q=90834')).body.codes).toEqual([])
  })
})

if (existsSync(OFFICIAL_LIST)) {
  test('E-14 takes the whole official ICD-10-CM list and answers while somebody types', async () => {
    const lines = gunzipSync(readFileSync(OFFICIAL_LIST)).toString().split('\n')
    // A chapter's block of one category stands in the list twice.
    const codes = [...new Set(lines.map((code) => code.trim()))]
      .filter((code) => /^[A-Z][0-9][0-9A-Z]{1,5}$/.test(code))
      .sort()
    expect(codes.length).toBeGreaterThan(90_000)
    const entries = codes.map((code, index) => ({
      code,
      description: `Condition ${code} of the official list`,
      // A header is followed by a code that begins with it.
      billable: !codes[index + 1]?.startsWith(code),
    }))
    for (let first = 0; first < entries.length; first += 5_000)
      expect((await load('icd-10-cm', entries.slice(first, first + 5_000))).status).toBe(200)
    expect((await codesOf('icd-10-cm', 'S72.001')).slice(0, 2)).toEqual(['S72.001', 'S72.001A'])
    const before = performance.now()
    expect((await search('icd-10-cm', 'condit s72001a'))[0]).toMatchObject({ code: 'S72.001A' })
    expect(performance.now() - before).toBeLessThan(2_000)
    const { id, version } = await clinic.encounter({ draft: { diagnoses: [{ code: 'S72.001A' }] } })
    const header = { diagnoses: [{ code: 'S72.001' }] }
    const refused = await clinic.therapist.put(`/v1/encounters/${id}/draft`, header, { ifMatch: version })
    expect(refused.body.title).toBe('Code not billable')
  }, 120_000)
} else {
  console.warn(`E-14 the official ICD-10-CM list is not loaded: there is no ${OFFICIAL_LIST}`)
}
