import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { id, instant, timeZone } from '../../fields.ts'

const owner = 'scheduler' as const
const aggregate = 'appointment'

const asked = {
  appointmentId: id,
  patientId: id,
  practitionerId: id,
  serviceId: id,
  start: z.string().describe('Wall-clock start, YYYY-MM-DDTHH:MM'),
  end: z.string().describe('Wall-clock end, YYYY-MM-DDTHH:MM'),
  timeZone,
  startsAt: instant,
  endsAt: instant,
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
