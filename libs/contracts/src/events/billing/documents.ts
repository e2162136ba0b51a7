import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, id, instant } from '../../fields.ts'

const owner = 'billing' as const

export const DocumentIssued = defineEvent({
  topic: 'document.issued',
  version: 1,
  owner,
  aggregate: 'document',
  description:
    'An invoice was saved for review or released for sending, or a receipt document of a bill was made (B-03).',
  data: z.object({
    documentId: id,
    kind: z.enum(['invoice', 'receipt']),
    number: z.string(),
    patientId: id,
    billingEncounterId: id,
    totalCents: cents,
    status: z
      .enum(['review', 'issued'])
      .describe(
        'review: an invoice that waits for a person to send it; issued: it counts, and goes out where there is an address',
      ),
    issuedAt: instant,
  }),
})

/** Version 1 goes out beside it, for invoices and receipts of a bill, until nobody reads it. */
export const DocumentIssuedV2 = defineEvent({
  topic: 'document.issued',
  version: 2,
  owner,
  aggregate: 'document',
  description:
    'An invoice was saved for review or released for sending; or a receipt, a statement or a superbill was made (B-03, B-20).',
  data: z.object({
    documentId: id,
    kind: z.enum(['invoice', 'receipt', 'statement', 'superbill']),
    number: z.string(),
    patientId: id,
    billingEncounterId: id
      .nullable()
      .describe('null: a statement is about a patient, a receipt perhaps about money that no bill has yet'),
    totalCents: cents.describe('Of a statement: what the patient owes'),
    status: z
      .enum(['review', 'issued'])
      .describe('review: an invoice that waits for a person to send it; issued: it counts'),
    issuedAt: instant,
  }),
})

export const DocumentVoided = defineEvent({
  topic: 'document.voided',
  version: 1,
  owner,
  aggregate: 'document',
  description:
    'A document counts no more and keeps its number: its bill was taken back, its receipt changed, or a newer invoice took its place (B-03, B-05, B-14).',
  data: z.object({
    documentId: id,
    kind: z.enum(['invoice', 'receipt', 'statement', 'superbill']),
    number: z.string(),
    patientId: id,
    billingEncounterId: id.nullable(),
    receiptId: id.nullable().describe('Of a receipt document: the receipt that it is about'),
    totalCents: cents.describe('What it said'),
    reason: z
      .enum(['bill-cancelled', 'bill-reversed', 'receipt-deleted', 'receipt-modified', 'replaced'])
      .describe('replaced: another invoice of the bill was issued'),
    voidedAt: instant,
  }),
})
