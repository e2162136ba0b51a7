import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { cancellationKind } from './domain/cancellation.ts'
import { contactWith, kind, medium, showAs } from './domain/kind.ts'
import { channel } from './domain/reminders.ts'

/** What is answered about appointments and their series. */
const cashPayment = z.strictObject({ amountCents: fields.cents, reference: z.string().nullable() })
const payment = z.strictObject({
  amountCents: fields.cents,
  method: z.string(),
  reference: z.string().nullable(),
})

const lineItem = z.strictObject({
  lineId: fields.id,
  serviceId: fields.id,
  code: z.string(),
  description: z.string(),
  units: z.int(),
  unitAmountCents: fields.cents,
  discountCents: fields.cents,
  modifiers: z.array(fields.modifier),
})

export const appointmentAnswer = z.strictObject({
  appointmentId: fields.id,
  kind,
  medium: medium.nullable(),
  contactWith: contactWith.nullable(),
  title: z.string().nullable(),
  showAs,
  patientId: fields.id.nullable().describe('null: an other-event'),
  patientName: z.string().nullable(),
  practitionerId: fields.id,
  practitionerName: z.string(),
  locationId: fields.id.nullable(),
  locationName: z.string().nullable(),
  placeOfService: fields.placeOfService.nullable(),
  roomId: fields.id.nullable(),
  roomName: z.string().nullable(),
  start: z.string(),
  end: z.string(),
  timeZone: fields.timeZone,
  startsAt: fields.instant,
  endsAt: fields.instant,
  services: z.array(
    z.strictObject({
      serviceId: fields.id,
      code: z.string(),
      description: z.string(),
      amountCents: fields.cents.nullable(),
      units: z.int(),
    }),
  ),
  modifiers: z.array(z.strictObject({ code: fields.modifier, automatic: z.boolean() })),
  billable: z.boolean(),
  telehealthUrl: z.string().nullable(),
  additionalInstructions: z.string().nullable(),
  reminders: z.array(z.strictObject({ channel, daysAhead: z.int() })),
  sessionBridge: z.boolean(),
  status: z.enum(['pending', 'scheduled', 'checked-in', 'completed', 'cancelled', 'declined', 'deleted']),
  checkedInAt: fields.instant.nullable(),
  checkedOutAt: fields.instant.nullable(),
  copay: payment.nullable(),
  completion: z
    .strictObject({
      completedAt: fields.instant,
      paymentType: z.enum(['online', 'other']),
      alreadyPaid: z.boolean(),
      payment: payment.nullable(),
      cashPayments: z.array(cashPayment),
      receiptEmail: z.string().nullable(),
      lineItems: z.array(lineItem),
      totalCents: fields.cents,
    })
    .nullable(),
  cancellation: z
    .strictObject({
      kind: cancellationKind,
      feeCents: fields.cents,
      reason: z.string().nullable(),
      cancelledAt: fields.instant,
    })
    .nullable(),
  booking: z
    .strictObject({
      serviceId: fields.id,
      anyPractitioner: z.boolean().describe('The patient left open with whom'),
      message: z.string().nullable(),
      requestedAt: fields.instant,
      outcome: z
        .enum(['accepted', 'declined', 'lapsed', 'withdrawn'])
        .nullable()
        .describe('null: not answered'),
      declineReason: z.string().nullable(),
    })
    .nullable()
    .describe('Of what a patient asked for online (S-18)'),
  deletedAt: fields.instant.nullable(),
  seriesId: fields.id.nullable().describe('Of a recurring appointment (S-13)'),
  occurrence: z
    .string()
    .nullable()
    .describe('Local time at which the series put it, also after it was moved alone'),
  version: z.int(),
})
export type AppointmentAnswer = z.infer<typeof appointmentAnswer>

/** The details: with what the EHR wants said at checkout (S-21, E-03). */
export const appointmentWithCheckout = appointmentAnswer.extend({
  checkout: z
    .strictObject({
      patientInstructions: z.string().nullable(),
      frontDeskInstructions: z.string().nullable(),
    })
    .nullable()
    .describe('Written by the clinician; null: nothing is to be said'),
})
export type AppointmentWithCheckout = z.infer<typeof appointmentWithCheckout>

export const warning = z.strictObject({
  code: z.enum([
    'skipped_local_time',
    'doubled_local_time',
    'practitioner_busy',
    'room_busy',
    'time_offered',
  ]),
  field: z.string(),
  detail: z.string(),
  appointmentId: fields.id
    .optional()
    .describe('The other appointment of a clash; the occurrence whose time the clock skips'),
})
export type Warning = z.infer<typeof warning>

const seriesCounts = z
  .strictObject({
    changed: z.int(),
    same: z.int(),
    made: z.int(),
    deleted: z.int(),
    kept: z.int().describe('Past, completed, checked in, or with something in the way'),
  })
  .describe('How many occurrences what happened to')

export const scheduledAnswer = appointmentAnswer.extend({
  series: seriesCounts.optional().describe('Where a series was made, changed or deleted'),
  warnings: z.array(warning),
})

const place = z.strictObject({
  start: z.string(),
  end: z.string(),
  startsAt: fields.instant,
  endsAt: fields.instant,
})
export const seriesPreviewAnswer = z.strictObject({
  plan: z.string().describe('Send it with the change: it is refused where anything has changed since'),
  series: seriesCounts,
  occurrences: z.array(
    z.strictObject({
      action: z.enum(['change', 'same', 'make', 'delete', 'keep']),
      appointmentId: fields.id.nullable().describe('null: it is to be made'),
      occurrence: z.string().nullable(),
      from: place.nullable(),
      to: place.nullable(),
      blockers: z.array(z.string()).describe('Why it is kept as it is'),
    }),
  ),
  warnings: z.array(warning),
})

export const completionAnswer = z.strictObject({
  appointmentId: fields.id,
  billing: z.boolean().describe('false: the practice has billing off, so there is nothing to review'),
  lineItems: z.array(
    z.strictObject({
      serviceId: fields.id,
      code: z.string(),
      description: z.string(),
      units: z.int(),
      unitAmountCents: fields.cents,
      priced: z.boolean().describe('false: no amount yet; the reviewer enters one'),
      modifiers: z.array(fields.modifier),
    }),
  ),
  totalCents: fields.cents,
  escrowCents: fields.cents,
  onlinePayment: z.boolean(),
  hasDiagnosis: z.boolean(),
  diagnosisCodes: z.array(fields.diagnosisCode),
  emailOnFile: z.string().nullable(),
})
export type CompletionAnswer = z.infer<typeof completionAnswer>
