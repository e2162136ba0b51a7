import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, ReceiptRecorded, SessionCompleted } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { created, FUTURE, type Office, openOffice, PRACTICE, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
beforeEach(() => office.peers.reset())
afterAll(() => office.close())

const path = (id: string) => `/v1/appointments/${id}`
const remove = (id: string, options = {}) => office.owner.delete(path(id), options)
const statusOf = async (id: string) => (await office.owner.get(path(id))).body.status
const asked = () => office.peers.asked.map(({ method }) => method).sort()
const complete = (id: string, body: object = {}) =>
  office.owner.post(`${path(id)}/complete`, { paymentType: 'other', lineItems: [], ...body })

async function arrived(appointmentId: string) {
  const receiptId = newId()
  await office.desk.react(ReceiptRecorded, {
    subject: receiptId,
    version: 1,
    times: 2,
    data: {
      receiptId,
      payerKind: 'patient',
      patientId: office.patient.patientId,
      payerId: null,
      appointmentId,
      method: 'cash',
      reference: null,
      amountCents: 2500,
      depositDate: '2025-03-05',
      batchDate: '2025-03-05',
    },
  })
}

describe('deleting an appointment', () => {
  test('S-16 a future one goes freely, without asking anybody; its row stays', async () => {
    const { appointmentId, patientId } = await office.schedule(FUTURE)
    expect(created(await remove(appointmentId))).toMatchObject({ status: 'deleted', version: 2 })
    expect(asked()).toEqual([])
    expect((await office.desk.facts(AppointmentDeleted)).at(-1)).toMatchObject({
      key: appointmentId,
      sequence: 2,
      data: { appointmentId, patientId, deletedAt: expect.any(String) },
    })
    expect((await office.owner.get('/v1/appointments?list=upcoming')).body.items).toEqual([])
    const rows = await office.desk.database.read(office.desk.practiceId, (tx) =>
      tx.many(sql`select status from appointment where id = ${appointmentId}`),
    )
    expect(rows).toEqual([{ status: 'deleted' }])
  })

  test('S-16 a past one without bill and with a draft note goes freely, after asking both', async () => {
    office.peers.note('draft')
    const { appointmentId } = await office.schedule()
    created(await remove(appointmentId))
    expect(asked()).toEqual(['GetVisitBilling', 'GetVisitNotes'])
    expect(office.peers.asked[0]).toMatchObject({ request: { appointmentId }, userId: 'user-1' })
  })

  test.each([
    ['signed note', {}, 'signed', 'note_signed', /^Unlock the note, then/],
    ['note in review', {}, 'review', 'note_signed', /^Unlock the note, then/],
    ['unsigned bill', { billStatus: 'unsigned' }, 'draft', 'bill_open', /^Cancel the bill, then/],
    ['posted bill', { billStatus: 'posted' }, 'draft', 'bill_open', /^Cancel the bill, then/],
    [
      'payment applied',
      { billStatus: 'posted', appliedCents: 1 },
      'signed',
      'payment_applied',
      /^Refund or remove the payment, then cancel the bill, then unlock the note, then/,
    ],
    [
      'money in escrow',
      { billStatus: 'unsigned', escrowCents: 1 },
      'draft',
      'money_in_escrow',
      /^Refund or remove the payment, then cancel the bill, then/,
    ],
  ])('S-16 refuses to delete a past appointment: %s', async (_name, money, note, code, next) => {
    office.peers.money = { ...NO_BILL, ...money }
    office.peers.note(note)
    const { appointmentId } = await office.schedule()
    const answer = await remove(appointmentId)
    expect(refusalOf(answer)).toMatchObject({ status: 409, code })
    expect(answer.body.next).toMatch(next)
    expect(answer.body.blockers[0]).toBe(code)
    expect(await statusOf(appointmentId)).toBe('scheduled')
  })

  test('S-16 a completed one goes once its bill is cancelled, not before billing has it', async () => {
    const { appointmentId } = await office.schedule()
    created(await complete(appointmentId))
    expect(refusalOf(await remove(appointmentId))).toMatchObject({ status: 409, code: 'billing_catching_up' })
    office.peers.money = { ...NO_BILL, billStatus: 'unsigned' }
    expect(refusalOf(await remove(appointmentId))).toMatchObject({ code: 'bill_open' })
    // The bill of a released note, cancelled before the session came: the session would open it again.
    office.peers.money = { ...NO_BILL, billStatus: 'cancelled' }
    expect(refusalOf(await remove(appointmentId))).toMatchObject({ status: 409, code: 'billing_catching_up' })
    office.peers.money = { ...NO_BILL, billStatus: 'cancelled', sessionTaken: true }
    expect(created(await remove(appointmentId)).status).toBe('deleted')
  })

  test('S-16 a copay that is on its way to billing holds the appointment, also a future one', async () => {
    const { appointmentId } = await office.schedule(FUTURE)
    const copay = { amountCents: 2500, method: 'cash' }
    created(await office.owner.post(`${path(appointmentId)}/check-in`, { copay }))
    expect(refusalOf(await remove(appointmentId)).code).toBe('billing_catching_up')
    await arrived(appointmentId)
    office.peers.money = { ...NO_BILL, escrowCents: 2500 }
    expect(refusalOf(await remove(appointmentId)).code).toBe('money_in_escrow')
    office.peers.money = NO_BILL
    created(await remove(appointmentId))
  })

  test('S-16 twice, or unknown, or by who has seen an older version, is refused', async () => {
    const { appointmentId } = await office.schedule(FUTURE)
    expect(refusalOf(await remove(appointmentId, { ifMatch: 2 }))).toMatchObject({
      status: 412,
      code: 'stale',
    })
    created(await remove(appointmentId, { ifMatch: 1 }))
    expect(refusalOf(await remove(appointmentId))).toMatchObject({ status: 410, code: 'appointment_deleted' })
    expect((await remove(newId())).status).toBe(404)
    const reader = await office.as('appointment.read')
    expect((await reader.delete(path(appointmentId))).status).toBe(403)
  })

  test('S-16 billing and the EHR decide by the permissions of the person who deletes', async () => {
    const { appointmentId } = await office.schedule()
    const half = await office.as('appointment.write')
    const answer = await half.delete(path(appointmentId))
    expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'peer_refused' })
    expect(answer.body.detail).toMatch('visit.read')
    expect(await statusOf(appointmentId)).toBe('scheduled')
  })

  test('S-16 with billing or the EHR away: 503, and the appointment stays', async () => {
    const { appointmentId } = await office.schedule()
    await office.peers.stop()
    try {
      expect((await remove(appointmentId)).status).toBe(503)
      expect(await statusOf(appointmentId)).toBe('scheduled')
    } finally {
      await office.peers.start(office.desk.peers)
    }
  })

  test('S-16 an answer that is not understood does not pass for "nothing in the way"', async () => {
    const { appointmentId } = await office.schedule()
    office.peers.money = { ...NO_BILL, billStatus: 'in collections' }
    expect((await remove(appointmentId)).status).toBe(500)
    office.peers.money = NO_BILL
    office.peers.note('co-signed')
    expect((await remove(appointmentId)).status).toBe(500)
    expect(await statusOf(appointmentId)).toBe('scheduled')
  })
})

describe('two people at one appointment', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'S-16 S-22 completing and deleting at once has exactly one outcome (%s)',
    async (round) => {
      const { appointmentId } = await office.schedule()
      office.peers.delayMs = 20 + round
      const deed = { complete: () => complete(appointmentId), delete: () => remove(appointmentId) }
      // Each gets the head start in turn.
      const [first, second] = round % 2 ? [deed.complete, deed.delete] : [deed.delete, deed.complete]
      const answers = await Promise.all([first(), second(), first(), second()])
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
      expect(answers.filter((answer) => [409, 410].includes(answer.status))).toHaveLength(3)
      const facts = (await office.desk.facts()).filter(
        (fact) =>
          fact.key === appointmentId &&
          [AppointmentDeleted.topic, SessionCompleted.topic].includes(fact.topic),
      )
      expect(facts).toHaveLength(1)
      expect(facts[0]!.topic).toBe(
        (await statusOf(appointmentId)) === 'deleted' ? AppointmentDeleted.topic : SessionCompleted.topic,
      )
    },
  )
})

describe('products that are off', () => {
  test.each([
    [{ billing: false, ehr: true }, ['GetVisitNotes'], 'note_signed'],
    [{ billing: true, ehr: false }, ['GetVisitBilling'], 'bill_open'],
    [{ billing: false, ehr: false }, [], undefined],
  ])('S-16 with %j only those that are on are asked', async (changes, methods, code) => {
    const practice = (await office.owner.get('/v1/practice')).body
    const products = { ...PRACTICE.products, ...changes }
    created(await office.owner.put('/v1/practice', { ...PRACTICE, products }, { ifMatch: practice.version }))
    office.peers.money = { ...NO_BILL, billStatus: 'posted' }
    office.peers.note('signed')
    const { appointmentId } = await office.schedule()
    const answer = await remove(appointmentId)
    expect(asked()).toEqual(methods)
    expect(answer.status).toBe(code ? 409 : 200)
    if (code) expect(refusalOf(answer).code).toBe(code)
  })
})
