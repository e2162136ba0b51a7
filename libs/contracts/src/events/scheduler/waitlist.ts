import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { id, instant } from '../../fields.ts'
import { appointmentTimes } from './parts.ts'

const owner = 'scheduler' as const
const aggregate = 'waitlist-entry'

const offer = {
  waitlistEntryId: id,
  offerId: id,
  patientId: id,
  serviceId: id,
  practitionerId: id,
  ...appointmentTimes,
  expiresAt: instant.describe('Until then the offer can be accepted'),
}

export const WaitlistOffered = defineEvent({
  topic: 'waitlist.offered',
  version: 1,
  owner,
  aggregate,
  description:
    'A time that became free is offered to a patient who waits, and held for them until it expires (S-24).',
  data: z.object(offer),
})

export const WaitlistAccepted = defineEvent({
  topic: 'waitlist.accepted',
  version: 1,
  owner,
  aggregate,
  description: 'A patient who waited accepted an offer: the appointment is scheduled (S-24).',
  data: z.object({ ...offer, appointmentId: id }),
})

export const WaitlistLapsed = defineEvent({
  topic: 'waitlist.lapsed',
  version: 1,
  owner,
  aggregate,
  description: 'An offer came to its end without being accepted; the next who waits has their turn (S-24).',
  data: z.object({
    ...offer,
    reason: z
      .enum(['lapsed', 'declined', 'withdrawn'])
      .describe('lapsed: nobody answered in time. withdrawn: the patient waits no more'),
  }),
})
