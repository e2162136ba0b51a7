import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, id, instant } from '../../fields.ts'

const owner = 'billing' as const

const paymentRequest = {
  paymentRequestId: id,
  billingEncounterId: id,
  appointmentId: id.nullable(),
  patientId: id,
}

export const PaymentRequestSent = defineEvent({
  topic: 'payment-request.sent',
  version: 1,
  owner,
  aggregate: 'payment-request',
  description:
    'The link by which a bill is paid online is there (B-02). The link itself is told to nobody but the patient.',
  data: z.object({
    ...paymentRequest,
    documentId: id,
    amountCents: cents,
    emailed: z.boolean().describe('false: no address is on file, so a person hands the link on'),
    sentAt: instant,
  }),
})

export const PaymentRequestPaid = defineEvent({
  topic: 'payment-request.paid',
  version: 1,
  owner,
  aggregate: 'payment-request',
  description:
    'Money came through a payment link (B-02). It is the receipt named here; a second payment by one link is told again.',
  data: z.object({ ...paymentRequest, receiptId: id, amountCents: cents, paidAt: instant }),
})

export const PaymentRequestClosed = defineEvent({
  topic: 'payment-request.closed',
  version: 1,
  owner,
  aggregate: 'payment-request',
  description: 'A payment link takes no more money, or was never made, and nothing was paid by it (B-02).',
  data: z.object({
    ...paymentRequest,
    outcome: z.enum(['cancelled', 'expired', 'failed']),
    reason: z
      .enum(['nothing-owed', 'replaced', 'closed-at-partner', 'payment-failed', 'disconnected', 'refused'])
      .describe(
        'replaced: another amount is owed, and a new request takes its place; refused: by the payment partner',
      ),
    givenUp: z
      .boolean()
      .optional()
      .describe(
        'true: the partner refuses access to the account, so the link may still be paid; then it is told',
      ),
    closedAt: instant,
  }),
})

export const PaymentContested = defineEvent({
  topic: 'payment-request.contested',
  version: 1,
  owner,
  aggregate: 'payment-request',
  description:
    'The payment partner tells of a refund, a dispute, or a payment that does not fit what was asked (B-02). The ledger is unchanged: a biller decides.',
  data: z.object({
    ...paymentRequest,
    noticeId: id,
    kind: z.enum(['refund', 'dispute', 'mismatch', 'failed']),
    receiptId: id.nullable(),
    amountCents: cents.nullable(),
    occurredAt: instant,
  }),
})
