import { z } from 'zod'
import { defineEvent } from '../event.ts'
import { date, diagnosisCode, id, instant, modifier, procedureCode } from '../fields.ts'

const owner = 'ehr' as const

export const EncounterStarted = defineEvent({
  topic: 'encounter.started',
  version: 1,
  owner,
  aggregate: 'encounter',
  description: 'A clinician opened an encounter, for a visit or free-standing.',
  data: z.object({
    encounterId: id,
    encounterNumber: z.int(),
    appointmentId: id.nullable(),
    patientId: id,
    practitionerId: id,
    startedAt: instant,
  }),
})

export const EncounterSigned = defineEvent({
  topic: 'encounter.signed',
  version: 1,
  owner,
  aggregate: 'encounter',
  description:
    'A provider signed in one role. `status` is `review` until every required role has signed, then `signed`.',
  data: z.object({
    encounterId: id,
    encounterNumber: z.int(),
    appointmentId: id.nullable(),
    patientId: id,
    practitionerId: id,
    signedBy: z.string(),
    signerRole: z.string(),
    status: z.enum(['review', 'signed']),
    signedAt: instant,
    contentVersion: z.int().describe('Which version of the note was signed'),
    documentSha256: z
      .string()
      .describe('SHA-256 of the encounter PDF this signature stands on, lower-case hex'),
  }),
})

export const EncounterUnlocked = defineEvent({
  topic: 'encounter.unlocked',
  version: 1,
  owner,
  aggregate: 'encounter',
  description:
    'A note that carried signatures was taken back to a draft (E-11). The signed version stays in history; all roles sign the next one.',
  data: z.object({
    encounterId: id,
    encounterNumber: z.int(),
    appointmentId: id.nullable(),
    patientId: id,
    practitionerId: id,
    unlockedBy: z.string(),
    unlockedAt: instant,
    status: z.enum(['review', 'signed']).describe('What it was'),
    unlockedVersion: z.int().describe('The version of the note that carries the signatures'),
    contentVersion: z.int().describe('The version that is edited from now on'),
    released: z.boolean().describe('Billing has coding of it'),
  }),
})

export const EncounterReleased = defineEvent({
  topic: 'encounter.released',
  version: 1,
  owner,
  aggregate: 'encounter',
  description:
    'Diagnosis and procedure coding went to billing, once (E-12). Told again, with a later `releasedAt`, where a released note was unlocked and signed with other coding (E-11).',
  data: z.object({
    encounterId: id,
    encounterNumber: z.int(),
    appointmentId: id.nullable(),
    patientId: id,
    practitionerId: id,
    renderingProviderId: id
      .nullable()
      .describe('Set where billing has linked the practitioner to a rendering provider'),
    serviceDate: date,
    releasedAt: instant,
    contentVersion: z
      .int()
      .optional()
      .describe(
        'Which version of the note the coding is of; a draft is the version that will be signed. Earlier facts lack it',
      ),
    diagnoses: z
      .array(z.object({ code: diagnosisCode, description: z.string() }))
      .max(12)
      .describe('In order; at most 12 (E-13)'),
    procedures: z.array(
      z.object({
        lineId: id,
        code: procedureCode,
        description: z.string(),
        units: z.int(),
        modifiers: z.array(modifier),
        diagnosisPointers: z.array(z.int()).describe('1-based positions in `diagnoses`'),
      }),
    ),
  }),
})

export const CheckoutInstructionsChanged = defineEvent({
  topic: 'checkout-instructions.changed',
  version: 1,
  owner,
  aggregate: 'encounter',
  compacted: true,
  description:
    'A clinician wrote, changed or took away what patient and front desk are told at the end of a visit (E-03).',
  data: z.object({
    encounterId: id,
    appointmentId: id,
    patientId: id,
    patientInstructions: z.string().nullable(),
    frontDeskInstructions: z.string().nullable(),
  }),
})
