import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { PatientChanged, SessionCompleted } from '@praxisbus/contracts'
import { newId, refuse } from '@praxisbus/runtime'
import { appointmentAnswer } from '../appointment-answers.ts'
import { created, FUTURE, type Office, openOffice, PRACTICE, PRODUCTS, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
beforeEach(() => office.peers.reset())
afterAll(() => office.close())

const path = (id: string) => `/v1/appointments/${id}`
const complete = (id: string, body: object = {}, options = {}) =>
  office.owner.post(`${path(id)}/complete`, { paymentType: 'other', lineItems: [line()], ...body }, options)
const line = (changes: object = {}) => ({
  serviceId: office.serviceId,
  units: 1,
  unitAmountCents: 15000,
  ...changes,
})
const payment = { amountCents: 12000, method: 'cash', reference: 'R-7' }
const factsOf = async (key: string) =>
  (await office.desk.facts(SessionCompleted)).filter((fact) => fact.key === key)

/** A patient without email or diagnosis. */
async function stranger() {
  const { patientId } = created(await office.owner.post('/v1/patients', { name: 'Bo Lind' }))
  return office.schedule({ patientId })
}

describe('marking a session complete', () => {
  test('S-22 other, already paid: told whole, and on the Completed list', async () => {
    const visit = await office.schedule({ locationId: office.telehealth.locationId })
    const { appointmentId, patientId, practitionerId, locationId, startsAt } = visit
    const lines = [line({ units: 2, discountCents: 3000, modifiers: ['95'] })]
    const answer = await complete(appointmentId, { alreadyPaid: true, payment, lineItems: lines })
    const done = appointmentAnswer.parse(created(answer))
    expect(done).toMatchObject({ status: 'completed', version: 2 })
    expect(done.completion).toMatchObject({ totalCents: 27000, payment, receiptEmail: 'ada@example.org' })
    const [fact, ...more] = await factsOf(appointmentId)
    expect(more).toEqual([])
    expect(fact!.sequence).toBe(2)
    expect(SessionCompleted.data.parse(fact!.data)).toEqual({
      appointmentId,
      patientId,
      practitionerId,
      locationId,
      placeOfService: '10',
      serviceDate: '2025-03-05',
      startsAt,
      completedAt: done.completion!.completedAt,
      paymentType: 'other',
      alreadyPaid: true,
      payment,
      receiptEmail: 'ada@example.org',
      diagnosisCodes: [],
      lineItems: [{ lineId: expect.any(String), code: '90834', description: 'Service 90834', ...lines[0] }],
    })
    const completed = (await office.owner.get('/v1/appointments?list=completed')).body.items
    expect(completed.map((item: { appointmentId: string }) => item.appointmentId)).toContain(appointmentId)
    const open = (await office.owner.get('/v1/appointments?list=open')).body.items
    expect(open.map((item: { appointmentId: string }) => item.appointmentId)).not.toContain(appointmentId)
  })

  test('B-03 other, not paid: no payment and no receipt', async () => {
    const { appointmentId } = await office.schedule()
    created(await complete(appointmentId))
    expect((await factsOf(appointmentId))[0]!.data).toMatchObject({
      alreadyPaid: false,
      payment: null,
      receiptEmail: null,
    })
  })

  test('B-04 cash of the flow travels along, beside a payment or with neither address nor payment, and a deletion waits for their receipts (S-16)', async () => {
    const both = await office.schedule()
    const cashPayments = [{ amountCents: 2000 }, { amountCents: 1000, reference: 'till 2' }]
    const answer = await complete(both.appointmentId, { alreadyPaid: true, payment, cashPayments })
    const told = [
      { amountCents: 2000, reference: null },
      { amountCents: 1000, reference: 'till 2' },
    ]
    expect(created(answer).completion).toMatchObject({ payment, cashPayments: told, totalCents: 15000 })
    expect((await factsOf(both.appointmentId))[0]!.data).toMatchObject({ payment, cashPayments: told })

    const { appointmentId } = await stranger()
    const cashOnly = created(await complete(appointmentId, { cashPayments }))
    expect(cashOnly.completion).toMatchObject({ alreadyPaid: false, payment: null, receiptEmail: null })
    expect((await factsOf(appointmentId))[0]!.data.cashPayments).toEqual(told)
    office.peers.money = { ...NO_BILL, billStatus: 'cancelled', sessionTaken: true }
    expect(refusalOf(await office.owner.delete(path(appointmentId)))).toMatchObject({
      status: 409,
      code: 'billing_catching_up',
    })

    const more = await office.schedule()
    expect(
      refusalOf(
        await complete(more.appointmentId, {
          alreadyPaid: true,
          payment,
          cashPayments: [...cashPayments, { amountCents: 1 }],
        }),
      ),
    ).toEqual({ status: 400, code: 'payment_too_large', field: 'cashPayments.2.amountCents' })
  })

  test('S-22 online only where billing says the practice is connected', async () => {
    const { appointmentId } = await office.schedule()
    const refused = await complete(appointmentId, { paymentType: 'online' })
    expect(refusalOf(refused)).toEqual({ status: 409, code: 'online_not_connected', field: 'paymentType' })
    office.peers.preview = { ...office.peers.preview, onlinePayment: true }
    expect((await complete(appointmentId, { paymentType: 'online' })).status).toBe(200)
    expect((await factsOf(appointmentId))[0]!.data.paymentType).toBe('online')
  })

  test('S-22 B-04 a diagnosis added in the flow is kept in the patient’s profile', async () => {
    const { appointmentId, patientId } = await stranger()
    created(await complete(appointmentId, { diagnosisCode: 'F32.1' }))
    expect((await factsOf(appointmentId))[0]!.data.diagnosisCodes).toEqual(['F32.1'])
    const patient = (await office.owner.get(`/v1/patients/${patientId}`)).body
    expect(patient).toMatchObject({ diagnosisCodes: ['F32.1'], version: 2 })
    const told = (await office.desk.facts(PatientChanged)).filter((fact) => fact.key === patientId)
    expect(told.at(-1)).toMatchObject({ sequence: 2, data: { diagnosisCodes: ['F32.1'] } })

    const next = await office.schedule({ patientId })
    created(await complete(next.appointmentId, { diagnosisCode: 'F32.1' }))
    const { version } = (await office.owner.get(`/v1/patients/${patientId}`)).body
    expect(version).toBe(2)
    expect((await factsOf(next.appointmentId))[0]!.data.diagnosisCodes).toEqual(['F32.1'])
  })

  test('B-03 refuses a paid session without any address for the receipt, before finalising', async () => {
    const { appointmentId } = await stranger()
    const paid = { alreadyPaid: true, payment, diagnosisCode: 'F32.1' }
    const before = await office.desk.facts()
    expect(refusalOf(await complete(appointmentId, paid))).toEqual({
      status: 400,
      code: 'receipt_email_missing',
      field: 'sendReceiptTo',
    })
    expect(await office.desk.facts()).toEqual(before)
    const answer = await complete(appointmentId, { ...paid, sendReceiptTo: 'bo@example.org' })
    expect(created(answer).completion.receiptEmail).toBe('bo@example.org')
  })

  test('S-22 refuses what does not add up, and changes nothing', async () => {
    const { appointmentId } = await office.schedule()
    const before = await office.desk.facts()
    const rows: [object, string, string][] = [
      [{ lineItems: undefined }, 'line_items_missing', 'lineItems'],
      [{ lineItems: [line({ discountCents: 15001 })] }, 'discount_too_large', 'lineItems.0.discountCents'],
      [{ alreadyPaid: true }, 'payment_missing', 'payment'],
      [{ payment }, 'payment_not_expected', 'payment'],
      [
        { alreadyPaid: true, payment: { ...payment, amountCents: 15001 } },
        'payment_too_large',
        'payment.amountCents',
      ],
      [{ lineItems: [line({ serviceId: newId() })] }, 'service_not_available', 'lineItems.0.serviceId'],
      [{ sendReceiptTo: 'x@example.org' }, 'no_receipt_due', 'sendReceiptTo'],
      [{ diagnosisCode: 'depression' }, 'invalid_input', 'diagnosisCode'],
      [{ paymentType: 'barter' }, 'invalid_input', 'paymentType'],
      [{ lineItems: [line({ unitAmountCents: -1 })] }, 'invalid_input', 'lineItems.0.unitAmountCents'],
      [{ lineItems: [line({ unitAmountCents: 1.5 })] }, 'invalid_input', 'lineItems.0.unitAmountCents'],
    ]
    for (const [body, code, field] of rows)
      expect(refusalOf(await complete(appointmentId, body))).toMatchObject({ code, field })
    expect(await office.desk.facts()).toEqual(before)
    expect((await office.owner.get(path(appointmentId))).body).toMatchObject({
      status: 'scheduled',
      version: 1,
    })
  })

  test('S-22 only a past appointment, only once, never a deleted one', async () => {
    const future = await office.schedule(FUTURE)
    expect(refusalOf(await complete(future.appointmentId))).toMatchObject({ status: 409, code: 'not_past' })
    const past = await office.schedule()
    const answers = await Promise.all([1, 2, 3].map(() => complete(past.appointmentId)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409])
    expect(refusalOf(await complete(past.appointmentId))).toMatchObject({ code: 'already_completed' })
    expect(await factsOf(past.appointmentId)).toHaveLength(1)
    const gone = await office.schedule()
    created(await office.owner.delete(path(gone.appointmentId)))
    expect(refusalOf(await complete(gone.appointmentId))).toMatchObject({
      status: 410,
      code: 'appointment_deleted',
    })
    expect((await complete(newId())).status).toBe(404)
  })

  test('S-22 the same key completes once and answers the same', async () => {
    const { appointmentId } = await office.schedule()
    const first = await complete(appointmentId, {}, { idempotencyKey: 'done-1' })
    const again = await complete(appointmentId, {}, { idempotencyKey: 'done-1' })
    expect(again.body).toEqual(created(first))
  })

  test('S-22 only with the permission', async () => {
    const { appointmentId } = await office.schedule()
    const clerk = await office.as('appointment.write', 'appointment.read')
    expect((await clerk.post(`${path(appointmentId)}/complete`, { paymentType: 'other' })).status).toBe(403)
  })

  test('S-22 what billing refuses is said in its words', async () => {
    const { appointmentId } = await office.schedule()
    office.peers.refusal = refuse('refused', { detail: 'The books are closed.', next: 'Open a period.' })
    const answer = await complete(appointmentId)
    expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'peer_refused' })
    expect(answer.body).toMatchObject({
      detail: expect.stringMatching('books are closed'),
      next: 'Open a period.',
    })
  })

  test('S-22 with billing away: 503, nothing changed, and the same key works later', async () => {
    const { appointmentId } = await office.schedule()
    await office.peers.stop()
    try {
      const away = await complete(appointmentId, {}, { idempotencyKey: 'later-1' })
      expect(away.status).toBe(503)
      expect((await office.owner.get(`${path(appointmentId)}/completion`)).status).toBe(503)
      expect((await office.owner.get(path(appointmentId))).body).toMatchObject({
        status: 'scheduled',
        version: 1,
      })
      expect(await factsOf(appointmentId)).toEqual([])
    } finally {
      await office.peers.start(office.desk.peers)
    }
    const retried = async () => (await complete(appointmentId, {}, { idempotencyKey: 'later-1' })).status
    expect([await retried(), await retried()].at(-1)).toBe(200)
    expect(await factsOf(appointmentId)).toHaveLength(1)
  })
})

test('S-22 with billing off a session completes without line items, and billing is not asked', async () => {
  const { appointmentId } = await office.schedule()
  const off = { ...PRACTICE, products: { ...PRODUCTS, billing: false } }
  created(await office.owner.put('/v1/practice', off, { ifMatch: 1 }))
  expect((await office.owner.get(`${path(appointmentId)}/completion`)).body).toMatchObject({
    billing: false,
    lineItems: [],
  })
  expect(refusalOf(await complete(appointmentId))).toEqual({
    status: 409,
    code: 'billing_off',
    field: 'lineItems',
  })
  created(await complete(appointmentId, { lineItems: undefined }))
  expect((await factsOf(appointmentId))[0]!.data).toMatchObject({ lineItems: [], payment: null })
  expect(office.peers.asked).toEqual([])
})
