import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { chargeMoney, ofRemittance } from './insurance-outputs.ts'
import { placement, release, reversedCharge } from './outputs-history.ts'

/** Shapes of the answers, for the API page. */
const { id, cents, date, modifier } = fields
const instant = z.string().describe('ISO 8601, UTC')
const version = z.int()
const modifiers = z.array(modifier)

export const service = z.object({
  serviceId: id,
  code: z.string(),
  description: z.string(),
  amountCents: cents.nullable(),
  lengthMinutes: z.int(),
  defaultModifiers: modifiers,
  active: z.boolean(),
  version,
})
const plan = z.object({ planId: id, name: z.string(), active: z.boolean() })
export const payer = z.object({
  payerId: id,
  name: z.string(),
  payerNumber: z.string().nullable(),
  active: z.boolean(),
  plans: z.array(plan),
  version,
})
export const renderingProvider = z.object({
  renderingProviderId: id,
  practitionerId: id.nullable(),
  name: z.string(),
  npi: z.string(),
  active: z.boolean(),
  version,
})

const encounterHead = {
  billingEncounterId: id,
  appointmentId: id.nullable(),
  encounterId: id.nullable(),
  encounterNumber: z.int().nullable(),
  patientId: id,
  patientName: z.string().nullable(),
  serviceDate: date,
  status: z.enum(['unsigned', 'posted', 'cancelled']),
  billTo: z.enum(['patient', 'insurance']),
  appointmentDeleted: z.boolean(),
  appointmentCancelled: z.enum(['cancelled', 'late-cancelled', 'no-show']).nullable(),
  needsReview: z.boolean(),
  totalCents: cents,
  version,
}
export const encounterList = z.object({
  billingEncounters: z.array(z.object(encounterHead)),
  next: id.nullable(),
})
export const encounter = z.object({
  ...encounterHead,
  practitionerId: id.nullable(),
  renderingProviderId: id.nullable(),
  locationId: id.nullable(),
  placeOfService: z.string().nullable(),
  source: z.enum(['session', 'encounter', 'cancellation']),
  diagnoses: z.array(z.object({ code: z.string(), description: z.string().nullable() })),
  sessionCompletedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  noteUnlockedAt: instant.nullable().describe('The note is being changed (E-11); null: it stands as it is'),
  balanceCents: cents,
  collectionsCents: cents,
  lines: z.array(
    z.object({
      lineId: id,
      code: z.string(),
      description: z.string(),
      units: z.int(),
      modifiers,
      diagnosisPointers: z.array(z.int()),
      unitAmountCents: cents.nullable(),
      discountCents: cents,
      source: z.enum(['session', 'encounter', 'biller', 'cancellation']),
      chargeId: id.nullable(),
      chargedCents: cents.nullable(),
      balanceCents: cents.nullable(),
      collectionsCents: cents.nullable(),
      ...chargeMoney,
    }),
  ),
  reversedCharges: z.array(reversedCharge),
  placements: z.array(placement),
  releases: z.array(release),
})

const application = z.object({ chargeId: id, amountCents: cents, feeCents: cents.optional() })
export const payment = z.object({
  paymentId: id,
  receiptId: id,
  batchDate: date,
  applications: z.array(application),
  escrowCents: cents,
  version,
})
export const receipt = z.object({
  receiptId: id,
  payerKind: z.enum(['patient', 'insurer', 'agency']),
  patientId: id.nullable(),
  payerId: id.nullable(),
  planId: id.nullable(),
  agencyId: id.nullable(),
  appointmentId: id.nullable(),
  source: z.enum(['desk', 'check-in', 'session', 'online', 'file', 'agency']),
  method: z.string(),
  reference: z.string().nullable(),
  depositDate: date,
  batchId: id,
  batchDate: date,
  recordedAt: instant,
  deletedAt: instant.nullable(),
  receivedCents: cents,
  appliedCents: cents,
  escrowCents: cents,
  disbursedCents: cents,
  refundedCents: cents,
  payments: z.array(
    z.object({
      paymentId: id,
      appliedAt: instant,
      batchDate: date,
      applications: z.array(application.extend({ feeCents: cents, ...ofRemittance })),
    }),
  ),
  disbursements: z.array(
    z.object({
      disbursementId: id,
      code: z.string(),
      system: z.string().nullable(),
      note: z.string().nullable(),
      amountCents: cents,
      batchDate: date,
      recordedAt: instant,
      undone: z.boolean(),
    }),
  ),
  refunds: z.array(
    z.object({
      refundId: id,
      method: z.string(),
      reference: z.string().nullable(),
      reason: z.string(),
      amountCents: cents,
      batchDate: date,
      recordedAt: instant,
      undone: z.boolean(),
    }),
  ),
  history: z.array(
    z.object({
      version,
      change: z.enum(['modified', 'deleted']),
      reason: z.string(),
      changedBy: z.string(),
      changedAt: instant,
      before: z.record(z.string(), z.unknown()),
    }),
  ),
  version,
})

export const disbursementCode = z.object({ code: z.string(), description: z.string(), active: z.boolean() })
export const disbursementCodes = z.object({
  codes: z.array(disbursementCode.extend({ delivered: z.boolean() })),
})
export const batch = z.object({
  batchId: id,
  name: z.string().nullable(),
  batchDate: date,
  openedBy: z.string(),
  openedAt: instant,
})
export const batchList = z.object({
  batches: z.array(batch.extend({ closed: z.boolean(), journals: z.int() })),
})
export const period = z.object({
  periodId: id,
  startsOn: date.nullable(),
  endsOn: date,
  closedAt: instant,
  closedBy: z.string(),
  seal: z.string(),
  previousSeal: z.string().nullable(),
  journals: z.int(),
  entries: z.int(),
  reopenedAt: instant.nullable(),
  reopenedBy: z.string().nullable(),
  reopenReason: z.string().nullable(),
})
export const periodList = z.object({ closedThrough: date.nullable(), periods: z.array(period) })

export const summary = z.object({
  receivedCents: cents,
  appliedCents: cents,
  escrowCents: cents,
  disbursedCents: cents,
  refundedCents: cents,
  chargedCents: cents,
  discountCents: cents,
  adjustedCents: cents,
  collectionsCents: cents,
  collectionFeeCents: cents,
  receivableCents: cents,
  receipts: z.int(),
  charges: z.int(),
  journals: z.int(),
  entries: z.int(),
})
