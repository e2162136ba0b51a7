import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** What this service answers, for its API page and as types: here the practice and its records. */
const version = z.int()

export const practiceAnswer = z.strictObject({
  practiceId: fields.id,
  name: z.string(),
  timeZone: fields.timeZone,
  products: z.strictObject({
    scheduler: z.boolean(),
    ehr: z.boolean(),
    billing: z.boolean(),
    imaging: z.boolean(),
  }),
  noShowFeeCents: fields.cents.nullable().describe('null: the practice asks none'),
  letterhead: fields.letterhead.strict(),
  version,
})
export type PracticeAnswer = z.infer<typeof practiceAnswer>

export const practitionerAnswer = z.strictObject({
  practitionerId: fields.id,
  userId: z.string().nullable(),
  name: z.string(),
  credentials: z.string().nullable(),
  npi: z.string().nullable(),
  active: z.boolean(),
  version,
})
export type PractitionerAnswer = z.infer<typeof practitionerAnswer>

export const locationAnswer = z.strictObject({
  locationId: fields.id,
  name: z.string(),
  placeOfService: fields.placeOfService,
  active: z.boolean(),
  version,
})
export type LocationAnswer = z.infer<typeof locationAnswer>

export const roomAnswer = z.strictObject({
  roomId: fields.id,
  locationId: fields.id,
  name: z.string(),
  active: z.boolean(),
  version,
})
export type RoomAnswer = z.infer<typeof roomAnswer>

export const patientAnswer = z.strictObject({
  patientId: fields.id,
  name: z.string(),
  birthDate: fields.date.nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  addressLines: z.array(z.string()),
  reminderConsents: z.strictObject({ email: z.boolean(), phone: z.boolean(), text: z.boolean() }),
  diagnosisCodes: z.array(fields.diagnosisCode),
  version,
})
export type PatientAnswer = z.infer<typeof patientAnswer>

export const serviceAnswer = z.strictObject({
  serviceId: fields.id,
  code: z.string(),
  description: z.string(),
  amountCents: fields.cents.nullable(),
  lengthMinutes: z.int(),
  defaultModifiers: z.array(fields.modifier),
  active: z.boolean(),
})
export type ServiceAnswer = z.infer<typeof serviceAnswer>
