import { z } from 'zod'
import { defineEvent } from '../event.ts'
import { cents, date, id, instant, modifier } from '../fields.ts'

const owner = 'billing' as const

export const ServiceChanged = defineEvent({
  topic: 'service.changed',
  version: 1,
  owner,
  aggregate: 'service',
  compacted: true,
  description: 'A service of the catalogue was added or changed (B-01, S-03).',
  data: z.object({
    serviceId: id,
    code: z.string(),
    description: z.string(),
    amountCents: cents.nullable(),
    lengthMinutes: z.int(),
    defaultModifiers: z.array(modifier),
    active: z.boolean(),
  }),
})

export const PayerChanged = defineEvent({
  topic: 'payer.changed',
  version: 1,
  owner,
  aggregate: 'payer',
  compacted: true,
  description: 'A payer, with all of its plans.',
  data: z.object({
    payerId: id,
    name: z.string(),
    payerNumber: z.string().nullable(),
    active: z.boolean(),
    plans: z.array(z.object({ planId: id, name: z.string(), active: z.boolean() })),
  }),
})

export const RenderingProviderChanged = defineEvent({
  topic: 'rendering-provider.changed',
  version: 1,
  owner,
  aggregate: 'rendering-provider',
  compacted: true,
  description: 'A rendering provider of billing, and the practitioner it is linked to.',
  data: z.object({
    renderingProviderId: id,
    practitionerId: id.nullable(),
    name: z.string(),
    npi: z.string(),
    active: z.boolean(),
  }),
})

export const CoverageChanged = defineEvent({
  topic: 'coverage.changed',
  version: 1,
  owner,
  aggregate: 'patient',
  compacted: true,
  description:
    'All coverages of a patient, in the order in which they are billed (B-01). The sequence counts changes of this list.',
  data: z.object({
    patientId: id,
    coverages: z.array(
      z.object({
        coverageId: id,
        payerId: id,
        planId: id.nullable(),
        memberId: z.string(),
        startsOn: date.nullable(),
        endsOn: date.nullable(),
      }),
    ),
  }),
})

export const BillingEncounterOpened = defineEvent({
  topic: 'billing-encounter.opened',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description:
    'A visit arrived in billing, from a completed session, a released encounter, or the fee of a cancelled appointment.',
  data: z.object({
    billingEncounterId: id,
    appointmentId: id.nullable(),
    encounterId: id.nullable(),
    patientId: id,
    serviceDate: date,
    source: z
      .enum(['session', 'encounter'])
      .describe('session: it came from the calendar; encounter: from the EHR'),
    cause: z
      .enum(['session', 'encounter', 'cancellation'])
      .optional()
      .describe('What it arose from: tells the fee of a cancelled appointment from a session (S-20)'),
  }),
})

export const ChargesPosted = defineEvent({
  topic: 'charges.posted',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description:
    'Charges of a billing encounter went into the ledger. Amounts are net of discounts: what is owed (B-06).',
  data: z.object({
    billingEncounterId: id,
    appointmentId: id.nullable(),
    patientId: id,
    batchDate: date,
    charges: z.array(z.object({ chargeId: id, code: z.string(), units: z.int(), amountCents: cents })),
    totalCents: cents,
  }),
})

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

const debtor = id.nullable().describe('Who owes it; null: the patient')
const shares = z.array(z.object({ payerId: debtor, balanceCents: cents }))
const adjustment = z.object({
  group: z.enum(['CO', 'OA', 'PI', 'PR']),
  reason: z.string().describe('Claim adjustment reason code'),
  amountCents: cents,
  note: z.boolean().describe('true: written down, and moved nothing'),
})

export const PaymentApplied = defineEvent({
  topic: 'payment.applied',
  version: 1,
  owner,
  aggregate: 'receipt',
  description:
    'Receipt money was applied to charges (B-08), or lines of an insurer’s remittance were posted (B-15). `escrowCents` is what the receipt still holds.',
  data: z.object({
    receiptId: id,
    paymentId: id,
    batchDate: date,
    payerId: id.nullable().optional().describe('The insurer whose remittance was posted (B-15)'),
    applications: z.array(
      z.object({
        chargeId: id,
        amountCents: cents.describe('0: a denial; below zero: the insurer took back'),
        allowedCents: cents.nullable().optional(),
        adjustments: z.array(adjustment).optional(),
        moved: z
          .array(z.object({ payerId: debtor, amountCents: cents }))
          .optional()
          .describe('A/R that went from the insurer to the next who owes; below zero: that came back'),
        shares: shares.optional().describe('Who owes what of the charge after it'),
        feeCents: cents
          .optional()
          .describe('What a collection agency kept beside it: the charge is paid by both (B-13)'),
      }),
    ),
    escrowCents: cents,
  }),
})

export const PaymentRemoved = defineEvent({
  topic: 'payment.removed',
  version: 1,
  owner,
  aggregate: 'receipt',
  description:
    'Applied money went back into the escrow of its receipt (B-05), with the adjustments and the moved A/R of an insurer’s payment (B-15).',
  data: z.object({
    receiptId: id,
    paymentId: id,
    batchDate: date,
    applications: z.array(z.object({ chargeId: id, amountCents: cents })),
    escrowCents: cents,
  }),
})

const ofCharge = { chargeId: id, billingEncounterId: id, patientId: id, batchDate: date }

export const BalanceTransferred = defineEvent({
  topic: 'balance.transferred',
  version: 1,
  owner,
  aggregate: 'charge',
  description: 'What is owed of a charge went from one who owes it to another, without a receipt (B-15).',
  data: z.object({
    ...ofCharge,
    note: z.string().nullable(),
    transfers: z.array(
      z.object({ transferId: id, fromPayerId: debtor, toPayerId: debtor, amountCents: cents }),
    ),
    shares,
  }),
})

const chargeAdjustment = {
  ...ofCharge,
  adjustmentId: id,
  code: z.string().describe('Group and reason, CO-45; or OWN- and the practice’s own code'),
  payerId: debtor.describe('Whose share it was taken off; null: the patient’s'),
  amountCents: cents,
  shares,
}

export const ChargeAdjusted = defineEvent({
  topic: 'charge.adjusted',
  version: 1,
  owner,
  aggregate: 'charge',
  description: 'A biller wrote off what is owed of a charge, without a receipt (B-15).',
  data: z.object({ ...chargeAdjustment, note: z.string().nullable() }),
})

export const AdjustmentUndone = defineEvent({
  topic: 'adjustment.undone',
  version: 1,
  owner,
  aggregate: 'charge',
  description: 'A write-off was undone: it is owed again (B-15).',
  data: z.object(chargeAdjustment),
})

export const BillingEncounterCancelled = defineEvent({
  topic: 'billing-encounter.cancelled',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description: 'A bill was cancelled; its charges were reversed by journals that point back (B-05, S-16).',
  data: z.object({
    billingEncounterId: id,
    appointmentId: id.nullable(),
    patientId: id,
    batchDate: date,
    reversedChargeIds: z.array(id),
  }),
})

export const BillingEncounterReversed = defineEvent({
  topic: 'billing-encounter.reversed',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description:
    'A posted bill was taken back by journals that point back; its lines are open again (B-13). Returned money is in escrow.',
  data: z.object({
    billingEncounterId: id,
    appointmentId: id.nullable(),
    patientId: id,
    reason: z.string(),
    batchDate: date.describe('Of the reversal; it may be in another period than the charges'),
    reversedChargeIds: z.array(id),
    returnedPayments: z
      .array(z.object({ paymentId: id, receiptId: id, amountCents: cents }))
      .describe('What was applied to this bill, now in the escrow of its receipts'),
  }),
})

const chargesOfBill = { billingEncounterId: id, appointmentId: id.nullable(), patientId: id, batchDate: date }

export const ChargesSentToCollections = defineEvent({
  topic: 'charges.sent-to-collections',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description: 'What the patient owed of charges went to a collection agency (B-13).',
  data: z.object({
    ...chargesOfBill,
    agencyId: id,
    charges: z.array(z.object({ chargeId: id, amountCents: cents })),
  }),
})

export const ChargesRecalled = defineEvent({
  topic: 'charges.recalled',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description:
    'Charges came back from their collection agency (B-13). `amountCents` is what it had not collected: the patient owes it again.',
  data: z.object({
    ...chargesOfBill,
    reason: z.string(),
    charges: z.array(z.object({ chargeId: id, amountCents: cents })),
  }),
})

export const BillingEncounterAmended = defineEvent({
  topic: 'billing-encounter.amended',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description:
    'A note of the visit was released again, or another one of it (B-06). Open lines follow their own note; what differs waits for a biller. Nothing in the ledger moves.',
  data: z.object({
    billingEncounterId: id,
    appointmentId: id.nullable(),
    patientId: id,
    releaseId: id,
    encounterId: id,
    encounterNumber: z.int(),
    releasedAt: instant,
    kind: z.enum(['amended', 'other-encounter', 'other-patient']),
    differences: z.array(
      z.object({
        what: z.string().describe('units, modifiers, diagnoses, dropped, service-date, …; more may come'),
        lineId: id.nullable(),
        code: z.string().nullable(),
        billed: z.string().nullable(),
        released: z.string().nullable(),
      }),
    ),
  }),
})

export const BillingEncounterReleaseSettled = defineEvent({
  topic: 'billing-encounter.release-settled',
  version: 1,
  owner,
  aggregate: 'billing-encounter',
  description: 'A biller decided about what a release of the visit said differently (B-06).',
  data: z.object({
    billingEncounterId: id,
    appointmentId: id.nullable(),
    patientId: id,
    releaseId: id,
    encounterId: id,
    taken: z.boolean().describe('true: links to diagnoses, or the procedures, were taken over'),
  }),
})

export const DocumentIssued = defineEvent({
  topic: 'document.issued',
  version: 1,
  owner,
  aggregate: 'document',
  description:
    'An invoice was saved for review or released for sending, or a receipt document was made (B-03).',
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

/** Version 1 goes out beside it, for invoices and receipts, until nobody reads it. */
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
    billingEncounterId: id.nullable().describe('null: a statement is about a patient'),
    totalCents: cents.describe('Of a statement: what the patient owes'),
    status: z
      .enum(['review', 'issued'])
      .describe('review: an invoice that waits for a person to send it; issued: it counts'),
    issuedAt: instant,
  }),
})

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
