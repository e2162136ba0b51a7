import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { waitlistInput } from './domain/waitlist.ts'

/** What the waitlist answers (S-24). */
const offerTimes = {
  startsAt: fields.instant,
  endsAt: fields.instant,
  start: z.string().describe('By the clock of the practice'),
  end: z.string(),
}

export const offerAnswer = z.strictObject({
  offerId: fields.id,
  waitlistEntryId: fields.id,
  state: z.enum(['offered', 'accepted', 'declined', 'lapsed', 'withdrawn']),
  practitionerId: fields.id,
  practitionerName: z.string(),
  ...offerTimes,
  timeZone: fields.timeZone,
  offeredAt: fields.instant,
  expiresAt: fields.instant.describe('Until then it can be answered'),
  appointmentId: fields.id.nullable().describe('Of an offer that was accepted'),
})
export type OfferAnswer = z.infer<typeof offerAnswer>

const asked = waitlistInput.shape

export const waitlistEntryAnswer = z.strictObject({
  waitlistEntryId: fields.id,
  patientId: fields.id,
  serviceId: fields.id,
  practitionerId: z.union([z.literal('any'), fields.id]),
  firstDay: asked.firstDay,
  lastDay: asked.lastDay,
  times: asked.times,
  state: z
    .enum(['waiting', 'offered', 'booked', 'withdrawn', 'over'])
    .describe('over: the last day has passed'),
  offer: offerAnswer.nullable().describe('What can be answered now'),
  appointmentId: fields.id.nullable(),
  enteredAt: fields.instant,
  version: z.int(),
})
export type WaitlistEntryAnswer = z.infer<typeof waitlistEntryAnswer>

/** For staff, who see the whole line. */
export const waitlistItem = waitlistEntryAnswer.extend({
  patientName: z.string(),
  serviceDescription: z.string(),
})
export type WaitlistItem = z.infer<typeof waitlistItem>
