import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppointmentCancelled, AppointmentRestored } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { scheduledAnswer } from '../appointment-answers.ts'
import { created, FUTURE, type Office, openOffice, PRACTICE, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
  created(await office.owner.put('/v1/practice', { ...PRACTICE, noShowFeeCents: 7_500 }, { ifMatch: 1 }))
})
beforeEach(() => office.peers.reset())
afterAll(() => office.close())

const path = (id: string) => `/v1/appointments/${id}`
const restore = (id: string, options = {}) => office.owner.post(`${path(id)}/restore`, {}, options)
const cancel = async (id: string, body: object = { kind: 'cancelled' }) =>
  created(await office.owner.post(`${path(id)}/cancel`, body))

describe('restoring', () => {
  test('S-20 a cancellation without a fee is taken back, told, and may be made again', async () => {
    const { appointmentId } = await office.schedule()
    await cancel(appointmentId)
    const answer = scheduledAnswer.parse(created(await restore(appointmentId, { ifMatch: 2 })))
    expect(answer).toMatchObject({ status: 'scheduled', cancellation: null, version: 3 })
    const fact = (await office.desk.facts(AppointmentRestored)).at(-1)!
    expect(fact).toMatchObject({ key: appointmentId, sequence: 3 })
    expect(AppointmentRestored.data.parse(fact.data)).toMatchObject({ serviceDate: '2025-03-05' })
    const open = (await office.owner.get('/v1/appointments?list=open')).body.items
    expect(open.map((item: { appointmentId: string }) => item.appointmentId)).toContain(appointmentId)
    expect((await cancel(appointmentId, { kind: 'no-show' })).version).toBe(4)
    const told = (await office.desk.facts(AppointmentCancelled)).filter(({ key }) => key === appointmentId)
    expect(told.map(({ sequence, data }) => [sequence, data.feeCents])).toEqual([
      [2, 0],
      [4, 7_500],
    ])
  })

  test('S-20 who was checked in is so again', async () => {
    const { appointmentId } = await office.schedule()
    created(await office.owner.post(`${path(appointmentId)}/check-in`, {}))
    await cancel(appointmentId)
    expect(created(await restore(appointmentId)).status).toBe('checked-in')
  })

  test('S-20 a fee is taken back by a biller first: not before billing has it, not while its bill is open or paid', async () => {
    const { appointmentId } = await office.schedule()
    await cancel(appointmentId, { kind: 'no-show' })
    const refused = async () => refusalOf(await restore(appointmentId))
    expect(await refused()).toMatchObject({ status: 409, code: 'billing_catching_up' })
    office.peers.money = { ...NO_BILL, billStatus: 'posted', appliedCents: 2_500 }
    const paid = await restore(appointmentId)
    expect(refusalOf(paid)).toMatchObject({ status: 409, code: 'payment_applied' })
    expect(paid.body.next).toBe(
      'Refund or remove the payment, then cancel the bill, then restore the appointment.',
    )
    office.peers.money = { ...NO_BILL, billStatus: 'posted' }
    expect(await refused()).toMatchObject({ status: 409, code: 'bill_open' })
    office.peers.money = { ...NO_BILL, billStatus: 'cancelled', escrowCents: 2_500, cancelled: true }
    expect(created(await restore(appointmentId)).status).toBe('scheduled')
  })

  test('S-20 S-12 whoever has the time meanwhile is named', async () => {
    const { appointmentId } = await office.schedule(FUTURE)
    await cancel(appointmentId)
    const other = await office.schedule(FUTURE)
    expect(created(await restore(appointmentId)).warnings).toMatchObject([
      { code: 'practitioner_busy', appointmentId: other.appointmentId },
    ])
  })

  test('S-20 only what is cancelled, once, with the version it was seen at', async () => {
    const { appointmentId } = await office.schedule()
    expect(refusalOf(await restore(appointmentId))).toMatchObject({ status: 409, code: 'not_cancelled' })
    await cancel(appointmentId)
    expect((await restore(appointmentId, { ifMatch: 1 })).status).toBe(412)
    const answers = await Promise.all([1, 2].map(() => restore(appointmentId)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409])
    expect((await restore(newId())).status).toBe(404)
    created(await office.owner.delete(path(appointmentId)))
    expect(refusalOf(await restore(appointmentId))).toMatchObject({ status: 410 })
  })
})
