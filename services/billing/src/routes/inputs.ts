import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** A line of a million dollars is a slip of the keyboard. */
const MAX_CENTS = 99_999_999
export const byId = z.object({ id: fields.id })
export const amount = z.int().min(0).max(MAX_CENTS)
export const money = z.int().min(1).max(MAX_CENTS)
export const name = z.string().trim().min(1).max(200)
/** CPT, HCPCS, or the practice's own, for instance NOSHOW. */
export const code = z.string().regex(/^[0-9A-Z][0-9A-Z.-]{0,19}$/, 'capital letters and digits, at most 20')
export const modifiers = z
  .array(fields.modifier)
  .max(4)
  .refine((list) => new Set(list).size === list.length, 'names a modifier twice')
const reference = z.string().trim().min(1).max(100).nullable()

export const serviceBody = z.strictObject({
  code,
  description: name,
  amountCents: amount.nullable(),
  lengthMinutes: z.int().min(1).max(1_440),
  defaultModifiers: modifiers.default([]),
  active: z.boolean().default(true),
})

export const payerBody = z.strictObject({
  name,
  payerNumber: z.string().trim().min(1).max(50).nullable().default(null),
})
export const planBody = z.strictObject({ name })

export const renderingProviderBody = z.strictObject({
  name,
  npi: fields.npi,
  practitionerId: fields.id.nullable().default(null),
})
/** As a whole: what is left out would be taken from it, so nothing may be. */
export const renderingProviderChange = z.strictObject({
  name,
  npi: fields.npi,
  practitionerId: fields.id.nullable(),
  active: z.boolean().default(true),
})

export const linesBody = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        lineId: fields.id.optional(),
        code,
        description: name,
        units: z.int().min(1).max(999),
        modifiers: modifiers.default([]),
        diagnosisPointers: z.array(z.int().min(1).max(99)).max(12).default([]),
        unitAmountCents: amount.nullable(),
        discountCents: amount.default(0),
      }),
    )
    .max(100),
})

const method = z.enum(['cash', 'check', 'card', 'bank-transfer', 'eft', 'other'])
export const batchId = fields.id
  .nullable()
  .default(null)
  .describe('The reference batch; left out: today’s default one')
export const signBody = z
  .strictObject({
    billTo: z.enum(['patient', 'insurance']).optional(),
    batchId: fields.id.nullable().optional(),
  })
  .default({})
const reason = z.string().trim().min(1).max(500)

const receiptFields = {
  patientId: fields.id.nullable().default(null).describe('A patient receipt'),
  payerId: fields.id.nullable().default(null).describe('An insurance receipt'),
  planId: fields.id.nullable().default(null),
  agencyId: fields.id.nullable().default(null).describe('What a collection agency paid over'),
  amountCents: amount.describe('0 only from an insurer: a remittance of denials'),
  method,
  reference: reference.default(null),
  depositDate: fields.enteredDate.nullable().default(null),
  batchId,
}
const paysSomething = (body: { payerId: string | null; amountCents: number }) =>
  body.amountCents !== 0 || body.payerId !== null
const MUST_PAY = { path: ['amountCents'], error: 'must be more than 0 on a patient receipt' }
export const receiptBody = z
  .strictObject({ ...receiptFields, appointmentId: fields.id.nullable().default(null) })
  .refine(paysSomething, MUST_PAY)
export const modifyBody = z.strictObject({ ...receiptFields, reason }).refine(paysSomething, MUST_PAY)
export const reversalBody = z.strictObject({
  reason,
  returnPayments: z.boolean().default(false).describe('Needs payment.return'),
  batchId,
})
export const settleBody = z.strictObject({ note: reason, take: z.boolean().default(false) })

export const agencyBody = z.strictObject({
  name,
  feeBasisPoints: z.int().min(0).max(9_999).describe('Of what it collects: 2500 is a quarter'),
  active: z.boolean().default(true),
})
const chargeIds = z.array(fields.id).min(1).max(100).optional().describe('Left out: all of the bill')
export const sendingBody = z.strictObject({
  agencyId: fields.id,
  chargeIds,
  reason: reason.nullable().default(null),
  batchId,
})
export const recallBody = z.strictObject({ chargeIds, reason, batchId })
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
export const collectionsFilter = z.strictObject({
  agencyId: fields.id.optional(),
  patientId: fields.id.optional(),
  open: flag.optional().describe('true: with an agency; false: recalled'),
  after: fields.id.optional(),
})
export const reasonBody = z.strictObject({ reason })

export const paymentBody = z.strictObject({
  batchId,
  applications: z
    .array(
      z.strictObject({
        chargeId: fields.id,
        amountCents: money,
        feeCents: amount
          .optional()
          .describe('Of an agency’s money: what it kept beside it; left out: by the rate of the charge'),
      }),
    )
    .min(1)
    .max(500),
})
export const removalBody = z.strictObject({ chargeId: fields.id.optional(), batchId })
export const undoBody = z.strictObject({ batchId })

const disbursementCode = z.string().regex(/^[A-Z0-9]{1,8}$/, 'one to eight capital letters or digits')
export const disbursementBody = z.strictObject({
  code: disbursementCode,
  system: z.string().trim().min(1).max(100).nullable().default(null),
  amountCents: money,
  note: z.string().trim().min(1).max(500).nullable().default(null),
  batchId,
})
export const disbursementCodeBody = z.strictObject({
  code: disbursementCode,
  description: name,
  active: z.boolean().default(true),
})
export const refundBody = z.strictObject({
  amountCents: money,
  method,
  reference: reference.default(null),
  reason,
  batchId,
})

export const batchBody = z.strictObject({ name, batchDate: fields.enteredDate })
export const batchFilter = z.strictObject({
  from: fields.enteredDate.optional(),
  to: fields.enteredDate.optional(),
})
export const closeBody = z.strictObject({ endsOn: fields.enteredDate })

/** B-20: whom a run of statements is for, and how many at a time. */
export const statementsBody = z.strictObject({
  minBalanceCents: money.default(1),
  limit: z.int().min(1).max(100).default(50),
  send: z.boolean().default(false).describe('By email, to who has an address on file'),
})
export const sendBody = z.strictObject({ email: z.email().max(254).optional() })

/** Strict: a filter with a slip in its name would answer with everything. */
export const encounterFilter = z.strictObject({
  status: z.enum(['unsigned', 'posted', 'cancelled']).optional(),
  review: flag.optional(),
  patientId: fields.id.optional(),
  appointmentId: fields.id.optional(),
  after: fields.id.optional(),
})
export const documentFilter = z.strictObject({ patientId: fields.id })
