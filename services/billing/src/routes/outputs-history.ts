import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Shapes of what happened to a bill: charges taken back, sent out and recalled, notes that came again; and of its visit. */
const { id, cents, date } = fields
const instant = z.string().describe('ISO 8601, UTC')

export const reversedCharge = z.object({
  chargeId: id,
  lineId: id,
  code: z.string(),
  units: z.int(),
  chargedCents: cents,
  postedAt: instant,
  batchDate: date,
  reversedAt: instant,
  reversedBy: z.string().nullable(),
  reason: z.string().nullable().describe('null: its bill was cancelled'),
  reversalBatchDate: date.nullable(),
})

export const placement = z.object({
  placementId: id,
  chargeId: id,
  agencyId: id,
  agencyName: z.string(),
  feeBasisPoints: z.int(),
  sentCents: cents,
  sentAt: instant,
  sentBy: z.string(),
  reason: z.string().nullable(),
  balanceCents: cents.describe('not collected yet'),
  recalledAt: instant.nullable(),
  recalledBy: z.string().nullable(),
  recallReason: z.string().nullable(),
})
export const listedPlacement = placement.extend({
  billingEncounterId: id,
  patientId: id,
  patientName: z.string().nullable(),
  code: z.string(),
  serviceDate: date,
})
export const agency = z.object({
  agencyId: id,
  name: z.string(),
  feeBasisPoints: z.int(),
  active: z.boolean(),
  version: z.int(),
})

export const visit = z.object({
  appointmentId: id,
  appointmentDeleted: z.boolean(),
  billStatus: z.enum(['none', 'unsigned', 'posted', 'cancelled']),
  billingEncounterId: id.nullable(),
  chargedCents: cents,
  appliedCents: cents,
  escrowCents: cents,
  receipts: z.array(
    z.object({
      receiptId: id,
      source: z.string(),
      method: z.string(),
      depositDate: date,
      receivedCents: cents,
      escrowCents: cents,
    }),
  ),
})
export const agencyList = z.object({ agencies: z.array(agency) })
export const collectionsList = z.object({ placements: z.array(listedPlacement), next: id.nullable() })

export const release = z.object({
  releaseId: id,
  encounterId: id,
  encounterNumber: z.int(),
  kind: z.enum(['first', 'amended', 'other-encounter', 'other-patient']),
  releasedAt: instant,
  differences: z.array(
    z.object({
      what: z.enum([
        'units',
        'modifiers',
        'diagnoses',
        'dropped',
        'service-date',
        'other-encounter',
        'other-patient',
      ]),
      lineId: id.nullable(),
      code: z.string().nullable(),
      billed: z.string().nullable(),
      released: z.string().nullable(),
    }),
  ),
  waits: z.boolean(),
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
  settleNote: z.string().nullable(),
})
