import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Shapes of the answers about payments online, for the API page. */
const { id, cents } = fields
const instant = z.string().describe('ISO 8601, UTC')
const version = z.int()

export const partner = z.object({
  connected: z.boolean(),
  accountId: z.string().nullable(),
  connectedAt: instant.nullable(),
  connectedBy: z.string().nullable(),
  offered: z.boolean().describe('connected, and this installation is set up for payments online'),
  version: version.describe('0: never connected'),
})

export const requestState = z.enum([
  'creating',
  'unknown',
  'open',
  'closing',
  'paid',
  'cancelled',
  'expired',
  'failed',
])

export const request = z.object({
  paymentRequestId: id,
  billingEncounterId: id,
  appointmentId: id,
  patientId: id,
  patientName: z.string().nullable(),
  documentId: id.describe('the invoice it goes out with'),
  amountCents: cents,
  currency: z.string(),
  state: requestState.describe(
    'creating: no link yet; unknown: asked for, and no answer is known; open: it takes money; closing: being withdrawn',
  ),
  reason: z
    .enum([
      'nothing-owed',
      'replaced',
      'closed-at-partner',
      'payment-failed',
      'disconnected',
      'refused',
      'out-of-reach',
    ])
    .nullable(),
  url: z.string().nullable().describe('while it takes money; for the patient only'),
  email: z.enum(['queued', 'sent', 'failed']).nullable(),
  receiptIds: z.array(id),
  lastError: z.string().nullable(),
  accessLostAt: instant.nullable().describe('since when the payment partner refuses access to the account'),
  note: z.string().nullable().describe('what a person should know or do'),
  askedAt: instant,
  sentAt: instant.nullable(),
  settledAt: instant.nullable(),
  version,
})
export const requestList = z.object({ paymentRequests: z.array(request), next: id.nullable() })

export const notice = z.object({
  paymentNoticeId: id,
  paymentRequestId: id,
  billingEncounterId: id,
  patientId: id,
  receiptId: id.nullable(),
  kind: z.enum(['refund', 'dispute', 'mismatch', 'failed']),
  detail: z.string(),
  amountCents: cents.nullable(),
  occurredAt: instant,
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
})
export const noticeList = z.object({ paymentNotices: z.array(notice), next: id.nullable() })

export const received = z.object({ received: z.boolean() })
