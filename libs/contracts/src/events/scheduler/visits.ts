import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, date, diagnosisCode, id, instant, modifier, placeOfService } from '../../fields.ts'
import { payment } from './parts.ts'

const owner = 'scheduler' as const

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
    copay: payment.nullable(),
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
    payment: payment.nullable().describe('Money the patient has already handed over, where alreadyPaid'),
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
