import type { Asked, Books, Row } from './books.ts'

/** A command of billing. Where it takes ids in its body, the row names all that it takes: each is tried with another practice's. */
const row = (endpoint: string, ask: Row['ask']): Row => ({ service: 'billing', endpoint, ask })

const REASON = { reason: 'Taken twice' }

async function paid({ receipt, bill, post }: Books) {
  const [{ receiptId }, { lines }] = [await receipt(), await bill()]
  const { chargeId } = lines[0]
  const applications = [{ chargeId, amountCents: 1_000 }]
  return { chargeId, ...(await post(`/v1/receipts/${receiptId}/payments`, { applications })) }
}
async function disbursed({ receipt, post }: Books) {
  const { receiptId } = await receipt()
  return post(`/v1/receipts/${receiptId}/disbursements`, { code: 'E', amountCents: 100 })
}
async function refunded({ receipt, post }: Books) {
  const { receiptId } = await receipt()
  return post(`/v1/receipts/${receiptId}/refunds`, { amountCents: 100, method: 'cash', ...REASON })
}
let agencies = 0
async function agency({ post, name }: Books): Promise<string> {
  const body = { name: `${name} Collections ${++agencies}`, feeBasisPoints: 2_500 }
  return (await post('/v1/collection-agencies', body)).agencyId
}
/** A bill, and what names a part of it. */
async function chargesOf({ bill, batchId }: Books) {
  const { billingEncounterId, lines } = await bill()
  return { id: billingEncounterId, part: { chargeIds: [lines[0].chargeId], batchId } }
}
/** A check of an insurer, and a charge that the patient has moved to it. */
async function insured(books: Books) {
  const { person, patientId, payerId, planId } = books
  const path = `/v1/patients/${patientId}/coverages`
  const { version } = (await person.billing.get(path)).body as { version: number }
  const coverages = [{ payerId, planId, memberId: 'M1' }]
  await person.billing.put(path, { coverages }, { ifMatch: version })
  const [{ receiptId }, { lines }] = [await books.post('/v1/receipts', ofInsurer(books)), await books.bill()]
  return { receiptId, chargeId: lines[0].chargeId as string }
}
const ofInsurer = ({ payerId, planId, batchId }: Books) => ({
  ...{ payerId, planId, batchId },
  ...{ amountCents: 5_000, method: 'eft' },
})

/** Every command of billing about money, at least once, in an order in which a practice may send them. A new command is a row here. */
export const MONEY: readonly Row[] = [
  row('POST /v1/reference-batches', ({ name }) => ({
    body: { name: `${name} mail`, batchDate: '2026-03-02' },
  })),
  row('POST /v1/receipts', (books) => ({ body: ofInsurer(books) })),
  row('POST /v1/receipts', async ({ patientId, batchId, visit }) => {
    // Billing hears of an appointment at its check-in: money may come before.
    const appointmentId = await visit()
    const body = { patientId, batchId, appointmentId, amountCents: 700, method: 'card' }
    return { body, unchecked: [appointmentId] }
  }),
  row('PUT /v1/receipts/:id', async (books) => ({
    id: (await books.receipt({ batchId: books.batchId })).receiptId,
    body: { ...ofInsurer(books), ...REASON },
    ifMatch: 1,
  })),
  row('POST /v1/receipts/:id/delete', async ({ receipt }) => ({
    id: (await receipt()).receiptId,
    body: REASON,
  })),
  row('POST /v1/receipts/:id/document', async ({ receipt }) => ({
    id: (await receipt()).receiptId,
    body: {},
  })),
  row('POST /v1/receipts/:id/payments', async ({ receipt, bill, batchId }) => {
    const [{ receiptId }, { lines }] = [await receipt(), await bill()]
    return {
      id: receiptId,
      body: { batchId, applications: [{ chargeId: lines[0].chargeId, amountCents: 1_000 }] },
    }
  }),
  row('POST /v1/payments/:id/remove', async (books): Promise<Asked> => {
    const { paymentId, chargeId } = await paid(books)
    return { id: paymentId, body: { chargeId, batchId: books.batchId } }
  }),
  row('POST /v1/disbursement-codes', ({ name }) => ({ body: { code: 'OWN', description: `${name} own` } })),
  row('POST /v1/receipts/:id/disbursements', async ({ receipt, batchId, name }) => ({
    id: (await receipt()).receiptId,
    body: { code: 'O', system: `${name} old system`, amountCents: 100, batchId },
  })),
  row('POST /v1/disbursements/:id/undo', async (books) => ({
    id: (await disbursed(books)).disbursements[0].disbursementId,
    body: { batchId: books.batchId },
  })),
  row('POST /v1/receipts/:id/refunds', async ({ receipt, batchId }) => ({
    id: (await receipt()).receiptId,
    body: { amountCents: 100, method: 'cash', batchId, ...REASON },
  })),
  row('POST /v1/refunds/:id/undo', async (books) => ({
    id: (await refunded(books)).refunds[0].refundId,
    body: { batchId: books.batchId },
  })),
  row('POST /v1/collection-agencies', ({ name }) => ({
    body: { name: `${name} Recovery`, feeBasisPoints: 1_000 },
  })),
  row('PUT /v1/collection-agencies/:id', async (books) => ({
    id: await agency(books),
    body: { name: `${books.name} Renamed`, feeBasisPoints: 1_500 },
    ifMatch: 1,
  })),
  row('POST /v1/receipts', async (books) => ({
    body: { agencyId: await agency(books), batchId: books.batchId, amountCents: 900, method: 'check' },
  })),
  row('POST /v1/billing-encounters/:id/collections', async (books) => {
    const { id, part } = await chargesOf(books)
    return { id, body: { agencyId: await agency(books), ...part } }
  }),
  row('POST /v1/billing-encounters/:id/recall', async (books) => {
    const { id, part } = await chargesOf(books)
    await books.post(`/v1/billing-encounters/${id}/collections`, { agencyId: await agency(books) })
    return { id, body: { ...part, ...REASON } }
  }),
  row('POST /v1/billing-encounters/:id/reverse', async (books) => ({
    id: (await books.bill()).billingEncounterId,
    body: { ...REASON, returnPayments: true, batchId: books.batchId },
  })),
  row('PUT /v1/patients/:id/coverages', async ({ person, patientId, payerId, planId }) => {
    const { body } = await person.billing.get(`/v1/patients/${patientId}/coverages`)
    const { version } = body as { version: number }
    return {
      id: patientId,
      body: { coverages: [{ payerId, planId, memberId: 'M2' }] },
      ifMatch: version,
    }
  }),
  row('POST /v1/charges/transfer', async (books) => {
    const { chargeId } = await insured(books)
    const { payerId, batchId } = books
    return { body: { from: 'patient', to: payerId, batchId, charges: [{ chargeId }] } }
  }),
  row('POST /v1/receipts/:id/insurance-payments', async (books) => {
    const { receiptId, chargeId } = await insured(books)
    const { payerId, batchId, post } = books
    await post('/v1/charges/transfer', { from: 'patient', to: payerId, charges: [{ chargeId }] })
    return { id: receiptId, body: { batchId, lines: [{ chargeId, paidCents: 1_000 }] } }
  }),
  row('POST /v1/charges/:id/adjustments', async ({ bill, batchId }) => ({
    id: (await bill()).lines[0].chargeId,
    body: { group: 'CO', reason: '45', amountCents: 100, batchId },
  })),
  row('POST /v1/adjustments/:id/undo', async ({ bill, batchId, post }) => {
    const { lines } = await bill()
    const writeOff = { group: 'CO', reason: '45', amountCents: 100 }
    const { adjustmentId } = await post(`/v1/charges/${lines[0].chargeId}/adjustments`, writeOff)
    return { id: adjustmentId, body: { batchId } }
  }),
  row('POST /v1/write-off-codes', ({ name }) => ({ body: { code: 'SMALL', description: `${name} small` } })),
  row('POST /v1/patients/:id/statements', async ({ bill, patientId }) => {
    await bill()
    return { id: patientId }
  }),
  row('POST /v1/statements', () => ({ body: {} })),
  row('POST /v1/payment-requests', async ({ bill }) => ({
    body: { billingEncounterId: (await bill()).billingEncounterId },
  })),
  row('POST /v1/reporting-periods', () => ({ body: { endsOn: '2020-12-31' } })),
  row('POST /v1/reporting-periods/:id/reopen', async ({ post }) => ({
    id: (await post('/v1/reporting-periods', { endsOn: '2021-12-31' })).periodId,
    body: REASON,
  })),
]
