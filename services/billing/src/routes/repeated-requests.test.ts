import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { PERMISSIONS } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { routes } from '../routes.ts'
import { MAIL_FROM, procedure, type Visit } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
let owner: OnlineDesk['owner']
beforeAll(async () => {
  desk = await openOnlineDesk()
  owner = await desk.as({ permissions: [...PERMISSIONS] })
})
afterAll(() => desk.close())

interface Request {
  readonly path: string
  readonly body: object
  /** The same request with another content. null: the route takes none. */
  readonly other?: object | null
}

const post = async (path: string, body: object = {}) => {
  const answer = await owner.post(path, body)
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
async function patient(): Promise<Visit> {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  return visit
}
async function bill() {
  const visit = await patient()
  await desk.complete(visit)
  const { billingEncounterId, lines } = await desk.bill(visit)
  return { visit, path: `/v1/billing-encounters/${billingEncounterId}`, chargeId: lines[0]!.chargeId! }
}
const money = (more: object) => ({ amountCents: 900, method: 'cash', ...more })
async function receipt() {
  const { patientId } = await patient()
  return `/v1/receipts/${(await post('/v1/receipts', money({ patientId }))).receiptId}`
}
async function paid() {
  const { chargeId } = await bill()
  const path = await receipt()
  const applications = [{ chargeId, amountCents: 500 }]
  return { path, chargeId, applications }
}
const agency = (name = newId()) => ({ name, feeBasisPoints: 1_000 })
async function placed() {
  const { path } = await bill()
  const { agencyId } = await post('/v1/collection-agencies', agency())
  return { path, agencyId }
}
async function amended() {
  const visit = await patient()
  await desk.service(`A${newId().slice(-6).toUpperCase()}`, 100)
  await desk.complete(visit)
  await desk.release(visit)
  await desk.release(visit, {
    releasedAt: '2026-04-01T00:00:00Z',
    procedures: [procedure('90834', { units: 2 })],
  })
  return (await desk.bill(visit)).releases.find((release) => release.waits)!.releaseId
}
async function insured() {
  const { chargeId, visit } = await bill()
  const { payerId } = await post('/v1/payers', { name: newId() })
  const coverages = [{ payerId, memberId: 'M1' }]
  await owner.put(`/v1/patients/${visit.patientId}/coverages`, { coverages }, { ifMatch: 1 })
  return { chargeId, payerId }
}
const writeOff = { group: 'CO', reason: '45', amountCents: 100 }
async function writtenOff() {
  const { chargeId } = await bill()
  return `/v1/charges/${chargeId}/adjustments`
}
/** A payment that does not fit what was asked for. */
async function notice() {
  await desk.onlineVisit()
  await desk.turn()
  const event = desk.stripe.pay(desk.accountId, desk.newestLink())
  await desk.hear({ ...event, data: { object: { ...(event.data.object as object), amount_total: 1 } } })
  return (await owner.get('/v1/payment-notices?settled=false')).body.paymentNotices.at(-1).paymentNoticeId
}
const refund = { amountCents: 100, method: 'cash', reason: 'too much' }
const disbursement = { code: 'E', amountCents: 100 }

/** Each route that moves money, or what money goes by, once. */
const CASES: Record<string, () => Promise<Request>> = {
  'POST /v1/receipts': async () => {
    const { patientId } = await patient()
    return { path: '/v1/receipts', body: money({ patientId }), other: money({ patientId, amountCents: 1 }) }
  },
  'POST /v1/receipts/:id/delete': async () => ({
    path: `${await receipt()}/delete`,
    body: { reason: 'twice' },
  }),
  'POST /v1/receipts/:id/payments': async () => {
    const { path, applications } = await paid()
    return { path: `${path}/payments`, body: { applications } }
  },
  'POST /v1/receipts/:id/insurance-payments': async () => {
    const { chargeId, payerId } = await insured()
    const { receiptId } = await post('/v1/receipts', money({ payerId }))
    return {
      path: `/v1/receipts/${receiptId}/insurance-payments`,
      body: { lines: [{ chargeId, paidCents: 900 }] },
    }
  },
  'POST /v1/charges/transfer': async () => {
    const { chargeId, payerId } = await insured()
    return { path: '/v1/charges/transfer', body: { from: 'patient', to: payerId, charges: [{ chargeId }] } }
  },
  'POST /v1/charges/:id/adjustments': async () => ({ path: await writtenOff(), body: writeOff }),
  'POST /v1/adjustments/:id/undo': async () => {
    const { adjustmentId } = await post(await writtenOff(), writeOff)
    return { path: `/v1/adjustments/${adjustmentId}/undo`, body: {} }
  },
  'POST /v1/write-off-codes': async () => ({
    path: '/v1/write-off-codes',
    body: { code: 'SMALL', description: 'Small balance' },
  }),
  'POST /v1/payment-requests': async () => {
    const { path } = await bill()
    return { path: '/v1/payment-requests', body: { billingEncounterId: path.split('/').at(-1) } }
  },
  'POST /v1/payment-requests/:id/give-up': async () => {
    const visit = await desk.onlineVisit()
    desk.stripe.trouble({ on: 'POST /v1/payment_links', how: 'no-access', times: 20 })
    await desk.turn()
    desk.stripe.trouble()
    const { paymentRequestId } = await desk.request(visit)
    return { path: `/v1/payment-requests/${paymentRequestId}/give-up`, body: {}, other: null }
  },
  'POST /v1/payment-notices/:id/settle': async () => ({
    path: `/v1/payment-notices/${await notice()}/settle`,
    body: {},
    other: null,
  }),
  'POST /v1/payments/:id/remove': async () => {
    const { path, applications } = await paid()
    const { paymentId } = await post(`${path}/payments`, { applications })
    return { path: `/v1/payments/${paymentId}/remove`, body: {} }
  },
  'POST /v1/receipts/:id/disbursements': async () => ({
    path: `${await receipt()}/disbursements`,
    body: disbursement,
    other: { ...disbursement, amountCents: 101 },
  }),
  'POST /v1/disbursements/:id/undo': async () => {
    const { disbursements } = await post(`${await receipt()}/disbursements`, disbursement)
    return { path: `/v1/disbursements/${disbursements[0].disbursementId}/undo`, body: {} }
  },
  'POST /v1/disbursement-codes': async () => ({
    path: '/v1/disbursement-codes',
    body: { code: 'OWN', description: 'Own' },
  }),
  'POST /v1/receipts/:id/refunds': async () => ({ path: `${await receipt()}/refunds`, body: refund }),
  'POST /v1/refunds/:id/undo': async () => {
    const { refunds } = await post(`${await receipt()}/refunds`, refund)
    return { path: `/v1/refunds/${refunds[0].refundId}/undo`, body: {} }
  },
  'POST /v1/billing-encounters/:id/sign': async () => {
    const { path } = await bill()
    await post(`${path}/reverse`, { reason: 'again' })
    return { path: `${path}/sign`, body: { billTo: 'patient' } }
  },
  'POST /v1/billing-encounters/:id/cancel': async () => ({
    path: `${(await bill()).path}/cancel`,
    body: {},
    other: null,
  }),
  'POST /v1/billing-encounters/:id/reverse': async () => {
    const { path, chargeId } = await bill()
    await post(`${await receipt()}/payments`, { applications: [{ chargeId, amountCents: 900 }] })
    return { path: `${path}/reverse`, body: { reason: 'wrong', returnPayments: true } }
  },
  'POST /v1/billing-encounters/:id/collections': async () => {
    const { path, agencyId } = await placed()
    return { path: `${path}/collections`, body: { agencyId } }
  },
  'POST /v1/billing-encounters/:id/recall': async () => {
    const { path, agencyId } = await placed()
    await post(`${path}/collections`, { agencyId })
    return { path: `${path}/recall`, body: { reason: 'back' } }
  },
  'POST /v1/collection-agencies': async () => ({ path: '/v1/collection-agencies', body: agency() }),
  'POST /v1/encounter-releases/:id/settle': async () => ({
    path: `/v1/encounter-releases/${await amended()}/settle`,
    body: { note: 'seen' },
  }),
  'POST /v1/documents/:id/send': async () => {
    const { visit } = await bill()
    const { documents } = (await owner.get(`/v1/documents?patientId=${visit.patientId}`)).body
    return { path: `/v1/documents/${documents[0].documentId}/send`, body: {} }
  },
  'POST /v1/receipts/:id/document': async () => ({
    path: `${await receipt()}/document`,
    body: { email: 'ada@patients.test' },
  }),
  'POST /v1/patients/:id/statements': async () => ({
    path: `/v1/patients/${(await bill()).visit.patientId}/statements`,
    body: {},
    other: null,
  }),
  'POST /v1/statements': async () => {
    await bill()
    return { path: '/v1/statements', body: { limit: 1 } }
  },
  'POST /v1/billing-encounters/:id/superbill': async () => {
    const visit = await patient()
    const { practitionerId } = visit
    await post('/v1/rendering-providers', { name: 'Dana Reyes, PhD', npi: '1234567893', practitionerId })
    await desk.release(visit, { procedures: [procedure('90834')] })
    await desk.complete(visit)
    const { billingEncounterId } = await desk.bill(visit)
    return { path: `/v1/billing-encounters/${billingEncounterId}/superbill`, body: {}, other: null }
  },
  'POST /v1/reference-batches': async () => ({
    path: '/v1/reference-batches',
    body: { name: 'Late', batchDate: '2026-06-01' },
  }),
  'POST /v1/reporting-periods': async () => ({
    path: '/v1/reporting-periods',
    body: { endsOn: '2020-12-31' },
  }),
  'POST /v1/reporting-periods/:id/reopen': async () => {
    const { periodId } = await post('/v1/reporting-periods', { endsOn: '2021-12-31' })
    return { path: `/v1/reporting-periods/${periodId}/reopen`, body: { reason: 'late receipt' } }
  },
}

/** Everything that a second effect would change. */
async function state() {
  const counts = await desk.database.read(desk.practiceId, (tx) =>
    tx.one<Record<string, number>>(sql`
      select (select count(*) from journal) as journals, (select count(*) from entry) as entries,
             (select count(*) from receipt) as receipts, (select count(*) from payment_request) as requests,
             (select count(settled_at) from payment_notice) as settled, (select count(*) from write_off_code) as write_off_codes, (select sum(version)::bigint from receipt) as receipt_versions,
             (select sum(version)::bigint from billing_encounter) as bill_versions, (select count(*) from charge) as charges,
             (select count(*) from payment) as payments, (select count(*) from document) as documents,
             (select count(*) from document_delivery) as deliveries, (select count(*) from collection_placement) as placements,
             (select count(*) from collection_agency) as agencies, (select count(*) from disbursement_code) as codes,
             (select count(*) from reference_batch) as batches, (select count(*) from reporting_period) as periods,
             (select count(*) from audit) as audited`),
  )
  return { counts, facts: (await desk.facts()).length }
}

const MONEY = /^(billing\.post|receipt\.|payment\.|collections\.|period\.)/

test('P-07 every route that moves money is in the table of this test', () => {
  const all = routes({ mailFrom: MAIL_FROM, mailServer: true })
  const posts = all.filter(
    (route) => 'permission' in route && route.endpoint.startsWith('POST') && MONEY.test(route.permission),
  )
  expect(posts.map(({ endpoint }) => endpoint).sort()).toEqual(Object.keys(CASES).sort())
})

test.each(Object.keys(CASES))(
  'P-07 %s: the same key gives the same answer and one effect',
  async (endpoint) => {
    const { path, body, other = { ...body, unknown: 1 } } = await CASES[endpoint]!()
    const idempotencyKey = randomUUID()
    const send = (what: object) => owner.post(path, what, { idempotencyKey })
    const before = await state()
    const first = await send(body)
    expect(first.status).toBeLessThan(300)
    const once = await state()
    expect(once).not.toEqual(before)
    const repeated = await Promise.all([send(body), send(body)])
    for (const answer of repeated) expect([answer.status, answer.body]).toEqual([first.status, first.body])
    if (other !== null) expect((await send(other)).status).toBeGreaterThanOrEqual(400)
    expect(await state()).toEqual(once)
  },
)
