import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { completionAnswer } from '../appointment-answers.ts'
import { FUTURE, type Office, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const path = (id: string) => `/v1/appointments/${id}`

describe('the review before completing', () => {
  test('S-22 shows billing’s lines, and what is on file of the patient', async () => {
    const { serviceId } = office
    const { appointmentId } = await office.schedule({
      modifiers: ['HO'],
      services: [{ serviceId, units: 2 }, { serviceId: office.unpricedServiceId }],
    })
    const shown = { serviceId, code: '90834', description: 'Psychotherapy, 45 minutes', units: 2 }
    const lines = [{ ...shown, unitAmountCents: 15000, priced: true, modifiers: ['HO'] }]
    office.peers.preview = { lines, totalCents: 30000, escrowCents: 2500, onlinePayment: true }
    const answer = await office.owner.get(`${path(appointmentId)}/completion`)
    expect(completionAnswer.parse(answer.body)).toEqual({
      appointmentId,
      billing: true,
      lineItems: lines,
      totalCents: 30000,
      escrowCents: 2500,
      onlinePayment: true,
      hasDiagnosis: false,
      diagnosisCodes: [],
      emailOnFile: 'ada@example.org',
    })
    expect(office.peers.asked).toEqual([
      {
        method: 'PreviewSession',
        userId: 'user-1',
        request: {
          appointmentId,
          services: [
            { serviceId, units: 2, modifiers: ['HO'] },
            { serviceId: office.unpricedServiceId, units: 1, modifiers: [] },
          ],
        },
      },
    ])
  })

  test('S-22 is refused for a session that cannot be completed', async () => {
    const { appointmentId } = await office.schedule(FUTURE)
    expect(refusalOf(await office.owner.get(`${path(appointmentId)}/completion`)).code).toBe('not_past')
    expect((await office.owner.get(`${path(newId())}/completion`)).status).toBe(404)
  })
})
