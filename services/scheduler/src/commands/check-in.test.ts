import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentCheckedIn } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { appointmentAnswer } from '../answers.ts'
import { created, type Office, openOffice, PRACTICE, PRODUCTS, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const checkIn = (id: string, body: object = {}) => office.owner.post(`/v1/appointments/${id}/check-in`, body)
const copay = { amountCents: 2500, method: 'card', reference: 'T-1' }

describe('check-in', () => {
  test('S-23 takes a copay along, and tells it', async () => {
    const { appointmentId, patientId } = await office.schedule()
    const answer = appointmentAnswer.parse(created(await checkIn(appointmentId, { copay })))
    expect(answer).toMatchObject({ status: 'checked-in', copay, version: 2 })
    const fact = (await office.desk.facts(AppointmentCheckedIn)).at(-1)!
    expect(fact).toMatchObject({ key: appointmentId, sequence: 2 })
    expect(AppointmentCheckedIn.data.parse(fact.data)).toEqual({
      appointmentId,
      patientId,
      checkedInAt: expect.any(String),
      copay,
    })
  })

  test('S-23 needs no copay', async () => {
    const { appointmentId } = await office.schedule()
    expect(created(await checkIn(appointmentId))).toMatchObject({ status: 'checked-in', copay: null })
    expect((await office.desk.facts(AppointmentCheckedIn)).at(-1)!.data.copay).toBeNull()
  })

  test('S-23 happens once, also when two do it at once', async () => {
    const { appointmentId } = await office.schedule()
    const answers = await Promise.all([1, 2, 3].map(() => checkIn(appointmentId, { copay })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409])
    expect(refusalOf(await checkIn(appointmentId))).toMatchObject({ status: 409, code: 'already_checked_in' })
    const facts = (await office.desk.facts(AppointmentCheckedIn)).filter((fact) => fact.key === appointmentId)
    expect(facts).toHaveLength(1)
  })

  test('S-23 is refused for a deleted, completed or unknown appointment', async () => {
    const deleted = await office.schedule()
    created(await office.owner.delete(`/v1/appointments/${deleted.appointmentId}`))
    expect(refusalOf(await checkIn(deleted.appointmentId))).toMatchObject({
      status: 410,
      code: 'appointment_deleted',
    })
    const completed = await office.schedule()
    const path = `/v1/appointments/${completed.appointmentId}/complete`
    created(await office.owner.post(path, { paymentType: 'other', lineItems: [] }))
    expect(refusalOf(await checkIn(completed.appointmentId))).toMatchObject({
      status: 409,
      code: 'already_completed',
    })
    expect((await checkIn(newId())).status).toBe(404)
  })

  test.each([
    [{ copay: { ...copay, amountCents: 0 } }, 'copay.amountCents'],
    [{ copay: { ...copay, amountCents: 25.5 } }, 'copay.amountCents'],
    [{ copay: { ...copay, amountCents: 100_000_000 } }, 'copay.amountCents'],
    [{ copay: { ...copay, method: 'gold' } }, 'copay.method'],
    [{ copay: { amountCents: 1 } }, 'copay.method'],
    [{ amount: 1 }, 'amount'],
  ])('S-23 %j is refused', async (body, field) => {
    const { appointmentId } = await office.schedule()
    expect(refusalOf(await checkIn(appointmentId, body))).toEqual({
      status: 400,
      code: 'invalid_input',
      field,
    })
  })

  test('S-23 a copay is refused where the practice has billing off', async () => {
    const { appointmentId } = await office.schedule()
    const off = { ...PRACTICE, products: { ...PRODUCTS, billing: false } }
    created(await office.owner.put('/v1/practice', off, { ifMatch: 1 }))
    expect(refusalOf(await checkIn(appointmentId, { copay }))).toEqual({
      status: 409,
      code: 'billing_off',
      field: 'copay',
    })
    expect((await checkIn(appointmentId)).status).toBe(200)
  })
})
