import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, date, id, instant } from '../../fields.ts'

const owner = 'billing' as const

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
