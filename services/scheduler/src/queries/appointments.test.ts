import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { type AppointmentAnswer, appointmentAnswer } from '../appointment-answers.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
const made: Record<string, AppointmentAnswer> = {}
beforeAll(async () => {
  office = await openOffice()
  for (const [name, date] of [
    ['first', '2025-03-03'],
    ['second', '2025-03-04'],
    ['third', '2025-03-05'],
    ['gone', '2025-03-06'],
    ['coming', '2090-03-05'],
  ] as const) {
    made[name] = await office.schedule({ start: `${date}T23:30`, end: `${date}T23:55` })
  }
  created(await office.owner.delete(`/v1/appointments/${made.gone!.appointmentId}`))
  for (const name of ['first', 'third']) {
    const path = `/v1/appointments/${made[name]!.appointmentId}/complete`
    created(await office.owner.post(path, { paymentType: 'other', lineItems: [] }))
  }
})
afterAll(() => office.close())

const list = async (query: string): Promise<string[]> => {
  const { body } = await office.owner.get(`/v1/appointments?${query}`)
  const names = Object.entries(made).map(([name, { appointmentId }]) => [appointmentId, name])
  return body.items.map((item: AppointmentAnswer) => {
    expect(appointmentAnswer.safeParse(item).error).toBeUndefined()
    return Object.fromEntries(names)[item.appointmentId]
  })
}

/** `next` as somebody might make it up. */
const place = (moment: string) => Buffer.from(JSON.stringify([moment, newId()])).toString('base64url')

describe('lists of appointments', () => {
  test.each([
    ['list=open', ['second']],
    ['list=upcoming', ['coming']],
    ['list=completed', ['third', 'first']],
    ['', ['first', 'second', 'third', 'coming']],
    // 23:30 in Chicago is the next day in UTC: the days are those of the calendar.
    ['from=2025-03-04&to=2025-03-04', ['second']],
    ['list=completed&to=2025-03-03', ['first']],
    ['from=2025-03-06', ['coming']],
  ])('S-21 %s', async (query, names) => {
    expect(await list(query)).toEqual(names)
  })

  test.each(['list=open', 'list=completed', ''])('S-21 page by page: %s', async (query) => {
    const whole = await list(query)
    const seen: string[] = []
    let after = ''
    do {
      const page = (await office.owner.get(`/v1/appointments?limit=1&${query}${after}`)).body
      seen.push(...page.items.map((item: AppointmentAnswer) => item.appointmentId))
      after = page.next && `&after=${page.next}`
    } while (after)
    expect(seen).toEqual(whole.map((name) => made[name]!.appointmentId))
  })

  test.each([
    ['list=all', 'list'],
    ['from=yesterday', 'from'],
    ['to=2025-02-30', 'to'],
    ['after=%00', 'after'],
    [`after=${place('0000-01-01T00:00:00Z')}`, 'after'],
    [`after=${place(`2025-03-04T00:00:00.${'0'.repeat(400)}Z`)}`, 'after'],
    ['limit=1000', 'limit'],
    ['from=2025-03-05&to=2025-03-04', 'to'],
  ])('S-21 %s is refused', async (query, field) => {
    expect(refusalOf(await office.owner.get(`/v1/appointments?${query}`))).toMatchObject({
      status: 400,
      field,
    })
  })

  test('S-21 details of one; a deleted one says so, an unknown one is not found', async () => {
    const path = (id: string) => `/v1/appointments/${id}`
    const gone = (await office.owner.get(path(made.gone!.appointmentId))).body
    expect(gone).toMatchObject({ status: 'deleted', deletedAt: expect.any(String), version: 2 })
    expect(refusalOf(await office.owner.get(path(newId())))).toMatchObject({ status: 404, code: 'not_found' })
    expect((await office.owner.get(path('x'))).status).toBe(400)
    const nobody = await office.as('patient.read')
    expect((await nobody.get(path(made.first!.appointmentId))).status).toBe(403)
  })
})
