import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, date, id, instant, modifier, placeOfService } from '../../fields.ts'
import { appointmentTimes } from './parts.ts'

const owner = 'scheduler' as const

/** An appointment with a patient, whole. */
const withPatient = {
  appointmentId: id,
  patientId: id,
  practitionerId: id,
  locationId: id.nullable(),
  roomId: id.nullable(),
  ...appointmentTimes,
  services: z.array(
    z.object({ serviceId: id, code: z.string(), amountCents: cents.nullable(), units: z.int() }),
  ),
  modifiers: z.array(modifier),
  billable: z
    .boolean()
    .describe('false: no service or no amount, so not eligible for claims and superbills (S-03)'),
  telehealthUrl: z.string().nullable(),
  kind: z
    .string()
    .optional()
    .describe('client-session, client-contact or collateral-contact. Earlier facts lack it: client-session'),
  medium: z.string().optional().describe('How a contact was made (S-05)'),
  contactWith: z.string().optional().describe('With whom a collateral contact was (S-06)'),
  seriesId: id.optional().describe('Of a recurring appointment (S-13)'),
}

export const AppointmentScheduled = defineEvent({
  topic: 'appointment.scheduled',
  version: 1,
  owner,
  aggregate: 'appointment',
  description: 'A client session or contact was put on the calendar.',
  data: z.object(withPatient),
})

export const AppointmentRescheduled = defineEvent({
  topic: 'appointment.rescheduled',
  version: 1,
  owner,
  aggregate: 'appointment',
  description:
    'A client session or contact was moved: its time, practitioner or room (S-14, S-17). Carries the appointment as it is now.',
  data: z.object({
    ...withPatient,
    previous: z
      .object({ ...appointmentTimes, practitionerId: id, roomId: id.nullable() })
      .describe('Where it was'),
  }),
})

export const AppointmentChanged = defineEvent({
  topic: 'appointment.changed',
  version: 1,
  owner,
  aggregate: 'appointment',
  description:
    'A client session or contact was changed and not moved: services, modifiers, location and the like. Carries it as it is now.',
  data: z.object(withPatient),
})

const otherEvent = {
  appointmentId: id,
  practitionerId: id,
  locationId: id.nullable(),
  roomId: id.nullable(),
  ...appointmentTimes,
  title: z.string(),
  showAs: z.enum(['busy', 'free']).describe('free: patients may still book that time online'),
  seriesId: id.optional().describe('Of a recurring event (S-13)'),
}

export const OtherEventScheduled = defineEvent({
  topic: 'other-event.scheduled',
  version: 1,
  owner,
  aggregate: 'appointment',
  description:
    'Something without a patient was put on the calendar: a meeting, an absence (S-07). Its end is told by appointment.deleted.',
  data: z.object(otherEvent),
})

export const OtherEventChanged = defineEvent({
  topic: 'other-event.changed',
  version: 1,
  owner,
  aggregate: 'appointment',
  description: 'An event without a patient was moved or changed. Carries it as it is now (S-07, S-14).',
  data: z.object(otherEvent),
})

export const AppointmentDeleted = defineEvent({
  topic: 'appointment.deleted',
  version: 1,
  owner,
  aggregate: 'appointment',
  description: 'An appointment was taken off the calendar for good.',
  data: z.object({ appointmentId: id, patientId: id.nullable(), deletedAt: instant }),
})

/** Both facts carry the whole appointment, so that a reader whom the one reaches before the other needs no third. */
const onCalendar = {
  appointmentId: id,
  patientId: id,
  practitionerId: id,
  locationId: id.nullable(),
  roomId: id.nullable(),
  placeOfService: placeOfService.nullable(),
  serviceDate: date.describe('Local date of the session in its own time zone'),
  ...appointmentTimes,
}

export const AppointmentCancelled = defineEvent({
  topic: 'appointment.cancelled',
  version: 1,
  owner,
  aggregate: 'appointment',
  description:
    'An appointment will not take place or did not: it was cancelled, or the patient stayed away (S-20). Its time is free again.',
  data: z.object({
    ...onCalendar,
    cancelledAt: instant,
    kind: z
      .enum(['cancelled', 'late-cancelled', 'no-show'])
      .describe('late-cancelled: so late that the practice asks its fee; a person decides that'),
    feeCents: cents.describe('What the patient is charged for it; 0: nothing. Billing makes it a charge'),
  }),
})

export const AppointmentRestored = defineEvent({
  topic: 'appointment.restored',
  version: 1,
  owner,
  aggregate: 'appointment',
  description: 'A cancellation was taken back: the appointment is on the calendar again (S-20).',
  data: z.object({ ...onCalendar, restoredAt: instant }),
})
