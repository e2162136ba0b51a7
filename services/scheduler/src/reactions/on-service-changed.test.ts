import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ServiceChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { serviceAnswer } from '../answers.ts'
import { created, type Empty, offer, openEmptyOffice, PRACTICE } from '../testing/office.ts'

let office: Empty
beforeAll(async () => {
  office = await openEmptyOffice()
})
afterAll(() => office.close())

const services = async () => (await office.owner.get('/v1/services')).body.items

describe('the copy of the catalogue', () => {
  test('S-03 takes services that come before the practice is set up', async () => {
    await offer(office.desk, { code: '90834', amountCents: 15000 })
    created(await office.owner.put('/v1/practice', PRACTICE))
    expect(await services()).toMatchObject([{ code: '90834', amountCents: 15000, active: true }])
    expect(serviceAnswer.safeParse((await services())[0]).error).toBeUndefined()
  })

  test('S-03 takes a change, and nothing older, whatever the order', async () => {
    const serviceId = await offer(office.desk, { code: '90837', amountCents: null, version: 2 })
    await offer(office.desk, { serviceId, code: 'old', amountCents: 1, version: 1 })
    expect(await services()).toContainEqual(expect.objectContaining({ code: '90837', amountCents: null }))
    await offer(office.desk, { serviceId, code: '90837', amountCents: 20000, active: false, version: 3 })
    expect(await services()).toContainEqual(expect.objectContaining({ amountCents: 20000, active: false }))
  })

  test('S-03 keeps another practice’s services apart', async () => {
    const serviceId = newId()
    await office.desk.react(ServiceChanged, {
      practiceId: newId(),
      subject: serviceId,
      version: 1,
      data: {
        serviceId,
        code: 'OTHER',
        description: 'Other',
        amountCents: 1,
        lengthMinutes: 1,
        defaultModifiers: [],
        active: true,
      },
    })
    expect((await services()).map((service: { code: string }) => service.code)).not.toContain('OTHER')
  })
})
