import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, openClinic, SUPERVISOR, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
const made = { draft: '', review: '', signed: '', released: '' }
beforeAll(async () => {
  clinic = await openClinic()
  const sign = (id: string) => clinic.therapist.post(`/v1/encounters/${id}/sign`, { confirmed: true })
  made.draft = (await clinic.encounter()).id
  made.review = (await clinic.encounter({ templateId: clinic.cosignedTemplateId })).id
  await sign(made.review)
  made.signed = (await clinic.encounter()).id
  await sign(made.signed)
  made.released = (await clinic.encounter()).id
  await clinic.therapist.post(`/v1/encounters/${made.released}/release`, {})
})
afterAll(() => clinic.desk.close())

const list = async (path: string, user = clinic.therapist) => (await user.get(path)).body
const idsOf = (body: { encounters: { encounterId: string }[] }) =>
  body.encounters.map(({ encounterId }) => encounterId)

describe('E-06 the encounters of a patient', () => {
  test('E-06 come newest first with their status; signed ones are marked', async () => {
    const body = await list(`/v1/encounters?patientId=${clinic.patientId}`)
    expect(body).toMatchObject({
      encounters: [
        { encounterId: made.released, status: 'draft', signed: false, released: true },
        { encounterId: made.signed, status: 'signed', signed: true, signedRoles: ['therapist'] },
        {
          encounterId: made.review,
          status: 'review',
          signed: false,
          signerRoles: ['therapist', 'supervisor'],
          signedRoles: ['therapist'],
        },
        {
          encounterId: made.draft,
          encounterNumber: 1,
          status: 'draft',
          signed: false,
          released: false,
          patientName: 'Zoë Đặng 王小明',
          practitionerName: 'Ana Ruiz',
          templateName: 'Progress note',
        },
      ],
      next: null,
    })
  })

  test('E-06 come page by page', async () => {
    const path = `/v1/encounters?patientId=${clinic.patientId}&limit=3`
    const first = await list(path)
    expect([idsOf(first), first.next]).toEqual([[made.released, made.signed, made.review], 2])
    const second = await list(`${path}&before=${first.next}`)
    expect([idsOf(second), second.next]).toEqual([[made.draft], null])
  })

  test('E-06 refuses a list of nobody, and shows none of an unknown patient or another practice', async () => {
    expect((await clinic.therapist.get('/v1/encounters')).status).toBe(400)
    expect((await clinic.therapist.get(`/v1/encounters?patientId=${newId()}`)).body.encounters).toEqual([])
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect(idsOf(await list(`/v1/encounters?patientId=${clinic.patientId}`, stranger))).toEqual([])
  })
})

describe('E-08 the unsigned encounters', () => {
  test('E-08 are those in draft and review', async () => {
    expect(idsOf(await list('/v1/unsigned-encounters'))).toEqual([made.released, made.review, made.draft])
  })

  test('E-08 of one practitioner, or of the user as one', async () => {
    const all = [made.released, made.review, made.draft]
    const of = async (query: string, user = clinic.therapist) =>
      idsOf(await list(`/v1/unsigned-encounters?${query}`, user))
    expect(await of(`practitionerId=${clinic.practitionerId}`)).toEqual(all)
    expect(await of(`practitionerId=${newId()}`)).toEqual([])
    expect(await of('mine=true')).toEqual(all)
    expect(await of('mine=true', await clinic.desk.as(SUPERVISOR))).toEqual([])
    expect(await of('limit=1&before=4')).toEqual([made.review])
  })
})

test('P-06 each encounter shown is in the audit trail', async () => {
  const reader = await clinic.desk.as({ ...THERAPIST, userId: 'user-curious' })
  await reader.get('/v1/unsigned-encounters')
  const entries = await clinic.desk.database.read(clinic.desk.practiceId, (tx) =>
    tx.many<{ recordId: string }>(
      sql`select record_id from audit where user_id = 'user-curious' and record_type = 'encounter' order by id`,
    ),
  )
  expect(entries.map(({ recordId }) => recordId)).toEqual([made.released, made.review, made.draft])
})
