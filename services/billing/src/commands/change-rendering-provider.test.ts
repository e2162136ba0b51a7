import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { RenderingProviderChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type BillingDesk, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const NPIS = ['1234567893', '1245319599', '1999999984']
const GRACE = { name: 'Grace Hopper, PhD', npi: NPIS[0]!, practitionerId: null }
const path = (id: string) => `/v1/rendering-providers/${id}`
const put = (id: string, body: object, ifMatch?: number) =>
  desk.biller.put(path(id), body, ifMatch === undefined ? {} : { ifMatch })

test('B-01 E-12 a rendering provider that was added without its practitioner is linked later, and told as a whole', async () => {
  const { renderingProviderId: id } = (await desk.biller.post('/v1/rendering-providers', GRACE)).body
  const visit = desk.visit()
  const { practitionerId } = visit
  const linked = await put(id, { ...GRACE, practitionerId }, 1)
  expect(linked.body).toEqual({ ...GRACE, renderingProviderId: id, practitionerId, active: true, version: 2 })
  expect((await desk.facts(RenderingProviderChanged)).at(-1)).toMatchObject({
    key: id,
    sequence: 2,
    data: { renderingProviderId: id, practitionerId, active: true },
  })
  await desk.complete(visit)
  expect(await desk.bill(visit)).toMatchObject({ renderingProviderId: id })

  expect((await put(id, GRACE, 1)).status).toBe(412)
  expect((await put(id, GRACE)).status).toBe(428)
  const retired = await put(id, { ...GRACE, active: false }, 2)
  expect(retired.body).toMatchObject({ practitionerId: null, active: false, version: 3 })
  const later = { ...desk.visit(), practitionerId }
  await desk.complete(later)
  expect(await desk.bill(later)).toMatchObject({ renderingProviderId: null })
})

test('B-01 NPI and practitioner stay of one provider each, also of two changes at once; what is left out is named', async () => {
  const practitionerId = newId()
  const [one, two] = await Promise.all(
    NPIS.slice(1).map(async (npi, index) => {
      const added = { name: `Provider ${index}`, npi, practitionerId: null }
      return {
        ...added,
        id: (await desk.biller.post('/v1/rendering-providers', added)).body.renderingProviderId,
      }
    }),
  )
  const to = ({ id, ...body }: typeof one & object, change: object) => put(id, { ...body, ...change }, 1)
  expect((await to(one!, { npi: two!.npi })).body).toMatchObject({ status: 409, errors: [{ field: 'npi' }] })
  const answers = await Promise.all([to(one!, { practitionerId }), to(two!, { practitionerId })])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(answers.find(({ status }) => status === 409)!.body.errors[0].field).toBe('practitionerId')
  const { name, npi } = one!
  expect((await put(one!.id, { name, npi }, 1)).body.errors[0].field).toBe('practitionerId')
  expect((await put(one!.id, { ...GRACE, npi: '1234567890' }, 1)).body.errors[0].field).toBe('npi')
  expect((await put(newId(), { ...GRACE, npi: '1000000004' }, 1)).status).toBe(404)
  const reader = await desk.as({ permissions: ['catalogue.read'] })
  expect((await reader.put(path(one!.id), GRACE, { ifMatch: 1 })).status).toBe(403)
})
