import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PayerChanged, RenderingProviderChanged, ServiceChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type BillingDesk, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const therapy = (code: string, more: object = {}) => ({
  code,
  description: 'Psychotherapy, 45 minutes',
  amountCents: 15_000,
  lengthMinutes: 45,
  ...more,
})

describe('services', () => {
  test('B-01 a service is added, changed and told as a whole', async () => {
    const added = await desk.biller.post('/v1/services', therapy('90834', { defaultModifiers: ['95'] }))
    expect(added.status).toBe(201)
    const { serviceId } = added.body
    const change = therapy('90834', { amountCents: null, active: false })
    const changed = await desk.biller.put(`/v1/services/${serviceId}`, change, { ifMatch: 1 })
    expect(changed.body).toMatchObject({
      serviceId,
      amountCents: null,
      active: false,
      defaultModifiers: [],
      version: 2,
    })
    expect(
      (await desk.facts(ServiceChanged)).map((fact) => [fact.key, fact.sequence, fact.data.amountCents]),
    ).toEqual([
      [serviceId, 1, 15_000],
      [serviceId, 2, null],
    ])
    const list = await desk.biller.get('/v1/services')
    expect(list.body.services).toMatchObject([{ serviceId, version: 2 }])
  })

  test('B-01 two active services cannot have one code; two added at once: one wins', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => desk.biller.post('/v1/services', therapy('90837'))))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409])
    const other = await desk.biller.post('/v1/services', therapy('90838'))
    const taken = await desk.biller.put(`/v1/services/${other.body.serviceId}`, therapy('90837'), {
      ifMatch: 1,
    })
    expect(taken.body).toMatchObject({ status: 409, errors: [{ field: 'code' }] })
    const inactive = therapy('90837', { active: false })
    const retired = await desk.biller.put(`/v1/services/${other.body.serviceId}`, inactive, { ifMatch: 1 })
    expect(retired.status).toBe(200)
  })

  test('B-01 a change over another person’s change is refused; one to a service of nobody too', async () => {
    const { body } = await desk.biller.post('/v1/services', therapy('90839'))
    const path = `/v1/services/${body.serviceId}`
    const answers = await Promise.all([
      desk.biller.put(path, therapy('90839', { amountCents: 1 }), { ifMatch: 1 }),
      desk.biller.put(path, therapy('90839', { amountCents: 2 }), { ifMatch: 1 }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412])
    expect((await desk.biller.put(path, therapy('90839'))).status).toBe(428)
    expect((await desk.biller.put(`/v1/services/${newId()}`, therapy('1'), { ifMatch: 1 })).status).toBe(404)
  })

  test.each([
    ['amountCents', { amountCents: -1 }],
    ['amountCents', { amountCents: 10.5 }],
    ['amountCents', { amountCents: 1e12 }],
    ['amountCents', { amountCents: '15000' }],
    ['code', { code: 'abc' }],
    ['description', { description: '   ' }],
    ['lengthMinutes', { lengthMinutes: 0 }],
    ['defaultModifiers.0', { defaultModifiers: ['9'] }],
    ['defaultModifiers', { defaultModifiers: ['95', '95'] }],
    ['currency', { currency: 'EUR' }],
  ])('B-01 names %s when the input is %j', async (field, wrong) => {
    const answer = await desk.biller.post('/v1/services', therapy('90840', wrong))
    expect(answer.body).toMatchObject({ status: 400, errors: [{ field }] })
  })

  test('P-06 the catalogue is changed with the permission only, and seen by its practice only', async () => {
    const reader = await desk.as({ permissions: ['catalogue.read'] })
    expect((await reader.post('/v1/services', therapy('90846'))).status).toBe(403)
    const elsewhere = await desk.as({ permissions: ['catalogue.read'], practiceIds: [newId()] })
    expect((await elsewhere.get('/v1/services')).body.services).toEqual([])
  })
})

describe('payers and rendering providers', () => {
  test('B-01 a payer is told with all of its plans; a plan belongs to its payer', async () => {
    const payer = await desk.biller.post('/v1/payers', { name: 'Prairie Health', payerNumber: '60054' })
    const path = `/v1/payers/${payer.body.payerId}/plans`
    const answers = await Promise.all(['HMO', 'PPO', 'PPO'].map((name) => desk.biller.post(path, { name })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 409])
    const facts = await desk.facts(PayerChanged)
    expect(facts.map((fact) => fact.sequence)).toEqual([1, 2, 3])
    const plans = facts.at(-1)!.data.plans as { name: string }[]
    expect(plans.map((plan) => plan.name).sort()).toEqual(['HMO', 'PPO'])
    expect((await desk.biller.get('/v1/payers')).body.payers).toMatchObject([
      { name: 'Prairie Health', version: 3 },
    ])
    expect((await desk.biller.post(`/v1/payers/${newId()}/plans`, { name: 'X' })).status).toBe(404)
    const same = await desk.biller.post('/v1/payers', { name: 'Other', payerNumber: '60054' })
    expect(same.body).toMatchObject({ status: 409, errors: [{ field: 'payerNumber' }] })
  })

  test('B-01 a rendering provider has a valid NPI of its own and at most one practitioner', async () => {
    const practitionerId = newId()
    const provider = { name: 'Grace Hopper, PhD', npi: '1234567893', practitionerId }
    const added = await desk.biller.post('/v1/rendering-providers', provider)
    expect(added.body).toMatchObject({ ...provider, active: true, version: 1 })
    expect((await desk.facts(RenderingProviderChanged))[0]!.data).toMatchObject(provider)
    const wrong = await desk.biller.post('/v1/rendering-providers', { ...provider, npi: '1234567890' })
    expect(wrong.body).toMatchObject({ status: 400, errors: [{ field: 'npi' }] })
    const again = await desk.biller.post('/v1/rendering-providers', { ...provider, practitionerId: null })
    expect(again.body).toMatchObject({ status: 409, errors: [{ field: 'npi' }] })
    const linked = await desk.biller.post('/v1/rendering-providers', { ...provider, npi: '1245319599' })
    expect(linked.body).toMatchObject({ status: 409, errors: [{ field: 'practitionerId' }] })
    const list = await desk.biller.get('/v1/rendering-providers')
    expect(list.body.renderingProviders).toHaveLength(1)
  })
})
