import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PractitionerChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { practitionerAnswer } from '../answers.ts'
import { created, type Empty, openEmptyOffice, PRACTICE, refusalOf } from '../testing/office.ts'

let office: Empty
beforeAll(async () => {
  office = await openEmptyOffice()
  created(await office.owner.put('/v1/practice', PRACTICE))
})
afterAll(() => office.close())

const add = (body: object) => office.owner.post('/v1/practitioners', body)

describe('practitioners', () => {
  test('S-01 are added, told, read back', async () => {
    const answer = await add({ name: ' Dana Reyes ', userId: 'u-1', credentials: 'PhD', npi: '1234567893' })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"1"')
    const practitioner = practitionerAnswer.parse(answer.body)
    expect(practitioner).toMatchObject({ name: 'Dana Reyes', userId: 'u-1', npi: '1234567893', active: true })
    const { version, ...data } = practitioner
    expect((await office.desk.facts(PractitionerChanged)).at(-1)).toMatchObject({
      key: data.practitionerId,
      sequence: version,
      data,
    })
    expect((await office.owner.get(`/v1/practitioners/${data.practitionerId}`)).body).toEqual(practitioner)
  })

  test.each([
    [{}, 'name'],
    [{ name: 'A', npi: '123' }, 'npi'],
    [{ name: 'A', admin: true }, 'admin'],
    [{ name: 'A\u0000' }, 'name'],
    [{ name: 5 }, 'name'],
  ])('S-01 %j is refused', async (body, field) => {
    expect(refusalOf(await add(body))).toEqual({ status: 400, code: 'invalid_input', field })
  })

  test('S-01 a sign-in belongs to one practitioner, also of two added at once', async () => {
    const answers = await Promise.all([1, 2].map((n) => add({ name: `Twin ${n}`, userId: 'u-twin' })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409])
    const refused = answers.find((answer) => answer.status === 409)!
    expect(refusalOf(refused)).toMatchObject({ code: 'user_taken', field: 'userId' })
  })

  test('S-01 are changed by who has seen the newest version', async () => {
    const { practitionerId } = created(await add({ name: 'Lee Park' }))
    const path = `/v1/practitioners/${practitionerId}`
    const body = { name: 'Lee Park', active: false }
    expect((await office.owner.put(path, body)).status).toBe(428)
    expect((await office.owner.put(path, body, { ifMatch: 1 })).body).toMatchObject({
      active: false,
      version: 2,
    })
    expect(refusalOf(await office.owner.put(path, body, { ifMatch: 1 }))).toMatchObject({
      status: 412,
      code: 'stale',
    })
    const taken = { ...body, userId: 'u-1' }
    expect(refusalOf(await office.owner.put(path, taken, { ifMatch: 2 }))).toMatchObject({
      code: 'user_taken',
    })
    expect(
      refusalOf(await office.owner.put(`/v1/practitioners/${newId()}`, body, { ifMatch: 1 })),
    ).toMatchObject({
      status: 404,
    })
  })

  test('S-01 are listed by name, page by page', async () => {
    const all = (await office.owner.get('/v1/practitioners')).body
    expect(all.next).toBeNull()
    const first = (await office.owner.get('/v1/practitioners?limit=1')).body
    const second = (await office.owner.get(`/v1/practitioners?limit=200&after=${first.next}`)).body
    expect([...first.items, ...second.items]).toEqual(all.items)
    expect(all.items.map((item: { name: string }) => item.name)).toEqual([
      'Dana Reyes',
      'Lee Park',
      expect.stringMatching('Twin'),
    ])
  })

  test.each(['limit=0', 'limit=201', 'limit=x', 'after=x', `after=${newId()}`, 'sort=name'])(
    'S-01 a list asked with %s is refused',
    async (query) => {
      const answer = await office.owner.get(`/v1/practitioners?${query}`)
      expect(refusalOf(answer)).toEqual({ status: 400, code: 'invalid_input', field: query.split('=')[0] })
    },
  )
})
