import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, date, id } from '../../fields.ts'

const owner = 'billing' as const

const agencyId = id
  .optional()
  .describe('A collection agency paid (B-13): payerKind then says insurer, and payerId is null')

export const ReceiptRecorded = defineEvent({
  topic: 'receipt.recorded',
  version: 1,
  owner,
  aggregate: 'receipt',
  description: 'Money was received (B-07). All of it is in escrow until applied.',
  data: z.object({
    receiptId: id,
    payerKind: z.enum(['patient', 'insurer']),
    patientId: id.nullable(),
    payerId: id.nullable(),
    planId: id
      .nullable()
      .optional()
      .describe('The insurer’s plan, where it was known; added with insurance receipts'),
    agencyId,
    appointmentId: id.nullable(),
    method: z.string(),
    reference: z.string().nullable(),
    amountCents: cents,
    depositDate: date,
    batchDate: date,
  }),
})

/** What a receipt says of itself after a change. */
const wholeReceipt = {
  receiptId: id,
  payerKind: z.enum(['patient', 'insurer']),
  patientId: id.nullable(),
  payerId: id.nullable(),
  planId: id.nullable(),
  agencyId,
  appointmentId: id.nullable(),
  method: z.string(),
  reference: z.string().nullable(),
  amountCents: cents,
  depositDate: date,
  batchDate: date,
}

export const ReceiptModified = defineEvent({
  topic: 'receipt.modified',
  version: 1,
  owner,
  aggregate: 'receipt',
  description:
    'A receipt was corrected (B-14), all of it still in escrow. The data is the receipt as it is now.',
  data: z.object(wholeReceipt),
})

export const ReceiptDeleted = defineEvent({
  topic: 'receipt.deleted',
  version: 1,
  owner,
  aggregate: 'receipt',
  description: 'A receipt was deleted (B-14): its money is taken back. The data is the receipt as it was.',
  data: z.object(wholeReceipt),
})

export const EscrowDisbursed = defineEvent({
  topic: 'escrow.disbursed',
  version: 1,
  owner,
  aggregate: 'receipt',
  description:
    'Money left the escrow of a receipt without touching A/R (B-11). `escrowCents` is what it still holds.',
  data: z.object({
    receiptId: id,
    disbursementId: id,
    code: z.string().describe('O other system, E error, CP capitation, V void, or the practice’s own'),
    system: z.string().nullable().describe('With code O: the system that posts the money'),
    amountCents: cents,
    batchDate: date,
    escrowCents: cents,
  }),
})

export const DisbursementUndone = defineEvent({
  topic: 'disbursement.undone',
  version: 1,
  owner,
  aggregate: 'receipt',
  description: 'Disbursed money is in escrow again (B-11).',
  data: z.object({
    receiptId: id,
    disbursementId: id,
    amountCents: cents,
    batchDate: date,
    escrowCents: cents,
  }),
})

export const RefundIssued = defineEvent({
  topic: 'refund.issued',
  version: 1,
  owner,
  aggregate: 'receipt',
  description: 'Escrow money went back to who had paid it (B-13).',
  data: z.object({
    receiptId: id,
    refundId: id,
    method: z.string(),
    reference: z.string().nullable(),
    amountCents: cents,
    batchDate: date,
    escrowCents: cents,
  }),
})

export const RefundUndone = defineEvent({
  topic: 'refund.undone',
  version: 1,
  owner,
  aggregate: 'receipt',
  description: 'A refund never reached the payer; its money is in escrow again (B-13).',
  data: z.object({ receiptId: id, refundId: id, amountCents: cents, batchDate: date, escrowCents: cents }),
})

export const PeriodClosed = defineEvent({
  topic: 'period.closed',
  version: 1,
  owner,
  aggregate: 'period',
  description:
    'The books were closed through a day (B-09); the seal is the hash over the entries of the period (B-19).',
  data: z.object({
    periodId: id,
    startsOn: date.nullable().describe('null: from the first day on'),
    endsOn: date,
    seal: z.string(),
    journals: z.int(),
    entries: z.int(),
  }),
})

export const PeriodReopened = defineEvent({
  topic: 'period.reopened',
  version: 1,
  owner,
  aggregate: 'period',
  description: 'The last closed period takes postings again (B-09).',
  data: z.object({ periodId: id, startsOn: date.nullable(), endsOn: date, reason: z.string() }),
})
