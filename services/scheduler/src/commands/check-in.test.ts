import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  AppointmentCheckedIn,
  AppointmentCheckedOut,
  CheckoutInstructionsChanged,
} from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { appointmentAnswer } from '../appointment-answers.ts'
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

describe('check-out', () => {
  const checkOut = (id: string) => office.owner.post(`/v1/appointments/${id}/check-out`)

  test('S-23 S-21 the patient leaves, with what the clinician wants to be said; it is told', async () => {
    const { appointmentId, patientId } = await office.schedule()
    created(await checkIn(appointmentId))
    const said = { patientInstructions: 'Sleep well.', frontDeskInstructions: 'In a week.' }
    const encounterId = newId()
    await office.desk.react(CheckoutInstructionsChanged, {
      subject: encounterId,
      version: 1,
      data: { encounterId, appointmentId, patientId: patientId!, ...said },
    })
    expect(created(await checkOut(appointmentId))).toMatchObject({
      status: 'checked-in',
      checkedOutAt: expect.any(String),
      checkout: said,
      version: 3,
    })
    const fact = (await office.desk.facts(AppointmentCheckedOut)).at(-1)!
    expect(fact).toMatchObject({ key: appointmentId, sequence: 3, data: { patientId } })
    expect(AppointmentCheckedOut.data.parse(fact.data)).toEqual(fact.data)
  })

  test('S-23 happens once, also when two do it at once, and after the session was completed', async () => {
    const { appointmentId } = await office.schedule()
    created(await checkIn(appointmentId))
    const path = `/v1/appointments/${appointmentId}/complete`
    created(await office.owner.post(path, { paymentType: 'other', lineItems: [] }))
    const answers = await Promise.all([1, 2, 3].map(() => checkOut(appointmentId)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(refusalOf(await checkOut(appointmentId))).toMatchObject({ code: 'already_checked_out' })
    expect((await office.owner.get(`/v1/appointments/${appointmentId}`)).body).toMatchObject({
      status: 'completed',
      checkout: null,
    })
  })

  test('S-23 is refused for somebody who was not checked in, who is off the calendar, or unknown', async () => {
    const { appointmentId } = await office.schedule()
    expect(refusalOf(await checkOut(appointmentId))).toMatchObject({ status: 409, code: 'not_checked_in' })
    created(await office.owner.post(`/v1/appointments/${appointmentId}/cancel`, { kind: 'cancelled' }))
    expect(refusalOf(await checkOut(appointmentId))).toMatchObject({
      status: 409,
      code: 'appointment_cancelled',
    })
    created(await office.owner.delete(`/v1/appointments/${appointmentId}`))
    expect(refusalOf(await checkOut(appointmentId))).toMatchObject({ status: 410 })
    expect((await checkOut(newId())).status).toBe(404)
  })
})
