import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Shapes of the proofs (B-19), for the API page. */
const { id, cents, date } = fields
const instant = z.string().describe('ISO 8601, UTC')
const asOf = { effectiveThrough: date.nullable(), recordedThrough: instant }
const equation = {
  receivedCents: cents,
  appliedCents: cents,
  escrowCents: cents,
  disbursedCents: cents,
  refundedCents: cents,
}
const figures = {
  ...equation,
  chargedCents: cents,
  discountCents: cents,
  adjustedCents: cents,
  collectionsCents: cents,
  receivableCents: cents,
}
const movedByKind = z.object({ kind: z.string(), journals: z.int(), ...figures })

export const batchProof = z.object({
  batchId: id,
  name: z.string().nullable(),
  batchDate: date,
  ...asOf,
  addsUp: z.boolean(),
  ...equation,
  offCents: cents,
  faults: z.array(
    z.object({
      where: z.enum(['journal', 'receipt', 'account']),
      id,
      what: z.enum(['unbalanced', 'entries-missing', 'other-date', 'equation', 'amount', 'balance']),
      offCents: cents,
    }),
  ),
  receiptCount: z.int(),
  receipts: z.array(z.object({ receiptId: id, ...equation, offCents: cents })),
  next: id.nullable(),
  moved: z.array(movedByKind),
})

const journal = { journalId: id, kind: z.string(), effectiveDate: date, recordedAt: instant }
const entry = z.object({
  entryId: z.int(),
  amountCents: cents.describe('Debit is positive'),
  journalId: id,
  journalKind: z.string(),
  batchId: id,
  effectiveDate: date,
  recordedAt: instant,
  recordedBy: z.string(),
  correctsJournalId: id.nullable(),
  accountId: id,
  accountKind: z.string(),
  receiptId: id.nullable(),
  chargeId: id.nullable(),
  payerId: id.nullable(),
  code: z.string().nullable(),
  system: z.string().nullable(),
})
export const proofEntries = z.object({
  ...asOf,
  entries: z.array(entry.extend({ countsCents: cents })),
  next: z.int().nullable(),
})

const otherJournal = z.object(journal).nullable()
export const explanation = z.object({
  of: z.enum(['account', 'charge', 'receipt']),
  id,
  ...asOf,
  accounts: z.array(
    z.object({
      accountId: id,
      kind: z.string(),
      receiptId: id.nullable(),
      chargeId: id.nullable(),
      payerId: id.nullable(),
      code: z.string().nullable(),
      system: z.string().nullable(),
      balanceCents: cents,
      entries: z.int(),
      offCents: cents,
    }),
  ),
  entries: z.array(
    entry.extend({
      batchName: z.string().nullable(),
      corrects: otherJournal,
      correctedBy: otherJournal,
      paymentId: id.nullable(),
      disbursementId: id.nullable(),
      refundId: id.nullable(),
      against: z.array(
        entry.pick({
          entryId: true,
          amountCents: true,
          accountId: true,
          accountKind: true,
          receiptId: true,
          chargeId: true,
          payerId: true,
          code: true,
        }),
      ),
    }),
  ),
  next: z.int().nullable(),
  receipts: z.array(
    z.object({
      receiptId: id,
      payerKind: z.enum(['patient', 'insurer', 'agency']),
      patientId: id.nullable(),
      payerId: id.nullable(),
      agencyId: id.nullable(),
      planId: id.nullable(),
      appointmentId: id.nullable(),
      source: z.string(),
      method: z.string(),
      reference: z.string().nullable(),
      amountCents: cents,
      depositDate: date,
      batchDate: date,
      recordedAt: instant,
    }),
  ),
  charges: z.array(
    z.object({
      chargeId: id,
      lineId: id,
      lineSource: z.string(),
      code: z.string(),
      description: z.string(),
      units: z.int(),
      modifiers: z.array(fields.modifier),
      amountCents: cents,
      discountCents: cents,
      payerId: id.nullable(),
      serviceDate: date,
      postedAt: instant,
      billingEncounterId: id,
      patientId: id,
      appointmentId: id.nullable(),
      sessionCompletedAt: instant.nullable(),
      encounterId: id.nullable(),
      encounterNumber: z.int().nullable(),
      releasedAt: instant.nullable(),
      noteVersion: z
        .int()
        .nullable()
        .describe(
          'of the note that had come when the charge posted, or of the first that came after; null: none, or the EHR did not say',
        ),
    }),
  ),
})

const faults = z.array(z.enum(['entries', 'counts', 'chain', 'missing']))
const days = { startsOn: date.nullable(), endsOn: date }
export const verification = z.object({
  periodId: id,
  verified: z.boolean(),
  failed: z.object({ periodId: id, ...days, faults }).nullable(),
  chain: z.array(
    z.object({
      periodId: id,
      ...days,
      closedAt: instant,
      reopenedAt: instant.nullable(),
      seal: z.string(),
      recomputedSeal: z.string(),
      journals: z.int(),
      entries: z.int(),
      recomputedJournals: z.int(),
      recomputedEntries: z.int(),
      faults,
    }),
  ),
})

const periodFigures = z.object({ ...figures, escrowAtEndCents: cents, receivableAtEndCents: cents })
const changed = {
  ...journal,
  batchId: id,
  recordedBy: z.string(),
  correctsJournalId: id.nullable(),
  receiptIds: z.array(id),
  chargeIds: z.array(id),
  ...figures,
}
export const changes = z.object({
  periodId: id,
  ...days,
  openings: z.array(
    z.object({
      closedAt: instant,
      closedBy: z.string(),
      reopenings: z.array(
        z.object({
          periodId: id,
          ...days,
          reopenedAt: instant,
          reopenedBy: z.string(),
          reason: z.string(),
        }),
      ),
      closedAgainAt: instant.nullable(),
      closedAgainBy: z.string().nullable(),
      before: periodFigures,
      after: periodFigures,
      byKind: z.array(movedByKind),
    }),
  ),
  journals: z.array(z.object({ ...changed, opening: z.int() })),
  next: id.nullable(),
  laterCorrections: z.array(
    z.object({
      ...changed,
      corrected: z.object({ journalId: id, kind: z.string(), effectiveDate: date }),
    }),
  ),
  nextCorrection: id.nullable(),
})
