import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { EncounterSigned, PERMISSIONS } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, DRAFT, openClinic, SUPERVISOR, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const confirmed = { confirmed: true }
const sign = (id: string, body: object = confirmed, user = clinic.therapist, ifMatch?: number) =>
  user.post(`/v1/encounters/${id}/sign`, body, { ifMatch })
const read = async (id: string) => (await clinic.therapist.get(`/v1/encounters/${id}`)).body
const cosigned = () => clinic.encounter({ templateId: clinic.cosignedTemplateId })
const problem = ({ status, body }: { status: number; body: { type: string } }) => [
  status,
  body.type.split(':').at(-1),
]

describe('E-04 signing', () => {
  test('E-04 a template with one role goes straight to Signed, and says so as a fact', async () => {
    const { id, version } = await clinic.encounter()
    const signed = await sign(id)
    expect(signed.status).toBe(200)
    expect(signed.body).toMatchObject({
      encounterId: id,
      status: 'signed',
      role: 'therapist',
      openRoles: [],
      signerName: 'Ana Ruiz, LCSW',
      version: version + 1,
    })
    const document = await clinic.therapist.get(`/v1/encounters/${id}/document`)
    const documentSha256 = createHash('sha256').update(document.body).digest('hex')
    expect(signed.body.documentSha256).toBe(documentSha256)
    expect((await clinic.desk.facts(EncounterSigned)).at(-1)).toMatchObject({
      key: id,
      sequence: version + 1,
      data: {
        encounterId: id,
        patientId: clinic.patientId,
        signedBy: THERAPIST.userId,
        signerRole: 'therapist',
        status: 'signed',
        contentVersion: 1,
        documentSha256,
      },
    })
    expect((await read(id)).signatures).toEqual([
      {
        role: 'therapist',
        signedBy: THERAPIST.userId,
        signerName: 'Ana Ruiz, LCSW',
        signedAt: signed.body.signedAt,
        contentVersion: 1,
        documentSha256,
      },
    ])
  })

  test('E-04 asks for the confirmation, and leaves no trace until it is given', async () => {
    const { id, version } = await clinic.encounter()
    const asked = await sign(id, {})
    expect(problem(asked)).toEqual([409, 'confirmation_required'])
    expect((await read(id)).version).toBe(version)
    expect((await clinic.therapist.get(`/v1/encounters/${id}/document`)).status).toBe(404)
    expect((await sign(id)).status).toBe(200)
  })

  test('E-04 each user may switch the confirmation off with a signature, and back on', async () => {
    const user = await clinic.desk.as({ ...THERAPIST, userId: 'user-cy' })
    const preferences = async () => (await user.get('/v1/me/preferences')).body
    expect(await preferences()).toEqual({ confirmBeforeSigning: true })
    const [first, second, third] = [
      await clinic.encounter(),
      await clinic.encounter(),
      await clinic.encounter(),
    ]
    // Not without the confirmation itself.
    expect(problem(await sign(first.id, { dontShowAgain: true }, user))).toEqual([
      409,
      'confirmation_required',
    ])
    expect(await preferences()).toEqual({ confirmBeforeSigning: true })
    expect((await sign(first.id, { confirmed: true, dontShowAgain: true }, user)).status).toBe(200)
    expect(await preferences()).toEqual({ confirmBeforeSigning: false })
    expect((await sign(second.id, {}, user)).status).toBe(200)
    expect(problem(await sign(third.id, {}))).toEqual([409, 'confirmation_required'])
    expect((await user.put('/v1/me/preferences', { confirmBeforeSigning: true })).status).toBe(200)
    expect(problem(await sign(third.id, {}, user))).toEqual([409, 'confirmation_required'])
    expect((await user.put('/v1/me/preferences', { confirmBeforeSigning: 'no' })).status).toBe(400)
  })

  test('E-04 signs only what the signer has seen, where they say what that was', async () => {
    const { id, version } = await clinic.encounter()
    expect((await sign(id, confirmed, clinic.therapist, version - 1)).status).toBe(412)
    expect((await sign(id, confirmed, clinic.therapist, version)).status).toBe(200)
  })

  test('E-04 the same Idempotency-Key signs once', async () => {
    const { id } = await clinic.encounter()
    const once = () =>
      clinic.therapist.post(`/v1/encounters/${id}/sign`, confirmed, { idempotencyKey: `sign-${id}` })
    const [one, two] = await Promise.all([once(), once()])
    expect(one!.body).toEqual(two!.body)
    expect((await read(id)).signatures).toHaveLength(1)
  })

  test('P-06 without the permission, and of another practice', async () => {
    const { id } = await clinic.encounter()
    const writer = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.read', 'encounter.write'] })
    expect((await sign(id, confirmed, writer)).status).toBe(403)
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect((await sign(id, confirmed, stranger)).status).toBe(404)
  })
})

describe('E-05 a signed encounter', () => {
  test('E-05 cannot be edited over HTTP', async () => {
    const { id, version } = await clinic.encounter()
    await sign(id)
    const edit = (ifMatch: number) =>
      clinic.therapist.put(`/v1/encounters/${id}/draft`, { ...DRAFT, narrative: 'changed' }, { ifMatch })
    expect(problem(await edit(version))).toEqual([409, 'encounter_signed'])
    expect(problem(await edit(version + 1))).toEqual([409, 'encounter_signed'])
    expect((await read(id)).content.narrative).toBe(DRAFT.narrative)
  })

  test('E-05 cannot be edited in the database either, by the service or its administrator', async () => {
    const { id } = await cosigned()
    await sign(id)
    const edit = sql`update encounter set content = '{}', version = version + 1 where id = ${id}`
    await expect(clinic.asAdmin(edit)).rejects.toThrow('carries signatures')
    await expect(clinic.desk.database.write(clinic.desk.practiceId, (tx) => tx.run(edit))).rejects.toThrow(
      'carries signatures',
    )
    await expect(
      clinic.asAdmin(
        sql`update encounter set status = 'draft', service_date = '2000-01-01' where id = ${id}`,
      ),
    ).rejects.toThrow('carries signatures')
  })

  test('E-05 the service itself may neither change nor delete signatures and documents', async () => {
    const { id } = await clinic.encounter()
    await sign(id)
    const attempts = [
      sql`update encounter_signature set signer_name = 'Somebody else' where encounter_id = ${id}`,
      sql`delete from encounter_signature where encounter_id = ${id}`,
      sql`update encounter_document set bytes = '' where encounter_id = ${id}`,
      sql`delete from encounter_document where encounter_id = ${id}`,
      sql`delete from encounter where id = ${id}`,
    ]
    for (const attempt of attempts)
      await expect(
        clinic.desk.database.write(clinic.desk.practiceId, (tx) => tx.run(attempt)),
      ).rejects.toThrow('permission denied')
  })

  test('E-05 an edit and a signature at once: either the edit is signed, or it is refused', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, version } = await clinic.encounter()
      const edit = { ...DRAFT, narrative: 'edited' }
      const [edited, signed] = await Promise.all([
        clinic.therapist.put(`/v1/encounters/${id}/draft`, edit, { ifMatch: version }),
        sign(id),
      ])
      expect(signed!.status).toBe(200)
      const { content, status } = await read(id)
      expect(status).toBe('signed')
      expect([edited!.status, content.narrative]).toEqual(
        edited!.status === 200 ? [200, 'edited'] : [409, DRAFT.narrative],
      )
    }
  })
})

describe('E-07 several signatures', () => {
  test('E-07 Draft to Review to Signed, in any order, with no edit in between', async () => {
    const { id, version } = await cosigned()
    const first = await sign(id, confirmed, clinic.supervisor)
    expect(first.body).toMatchObject({ status: 'review', role: 'supervisor', openRoles: ['therapist'] })
    expect(await read(id)).toMatchObject({ status: 'review', signatures: [{ role: 'supervisor' }] })
    const edit = await clinic.therapist.put(`/v1/encounters/${id}/draft`, DRAFT, { ifMatch: version + 1 })
    expect(problem(edit)).toEqual([409, 'encounter_signed'])
    const second = await sign(id)
    expect(second.body).toMatchObject({ status: 'signed', role: 'therapist', openRoles: [] })
    const facts = (await clinic.desk.facts(EncounterSigned)).filter(({ key }) => key === id)
    expect(facts.map(({ sequence, data }) => [sequence, data.signerRole, data.status])).toEqual([
      [version + 1, 'supervisor', 'review'],
      [version + 2, 'therapist', 'signed'],
    ])
  })

  test('E-07 refuses a role not held, not of the template, signed before, and any when all have signed', async () => {
    const { id } = await cosigned()
    expect(problem(await sign(id, { ...confirmed, role: 'supervisor' }))).toEqual([403, 'role_not_held'])
    expect(problem(await sign(id, { ...confirmed, role: 'janitor' }))).toEqual([422, 'role_not_in_template'])
    const nobody = await clinic.desk.as({ userId: 'user-di', roles: [], permissions: PERMISSIONS })
    expect(problem(await sign(id, confirmed, nobody))).toEqual([403, 'role_not_held'])
    await sign(id)
    expect(problem(await sign(id))).toEqual([409, 'role_already_signed'])
    expect(problem(await sign(id, { ...confirmed, role: 'therapist' }))).toEqual([409, 'role_already_signed'])
    await sign(id, confirmed, clinic.supervisor)
    expect(problem(await sign(id))).toEqual([409, 'already_signed'])
  })

  test('E-07 who holds several open roles says which one', async () => {
    const both = await clinic.desk.as({ ...SUPERVISOR, roles: ['therapist', 'supervisor'] })
    const { id } = await cosigned()
    const asked = await sign(id, confirmed, both)
    expect([...problem(asked), asked.body.roles]).toEqual([422, 'role_required', ['therapist', 'supervisor']])
    expect((await sign(id, { ...confirmed, role: 'supervisor' }, both)).body.status).toBe('review')
    expect((await sign(id, confirmed, both)).body).toMatchObject({ role: 'therapist', status: 'signed' })
  })

  test('E-07 two signatures at once are both made, and one role at once is signed once', async () => {
    const { id } = await cosigned()
    const [one, two] = await Promise.all([sign(id), sign(id, confirmed, clinic.supervisor)])
    expect([one!.body.status, two!.body.status].sort()).toEqual(['review', 'signed'])
    const other = await cosigned()
    const answers = await Promise.all(Array.from({ length: 4 }, () => sign(other.id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    expect((await read(other.id)).signatures).toHaveLength(1)
  })
})

test('E-04 waits for a patient whose name has not come yet', async () => {
  const appointmentId = await clinic.visit({ patientId: newId() })
  const { body } = await clinic.therapist.post('/v1/encounters', {
    templateId: clinic.templateId,
    appointmentId,
  })
  expect(body.patientName).toBeNull()
  expect(problem(await sign(body.encounterId))).toEqual([409, 'names_unknown'])
})
