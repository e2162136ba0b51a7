import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { EncounterSigned, EncounterUnlocked, PERMISSIONS } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, DRAFT, openClinic, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const path = (id: string) => `/v1/encounters/${id}`
const read = async (id: string) => (await clinic.therapist.get(path(id))).body
const versions = async (id: string) => (await clinic.therapist.get(`${path(id)}/versions`)).body.versions
const sign = (id: string, user = clinic.therapist, ifMatch?: number) =>
  user.post(`${path(id)}/sign`, { confirmed: true }, { ifMatch })
const save = (id: string, ifMatch: number, draft: object = DRAFT) =>
  clinic.therapist.put(`${path(id)}/draft`, draft, { ifMatch })
const REASON = { reason: 'The dosage was mistyped' }
const unlock = (id: string, ifMatch: number, body: object = REASON, user = clinic.therapist) =>
  user.post(`${path(id)}/unlock`, body, { ifMatch })
const problem = ({ status, body }: { status: number; body: { type: string } }) => [
  status,
  body.type.split(':').at(-1),
]
async function signed(templateId = clinic.templateId) {
  const { id } = await clinic.encounter({ templateId })
  await sign(id)
  if (templateId === clinic.cosignedTemplateId) await sign(id, clinic.supervisor)
  return { id, version: (await read(id)).version as number }
}
const pdf = async (id: string, query = '') => clinic.therapist.get(`${path(id)}/document${query}`)
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('E-11 unlocking a signed note', () => {
  test('E-11 takes it back to a draft of the next version, and says so as a fact without the reason', async () => {
    const { id, version } = await signed()
    const answer = await unlock(id, version)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      encounterId: id,
      status: 'draft',
      unlockedVersion: 1,
      contentVersion: 2,
      version: version + 1,
    })
    expect(await read(id)).toMatchObject({
      status: 'draft',
      contentVersion: 2,
      signatures: [],
      content: { narrative: DRAFT.narrative },
    })
    const fact = (await clinic.desk.facts(EncounterUnlocked)).at(-1)!
    expect(fact).toMatchObject({ key: id, sequence: version + 1 })
    const { appointmentId, encounterNumber } = await read(id)
    expect(fact.data).toEqual({
      encounterId: id,
      encounterNumber,
      appointmentId,
      patientId: clinic.patientId,
      practitionerId: clinic.practitionerId,
      unlockedBy: THERAPIST.userId,
      unlockedAt: answer.body.unlockedAt,
      status: 'signed',
      unlockedVersion: 1,
      contentVersion: 2,
      released: false,
    })
    const unsigned = await clinic.therapist.get('/v1/unsigned-encounters')
    expect(unsigned.body.encounters).toContainEqual(
      expect.objectContaining({ encounterId: id, status: 'draft', signed: false, signedRoles: [] }),
    )
  })

  test('E-11 editing and signing again makes the next version; the signed one stays with its content, document, hash and signature', async () => {
    const { id, version } = await signed()
    const before = await pdf(id)
    const first = (await read(id)).signatures[0]
    const { body: opened } = await unlock(id, version)
    // Until it is signed again, the document is the one that was signed.
    expect((await pdf(id)).body).toEqual(before.body)
    const edited = { ...DRAFT, narrative: 'Corrected.', diagnoses: [{ code: 'F33.1' }], procedures: [] }
    const { body: saved } = await save(id, opened.version, edited)
    const again = await sign(id, clinic.therapist, saved.version)
    expect(again.body).toMatchObject({ status: 'signed', contentVersion: 2, codingSent: false })
    expect((await clinic.desk.facts(EncounterSigned)).at(-1)!.data).toMatchObject({ contentVersion: 2 })

    const after = await pdf(id)
    expect(sha256(after.body)).toBe(again.body.documentSha256)
    expect(after.headers.get('content-disposition')).toContain('-version-2.pdf')
    const old = await pdf(id, '?contentVersion=1')
    expect(old.body).toEqual(before.body)
    expect(sha256(old.body)).toBe(first.documentSha256)
    expect(problem(await pdf(id, '?contentVersion=3'))).toEqual([404, 'no_document'])

    expect(await versions(id)).toMatchObject([
      {
        contentVersion: 2,
        status: 'signed',
        unlocked: null,
        content: { narrative: 'Corrected.', diagnoses: [{ code: 'F33.1' }] },
        signatures: [{ contentVersion: 2, documentSha256: again.body.documentSha256 }],
      },
      {
        contentVersion: 1,
        status: 'signed',
        unlocked: { unlockedBy: THERAPIST.userId, unlockedByName: 'Ana', reason: REASON.reason },
        content: { narrative: DRAFT.narrative, diagnoses: [{ code: 'F32.1' }, { code: 'F41.1' }] },
        signatures: [first],
      },
    ])
    const proof = (await clinic.therapist.get(`${path(id)}/document/verification`)).body
    expect(proof).toMatchObject({
      intact: true,
      signatures: [{ contentVersion: 1 }, { contentVersion: 2 }],
    })
  })

  test('E-11 E-07 a note that several must sign is a draft again, from review too, and all roles sign anew', async () => {
    const { id, version } = await signed(clinic.cosignedTemplateId)
    const { body: opened } = await unlock(id, version)
    expect((await sign(id)).body).toMatchObject({ status: 'review', openRoles: ['supervisor'] })
    const inReview = await read(id)
    expect(inReview.version).toBe(opened.version + 1)
    const { body: reopened } = await unlock(id, inReview.version)
    expect(reopened).toMatchObject({ unlockedVersion: 2, contentVersion: 3 })
    await sign(id, clinic.supervisor)
    expect((await sign(id)).body).toMatchObject({ status: 'signed', contentVersion: 3 })
    expect((await versions(id)).map(({ status }: { status: string }) => status)).toEqual([
      'signed',
      'review',
      'signed',
    ])
  })

  test('E-11 asks for a reason, a permission of its own, a signature, and the version that was seen', async () => {
    const { id, version } = await signed()
    for (const body of [{}, { reason: '  ' }, { reason: 'x'.repeat(501) }])
      expect((await unlock(id, version, body)).status).toBe(400)
    expect((await clinic.therapist.post(`${path(id)}/unlock`, REASON)).status).toBe(428)
    expect((await unlock(id, version - 1)).status).toBe(412)
    const others = PERMISSIONS.filter((one) => one !== 'note.unlock')
    const writer = await clinic.desk.as({ ...THERAPIST, permissions: others })
    expect((await unlock(id, version, REASON, writer)).status).toBe(403)
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect((await unlock(id, version, REASON, stranger)).status).toBe(404)
    expect((await stranger.get(`${path(id)}/versions`)).status).toBe(404)
    expect((await read(id)).status).toBe('signed')
    const draft = await clinic.encounter()
    expect(problem(await unlock(draft.id, draft.version))).toEqual([409, 'not_signed'])
    expect(await versions(draft.id)).toMatchObject([{ contentVersion: 1, status: 'draft', unlocked: null }])
  })

  test('E-11 P-07 the same Idempotency-Key unlocks once', async () => {
    const { id, version } = await signed()
    const once = () =>
      clinic.therapist.post(`${path(id)}/unlock`, REASON, { ifMatch: version, idempotencyKey: `open-${id}` })
    const [one, two] = await Promise.all([once(), once()])
    expect(one!.body).toEqual(two!.body)
    expect((await once()).body).toEqual(one!.body)
    expect(await versions(id)).toHaveLength(2)
  })

  test('P-06 leaves an audit entry', async () => {
    const { id, version } = await signed()
    await unlock(id, version)
    const trail = await clinic.desk.database.read(clinic.desk.practiceId, (tx) =>
      tx.many(sql`select action from audit where record_id = ${id} order by id desc limit 1`),
    )
    expect(trail).toEqual([{ action: 'unlock' }])
  })
})

describe('E-11 below every interface', () => {
  const ways = (id: string) => [
    sql`update encounter set status = 'draft' where id = ${id}`,
    sql`update encounter set status = 'draft', content_version = content_version + 1 where id = ${id}`,
    sql`update encounter set content = '{}', content_version = content_version + 1, status = 'draft' where id = ${id}`,
  ]
  const attempt = (statement: ReturnType<typeof sql>) =>
    clinic.desk.database.write(clinic.desk.practiceId, (tx) => tx.run(statement))

  test('E-11 E-05 the database opens no signed note without a record of who unlocked it and why', async () => {
    const { id } = await signed()
    for (const way of ways(id)) {
      await expect(attempt(way)).rejects.toThrow('carries signatures')
      await expect(clinic.asAdmin(way)).rejects.toThrow('carries signatures')
    }
  })

  test('E-11 the record is written once', async () => {
    const { id, version } = await signed()
    await unlock(id, version)
    for (const way of [
      sql`update encounter_unlock set content = '{}' where encounter_id = ${id}`,
      sql`delete from encounter_unlock where encounter_id = ${id}`,
    ])
      await expect(attempt(way)).rejects.toThrow('permission denied')
  })
})

describe('E-11 at the same moment', () => {
  const ROUNDS = 4

  test('E-11 two who unlock: one does, the other is told', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id, version } = await signed()
      const answers = await Promise.all([unlock(id, version), unlock(id, version), unlock(id, version)])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
      expect(await read(id)).toMatchObject({ status: 'draft', contentVersion: 2, version: version + 1 })
    }
  })

  test('E-11 unlocking and the last signature: the note ends signed, or as a draft that lost both signatures', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id } = await clinic.encounter({ templateId: clinic.cosignedTemplateId })
      await sign(id)
      const { version } = await read(id)
      const [opened, second] = await Promise.all([unlock(id, version), sign(id, clinic.supervisor, version)])
      const end = await read(id)
      if (opened!.status === 200) {
        expect([second!.status, end.status, end.contentVersion]).toEqual([412, 'draft', 2])
      } else {
        expect([opened!.status, second!.status, end.status]).toEqual([412, 200, 'signed'])
      }
    }
  })

  test('E-11 unlocking and saving: a draft is saved only after the note was unlocked', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id, version } = await signed()
      const edited = { ...DRAFT, narrative: 'Saved in a race.' }
      const [opened, saved] = await Promise.all([unlock(id, version), save(id, version + 1, edited)])
      expect(opened!.status).toBe(200)
      const { status, content } = await read(id)
      expect([status, saved!.status, content.narrative]).toEqual(
        saved!.status === 200 ? ['draft', 200, 'Saved in a race.'] : ['draft', 409, DRAFT.narrative],
      )
      expect((await versions(id)).at(-1).content.narrative).toBe(DRAFT.narrative)
    }
  })
})
