import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppointmentCancelled } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { appointmentAnswer } from '../appointment-answers.ts'
import { created, FUTURE, type Office, openOffice, PRACTICE, PRODUCTS, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

const FEE = 7_500
let office: Office
beforeAll(async () => {
  office = await openOffice()
  created(await office.owner.put('/v1/practice', { ...PRACTICE, noShowFeeCents: FEE }, { ifMatch: 1 }))
})
beforeEach(() => office.peers.reset())
afterAll(() => office.close())

const path = (id: string) => `/v1/appointments/${id}`
const cancel = (id: string, body: object = { kind: 'cancelled' }, options = {}) =>
  office.owner.post(`${path(id)}/cancel`, body, options)
const noShow = { kind: 'no-show' }
const factsOf = async (id: string) =>
  (await office.desk.facts(AppointmentCancelled)).filter((fact) => fact.key === id)
const listed = async (list: string) =>
  (await office.owner.get(`/v1/appointments?list=${list}`)).body.items.map(
    (item: { appointmentId: string }) => item.appointmentId,
  )

describe('the practice’s fee', () => {
  test('S-20 it is a setting; leaving it out of a change keeps it, null takes it away', async () => {
    const read = async () => (await office.owner.get('/v1/practice')).body
    const { version } = await read()
    const same = created(await office.owner.put('/v1/practice', PRACTICE, { ifMatch: version }))
    expect(same).toMatchObject({ noShowFeeCents: FEE, version })
    const none = { ...PRACTICE, noShowFeeCents: null }
    const taken = created(await office.owner.put('/v1/practice', none, { ifMatch: version }))
    expect(taken).toMatchObject({ noShowFeeCents: null, version: version + 1 })
    const back = { ...PRACTICE, noShowFeeCents: FEE }
    created(await office.owner.put('/v1/practice', back, { ifMatch: version + 1 }))
    expect(await read()).toMatchObject({ noShowFeeCents: FEE, version: version + 2 })
  })

  test.each([0, -1, 75.5, 100_000_000, '75'])('S-20 %j is no fee of a practice', async (noShowFeeCents) => {
    const answer = await office.owner.put('/v1/practice', { ...PRACTICE, noShowFeeCents }, { ifMatch: 1 })
    expect(refusalOf(answer)).toEqual({ status: 400, code: 'invalid_input', field: 'noShowFeeCents' })
  })
})

describe('cancelling', () => {
  test('S-20 a no-show is told with the practice’s fee, and is in no list of what is to come or to do', async () => {
    const before = await office.schedule()
    const { appointmentId, patientId, practitionerId, locationId, startsAt, endsAt } = before
    const answer = appointmentAnswer.parse(created(await cancel(appointmentId, noShow)))
    expect(answer).toMatchObject({
      status: 'cancelled',
      version: 2,
      cancellation: { ...noShow, feeCents: FEE, reason: null, cancelledAt: expect.any(String) },
    })
    const [fact, ...more] = await factsOf(appointmentId)
    expect(more).toEqual([])
    expect(fact!.sequence).toBe(2)
    expect(AppointmentCancelled.data.parse(fact!.data)).toEqual({
      appointmentId,
      patientId,
      practitionerId,
      locationId,
      roomId: null,
      placeOfService: '11',
      serviceDate: '2025-03-05',
      start: '2025-03-05T09:10',
      end: '2025-03-05T10:03',
      timeZone: 'America/Chicago',
      startsAt,
      endsAt,
      cancelledAt: answer.cancellation!.cancelledAt,
      kind: 'no-show',
      feeCents: FEE,
    })
    expect(await listed('open')).not.toContain(appointmentId)
    expect(await listed('cancelled')).toContain(appointmentId)
    expect((await office.owner.get(path(appointmentId))).body).toMatchObject(answer)
  })

  test('S-20 S-21 a cancelled one leaves Upcoming, asks no fee, and nobody is asked about it', async () => {
    const { appointmentId } = await office.schedule(FUTURE)
    expect(await listed('upcoming')).toContain(appointmentId)
    const reason = 'moved away'
    const answer = created(await cancel(appointmentId, { kind: 'cancelled', reason }))
    expect(answer.cancellation).toMatchObject({ kind: 'cancelled', feeCents: 0, reason })
    expect(await listed('upcoming')).not.toContain(appointmentId)
    expect(office.peers.asked).toEqual([])
    expect(JSON.stringify(await factsOf(appointmentId))).not.toContain(reason)
  })

  test('S-20 S-12 its time is free again', async () => {
    const { appointmentId } = await office.schedule({ start: '2089-01-03T09:00', end: '2089-01-03T10:00' })
    created(await cancel(appointmentId))
    const next = await office.schedule({ start: '2089-01-03T09:00', end: '2089-01-03T10:00' })
    expect(next.warnings).toEqual([])
  })

  test.each([
    [{ ...noShow, feeCents: 0 }, 0],
    [{ ...noShow, feeCents: 12_000 }, 12_000],
    [{ kind: 'late-cancelled' }, FEE],
    [{ kind: 'cancelled', feeCents: 99_999_999 }, 99_999_999],
  ])('S-20 the fee can be another each time: %j', async (body, feeCents) => {
    const { appointmentId } = await office.schedule()
    expect(created(await cancel(appointmentId, body)).cancellation.feeCents).toBe(feeCents)
    expect((await factsOf(appointmentId))[0]!.data).toMatchObject({ kind: body.kind, feeCents })
  })

  test.each([
    [{}, 'kind'],
    [{ kind: 'forgotten' }, 'kind'],
    [{ ...noShow, feeCents: -1 }, 'feeCents'],
    [{ ...noShow, feeCents: 0.5 }, 'feeCents'],
    [{ ...noShow, feeCents: 100_000_000 }, 'feeCents'],
    [{ ...noShow, reason: 'x'.repeat(501) }, 'reason'],
    [{ ...noShow, fee: 1 }, 'fee'],
  ])('S-20 %j is refused by name', async (body, field) => {
    const { appointmentId } = await office.schedule()
    expect(refusalOf(await cancel(appointmentId, body))).toEqual({
      status: 400,
      code: 'invalid_input',
      field,
    })
    expect((await office.owner.get(path(appointmentId))).body).toMatchObject({
      status: 'scheduled',
      version: 1,
    })
  })

  test('S-20 happens once, also when three do it at once; the same key answers the same', async () => {
    const { appointmentId } = await office.schedule()
    const answers = await Promise.all([1, 2, 3].map(() => cancel(appointmentId, noShow)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409])
    expect(refusalOf(await cancel(appointmentId))).toMatchObject({ status: 409, code: 'already_cancelled' })
    const keyed = await office.schedule()
    const first = await cancel(keyed.appointmentId, noShow, { idempotencyKey: 'gone-1' })
    const again = await cancel(keyed.appointmentId, noShow, { idempotencyKey: 'gone-1' })
    expect(again.body).toEqual(created(first))
    for (const id of [appointmentId, keyed.appointmentId]) expect(await factsOf(id)).toHaveLength(1)
  })

  test('S-20 a stale screen is told, and nothing is cancelled', async () => {
    const { appointmentId } = await office.schedule()
    created(await office.owner.post(`${path(appointmentId)}/check-in`, {}))
    expect((await cancel(appointmentId, { kind: 'cancelled' }, { ifMatch: 1 })).status).toBe(412)
    expect(await factsOf(appointmentId)).toEqual([])
    created(await cancel(appointmentId, { kind: 'cancelled' }, { ifMatch: 2 }))
  })

  test('S-20 not before its time as a no-show, not when complete, deleted or unknown, not without permission', async () => {
    const future = await office.schedule(FUTURE)
    expect(refusalOf(await cancel(future.appointmentId, noShow))).toEqual({
      status: 409,
      code: 'not_begun',
      field: 'kind',
    })
    const done = await office.schedule()
    created(
      await office.owner.post(`${path(done.appointmentId)}/complete`, {
        paymentType: 'other',
        lineItems: [],
      }),
    )
    expect(refusalOf(await cancel(done.appointmentId, noShow))).toMatchObject({
      status: 409,
      code: 'already_completed',
    })
    created(await office.owner.delete(path(future.appointmentId)))
    expect(refusalOf(await cancel(future.appointmentId))).toMatchObject({
      status: 410,
      code: 'appointment_deleted',
    })
    expect((await cancel(newId())).status).toBe(404)
    const reader = await office.as('appointment.read')
    expect((await reader.post(`${path(done.appointmentId)}/cancel`, noShow)).status).toBe(403)
  })

  test('S-20 a cancelled one is neither checked in nor completed, and can be deleted', async () => {
    const { appointmentId } = await office.schedule()
    created(await cancel(appointmentId))
    const refused = { status: 409, code: 'appointment_cancelled' }
    const checkIn = await office.owner.post(`${path(appointmentId)}/check-in`, {})
    expect(refusalOf(checkIn)).toMatchObject(refused)
    const complete = { paymentType: 'other', lineItems: [] }
    expect(refusalOf(await office.owner.post(`${path(appointmentId)}/complete`, complete))).toMatchObject(
      refused,
    )
    expect(refusalOf(await office.owner.get(`${path(appointmentId)}/completion`))).toMatchObject(refused)
    expect(created(await office.owner.delete(path(appointmentId))).status).toBe('deleted')
  })
})

describe('one that has begun', () => {
  test.each([
    ['signed note', {}, 'signed', 'note_signed', /^Unlock the note, then cancel the appointment/],
    ['open bill', { billStatus: 'unsigned' }, 'draft', 'bill_open', /^Cancel the bill, then cancel the app/],
    [
      'payment applied',
      { billStatus: 'posted', appliedCents: 1 },
      'draft',
      'payment_applied',
      /^Refund or remove the payment, then cancel the bill, then/,
    ],
  ])('S-20 %s says that it took place', async (_name, money, note, code, next) => {
    office.peers.money = { ...NO_BILL, ...money }
    office.peers.note(note)
    const { appointmentId } = await office.schedule()
    const answer = await cancel(appointmentId, noShow)
    expect(refusalOf(answer)).toMatchObject({ status: 409, code })
    expect(answer.body.next).toMatch(next)
    expect(await factsOf(appointmentId)).toEqual([])
  })

  test('S-20 B-10 a copay that waits does not stand in the way; who was checked in is no no-show', async () => {
    const { appointmentId } = await office.schedule()
    const copay = { amountCents: 2500, method: 'cash' }
    created(await office.owner.post(`${path(appointmentId)}/check-in`, { copay }))
    expect(refusalOf(await cancel(appointmentId, noShow))).toMatchObject({
      status: 409,
      code: 'already_checked_in',
      field: 'kind',
    })
    office.peers.money = { ...NO_BILL, escrowCents: 2500 }
    expect(created(await cancel(appointmentId, { kind: 'late-cancelled' }))).toMatchObject({
      status: 'cancelled',
      cancellation: { feeCents: FEE },
    })
  })

  test('S-20 a released note whose bill is on its way holds it', async () => {
    office.peers.note('draft', true)
    const { appointmentId } = await office.schedule()
    expect(refusalOf(await cancel(appointmentId, noShow))).toMatchObject({
      status: 409,
      code: 'billing_catching_up',
    })
  })

  test('S-20 with billing away: 503, nothing changed', async () => {
    const { appointmentId } = await office.schedule()
    await office.peers.stop()
    try {
      expect((await cancel(appointmentId, noShow)).status).toBe(503)
      expect((await office.owner.get(path(appointmentId))).body.status).toBe('scheduled')
    } finally {
      await office.peers.start(office.desk.peers)
    }
  })
})

test('S-20 with billing off there is no fee, and none can be asked', async () => {
  const { version } = (await office.owner.get('/v1/practice')).body
  const off = { ...PRACTICE, products: { ...PRODUCTS, billing: false } }
  created(await office.owner.put('/v1/practice', off, { ifMatch: version }))
  const { appointmentId } = await office.schedule()
  expect(refusalOf(await cancel(appointmentId, { ...noShow, feeCents: 1 }))).toEqual({
    status: 409,
    code: 'billing_off',
    field: 'feeCents',
  })
  expect(created(await cancel(appointmentId, noShow)).cancellation.feeCents).toBe(0)
  const rows = await office.desk.database.read(office.desk.practiceId, (tx) =>
    tx.many(sql`select kind, fee_cents from cancellation where appointment_id = ${appointmentId}`),
  )
  expect(rows).toEqual([{ kind: 'no-show', feeCents: 0 }])
})
