import { z } from 'zod'
import { defineEvent } from '../event.ts'
import {
  cents,
  date,
  diagnosisCode,
  id,
  instant,
  letterhead,
  modifier,
  placeOfService,
  timeZone,
} from '../fields.ts'

export * from './scheduler/booking.ts'
export * from './scheduler/waitlist.ts'

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

const appointmentTimes = {
  start: z.string().describe('Wall-clock start, YYYY-MM-DDTHH:MM'),
  end: z.string().describe('Wall-clock end, YYYY-MM-DDTHH:MM'),
  timeZone,
  startsAt: instant,
  endsAt: instant,
}

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

export const AppointmentCheckedIn = defineEvent({
  topic: 'appointment.checked-in',
  version: 1,
  owner,
  aggregate: 'appointment',
  description: 'The patient arrived. A copay taken at the desk travels along (S-23).',
  data: z.object({
    appointmentId: id,
    patientId: id,
    checkedInAt: instant,
    copay: z
      .object({
        amountCents: cents,
        method: z.enum(['cash', 'check', 'card', 'bank-transfer', 'other']),
        reference: z.string().nullable(),
      })
      .nullable(),
  }),
})

export const AppointmentCheckedOut = defineEvent({
  topic: 'appointment.checked-out',
  version: 1,
  owner,
  aggregate: 'appointment',
  description: 'The patient left. The session may be completed before or after (S-23).',
  data: z.object({ appointmentId: id, patientId: id, checkedOutAt: instant }),
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

export const SessionCompleted = defineEvent({
  topic: 'session.completed',
  version: 1,
  owner,
  aggregate: 'appointment',
  description:
    'A session was marked complete with its reviewed line items; billing starts from here (S-22, B-03).',
  data: z.object({
    appointmentId: id,
    patientId: id,
    practitionerId: id,
    locationId: id.nullable(),
    placeOfService: placeOfService.nullable(),
    serviceDate: date.describe('Local date of the session in its own time zone'),
    startsAt: instant,
    completedAt: instant,
    paymentType: z.enum(['online', 'other']),
    alreadyPaid: z.boolean(),
    payment: z
      .object({
        amountCents: cents,
        method: z.enum(['cash', 'check', 'card', 'bank-transfer', 'other']),
        reference: z.string().nullable(),
      })
      .nullable()
      .describe('Money the patient has already handed over, where alreadyPaid'),
    cashPayments: z
      .array(z.object({ amountCents: cents, reference: z.string().nullable() }))
      .optional()
      .describe('Cash handed over on completion, with either payment type; each is a receipt of its own'),
    receiptEmail: z
      .string()
      .nullable()
      .describe('Where receipts go: where alreadyPaid, and for cash where there is an address'),
    diagnosisCodes: z.array(diagnosisCode),
    lineItems: z.array(
      z.object({
        lineId: id,
        serviceId: id,
        code: z.string(),
        description: z.string(),
        units: z.int(),
        unitAmountCents: cents,
        discountCents: cents,
        modifiers: z.array(modifier),
      }),
    ),
  }),
})

const patientMessage = {
  reminderId: id,
  appointmentId: id,
  patientId: id,
  kind: z
    .enum(['reminder', 'confirmation', 'feedback'])
    .describe('feedback: the link by which the patient says how the session was'),
  channel: z.enum(['email', 'phone', 'text']),
  daysAhead: z.int().nullable().describe('Of a reminder'),
  startsAt: instant.describe('The start of the appointment that it tells of'),
}

export const ReminderSent = defineEvent({
  topic: 'reminder.sent',
  version: 1,
  owner,
  aggregate: 'reminder',
  description:
    'A mail server or a provider took a reminder, a confirmation or a link to give feedback (S-09, S-10, S-11). Carries ids only, no contact and no text.',
  data: z.object({ ...patientMessage, sentAt: instant }),
})

export const ReminderFailed = defineEvent({
  topic: 'reminder.failed',
  version: 1,
  owner,
  aggregate: 'reminder',
  description:
    'One was not sent, or nobody knows whether it was; somebody should look (S-10). A later reminder.sent of the same id says that it went out after all.',
  data: z.object({
    ...patientMessage,
    failedAt: instant,
    reason: z.enum([
      'consent-withdrawn',
      'channel-not-set-up',
      'refused',
      'gave-up',
      'too-late',
      'outcome-unknown',
    ]),
  }),
})

const rating = z.int().min(0).max(10)

export const SessionFeedbackGiven = defineEvent({
  topic: 'session.feedback-given',
  version: 1,
  owner,
  aggregate: 'feedback',
  description:
    'A patient said how a session was, from 0 (not at all) to 10 (completely) on four scales (S-11). What they wrote stays in the scheduler.',
  data: z.object({
    feedbackId: id,
    appointmentId: id,
    patientId: id,
    practitionerId: id,
    givenAt: instant,
    ratings: z.object({ relationship: rating, goals: rating, approach: rating, overall: rating }),
    commented: z.boolean(),
  }),
})
