import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PatientChanged } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { patientAnswer } from '../answers.ts'
import { created, type Empty, openEmptyOffice, PRACTICE, refusalOf } from '../testing/office.ts'

let office: Empty
beforeAll(async () => {
  office = await openEmptyOffice()
  created(await office.owner.put('/v1/practice', PRACTICE))
})
afterAll(() => office.close())

const FULL = {
  name: 'Ada Moran',
  birthDate: '1988-02-29',
  email: 'ada@example.org',
  phone: '+1 312 555 0142',
  addressLines: ['12 Lake St', 'Chicago, IL 60601'],
  reminderConsents: { email: true, phone: false, text: true },
}
const register = (body: object, options = {}) => office.owner.post('/v1/patients', body, options)

describe('patients', () => {
  test('S-01 are registered with contact data and consents, told and read back', async () => {
    const answer = await register(FULL)
    expect(answer.status).toBe(201)
    const { version, ...data } = patientAnswer.parse(answer.body)
    expect(data).toMatchObject({ ...FULL, diagnosisCodes: [] })
    expect((await office.desk.facts(PatientChanged)).at(-1)).toMatchObject({ key: data.patientId, data })
    expect((await office.owner.get(`/v1/patients/${data.patientId}`)).body).toEqual({ ...data, version })
    const audits = await office.desk.database.read(office.desk.practiceId, (tx) =>
      tx.many(sql`select action from audit where record_id = ${data.patientId} order by id`),
    )
    expect(audits).toEqual([{ action: 'register' }, { action: 'read' }])
  })

  test('S-01 need no more than a name', async () => {
    const patient = created(await register({ name: 'Bo' }))
    expect(patient).toMatchObject({ birthDate: null, email: null, phone: null, addressLines: [] })
    expect(patient.reminderConsents).toEqual({ email: false, phone: false, text: false })
  })

  test.each([
    [{}, 'invalid_input', 'name'],
    [{ ...FULL, birthDate: '1988-02-30' }, 'invalid_input', 'birthDate'],
    [{ ...FULL, birthDate: '0000-01-01' }, 'invalid_input', 'birthDate'],
    [{ ...FULL, birthDate: '2199-01-01' }, 'born_in_future', 'birthDate'],
    [{ ...FULL, email: 'ada' }, 'invalid_input', 'email'],
    [{ ...FULL, phone: 'call me' }, 'invalid_input', 'phone'],
    [{ ...FULL, addressLines: Array(7).fill('x') }, 'invalid_input', 'addressLines'],
    [{ ...FULL, email: null }, 'consent_without_contact', 'reminderConsents.email'],
    [{ ...FULL, diagnosisCodes: ['F32.1'] }, 'invalid_input', 'diagnosisCodes'],
  ])('S-01 %j is refused', async (body, code, field) => {
    const before = await office.desk.facts(PatientChanged)
    expect(refusalOf(await register(body))).toEqual({ status: 400, code, field })
    expect(await office.desk.facts(PatientChanged)).toEqual(before)
  })

  test('S-01 the same key registers once', async () => {
    const before = await office.desk.facts(PatientChanged)
    const answers = await Promise.all(
      [1, 2, 3].map(() => register({ name: 'Once' }, { idempotencyKey: 'k-1' })),
    )
    expect(new Set(answers.map((answer) => answer.body.patientId)).size).toBe(1)
    expect(await office.desk.facts(PatientChanged)).toHaveLength(before.length + 1)
  })

  test('S-01 are changed by who has seen the newest version', async () => {
    const { patientId } = created(await register(FULL))
    const path = `/v1/patients/${patientId}`
    expect((await office.owner.put(path, FULL)).status).toBe(428)
    const answers = await Promise.all([
      office.owner.put(path, { ...FULL, name: 'Ada M. Moran' }, { ifMatch: 1 }),
      office.owner.put(path, { ...FULL, phone: '+1 312 555 0199' }, { ifMatch: 1 }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412])
    const facts = (await office.desk.facts(PatientChanged)).filter((fact) => fact.key === patientId)
    expect(facts.map((fact) => fact.sequence)).toEqual([1, 2])
    const withoutEmail = { ...FULL, email: null }
    expect(refusalOf(await office.owner.put(path, withoutEmail, { ifMatch: 2 }))).toMatchObject({
      code: 'consent_without_contact',
    })
    expect((await office.owner.put(`/v1/patients/${newId()}`, FULL, { ifMatch: 1 })).status).toBe(404)
  })

  test('S-01 are found by a part of the name, as it is spelled', async () => {
    created(await register({ name: '100% Zoë_K' }))
    const found = async (search: string) =>
      (await office.owner.get(`/v1/patients?search=${encodeURIComponent(search)}`)).body.items.map(
        (item: { name: string }) => item.name,
      )
    expect(await found('zoë_k')).toEqual(['100% Zoë_K'])
    expect(await found('%')).toEqual(['100% Zoë_K'])
    expect(await found("'; drop table patient; --")).toEqual([])
  })
})
