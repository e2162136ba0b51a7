import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { openingHours } from './domain/booking/hours.ts'
import { bookingSettings } from './domain/booking/settings.ts'

/** What online booking answers (S-18). */
const version = z.int()

export const bookingSettingsAnswer = bookingSettings.extend({
  version: version.describe('0: never set, these are the defaults'),
})
export type BookingSettingsAnswer = z.infer<typeof bookingSettingsAnswer>

export const openingHoursAnswer = z.strictObject({
  practitionerId: fields.id,
  ...openingHours.shape,
  version: version.describe('0: never set, nobody can book'),
})
export type OpeningHoursAnswer = z.infer<typeof openingHoursAnswer>

const slotTimes = {
  startsAt: fields.instant,
  endsAt: fields.instant,
  start: z.string().describe('By the clock of the practice'),
  end: z.string(),
}

export const slotAnswer = z.strictObject({
  ...slotTimes,
  practitionerIds: z.array(fields.id).describe('Who is free then'),
})

export const slotsAnswer = z.strictObject({
  serviceId: fields.id,
  lengthMinutes: z.int(),
  timeZone: fields.timeZone,
  slots: z.array(slotAnswer),
  next: fields.instant.nullable().describe('Send it as `after` to read on; null at the end'),
})

export const offerAnswer = z.strictObject({
  timeZone: fields.timeZone,
  services: z.array(
    z.strictObject({
      serviceId: fields.id,
      description: z.string(),
      lengthMinutes: z.int(),
      practitioners: z.array(
        z.strictObject({
          practitionerId: fields.id,
          name: z.string(),
          credentials: z.string().nullable(),
        }),
      ),
    }),
  ),
})

export const bookingAnswer = z.strictObject({
  appointmentId: fields.id,
  state: z
    .enum(['pending', 'accepted', 'declined', 'lapsed', 'withdrawn', 'cancelled'])
    .describe(
      'lapsed: nobody answered before its start. withdrawn: by the patient, before an answer. cancelled: accepted first',
    ),
  serviceId: fields.id,
  patientId: fields.id,
  practitionerId: fields.id,
  practitionerName: z.string(),
  ...slotTimes,
  timeZone: fields.timeZone,
  message: z.string().nullable(),
  requestedAt: fields.instant,
  answeredAt: fields.instant.nullable(),
  declineReason: z.string().nullable(),
  version,
})
export type BookingAnswer = z.infer<typeof bookingAnswer>
