import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PracticeChanged } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { practiceAnswer } from '../answers.ts'
import { type Empty, openEmptyOffice, PRACTICE, PRODUCTS, refusalOf } from '../testing/office.ts'

let office: Empty
beforeAll(async () => {
  office = await openEmptyOffice()
})
afterAll(() => office.close())

const ID = newId()

describe('before the practice is set up', () => {
  test.each([
    ['get', '/v1/practitioners'],
    ['post', '/v1/practitioners', { name: 'Dana Reyes' }],
    ['post', '/v1/locations', { name: 'Main Street', placeOfService: '11' }],
    ['post', '/v1/rooms', { name: 'Blue', locationId: ID }],
    ['post', '/v1/patients', { name: 'Ada Moran' }],
    ['get', `/v1/patients/${ID}`],
    ['get', '/v1/services'],
    [
      'post',
      '/v1/appointments',
      { patientId: ID, practitionerId: ID, start: '2026-03-05T09:00', end: '2026-03-05T10:00' },
    ],
    ['get', '/v1/appointments?list=open'],
    ['post', `/v1/appointments/${ID}/check-in`, {}],
    ['post', `/v1/appointments/${ID}/complete`, { paymentType: 'other' }],
    ['delete', `/v1/appointments/${ID}`],
  ] as const)('S-01 %s %s is refused', async (method, path, body = {}) => {
    const answer = method === 'post' ? await office.owner.post(path, body) : await office.owner[method](path)
    expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'practice_not_set_up' })
    expect(answer.body.next).toMatch('PUT /v1/practice')
  })

  test('S-01 the practice itself is not found', async () => {
    expect(refusalOf(await office.owner.get('/v1/practice'))).toMatchObject({ status: 404 })
  })

  test.each([
    [{ ...PRACTICE, timeZone: 'Mars/Olympus' }, 'unknown_time_zone', 'timeZone'],
    [{ ...PRACTICE, timeZone: '+05:00' }, 'unknown_time_zone', 'timeZone'],
    [{ ...PRACTICE, name: '  ' }, 'invalid_input', 'name'],
    [{ ...PRACTICE, name: 'x'.repeat(201) }, 'invalid_input', 'name'],
    [{ ...PRACTICE, products: { scheduler: true } }, 'invalid_input', 'products.ehr'],
    [{ ...PRACTICE, practiceId: ID }, 'invalid_input', 'practiceId'],
    [{ ...PRACTICE, letterhead: { taxId: '123456789' } }, 'invalid_input', 'letterhead.taxId'],
    [{ ...PRACTICE, letterhead: { npi: '1999999983' } }, 'invalid_input', 'letterhead.npi'],
    [{ ...PRACTICE, letterhead: { phone: 'call us' } }, 'invalid_input', 'letterhead.phone'],
  ])('S-01 %j is refused', async (body, code, field) => {
    expect(refusalOf(await office.owner.put('/v1/practice', body))).toEqual({ status: 400, code, field })
    expect(await office.desk.facts()).toEqual([])
  })

  test('S-01 only who may manage the practice sets it up', async () => {
    const clerk = await office.desk.as({ permissions: ['practice.read'] })
    expect((await clerk.put('/v1/practice', PRACTICE)).status).toBe(403)
  })

  test('S-01 two who set it up at once make one practice', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => office.owner.put('/v1/practice', PRACTICE)))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    expect(await office.desk.facts(PracticeChanged)).toHaveLength(1)
  })
})

describe('the practice', () => {
  test('S-01 is read back and told with its products and zone', async () => {
    const answer = await office.owner.get('/v1/practice')
    expect(practiceAnswer.parse(answer.body)).toEqual({
      practiceId: office.desk.practiceId,
      ...PRACTICE,
      noShowFeeCents: null,
      letterhead: { addressLines: [], phone: null, taxId: null, npi: null },
      version: 1,
    })
    const [fact] = await office.desk.facts(PracticeChanged)
    expect(fact).toMatchObject({
      key: office.desk.practiceId,
      sequence: 1,
      data: { practiceId: office.desk.practiceId, ...PRACTICE },
    })
  })

  test('S-01 a change needs the version, and the second of two editors is told', async () => {
    const changed = { ...PRACTICE, timeZone: 'america/new_york', products: { ...PRODUCTS, billing: false } }
    expect(refusalOf(await office.owner.put('/v1/practice', changed))).toEqual({
      status: 428,
      code: 'version_required',
      field: 'If-Match',
    })
    const answers = await Promise.all([
      office.owner.put('/v1/practice', changed, { ifMatch: 1 }),
      office.owner.put('/v1/practice', { ...changed, name: 'Other' }, { ifMatch: 1 }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412])
    const facts = await office.desk.facts(PracticeChanged)
    expect(facts.map((fact) => fact.sequence)).toEqual([1, 2])
    expect(facts[1]!.data).toMatchObject({ timeZone: 'America/New_York', products: { billing: false } })
  })

  test('S-01 B-20 its letterhead is told, and left out it stays as it is', async () => {
    const { practiceId: _, version, ...practice } = (await office.owner.get('/v1/practice')).body
    const letterhead = {
      addressLines: ['1 Lake Road', 'Chicago, IL 60699'],
      phone: '+1 312 555 0100',
      taxId: '00-1234567',
      npi: '1999999984',
    }
    const set = await office.owner.put('/v1/practice', { ...practice, letterhead }, { ifMatch: version })
    expect(set.body).toMatchObject({ letterhead, version: version + 1 })
    const { letterhead: __, ...without } = practice
    const renamed = { ...without, name: 'Lakeside' }
    const kept = await office.owner.put('/v1/practice', renamed, { ifMatch: version + 1 })
    expect(practiceAnswer.parse(kept.body)).toMatchObject({ letterhead, name: 'Lakeside' })
    expect((await office.desk.facts(PracticeChanged)).at(-1)!.data).toMatchObject({ letterhead })
  })

  test('S-01 setting it up leaves an audit entry', async () => {
    const entries = await office.desk.database.read(office.desk.practiceId, (tx) =>
      tx.many(sql`select action, user_id from audit where record_type = 'practice' order by id`),
    )
    expect(entries).toContainEqual({ action: 'set up', userId: 'user-1' })
    expect(entries).toContainEqual({ action: 'change', userId: 'user-1' })
  })
})

test('S-01 with the scheduler off nothing is put on the calendar', async () => {
  const { version } = (await office.owner.get('/v1/practice')).body
  const off = { ...PRACTICE, products: { ...PRODUCTS, scheduler: false } }
  expect((await office.owner.put('/v1/practice', off, { ifMatch: version })).status).toBe(200)
  const answer = await office.owner.post('/v1/appointments', {
    patientId: ID,
    practitionerId: ID,
    start: '2026-03-05T09:00',
    end: '2026-03-05T10:00',
  })
  expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'scheduler_off' })
})
