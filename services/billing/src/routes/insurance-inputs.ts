import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { GROUPS } from '../domain/adjustment-codes.ts'
import { amount, batchId, code, money, name } from './inputs.ts'

const MAX_LINES = 500
const signed = z.int().min(-99_999_999).max(99_999_999)
const date = fields.enteredDate.nullable().default(null)
const note = z.string().trim().min(1).max(500).nullable().default(null)
const debtor = z
  .union([z.literal('patient'), fields.id])
  .transform((who) => (who === 'patient' ? null : who))
  .describe('`patient`, or the id of a payer')
/** The form of a claim adjustment reason code; which of them there are is a matter of the decision. */
const reason = z.string().regex(/^[0-9A-Z]{1,5}$/, 'capital letters and digits, at most 5')
const expectedBalanceCents = amount
  .optional()
  .describe('What was owed on the charge when you looked; the line is refused where that changed')

export const coveragesBody = z.strictObject({
  coverages: z
    .array(
      z.strictObject({
        coverageId: fields.id.optional(),
        payerId: fields.id,
        planId: fields.id.nullable().default(null),
        memberId: z.string().trim().min(1).max(80),
        startsOn: date,
        endsOn: date,
      }),
    )
    .max(20),
})

const adjustment = z.strictObject({
  group: z.enum(GROUPS),
  reason,
  amountCents: signed.refine((cents) => cents !== 0, 'must not be 0'),
  note: z.boolean().optional().describe('true: write it down and move nothing'),
})
export const remittanceBody = z.strictObject({
  batchId,
  lines: z
    .array(
      z.strictObject({
        chargeId: fields.id,
        paidCents: signed.describe('0: denied; below zero: taken back'),
        allowedCents: amount.nullable().default(null),
        adjustments: z.array(adjustment).max(30).default([]),
        postAs: z.enum(['primary', 'secondary']).optional(),
        nextPayer: z
          .union([z.literal('patient'), fields.id])
          .optional()
          .describe('Who owes the PR amounts: `patient`, or a payer; the receipt’s own payer keeps them'),
        expectedBalanceCents,
        freePatientMoney: z
          .boolean()
          .optional()
          .describe('true: what the patient paid too much goes back into the escrow of their receipts'),
      }),
    )
    .min(1)
    .max(MAX_LINES),
})
export const openChargeFilter = z.strictObject({
  encounterNumber: z
    .string()
    .regex(/^e?[1-9][0-9]{0,8}$/i, 'an encounter number such as e1234')
    .transform((text) => Number(text.replace(/^e/i, '')))
    .optional(),
  patientId: fields.id.optional(),
  after: fields.id.optional(),
})

export const transferBody = z.strictObject({
  from: debtor,
  to: debtor,
  note,
  batchId,
  charges: z
    .array(
      z.strictObject({
        chargeId: fields.id,
        amountCents: money.nullable().default(null),
        expectedBalanceCents,
      }),
    )
    .min(1)
    .max(MAX_LINES),
})
export const adjustmentBody = z.strictObject({
  group: z.enum(GROUPS).optional(),
  reason: reason.optional(),
  code: code.optional().describe('The practice’s own write-off code, instead of group and reason'),
  from: debtor.optional(),
  amountCents: money,
  note,
  batchId,
})
export const writeOffCodeBody = z.strictObject({ code, description: name, active: z.boolean().default(true) })
