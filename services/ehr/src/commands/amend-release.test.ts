import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { EncounterReleased } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { type Clinic, DIAGNOSES, DRAFT, openClinic } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const path = (id: string) => `/v1/encounters/${id}`
const read = async (id: string) => (await clinic.therapist.get(path(id))).body
const releases = async (id: string) =>
  (await clinic.desk.facts(EncounterReleased)).filter(({ key }) => key === id)
const post = (id: string, verb: string, body: object = {}, user = clinic.therapist, ifMatch?: number) =>
  user.post(`${path(id)}/${verb}`, body, { ifMatch })
const sign = (id: string, body: object = {}, user = clinic.therapist) =>
  post(id, 'sign', { confirmed: true, ...body }, user)
const problem = ({ status, body }: { status: number; body: { type: string } }) => [
  status,
  body.type.split(':').at(-1),
]
async function save(id: string, draft: object) {
  const { version } = await read(id)
  return clinic.therapist.put(`${path(id)}/draft`, draft, { ifMatch: version })
}
async function unlock(id: string) {
  const { version } = await read(id)
  const answer = await post(id, 'unlock', { reason: 'Wrong code' }, clinic.therapist, version)
  expect(answer.status).toBe(200)
}
/** Signed, released, and unlocked again. */
async function unlocked(draft: object = DRAFT, templateId = clinic.templateId) {
  const { id } = await clinic.encounter({ draft, templateId })
  await sign(id)
  if (templateId === clinic.cosignedTemplateId) await sign(id, {}, clinic.supervisor)
  const released = await post(id, 'release', many(draft) ? { diagnosisCodes: DIAGNOSES.slice(0, 12) } : {})
  expect(released.status).toBe(200)
  await unlock(id)
  return id
}
const many = (draft: object) => 'diagnoses' in draft && (draft.diagnoses as object[]).length > 12
const codesOf = (fact: { data: Record<string, unknown> }) =>
  (fact.data.diagnoses as { code: string }[]).map(({ code }) => code)
const all = DIAGNOSES.map((code) => ({ code }))
const changed = { ...DRAFT, diagnoses: [{ code: 'F33.1' }, { code: 'F41.1' }] }

describe('E-11 a released note that is unlocked and signed again', () => {
  test('E-11 S-16 its diagnosis may be changed; billing is told when it is signed, and nobody releases it twice', async () => {
    const id = await unlocked()
    const [first] = await releases(id)
    expect((await save(id, changed)).status).toBe(200)
    expect(problem(await post(id, 'release'))).toEqual([409, 'already_released'])
    expect(await releases(id)).toHaveLength(1)
    const signed = await sign(id)
    expect(signed.body).toMatchObject({ status: 'signed', contentVersion: 2, codingSent: true })
    const [, second] = await releases(id)
    expect(second).toMatchObject({ key: id, sequence: signed.body.version })
    const { lineId: _, ...line } = (first!.data.procedures as { lineId: string }[])[0]!
    expect(second!.data).toEqual({
      ...first!.data,
      releasedAt: expect.any(String),
      contentVersion: 2,
      diagnoses: [
        { code: 'F33.1', description: 'Disorder F33.1' },
        { code: 'F41.1', description: 'Disorder F41.1' },
      ],
      procedures: [{ lineId: expect.any(String), ...line }],
    })
    expect(Date.parse(second!.data.releasedAt as string)).toBeGreaterThan(
      Date.parse(first!.data.releasedAt as string),
    )
    expect(await read(id)).toMatchObject({
      released: { contentVersion: 2, diagnoses: [{ code: 'F33.1' }, { code: 'F41.1' }] },
    })
    expect(problem(await post(id, 'release'))).toEqual([409, 'already_released'])
  })

  test('E-11 billing hears nothing of a note whose coding stayed, however often it was unlocked, until it changes', async () => {
    const id = await unlocked()
    await save(id, { ...DRAFT, narrative: 'Other words.' })
    expect((await sign(id)).body).toMatchObject({ codingSent: false })
    expect(await read(id)).toMatchObject({ contentVersion: 2, released: { contentVersion: 1 } })
    await unlock(id)
    await save(id, changed)
    expect((await sign(id)).body).toMatchObject({ contentVersion: 3, codingSent: true })
    expect((await releases(id)).map(({ data }) => data.contentVersion)).toEqual([1, 3])
    await unlock(id)
    await save(id, DRAFT)
    expect((await sign(id)).body).toMatchObject({ contentVersion: 4, codingSent: true })
    expect((await releases(id)).map(codesOf)).toEqual([
      ['F32.1', 'F41.1'],
      ['F33.1', 'F41.1'],
      ['F32.1', 'F41.1'],
    ])
  })

  test('E-11 B-06 it counts as later than the release, also where the clock was set back between them', async () => {
    const { id } = await clinic.encounter()
    const { instant } = Temporal.Now
    Temporal.Now.instant = () => instant().add({ hours: 1 })
    const ahead = await post(id, 'release').finally(() => {
      Temporal.Now.instant = instant
    })
    expect(ahead.status).toBe(200)
    const sent: string[] = []
    for (const draft of [changed, DRAFT]) {
      await sign(id)
      await unlock(id)
      await save(id, draft)
      const signed = await sign(id)
      expect(signed.body).toMatchObject({ codingSent: true })
      expect(Date.parse(signed.body.signedAt)).toBeLessThan(Date.parse(ahead.body.released.releasedAt))
      sent.push((await read(id)).released.releasedAt)
    }
    const first = Temporal.Instant.from(ahead.body.released.releasedAt)
    expect(sent).toEqual(
      [1, 2].map((ms) => first.add({ milliseconds: ms }).toString({ smallestUnit: 'millisecond' })),
    )
    expect((await releases(id)).map(({ data }) => data.releasedAt).slice(1)).toEqual(sent)
  })

  test('E-11 E-07 it is told with the last signature, not with the first', async () => {
    const id = await unlocked(DRAFT, clinic.cosignedTemplateId)
    await save(id, changed)
    expect((await sign(id)).body).toMatchObject({ status: 'review', codingSent: false })
    expect(await releases(id)).toHaveLength(1)
    expect((await sign(id, {}, clinic.supervisor)).body).toMatchObject({ status: 'signed', codingSent: true })
    expect(await releases(id)).toHaveLength(2)
  })

  test('E-11 coding that was taken away altogether is told too', async () => {
    const id = await unlocked()
    await save(id, { narrative: 'No diagnosis after all.' })
    expect((await sign(id)).body.codingSent).toBe(true)
    expect((await releases(id)).at(-1)!.data).toMatchObject({ diagnoses: [], procedures: [] })
  })

  test('E-11 E-13 with more than 12 diagnoses the last signature chooses; what billing has is preselected', async () => {
    const id = await unlocked({ ...DRAFT, diagnoses: all, procedures: [] })
    const added = [...all].reverse()
    await save(id, { ...DRAFT, diagnoses: added, procedures: [] })
    const asked = await sign(id)
    expect(problem(asked)).toEqual([409, 'diagnosis_choice_required'])
    const preselected = asked.body.diagnoses.filter(({ selected }: { selected: boolean }) => selected)
    expect(preselected.map(({ code }: { code: string }) => code).sort()).toEqual(
      DIAGNOSES.slice(0, 12).sort(),
    )
    expect((await read(id)).status).toBe('draft')
    expect(problem(await sign(id, { diagnosisCodes: ['Z99.9'] }))).toEqual([
      422,
      'diagnosis_not_in_encounter',
    ])
    const chosen = DIAGNOSES.slice(2)
    expect((await sign(id, { diagnosisCodes: chosen })).body.codingSent).toBe(true)
    expect(codesOf((await releases(id)).at(-1)!)).toEqual([...chosen].reverse())
  })

  test('E-11 E-13 a choice is refused where no coding goes to billing', async () => {
    const { id } = await clinic.encounter()
    expect(problem(await sign(id, { diagnosisCodes: ['F32.1'] }))).toEqual([422, 'nothing_to_choose'])
    const same = await unlocked()
    expect(problem(await sign(same, { diagnosisCodes: ['F32.1'] }))).toEqual([422, 'nothing_to_choose'])
  })

  test('E-11 E-12 a draft whose coding billing has keeps it; a version released while unlocked too', async () => {
    const { id } = await clinic.encounter()
    await post(id, 'release')
    expect(problem(await save(id, changed))).toEqual([409, 'coding_released'])
    await sign(id)
    await unlock(id)
    expect((await save(id, changed)).status).toBe(200)

    const late = await clinic.encounter()
    await sign(late.id)
    await unlock(late.id)
    expect((await post(late.id, 'release')).body.released.contentVersion).toBe(2)
    expect(problem(await save(late.id, changed))).toEqual([409, 'coding_released'])
    expect((await sign(late.id)).body.codingSent).toBe(false)
  })

  test('E-11 E-12 the database keeps what billing has until a later version is signed', async () => {
    const id = await unlocked()
    for (const attempt of [
      sql`update encounter set released_at = null, released = null where id = ${id}`,
      sql`update encounter set released = '{}' where id = ${id}`,
      sql`update encounter set released = '{}', released_version = 7 where id = ${id}`,
    ])
      await expect(clinic.asAdmin(attempt)).rejects.toThrow(/was released|violates check/)
  })

  test('E-11 P-04 what a process of the version before released during an upgrade counts as of its version', async () => {
    const { id } = await clinic.encounter()
    const released = sql`update encounter set released = '{}', released_at = now(), released_by = 'x' where id = ${id}`
    await clinic.desk.database.write(clinic.desk.practiceId, (tx) => tx.run(released))
    expect(problem(await save(id, changed))).toEqual([409, 'coding_released'])
  })

  test('E-11 E-12 unlocking and releasing at once: the coding goes once, of the signed version or of the draft', async () => {
    for (let round = 0; round < 4; round++) {
      const { id } = await clinic.encounter()
      await sign(id)
      const { version } = await read(id)
      const [opened, released] = await Promise.all([
        post(id, 'unlock', { reason: 'Race' }, clinic.therapist, version),
        post(id, 'release'),
      ])
      expect(released!.status).toBe(200)
      expect([200, 412]).toContain(opened!.status)
      const end = await read(id)
      expect(await releases(id)).toHaveLength(1)
      // Unlocked first, the draft was released; released first, who unlocks has not seen it.
      expect([end.status, end.released.contentVersion]).toEqual(
        opened!.status === 200 ? ['draft', 2] : ['signed', 1],
      )
    }
  })
})
