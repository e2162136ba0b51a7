import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { id, instant } from '../../fields.ts'
import { appointmentTimes } from './parts.ts'

const owner = 'scheduler' as const
const aggregate = 'appointment'

const asked = {
  appointmentId: id,
  patientId: id,
  practitionerId: id,
  serviceId: id,
  ...appointmentTimes,
}

export const BookingRequested = defineEvent({
  topic: 'booking.requested',
  version: 1,
  owner,
  aggregate,
  description:
    'A patient asked for an appointment online (S-18). It holds its time and waits for staff: appointment.scheduled or booking.declined of the same key tells the answer.',
  data: z.object({ ...asked, requestedAt: instant }),
})

export const BookingDeclined = defineEvent({
  topic: 'booking.declined',
  version: 1,
  owner,
  aggregate,
  description: 'A booking request came to nothing: staff declined it, or nobody answered before its start.',
  data: z.object({
    ...asked,
    declinedAt: instant,
    lapsed: z.boolean().describe('true: nobody answered before its start'),
  }),
})

export const BookingWithdrawn = defineEvent({
  topic: 'booking.withdrawn',
  version: 1,
  owner,
  aggregate,
  description: 'A patient took back a booking request before anybody had answered it.',
  data: z.object({ ...asked, withdrawnAt: instant }),
})
