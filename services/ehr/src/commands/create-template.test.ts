import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { type Clinic, openClinic, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const NOTE = {
  name: 'Follow-up',
  plugins: ['diagnosis', 'narrative'],
  signerRoles: ['therapist', 'supervisor'],
}
const make = (body: object) => clinic.therapist.post('/v1/templates', body)

describe('E-01 templates', () => {
  test('E-01 are made of plugins in an order, with the roles that must sign', async () => {
    const made = await make(NOTE)
    expect(made.status).toBe(201)
    expect(made.body).toEqual({ templateId: expect.any(String), ...NOTE, version: 1 })
    const { body } = await clinic.therapist.get(`/v1/templates/${made.body.templateId}`)
    expect(body).toEqual(made.body)
    const list = await clinic.therapist.get('/v1/templates')
    expect(list.body.templates.map(({ name }: { name: string }) => name)).toEqual([
      'Follow-up',
      'Intake',
      'Progress note',
    ])
  })

  test.each([
    ['no name', { ...NOTE, name: '  ' }, 'name'],
    ['no plugin', { ...NOTE, plugins: [] }, 'plugins'],
    ['an unknown plugin', { ...NOTE, plugins: ['labs'] }, 'plugins.0'],
    ['a plugin twice', { ...NOTE, plugins: ['vitals', 'vitals'] }, 'plugins'],
    ['no role', { ...NOTE, signerRoles: [] }, 'signerRoles'],
    ['a role twice', { ...NOTE, signerRoles: ['a', ' a '] }, 'signerRoles'],
    ['half of a character', { ...NOTE, name: '\udc00' }, 'name'],
    ['a field it does not know', { ...NOTE, colour: 'red' }, 'colour'],
  ])('E-01 refuses %s', async (_, body, field) => {
    const refused = await make(body)
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, field])
  })

  test('E-01 refuses a name that is taken, also for two at once', async () => {
    const answers = await Promise.all(['Group', 'GROUP', 'group'].map((name) => make({ ...NOTE, name })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })

  test('P-06 need a permission to make, and belong to one practice', async () => {
    const reader = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.read'] })
    expect((await reader.post('/v1/templates', { ...NOTE, name: 'Other' })).status).toBe(403)
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect((await stranger.get('/v1/templates')).body.templates).toEqual([])
    expect((await stranger.get(`/v1/templates/${clinic.templateId}`)).status).toBe(404)
    expect((await stranger.post('/v1/templates', { ...NOTE, name: 'Intake' })).status).toBe(201)
  })
})
