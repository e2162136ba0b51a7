import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Shapes of the reports, for the API page. */
const { id, cents, date } = fields
const instant = z.string().describe('ISO 8601, UTC')
const text = z.string().nullable()
const next = z.string().nullable().describe('`after` of the following page')
const count = z.int()

const disbursed = z.object({ code: z.string(), system: text, amountCents: cents })
const receiptMoney = {
  receivedCents: cents,
  appliedCents: cents,
  escrowCents: cents,
  disbursedCents: cents,
  refundedCents: cents,
}
const payer = {
  payerId: id.nullable(),
  payerName: text,
  agencyId: id.nullable().describe('the collection agency that paid'),
  agencyName: text,
}
const paidBy = {
  patientId: id.nullable(),
  patientName: text,
  ...payer,
}
const payerKind = z.enum(['patient', 'insurer', 'agency'])
export const receiptsReport = z.object({
  totals: z.object({
    receipts: count,
    ...receiptMoney,
    disbursedBy: z.array(disbursed.extend({ receipts: count })),
  }),
  receipts: z.array(
    z.object({
      receiptId: id,
      batchId: id,
      batchName: text,
      batchDate: date,
      depositDate: date,
      recordedAt: instant,
      deletedAt: instant.nullable(),
      source: z.string(),
      payerKind,
      ...paidBy,
      method: z.string(),
      reference: text,
      ...receiptMoney,
      disbursedBy: z.array(disbursed),
    }),
  ),
  next,
})

const reason = z.enum([
  'in-escrow',
  'disbursed',
  'refunded',
  'posted-before',
  'received-before',
  'received-after',
  'receipt-deleted',
  'payment-removed',
  'encounter-reversed',
])
export const tieOut = z.object({
  from: date,
  to: date,
  recordedCents: cents,
  takenBackCents: cents,
  receiptsCents: cents,
  postedCents: cents,
  removedCents: cents,
  paymentsCents: cents,
  differenceCents: cents,
  explainedCents: cents,
  tiesOut: z.boolean(),
  disbursedCents: cents,
  refundedCents: cents,
  escrowChangeCents: cents,
  reasons: z.array(z.object({ reason, receipts: count, amountCents: cents })),
  receipts: z.array(
    z.object({
      receiptId: id,
      batchDate: date,
      source: z.string(),
      payerKind,
      ...paidBy,
      reference: text,
      receivedCents: cents,
      appliedCents: cents,
      lines: z.array(z.object({ reason, code: text, system: text, amountCents: cents })),
    }),
  ),
  next,
})

const sums = { appliedCents: cents, removedCents: cents, paymentsCents: cents, collectionsCents: cents }
export const paymentsReport = z.object({
  from: date,
  to: date,
  totals: z.object(sums),
  byBatch: z.array(z.object({ batchId: id, batchName: text, batchDate: date, ...sums })),
  payments: z.array(
    z.object({
      journalId: id,
      kind: z.enum(['applied', 'removed']),
      batchId: id,
      batchDate: date,
      recordedAt: instant,
      recordedBy: z.string(),
      receiptId: id,
      receiptBatchDate: date,
      source: z.string(),
      ...payer,
      chargeId: id,
      code: z.string(),
      serviceDate: date,
      patientId: id,
      patientName: text,
      amountCents: cents,
    }),
  ),
  next,
})

const buckets = {
  currentCents: cents,
  days31To60Cents: cents,
  days61To90Cents: cents,
  days91To120Cents: cents,
  over120DaysCents: cents,
  totalCents: cents,
}
const owing = { payerId: id.nullable().describe('null: the patient'), payerName: text }
export const arAging = z.object({
  asOf: date,
  totals: z.object(buckets),
  byPayer: z.array(z.object({ ...owing, ...buckets })),
  debts: z.array(z.object({ patientId: id, patientName: text, ...owing, ...buckets })),
  next,
})

const sessionMoney = { chargedCents: cents, paidCents: cents, adjustedCents: cents, balanceCents: cents }
export const unpaidSessions = z.object({
  totals: z.object({ sessions: count, ...sessionMoney }),
  sessions: z.array(
    z.object({
      billingEncounterId: id,
      appointmentId: id.nullable(),
      patientId: id,
      patientName: text,
      serviceDate: date,
      ageDays: z.int(),
      ...sessionMoney,
      invoice: z
        .object({
          documentId: id,
          number: z.string(),
          status: z.enum(['review', 'issued', 'void']),
          delivery: z.enum(['queued', 'sent', 'failed']).nullable(),
        })
        .nullable(),
    }),
  ),
  next,
})
