import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { date, diagnosisCode, id, letterhead, placeOfService, timeZone } from '../../fields.ts'

const owner = 'scheduler' as const

export const PracticeChanged = defineEvent({
  topic: 'practice.changed',
  version: 1,
  owner,
  aggregate: 'practice',
  compacted: true,
  description:
    'A practice was set up or changed: its name, calendar time zone, letterhead, and which products it uses.',
  data: z.object({
    practiceId: id,
    name: z.string(),
    timeZone,
    products: z.object({
      scheduler: z.boolean(),
      ehr: z.boolean(),
      billing: z.boolean(),
      imaging: z.boolean(),
    }),
    letterhead: letterhead
      .optional()
      .describe('What documents say of the practice besides its name. Earlier facts lack it'),
  }),
})

export const PractitionerChanged = defineEvent({
  topic: 'practitioner.changed',
  version: 1,
  owner,
  aggregate: 'practitioner',
  compacted: true,
  description: 'A practitioner was added or changed.',
  data: z.object({
    practitionerId: id,
    userId: z.string().nullable().describe('Subject of the person’s sign-in, where they have one'),
    name: z.string(),
    credentials: z.string().nullable(),
    npi: z.string().nullable(),
    active: z.boolean(),
  }),
})

export const LocationChanged = defineEvent({
  topic: 'location.changed',
  version: 1,
  owner,
  aggregate: 'location',
  compacted: true,
  description: 'A location (facility) was added or changed.',
  data: z.object({ locationId: id, name: z.string(), placeOfService, active: z.boolean() }),
})

export const RoomChanged = defineEvent({
  topic: 'room.changed',
  version: 1,
  owner,
  aggregate: 'room',
  compacted: true,
  description: 'A room was added or changed.',
  data: z.object({ roomId: id, locationId: id, name: z.string(), active: z.boolean() }),
})

export const PatientChanged = defineEvent({
  topic: 'patient.changed',
  version: 1,
  owner,
  aggregate: 'patient',
  compacted: true,
  description: 'A patient was registered or changed. Carries protected health information.',
  data: z.object({
    patientId: id,
    name: z.string(),
    birthDate: date.nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    addressLines: z.array(z.string()),
    reminderConsents: z.object({ email: z.boolean(), phone: z.boolean(), text: z.boolean() }),
    diagnosisCodes: z.array(diagnosisCode).describe('ICD-10-CM codes on file'),
  }),
})
