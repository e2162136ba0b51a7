import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { GROUPS } from '../domain/adjustment-codes.ts'

/** Shapes of the answers, for the API page. */
const { id, cents, date } = fields
const version = z.int()
const instant = z.string().describe('ISO 8601, UTC')
const postAs = z.enum(['primary', 'secondary'])
const shares = z.array(
  z.object({ payerId: id.nullable().describe('null: the patient'), balanceCents: cents }),
)
const adjustments = z.array(
  z.object({ group: z.enum(GROUPS), reason: z.string(), amountCents: cents, note: z.boolean() }),
)
const moved = z.array(z.object({ payerId: id.nullable(), amountCents: cents }))

/** Of each application of a receipt's payments. */
export const ofRemittance = {
  removed: z.boolean(),
  billingEncounterId: id,
  encounterNumber: z.int().nullable(),
  patientId: id,
  allowedCents: cents.nullable(),
  adjustments,
  moved,
}

export const coverages = z.object({
  patientId: id,
  coverages: z.array(
    z.object({
      coverageId: id,
      payerId: id,
      payerName: z.string(),
      planId: id.nullable(),
      planName: z.string().nullable(),
      memberId: z.string(),
      startsOn: date.nullable(),
      endsOn: date.nullable(),
    }),
  ),
  version,
})

export const insurancePayment = z.object({
  paymentId: id,
  receiptId: id,
  payerId: id,
  batchDate: date,
  lines: z.array(
    z.object({
      chargeId: id,
      paidCents: cents,
      allowedCents: cents.nullable(),
      postAs,
      adjustments,
      moved,
      shares,
      balanceCents: cents,
      leftWithPayerCents: cents,
    }),
  ),
  leftWithPayerCents: cents,
  freed: z.array(z.object({ receiptId: id, chargeId: id, amountCents: cents })),
  escrowCents: cents,
  version,
})

export const openCharges = z.object({
  receiptId: id,
  payerId: id,
  escrowCents: cents,
  postedLines: z.int(),
  charges: z.array(
    z.object({
      chargeId: id,
      billingEncounterId: id,
      encounterNumber: z.int().nullable(),
      patientId: id,
      patientName: z.string().nullable(),
      serviceDate: date,
      code: z.string(),
      modifiers: z.array(fields.modifier),
      units: z.int(),
      chargedCents: cents,
      balanceCents: cents,
      payerBalanceCents: cents,
      paidByPayerCents: cents,
      postedFromReceipt: z.boolean(),
      shares,
    }),
  ),
  next: id.nullable(),
})

export const transfer = z.object({
  batchDate: date,
  amountCents: cents,
  charges: z.array(z.object({ chargeId: id, shares })),
})
export const adjustedCharge = z.object({
  adjustmentId: id,
  chargeId: id,
  code: z.string(),
  payerId: id.nullable(),
  amountCents: cents,
  batchDate: date,
  undone: z.boolean(),
  shares,
  version,
})
export const writeOffCode = z.object({ code: z.string(), description: z.string(), active: z.boolean() })
export const adjustmentCodes = z.object({
  groups: z.array(z.enum(GROUPS)),
  reasons: z.array(z.object({ reason: z.string(), retired: z.boolean() })),
  own: z.array(writeOffCode),
})

/** Of each line of a billing encounter. */
export const chargeMoney = {
  shares: z.array(
    z.object({ payerId: id.nullable(), payerName: z.string().nullable(), balanceCents: cents }),
  ),
  adjusted: z.array(z.object({ code: z.string(), amountCents: cents })),
  insurance: z.array(
    z.object({
      paymentId: id,
      receiptId: id,
      payerId: id,
      postAs,
      paidCents: cents,
      allowedCents: cents.nullable(),
      adjustments,
      moved,
      appliedAt: instant,
      removed: z.boolean(),
    }),
  ),
  transfers: z.array(
    z.object({
      transferId: id,
      fromPayerId: id.nullable(),
      toPayerId: id.nullable(),
      amountCents: cents,
      note: z.string().nullable(),
      recordedBy: z.string(),
      recordedAt: instant,
    }),
  ),
  writeOffs: z.array(
    z.object({
      adjustmentId: id,
      payerId: id.nullable(),
      code: z.string(),
      amountCents: cents,
      note: z.string().nullable(),
      recordedBy: z.string(),
      recordedAt: instant,
      undone: z.boolean(),
    }),
  ),
}
