import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, date, id } from '../../fields.ts'

const owner = 'billing' as const

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
