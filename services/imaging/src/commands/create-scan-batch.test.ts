import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LocationChanged, PayerChanged, PracticeChanged, ScanBatchCreated } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import type { Api } from '@praxisbus/testing'
import { openScanDesk, type ScanDesk } from '../testing/scan-desk.ts'

let desk: ScanDesk
let clerk: Api
const [locationId, payerId, planId, oldPlanId, otherPayerId, otherPlanId] = Array.from(
  { length: 6 },
  newId,
) as [string, string, string, string, string, string]

const payer = (id: string, plans: [string, boolean][], active = true) => ({
  payerId: id,
  name: 'Payer',
  payerNumber: null,
  active,
  plans: plans.map(([plan, inUse]) => ({ planId: plan, name: 'Plan', active: inUse })),
})
const location = (active: boolean) => ({ locationId, name: 'Main Street', placeOfService: '11', active })
const practice = (imaging: boolean, practiceId = desk.practiceId) => ({
  practiceId,
  name: 'Practice',
  timeZone: 'America/Chicago',
  products: { scheduler: true, ehr: true, billing: true, imaging },
})

beforeAll(async () => {
  desk = await openScanDesk()
  clerk = await desk.clerk()
  await desk.react(PracticeChanged, { subject: desk.practiceId, version: 1, data: practice(true), times: 2 })
  await desk.react(LocationChanged, { subject: locationId, version: 2, data: location(true) })
  await desk.react(PayerChanged, {
    subject: payerId,
    version: 1,
    data: payer(payerId, [
      [planId, true],
      [oldPlanId, false],
    ]),
  })
  await desk.react(PayerChanged, {
    subject: otherPayerId,
    version: 1,
    data: payer(otherPayerId, [[otherPlanId, true]]),
  })
})
afterAll(() => desk.close())

const create = (body: object, api = clerk) => api.post('/v1/scan-batches', body)

describe('POST /v1/scan-batches', () => {
  test('I-01 a charge batch carries facility and dates; the practice is filled in; the fact says it all', async () => {
    const wish = {
      type: 'charge',
      description: '  Monday  ',
      locationId,
      dateOfService: '2026-03-02',
      chargeReceivedDate: '2026-03-03',
    }
    const { status, headers, body } = await create(wish)
    expect(status).toBe(201)
    expect(headers.get('etag')).toBe('"1"')
    expect(body).toMatchObject({
      ...wish,
      description: 'Monday',
      practiceId: desk.practiceId,
      status: 'open',
      payerId: null,
      planId: null,
    })
    expect(body.imageSets).toEqual([{ imageSetId: expect.any(String), position: 1, images: [] }])
    const fact = (await desk.facts(ScanBatchCreated)).find(({ key }) => key === body.scanBatchId)!
    expect(fact.sequence).toBe(1)
    expect(Date.parse(fact.data.createdAt as string)).toBe(Date.parse(body.createdAt))
    expect(fact.data).toMatchObject({
      scanBatchId: body.scanBatchId,
      type: 'charge',
      locationId,
      dateOfService: '2026-03-02',
      chargeReceivedDate: '2026-03-03',
    })
  })

  test('I-01 a payment batch carries payer and plan', async () => {
    const wish = { type: 'payment', payerId: payerId.toUpperCase(), planId: planId.toUpperCase() }
    const { status, body } = await create(wish)
    expect(status).toBe(201)
    expect(body).toMatchObject({ type: 'payment', payerId, planId, description: null })
  })

  test.each([
    ['a payer on a charge batch', () => ({ type: 'charge', payerId }), 422, 'payerId', 'field_of_other_type'],
    [
      'a facility on a payment batch',
      () => ({ type: 'payment', locationId }),
      422,
      'locationId',
      'field_of_other_type',
    ],
    ['an unknown payer', () => ({ type: 'payment', payerId: newId() }), 422, 'payerId', 'unknown_record'],
    [
      'a plan of another payer',
      () => ({ type: 'payment', payerId, planId: otherPlanId }),
      422,
      'planId',
      'plan_of_other_payer',
    ],
    ['a plan without payer', () => ({ type: 'payment', planId }), 422, 'planId', 'plan_without_payer'],
    [
      'a plan out of use',
      () => ({ type: 'payment', payerId, planId: oldPlanId }),
      422,
      'planId',
      'inactive_record',
    ],
    [
      'a date that is none',
      () => ({ type: 'charge', dateOfService: '2026-02-30' }),
      400,
      'dateOfService',
      'invalid_input',
    ],
    [
      'an absurd date',
      () => ({ type: 'charge', dateOfService: '2206-02-03' }),
      422,
      'dateOfService',
      'date_out_of_range',
    ],
    ['no type', () => ({}), 400, 'type', 'invalid_input'],
    ['an unknown type', () => ({ type: 'refund' }), 400, 'type', 'invalid_input'],
    ['an unknown field', () => ({ type: 'charge', facility: locationId }), 400, 'facility', 'invalid_input'],
    [
      'a description without end',
      () => ({ type: 'charge', description: 'x'.repeat(501) }),
      400,
      'description',
      'invalid_input',
    ],
  ])('I-01 refuses %s and keeps nothing', async (_, body, status, field, code) => {
    const before = (await desk.facts()).length
    const answer = await create(body())
    expect(answer.status).toBe(status)
    expect(answer.body.type).toBe(`urn:praxisbus:problem:${code}`)
    expect(answer.body.errors[0].field).toBe(field)
    expect(answer.body.next).toEqual(expect.any(String))
    expect((await desk.facts()).length).toBe(before)
  })

  test('I-01 P-07 the same key creates one batch', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => clerk.post('/v1/scan-batches', { type: 'charge' }, { idempotencyKey: 'one-batch' })),
    )
    expect(second!.body).toEqual(first!.body)
  })

  test('I-01 who works for several practices says which: in the body or the header', async () => {
    const other = newId()
    const both = await desk.as({
      permissions: ['scan.write', 'scan.read'],
      practiceIds: [desk.practiceId, other],
    })
    expect((await create({ type: 'charge' }, both)).status).toBe(403)
    expect((await create({ type: 'charge', practiceId: other }, both)).body.practiceId).toBe(other)
    const { body } = await both.post('/v1/scan-batches', { type: 'charge' }, { practiceId: desk.practiceId })
    expect(body.practiceId).toBe(desk.practiceId)
    expect((await create({ type: 'charge', practiceId: newId() }, both)).status).toBe(403)
    expect((await create({ type: 'charge', practiceId: other })).status).toBe(403)
  })

  test('I-01 P-06 needs scan.write', async () => {
    const reader = await desk.as({ permissions: ['scan.read'] })
    expect((await create({ type: 'charge' }, reader)).status).toBe(403)
  })

  test('I-01 P-06 leaves an audit entry', async () => {
    const { body } = await create({ type: 'charge' })
    const rows = await desk.database.read(desk.practiceId, (tx) =>
      tx.many(sql`select user_id, action from audit where record_id = ${body.scanBatchId}`),
    )
    expect(rows).toEqual([{ userId: 'user-1', action: 'create' }])
  })
})

describe('replicas', () => {
  test('I-01 an older fact that comes late changes nothing; a newer one does', async () => {
    await desk.react(LocationChanged, { subject: locationId, version: 1, data: location(false) })
    expect((await create({ type: 'charge', locationId })).status).toBe(201)
    await desk.react(LocationChanged, { subject: locationId, version: 3, data: location(false) })
    expect((await create({ type: 'charge', locationId })).body.type).toMatch(/inactive_record$/)
  })

  test('I-01 a payer out of use, or a plan that is gone, is refused', async () => {
    await desk.react(PayerChanged, { subject: otherPayerId, version: 2, data: payer(otherPayerId, []) })
    const answer = await create({ type: 'payment', payerId: otherPayerId, planId: otherPlanId })
    expect(answer.body).toMatchObject({
      type: expect.stringMatching(/unknown_record$/),
      errors: [{ field: 'planId' }],
    })
    await desk.react(PayerChanged, {
      subject: otherPayerId,
      version: 3,
      data: payer(otherPayerId, [], false),
    })
    expect((await create({ type: 'payment', payerId: otherPayerId })).body.type).toMatch(/inactive_record$/)
  })

  test('I-01 a payer of another practice is unknown here', async () => {
    const stranger = newId()
    await desk.react(PayerChanged, {
      practiceId: newId(),
      subject: stranger,
      version: 1,
      data: payer(stranger, []),
    })
    expect((await create({ type: 'payment', payerId: stranger })).body.type).toMatch(/unknown_record$/)
  })

  test('I-01 a practice that turned imaging off creates no batches', async () => {
    const practiceId = newId()
    await desk.react(PracticeChanged, {
      practiceId,
      subject: practiceId,
      version: 1,
      data: practice(false, practiceId),
    })
    const answer = await create({ type: 'charge' }, await desk.clerk(practiceId))
    expect(answer.status).toBe(409)
  })
})
